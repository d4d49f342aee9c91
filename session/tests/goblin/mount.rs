//! `goblin mount`, through the kernel, with what the standard library and stock tools do to files; and `goblin export`.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use ninep::client::Client;
use ninep::transport::dial::Address;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::rig::{LIMIT, Rig};

/// A mount that ends with the value.
struct Mount {
    process: Child,
    at: PathBuf,
}

impl Mount {
    async fn new(rig: &Rig, tree: &str) -> Self {
        let at = rig.path("mnt");
        fs::create_dir(&at).unwrap();
        let words = ["mount".into(), at.clone().into_os_string(), tree.into()];
        let mut process = rig.command(words).spawn().unwrap();
        let said = first_line(&mut process).await;
        assert!(said.contains("is mounted at"), "{said}");
        Self { process, at }
    }

    /// Unmounts as Ctrl-C does.
    async fn end(mut self) {
        let pid = i32::try_from(self.process.id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let ended = tokio::time::timeout(LIMIT, self.process.wait())
            .await
            .unwrap()
            .unwrap();
        assert!(ended.success(), "{ended}");
        assert_eq!(
            fs::read_dir(&self.at).unwrap().count(),
            0,
            "nothing is mounted any more"
        );
    }
}

async fn first_line(process: &mut Child) -> String {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    tokio::time::timeout(LIMIT, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap_or_default()
}

/// Runs what blocks, beside the servers.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(work))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_files_to_the_kernel() {
    let rig = Rig::new();
    let (mount, real) = (Mount::new(&rig, "/lamp/data").await, rig.path("data"));
    let at = mount.at.clone();
    blocking(move || work_with_files(&at, &real)).await;
    mount.end().await;
}

fn work_with_files(at: &Path, real: &Path) {
    let big: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 241) as u8).collect();
    fs::create_dir_all(at.join("a/b")).unwrap();
    fs::write(at.join("a/b/big"), &big).unwrap();
    assert_eq!(fs::read(real.join("a/b/big")).unwrap(), big);
    assert_eq!(fs::read(at.join("a/b/big")).unwrap(), big);

    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(at.join("a/b/big"))
        .unwrap();
    file.write_all_at(b"here", 1_000_000).unwrap();
    file.set_len(1_000_010).unwrap();
    file.sync_all().unwrap();
    file.seek(SeekFrom::Start(999_999)).unwrap();
    let mut end = Vec::new();
    file.read_to_end(&mut end).unwrap();
    assert_eq!(&end[1..5], b"here");
    assert_eq!(fs::metadata(real.join("a/b/big")).unwrap().len(), 1_000_010);

    // Unlinked while it is open, renamed while it is open.
    fs::remove_file(at.join("a/b/big")).unwrap();
    file.write_all_at(b"still", 0).unwrap();
    let mut still = [0; 5];
    file.read_exact_at(&mut still, 0).unwrap();
    assert_eq!(&still, b"still");
    assert_eq!(file.metadata().unwrap().len(), 1_000_010);
    fs::write(at.join("old"), "text").unwrap();
    let open = File::open(at.join("old")).unwrap();
    fs::rename(at.join("old"), at.join("a/new")).unwrap();
    fs::rename(at.join("a"), at.join("c")).unwrap();
    assert_eq!(std::io::read_to_string(open).unwrap(), "text");
    assert_eq!(fs::read_to_string(real.join("c/new")).unwrap(), "text");

    symlink("c/new", at.join("link")).unwrap();
    assert_eq!(fs::read_link(at.join("link")).unwrap(), Path::new("c/new"));
    assert_eq!(fs::read_to_string(at.join("link")).unwrap(), "text");
    fs::set_permissions(at.join("c/new"), fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(
        fs::metadata(real.join("c/new")).unwrap().mode() & 0o777,
        0o640
    );
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    OpenOptions::new()
        .append(true)
        .open(at.join("c/new"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    assert_eq!(
        fs::metadata(real.join("c/new"))
            .unwrap()
            .modified()
            .unwrap(),
        time
    );
    OpenOptions::new()
        .append(true)
        .open(at.join("c/new"))
        .unwrap()
        .write_all(b" and more")
        .unwrap();
    assert_eq!(
        fs::read_to_string(real.join("c/new")).unwrap(),
        "text and more"
    );

    assert_eq!(
        fs::remove_dir(at.join("c")).unwrap_err().kind(),
        ErrorKind::DirectoryNotEmpty
    );
    assert_eq!(
        File::open(at.join("none")).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let exclusive = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(at.join("c/new"));
    assert_eq!(exclusive.unwrap_err().kind(), ErrorKind::AlreadyExists);
    for n in 0..300 {
        File::create(at.join(format!("c/many-{n}"))).unwrap();
    }
    assert_eq!(fs::read_dir(at.join("c")).unwrap().count(), 302);
    let status = Command::new("diff")
        .arg("-r")
        .args([at, real])
        .status()
        .unwrap();
    assert!(status.success());
    fs::remove_dir_all(at.join("c")).unwrap();
    assert_eq!(
        fs::read_dir(real).unwrap().count(),
        1,
        "only the link is left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trees_are_files_to_stock_tools_and_nothing_hangs() {
    let rig = Rig::new();
    rig.log.line("one line");
    rig.feed
        .push(&serde_json::json!({"said": ["before"]}))
        .unwrap();
    let mount = Mount::new(&rig, "/").await;
    let at = mount.at.clone();
    let feed = rig.feed.clone();
    blocking(move || {
        let names: Vec<String> = fs::read_dir(&at)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names, ["lamp"]);
        assert_eq!(
            fs::read_to_string(at.join("lamp/status")).unwrap(),
            "{\"lit\":false,\"rev\":7}\n"
        );
        assert_eq!(
            fs::read_to_string(at.join("lamp/log")).unwrap(),
            "one line\n"
        );
        let sh = |line: &str| {
            Command::new("sh")
                .arg("-c")
                .arg(line)
                .current_dir(at.join("lamp"))
                .output()
                .unwrap()
        };
        assert!(sh("echo say hello > ctl").status.success());
        let refused = sh("echo light > ctl");
        assert!(!refused.status.success());
        let why = String::from_utf8(sh("cat ctl.last").stdout).unwrap();
        assert!(
            why.contains("the lamp has no oil") && why.contains("bring oil"),
            "{why}"
        );
        assert_eq!(
            String::from_utf8(sh("grep -c line log").stdout).unwrap(),
            "1\n"
        );

        // The end of the events is told, not waited at; a poll waits, and wakes.
        let mut events = File::open(at.join("lamp/event")).unwrap();
        let mut text = String::new();
        let end = events.read_to_string(&mut text).unwrap_err();
        assert_eq!(end.kind(), ErrorKind::WouldBlock);
        assert!(text.contains("before") && text.contains("hello"), "{text}");
        let wait = |millis: i64| {
            let limit = Timespec {
                tv_sec: millis / 1000,
                tv_nsec: millis % 1000 * 1_000_000,
            };
            poll(&mut [PollFd::new(&events, PollFlags::IN)], Some(&limit)).unwrap()
        };
        assert_eq!(wait(50), 0, "nothing yet");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(20_000));
            feed.push(&serde_json::json!({"said": ["later"]})).unwrap();
            assert_eq!(waiting.join().unwrap(), 1);
        });
        let mut later = String::new();
        assert_eq!(
            (&events).read_to_string(&mut later).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        assert!(
            later.contains("later") && !later.contains("hello"),
            "{later}"
        );
    })
    .await;
    mount.end().await;
}

#[tokio::test]
async fn a_mount_that_cannot_be_says_why() {
    let rig = Rig::new();
    let nowhere = rig.badly(["mount", "/nonexistent/place"]).await;
    assert!(nowhere.contains("not a folder to mount at"), "{nowhere}");
    let nothing = rig.badly(["mount", "/tmp", "/nobody"]).await;
    assert!(nothing.contains("/nobody is out of reach"), "{nothing}");
}

#[tokio::test]
async fn an_export_is_served_at_its_address() {
    let rig = Rig::empty();
    fs::write(rig.path("data/f"), "content").unwrap();
    let data = rig.path("data").into_os_string();
    let words = [
        "export".into(),
        data.clone(),
        "--listen".into(),
        "tcp!127.0.0.1!0".into(),
    ];
    let mut process = rig.command(words).spawn().unwrap();
    let said = first_line(&mut process).await;
    let address: Address = said.rsplit(' ').next().unwrap().parse().unwrap();
    let root = Client::dial(&address)
        .await
        .unwrap()
        .attach("ann", "")
        .await
        .unwrap();
    assert_eq!(root.get("f").await.unwrap(), "content");

    let open = rig
        .badly([
            "export".into(),
            data.clone(),
            "--listen".into(),
            "tcp!0.0.0.0!0".into(),
        ])
        .await;
    assert!(open.contains("loopback only"), "{open}");
    let gone = rig
        .badly(["export", "/nonexistent", "--listen", "tcp!127.0.0.1!0"])
        .await;
    assert!(gone.contains("/nonexistent cannot be exported"), "{gone}");
    let odd = rig
        .run(["export".into(), data, "--listen".into(), "udp!x".into()])
        .await;
    assert!(String::from_utf8_lossy(&odd.stderr).contains("unix!PATH or tcp!HOST!PORT"));
}
