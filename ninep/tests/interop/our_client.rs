//! Our client against diod, over a unix socket and over TCP.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use ninep::Errno;
use ninep::client::{Client, Fid};
use ninep::tree::OpenFlags;
use ninep::wire::{FileLock, SetAttr};

/// A running diod, which serves one folder over both.
struct Diod {
    dir: tempfile::TempDir,
    child: Child,
    port: u16,
}

impl Diod {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("root")).unwrap();
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        let socket = dir.path().join("socket");
        let child = Command::new("/usr/sbin/diod")
            .current_dir(dir.path())
            .args(["-f", "-n", "-N", "-c", "/dev/null", "-L", "/dev/null"])
            .args([
                "-l",
                &format!("127.0.0.1:{port}"),
                "-l",
                &socket.display().to_string(),
            ])
            .arg("-e")
            .arg(dir.path().join("root"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("diod starts (Debian: diod)");
        let diod = Self { dir, child, port };
        // It says nowhere that it listens.
        let pause = Duration::from_millis(10);
        while tokio::net::UnixStream::connect(&socket).await.is_err() {
            tokio::time::sleep(pause).await;
        }
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            tokio::time::sleep(pause).await;
        }
        diod
    }

    fn addresses(&self) -> [String; 2] {
        let socket = self.dir.path().join("socket");
        [
            format!("unix!{}", socket.display()),
            format!("tcp!127.0.0.1!{}", self.port),
        ]
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }
}

impl Drop for Diod {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn attach(address: &str, root: &Path) -> Fid {
    let client = Client::dial(&address.parse().unwrap()).await.unwrap();
    assert!(!client.is_compound(), "diod speaks plain 9P2000.L");
    client.attach("root", root.to_str().unwrap()).await.unwrap()
}

#[tokio::test]
async fn our_client_does_all_that_files_are_for_over_a_unix_socket() {
    let diod = Diod::start().await;
    all(&diod, &diod.addresses()[0]).await;
}

// With a diod of its own: now and then it dies when a client leaves.
#[tokio::test]
async fn our_client_does_all_that_files_are_for_over_tcp() {
    let diod = Diod::start().await;
    all(&diod, &diod.addresses()[1]).await;
}

async fn all(diod: &Diod, address: &str) {
    let top = attach(address, &diod.root()).await;
    top.mkdir("here", 0o755).await.unwrap();
    let (root, here) = (top.walk("here").await.unwrap(), diod.root().join("here"));
    data(&root, &here).await;
    names(&root, &here).await;
    attributes(&root, &here).await;
    locks(&root).await;
}

/// Large reads and writes are split and in flight together; what comes back is what was sent.
async fn data(root: &Fid, here: &Path) {
    let bytes: Vec<u8> = (0..3_000_001_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let bytes = Bytes::from(bytes);
    let made = root
        .walk("")
        .await
        .unwrap()
        .create("large", OpenFlags::RDWR, 0o640)
        .await
        .unwrap();
    made.write_at(0, bytes.clone()).await.unwrap();
    made.fsync().await.unwrap();
    made.clunk().await.unwrap();
    assert_eq!(fs::read(here.join("large")).unwrap(), bytes);
    let file = root
        .walk("large")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    assert_eq!(
        file.read_to_end(0, Some(bytes.len() as u64)).await.unwrap(),
        bytes
    );
    assert_eq!(
        file.read_to_end(2_999_990, None).await.unwrap(),
        bytes.slice(2_999_990..)
    );
    assert!(file.read_at(4_000_000, 10).await.unwrap().is_empty());
}

async fn names(root: &Fid, here: &Path) {
    for n in 0..500 {
        fs::write(here.join(format!("entry-{n:03}")), "").unwrap();
    }
    let folder = root
        .walk("")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    let listed = folder.entries().await.unwrap();
    assert_eq!(listed.len(), 501, "and the large file");
    root.mkdir("folder", 0o755).await.unwrap();
    let folder = root.walk("folder").await.unwrap();
    // diod knows neither Trenameat nor Tunlinkat; the client does the same otherwise.
    root.rename("entry-000", &folder, "moved").await.unwrap();
    assert!(here.join("folder/moved").exists() && !here.join("entry-000").exists());
    assert_eq!(
        root.unlink("folder", true).await.unwrap_err().errno(),
        Errno::NOTEMPTY
    );
    assert_eq!(
        root.unlink("folder", false).await.unwrap_err().errno(),
        Errno::ISDIR
    );
    assert_eq!(
        root.unlink("large", true).await.unwrap_err().errno(),
        Errno::NOTDIR
    );
    folder.unlink("moved", false).await.unwrap();
    folder.clunk().await.unwrap();
    root.unlink("folder", true).await.unwrap();
    assert!(!here.join("folder").exists());
    root.symlink("link", "large").await.unwrap();
    assert_eq!(
        root.walk("link").await.unwrap().readlink().await.unwrap(),
        "large"
    );
    assert_eq!(
        root.walk("none/deeper").await.unwrap_err().errno(),
        Errno::NOENT
    );
    // A failure leaves nothing behind: the connection goes on.
    root.link(&root.walk("large").await.unwrap(), "second")
        .await
        .unwrap();
    assert_eq!(root.getattr().await.unwrap().qid, root.qid());
}

async fn attributes(root: &Fid, here: &Path) {
    let file = root.walk("large").await.unwrap();
    let mut change = SetAttr::size(10);
    change.valid |= SetAttr::MODE;
    change.mode = 0o600;
    file.setattr(change).await.unwrap();
    let meta = fs::metadata(here.join("large")).unwrap();
    assert_eq!((meta.len(), meta.permissions().mode() & 0o777), (10, 0o600));
    let attr = file.getattr().await.unwrap();
    assert_eq!(
        (attr.size, attr.mode, attr.nlink),
        (10, meta.mode(), meta.nlink())
    );
    file.set_xattr("user.note", Bytes::from_static(b"kept"), 0)
        .await
        .unwrap();
    assert_eq!(file.xattr("user.note").await.unwrap(), "kept");
    assert!(root.statfs().await.unwrap().blocks > 0);
}

async fn locks(root: &Fid) {
    let lock = |kind| FileLock {
        kind,
        start: 0,
        length: 0,
        proc_id: 7,
        client_id: "board".into(),
    };
    let open = async || {
        root.walk("large")
            .await
            .unwrap()
            .open(OpenFlags::RDWR)
            .await
            .unwrap()
    };
    let (one, other) = (open().await, open().await);
    assert_eq!(one.lock(lock(1)).await.unwrap(), 0);
    assert_eq!(
        other.lock(lock(1)).await.unwrap(),
        1,
        "it answers at once that another holds it"
    );
    one.clunk().await.unwrap();
    assert_eq!(other.lock(lock(1)).await.unwrap(), 0);
}
