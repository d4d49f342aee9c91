//! The server that is attacked: this very program, started again, serving a folder and an event file at a unix socket.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninep::export::{Budget, Export};
use ninep::server::{Roots, Server};
use ninep::transport::unix;
use ninep::tree::{Feed, Node, Peer};
use ninep::wire::{HEADER, NO_FID, NO_TAG, NO_UID, Rmsg, Tmsg};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// The folder that a started server serves; it listens beside it.
const SERVE: &str = "NINEP_HOSTILE_SERVE";
/// How long anything may take that is answered at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server in a process of its own, and what its memory was at the start.
pub(crate) struct Victim {
    dir: tempfile::TempDir,
    child: Child,
    before: u64,
}

struct Both {
    files: Export,
    events: Arc<dyn Node>,
}

impl Roots for Both {
    fn root(&self, _: &Peer, aname: &str) -> ninep::Result<Arc<dyn Node>> {
        Ok(match aname {
            "events" => Arc::clone(&self.events),
            _ => self.files.root(),
        })
    }
}

/// With the folder in the environment, this is the server; without, the test that there can be one.
#[tokio::test]
async fn the_server_is_a_process_of_its_own() {
    if let Some(root) = std::env::var_os(SERVE) {
        return serve(&PathBuf::from(root)).await;
    }
    let victim = Victim::start().await;
    assert_ne!(victim.child.id(), std::process::id());
    victim.serves().await;
}

async fn serve(root: &Path) {
    let files = Export::open(root, Arc::new(()), Budget::of_raised_process()).unwrap();
    let events = Feed::new(1, 10_000).node();
    let listener = unix::Listener::bind(&root.with_file_name("socket")).unwrap();
    println!("serving");
    Server::new(Both { files, events }).serve(listener).await;
}

impl Victim {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("file"), "hello").unwrap();
        std::fs::write(root.join("big"), vec![7; 2 << 20]).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "victim::the_server_is_a_process_of_its_own",
                "--nocapture",
            ])
            .env(SERVE, &root)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = said
            .map_while(Result::ok)
            .any(|line| line.contains("serving"));
        assert!(ready, "the server says that it serves");
        let mut victim = Self {
            dir,
            child,
            before: 0,
        };
        // What the first client costs is no attacker's doing.
        victim.serves().await;
        victim.before = victim.memory();
        victim
    }

    /// Bytes of the server's process that are in memory.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("it lives");
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().unwrap();
        kib << 10
    }

    /// That the server has grown by no more than `most` bytes; says by how much.
    pub(crate) fn has_grown_at_most(&self, what: &str, most: u64) {
        let grown = self.memory().saturating_sub(self.before);
        println!(
            "{what}: the server grew by {} KiB of {} KiB allowed",
            grown >> 10,
            most >> 10
        );
        assert!(grown <= most, "{what}: {} KiB", grown >> 10);
    }

    pub(crate) async fn dial(&self) -> Client {
        let stream = UnixStream::connect(self.dir.path().join("socket"))
            .await
            .unwrap();
        Client { stream }
    }

    /// A client whose fid 0 is the folder.
    pub(crate) async fn attached(&self, msize: u32) -> Client {
        let mut client = self.dial().await;
        client.greet(msize, "").await;
        client
    }

    /// That a client who behaves is served, and not later than it should be.
    pub(crate) async fn serves(&self) {
        let mut client = self.attached(8192).await;
        client.ok(walk(0, 1, &["file"])).await;
        client.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await;
        let Rmsg::Read { data } = client
            .ok(Tmsg::Read {
                fid: 1,
                offset: 0,
                count: 9,
            })
            .await
        else {
            panic!("the file is read")
        };
        assert_eq!(data, "hello");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn walk(fid: u32, newfid: u32, names: &[&str]) -> Tmsg {
    let names = names.iter().map(|name| (*name).into()).collect();
    Tmsg::Walk { fid, newfid, names }
}

/// A client that may do anything.
pub(crate) struct Client {
    pub(crate) stream: UnixStream,
}

impl Client {
    pub(crate) async fn greet(&mut self, msize: u32, aname: &str) {
        let version = "9P2000.L".into();
        self.send(NO_TAG, Tmsg::Version { msize, version }).await;
        assert!(matches!(
            self.next().await,
            Some((NO_TAG, Rmsg::Version { .. }))
        ));
        let (uname, aname) = ("ann".into(), aname.into());
        self.ok(Tmsg::Attach {
            fid: 0,
            afid: NO_FID,
            uname,
            aname,
            n_uname: NO_UID,
        })
        .await;
    }

    /// Sends bytes; false when the server takes no more.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    pub(crate) async fn send(&mut self, tag: u16, request: Tmsg) -> bool {
        self.bytes(&request.encode(tag).to_vec()).await
    }

    /// The next answer; none when the server has hung up.
    pub(crate) async fn next(&mut self) -> Option<(u16, Rmsg)> {
        let frame = tokio::time::timeout(PATIENCE, self.frame())
            .await
            .expect("an answer in time")?;
        Some(Rmsg::decode_frame(frame).expect("a well-formed answer"))
    }

    async fn frame(&mut self) -> Option<Bytes> {
        let mut head = [0; HEADER];
        self.stream.read_exact(&mut head).await.ok()?;
        let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let mut frame = BytesMut::from(&head[..]);
        frame.resize(usize::try_from(size).unwrap(), 0);
        self.stream.read_exact(&mut frame[HEADER..]).await.ok()?;
        Some(frame.freeze())
    }

    pub(crate) async fn ask(&mut self, request: Tmsg) -> Rmsg {
        self.send(1, request).await;
        let (tag, answer) = self.next().await.expect("the server answers");
        assert_eq!(tag, 1);
        answer
    }

    pub(crate) async fn ok(&mut self, request: Tmsg) -> Rmsg {
        match self.ask(request).await {
            Rmsg::Lerror { ecode } => panic!("refused with {ecode}"),
            answer => answer,
        }
    }

    /// That the server hangs up without another word.
    pub(crate) async fn is_hung_up_on(&mut self) {
        assert_eq!(self.next().await, None);
    }

    /// Reads answers, in a task of its own, as long as there are any; gives how many there were.
    pub(crate) fn count_answers(
        reader: tokio::net::unix::OwnedReadHalf,
    ) -> tokio::task::JoinHandle<usize> {
        tokio::spawn(async move {
            let mut reader = tokio::io::BufReader::new(reader);
            let mut count = 0;
            loop {
                let mut head = [0; HEADER];
                if reader.read_exact(&mut head).await.is_err() {
                    return count;
                }
                let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
                let mut body = vec![0; usize::try_from(size).unwrap() - HEADER];
                if reader.read_exact(&mut body).await.is_err() {
                    return count;
                }
                count += 1;
            }
        })
    }
}
