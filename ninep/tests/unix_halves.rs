//! The two halves of a unix connection: who is woken, and when.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::pin::pin;

use ninep::transport::unix;
use ninep::transport::unix::{Reader, Writer};
use rustix::net::{RecvFlags, recv};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// More than a socket has room for.
const MUCH: usize = 8 << 20;

/// Two halves, and the other end.
fn pair() -> (Reader, Writer, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let stream = tokio::net::UnixStream::from_std(ours).unwrap();
    let (reader, writer) = unix::split(stream).unwrap();
    (reader, writer, theirs)
}

fn bytes() -> Vec<u8> {
    (0..MUCH).map(|at| (at % 251) as u8).collect()
}

/// A thread of this process.
struct Thread(rustix::thread::Pid);

impl Thread {
    fn file(&self, name: &str) -> String {
        let number = self.0.as_raw_nonzero();
        std::fs::read_to_string(format!("/proc/self/task/{number}/{name}")).unwrap()
    }

    /// Waits until it waits.
    fn at_rest(&self) {
        while !self.file("stat").contains(") S ") {
            std::thread::yield_now();
        }
    }

    /// How often it has waited.
    fn waits(&self) -> u32 {
        self.at_rest();
        let status = self.file("status");
        let waits = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        waits.unwrap().trim().parse().unwrap()
    }
}

#[test]
fn who_waits_for_requests_is_not_woken_when_answers_are_taken() {
    const ANSWERS: usize = 20;
    let (tell, told) = std::sync::mpsc::channel();
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (mut reader, mut writer, theirs) = pair();
            tell.send((Thread(rustix::thread::gettid()), theirs))
                .unwrap();
            let mut request = [0; 7];
            while reader.read_exact(&mut request).await.is_ok() {
                writer.write_all(b"answer").await.unwrap();
            }
        });
    });
    let (thread, mut theirs) = told.recv().unwrap();
    for _ in 0..ANSWERS {
        theirs.write_all(b"request").unwrap();
        thread.at_rest();
    }
    // The last is there when all are.
    let mut answers = [0; 6 * ANSWERS];
    while recv(&theirs, &mut answers[..], RecvFlags::PEEK).unwrap().0 < answers.len() {
        std::thread::yield_now();
    }
    let before = thread.waits();
    for answer in answers.chunks_mut(6) {
        theirs.read_exact(answer).unwrap();
        thread.at_rest();
    }
    assert_eq!(thread.waits(), before);
    drop(theirs);
    serving.join().unwrap();
}

#[tokio::test]
async fn what_has_no_room_goes_out_when_there_is() {
    let (_reader, mut writer, mut theirs) = pair();
    let taking = std::thread::spawn(move || {
        let mut taken = Vec::new();
        theirs.read_to_end(&mut taken).unwrap();
        taken
    });
    writer.write_all(&bytes()).await.unwrap();
    writer.write_all(b"last").await.unwrap();
    // The other side is told of the end though our reader lives.
    drop(writer);
    let taken = tokio::task::spawn_blocking(|| taking.join().unwrap());
    let taken = taken.await.unwrap();
    assert!(taken == [bytes().as_slice(), b"last"].concat());
}

#[tokio::test]
async fn who_never_reads_is_told_from_who_has_gone() {
    let (_reader, mut writer, theirs) = pair();
    let all = bytes();
    let mut writing = pin!(writer.write_all(&all));
    assert!(futures_util::poll!(writing.as_mut()).is_pending());
    drop(theirs);
    let gone = writing.await.unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::BrokenPipe);
}

/// Runs the test `name` of this program alone, in a process of its own.
#[test]
fn without_a_descriptor_left_it_still_goes_out() {
    const ALONE: &str = "NINEP_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "without_a_descriptor_left_it_still_goes_out";
        let again = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(
            again.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (_reader, mut writer, mut theirs) = pair();
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = Some(0);
        setrlimit(Resource::Nofile, limit).unwrap();
        assert!(theirs.try_clone().is_err());
        let taking = std::thread::spawn(move || {
            let mut taken = vec![0; MUCH];
            theirs.read_exact(&mut taken).unwrap();
            taken
        });
        writer.write_all(&bytes()).await.unwrap();
        assert!(taking.join().unwrap() == bytes());
    });
}
