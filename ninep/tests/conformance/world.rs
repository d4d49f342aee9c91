//! Whom a row is run against: our server over each transport, or Debian's diod.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ninep::export::{Budget, Export};
use ninep::server::{Roots, Server};
use ninep::transport::{tcp, unix};
use ninep::tree::{Node, Peer};
use ninep::{Errno, Error, Result};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;

use crate::common::Counter;
use crate::raw::{Did, Raw, Seen, attach};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Memory,
    Unix,
    Tcp,
    Diod,
}

/// A server with a folder and, but for diod, the tree of a small service.
pub(crate) struct World {
    dir: tempfile::TempDir,
    pub(crate) counter: Counter,
    server: Server,
    at: At,
}

enum At {
    Memory,
    Unix(PathBuf, JoinHandle<()>),
    Tcp(u16, JoinHandle<()>),
    Diod(u16, Child),
}

/// A folder as `""`, a service as `live`.
struct Both {
    files: Export,
    live: Arc<dyn Node>,
}

impl Roots for Both {
    fn root(&self, _: &Peer, aname: &str) -> Result<Arc<dyn Node>> {
        match aname {
            "" => Ok(self.files.root()),
            "live" => Ok(Arc::clone(&self.live)),
            other => Err(Error::new(
                Errno::NOENT,
                format!("there is no tree {other}"),
            )),
        }
    }
}

impl World {
    pub(crate) async fn start(kind: Kind) -> Self {
        // An export works otherwise on a file system in memory, and must do the same.
        let dir = match kind {
            Kind::Memory | Kind::Tcp => tempfile::tempdir_in("/dev/shm").unwrap(),
            Kind::Unix | Kind::Diod => tempfile::tempdir().unwrap(),
        };
        furnish(&dir.path().join("root"));
        let counter = Counter::new(1);
        let files = Export::open(&dir.path().join("root"), Arc::new(()), Budget::of_process());
        let files = files.unwrap().with_hard_links();
        let live = Arc::clone(&counter.root) as Arc<dyn Node>;
        let server = Server::new(Both { files, live });
        let serving = server.clone();
        let at = match kind {
            Kind::Memory => At::Memory,
            Kind::Unix => {
                let path = dir.path().join("socket");
                let listener = unix::Listener::bind(&path).unwrap();
                At::Unix(
                    path,
                    tokio::spawn(async move { serving.serve(listener).await }),
                )
            }
            Kind::Tcp => {
                let listener = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
                let port = listener.address().port();
                At::Tcp(
                    port,
                    tokio::spawn(async move { serving.serve(listener).await }),
                )
            }
            Kind::Diod => {
                let (port, child) = diod(&dir.path().join("root")).await;
                At::Diod(port, child)
            }
        };
        Self {
            dir,
            counter,
            server,
            at,
        }
    }

    /// A path in the folder that is served.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("root").join(name)
    }

    /// Makes a folder `many` of 600 files.
    pub(crate) fn furnish_many(&self) {
        for n in 0..600 {
            fs::write(self.path(&format!("many/a-name-of-some-length-{n:04}")), "").unwrap();
        }
    }

    /// A connection on which nothing was said.
    pub(crate) async fn raw(&self) -> Seen<Raw> {
        let tell = |error: std::io::Error| format!("the server is gone: {error}");
        match &self.at {
            At::Memory => {
                let (ours, theirs) = tokio::io::duplex(1 << 16);
                let (reader, writer) = tokio::io::split(theirs);
                let server = self.server.clone();
                tokio::spawn(
                    async move { server.connection(reader, writer, Peer::default()).await },
                );
                let (reader, writer) = tokio::io::split(ours);
                Ok(Raw::over(reader, writer))
            }
            At::Unix(path, _) => {
                let (reader, writer) = UnixStream::connect(path).await.map_err(tell)?.into_split();
                Ok(Raw::over(reader, writer))
            }
            At::Tcp(port, _) | At::Diod(port, _) => {
                let stream = TcpStream::connect(("127.0.0.1", *port))
                    .await
                    .map_err(tell)?;
                stream.set_nodelay(true).map_err(tell)?;
                let (reader, writer) = stream.into_split();
                Ok(Raw::over(reader, writer))
            }
        }
    }

    /// A connection that has agreed on 9P2000.L.
    pub(crate) async fn versioned(&self, msize: u32) -> Seen<Raw> {
        let mut raw = self.raw().await?;
        match raw.version(msize, "9P2000.L").await? {
            Did::Answered(_) => Ok(raw),
            other => Err(format!("Tversion: {other:?}")),
        }
    }

    /// A connection whose fid 0 is the folder.
    pub(crate) async fn attached(&self) -> Seen<Raw> {
        let mut raw = self.versioned(65_536).await?;
        raw.ok(attach(0, &self.files())).await?;
        Ok(raw)
    }

    /// A connection whose fid 0 is the service, and fid 1 its event file, open at the end.
    pub(crate) async fn live(&self) -> Seen<Raw> {
        let mut raw = self.versioned(65_536).await?;
        raw.ok(attach(0, "live")).await?;
        raw.open(1, "event@end", 0).await?;
        Ok(raw)
    }

    /// The name of the folder's tree.
    pub(crate) fn files(&self) -> String {
        match self.at {
            At::Diod(..) => self
                .path("")
                .display()
                .to_string()
                .trim_end_matches('/')
                .to_owned(),
            _ => String::new(),
        }
    }

    /// That another client is served, whatever a first one did.
    pub(crate) async fn serves(&self) -> Seen {
        let mut raw = self.attached().await?;
        raw.open(1, "file", 0).await?;
        match raw.read(1, 0, 100).await? {
            data if data == "hello" => Ok(()),
            other => Err(format!("the file holds {other:?}")),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let At::Unix(_, serving) | At::Tcp(_, serving) = &self.at {
            serving.abort();
        }
        if let At::Diod(_, child) = &mut self.at {
            // It may have died of a row.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn furnish(root: &Path) {
    fs::create_dir_all(root.join("sub/deep")).unwrap();
    fs::create_dir(root.join("many")).unwrap();
    fs::write(root.join("file"), "hello").unwrap();
    fs::write(root.join("sub/deep/leaf"), "leaf").unwrap();
    fs::write(root.join("big"), vec![7; 200_000]).unwrap();
    symlink("/etc/passwd", root.join("passwd")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("sub", root.join("sideways")).unwrap();
}

/// Debian's diod at a free port, serving `root` to anybody.
async fn diod(root: &Path) -> (u16, Child) {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let child = Command::new("/usr/sbin/diod")
        // Where it aborts, it leaves its core.
        .current_dir(root.parent().unwrap())
        .args(["-f", "-n", "-N", "-c", "/dev/null", "-L", "/dev/null", "-l"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("-e")
        .arg(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("diod starts (Debian: diod)");
    // It says nowhere that it listens.
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (port, child)
}
