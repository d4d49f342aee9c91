//! The client: the same work over both dialects, lost connections, and what is done once however often it is sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use common::Counter;
use futures_util::TryStreamExt;
use ninep::Errno;
use ninep::client::{Client, Fid, Namespace};
use ninep::export::{Budget, Export, Observer};
use ninep::server::Server;
use ninep::transport::dial::Address;
use ninep::transport::{Listen, tcp, unix};
use ninep::tree::{Node, OpenFlags, Peer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

struct Quiet;
impl Observer for Quiet {}

fn export(dir: &Path) -> Server {
    let export = Export::open(dir, Arc::new(Quiet), Budget::new(1000)).unwrap();
    let root: Arc<dyn Node> = export.root();
    Server::new(root)
}

/// A fid of the root, by a client that knows compound messages or one that does not.
async fn dial(server: &Server, compound: bool) -> Fid {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (reader, writer) = tokio::io::split(theirs);
    let server = server.clone();
    tokio::spawn(async move { server.connection(reader, writer, Peer::default()).await });
    let (reader, writer) = tokio::io::split(ours);
    let client = if compound {
        Client::over(reader, writer).await.unwrap()
    } else {
        Client::over_plain(reader, writer).await.unwrap()
    };
    assert_eq!(client.is_compound(), compound);
    client.attach("ann", "").await.unwrap()
}

#[tokio::test]
async fn both_dialects_see_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    let big: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::create_dir_all(dir.path().join("a/b/c")).unwrap();
    std::fs::write(dir.path().join("a/b/big"), &big).unwrap();
    std::fs::write(dir.path().join("a/b/c/small"), "small").unwrap();
    std::fs::write(dir.path().join("empty"), "").unwrap();
    for n in 0..500 {
        std::fs::write(dir.path().join(format!("a/{n:04}")), vec![b'x'; n]).unwrap();
    }
    let server = export(dir.path());
    for compound in [true, false] {
        let root = dial(&server, compound).await;
        assert_eq!(root.get("a/b/big").await.unwrap(), big);
        assert_eq!(root.get("a/b/c/small").await.unwrap(), "small");
        assert_eq!(root.get("empty").await.unwrap(), "");
        assert_eq!(root.stat("a/b/big").await.unwrap().size, 3_000_000);
        assert_eq!(root.get("a/none").await.unwrap_err().errno(), Errno::NOENT);
        let entries = root.list("a").await.unwrap();
        assert_eq!(entries.len(), 501);
        assert!(
            entries
                .iter()
                .take(500)
                .enumerate()
                .all(|(n, entry)| entry.attr.size == n as u64)
        );
        assert_eq!(
            (entries[500].name.as_str(), entries[500].attr.is_dir()),
            ("b", true)
        );
        let file = root
            .walk("a/b/big")
            .await
            .unwrap()
            .open(OpenFlags::RDONLY)
            .await
            .unwrap();
        let pieces: Vec<Bytes> = file.stream(1000, 3_000_000).try_collect().await.unwrap();
        assert_eq!(pieces.concat(), big[1000..]);
    }
}

/// A service on a unix socket that can be torn down and put up again.
struct Service {
    dir: tempfile::TempDir,
    running: JoinHandle<()>,
}

impl Service {
    fn start(server: &Server) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let running = Self::run(dir.path(), server);
        Self { dir, running }
    }

    fn run(dir: &Path, server: &Server) -> JoinHandle<()> {
        let (listener, server) = (
            unix::Listener::bind(&dir.join("files")).unwrap(),
            server.clone(),
        );
        tokio::spawn(async move { server.serve(listener).await })
    }

    async fn stop(&mut self) {
        self.running.abort();
        let _ = (&mut self.running).await;
    }

    fn restart(&mut self, server: &Server) {
        self.running = Self::run(self.dir.path(), server);
    }

    fn namespace(&self) -> Namespace {
        Namespace::new(self.dir.path().to_owned())
    }
}

#[tokio::test]
async fn a_namespace_works_on_whole_files_and_trees() {
    let files = tempfile::tempdir().unwrap();
    let service = Service::start(&export(files.path()));
    let ns = service.namespace();
    ns.mkdir("/files/one").await.unwrap();
    ns.mkdir("/files/one/two").await.unwrap();
    ns.put("/files/one/two/f", vec![7; 2_000_000])
        .await
        .unwrap();
    ns.put("/files/one/g", "text").await.unwrap();
    ns.put("/files/one/g", "shorter".to_owned()).await.unwrap();
    ns.rename("/files/one/g", "/files/one/two/h").await.unwrap();
    let tree: Vec<(String, u64)> = ns
        .tree("/files/one")
        .await
        .unwrap()
        .into_iter()
        .map(|(path, attr)| (path, if attr.is_dir() { 0 } else { attr.size }))
        .collect();
    assert_eq!(
        tree,
        [
            ("two".into(), 0),
            ("two/f".into(), 2_000_000),
            ("two/h".into(), 7)
        ]
    );
    assert_eq!(
        std::fs::read(files.path().join("one/two/h")).unwrap(),
        b"shorter"
    );
    let full = ns.remove("/files/one/two").await.unwrap_err();
    assert_eq!(full.errno(), Errno::NOTEMPTY);
    assert!(full.to_string().starts_with("/files/one/two: "), "{full}");
    for path in ["/files/one/two/f", "/files/one/two/h", "/files/one/two"] {
        ns.remove(path).await.unwrap();
    }
    assert_eq!(ns.list("/files/one").await.unwrap(), []);
    assert_eq!(
        ns.rename("/files/one", "/other/one")
            .await
            .unwrap_err()
            .errno(),
        Errno::XDEV
    );
    assert_eq!(ns.remove("/files").await.unwrap_err().errno(), Errno::PERM);
    assert_eq!(
        ns.read("/nobody/status").await.unwrap_err().errno(),
        Errno::NOENT
    );
}

#[tokio::test]
async fn work_goes_on_over_a_new_connection() {
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("f"), "content").unwrap();
    let server = export(files.path());
    let mut service = Service::start(&server);
    let ns = service.namespace();
    let open = ns
        .open_resumable("/files/f", OpenFlags::RDWR)
        .await
        .unwrap();
    assert_eq!(ns.read("/files/f").await.unwrap(), "content");
    service.stop().await;
    let refused = ns.read("/files/f").await.unwrap_err();
    assert_eq!(
        refused.errno(),
        Errno::NOENT,
        "nobody is there, and that is said at once: {refused}"
    );

    service.restart(&server);
    assert_eq!(ns.read("/files/f").await.unwrap(), "content");
    assert_eq!(open.read_at(3, 4).await.unwrap(), "tent");
    service.stop().await;
    service.restart(&server);
    open.write_at(0, Bytes::from("CON")).await.unwrap();
    open.fsync().await.unwrap();
    assert_eq!(std::fs::read(files.path().join("f")).unwrap(), b"CONtent");

    // Another file has the name: this one is lost, and that is said.
    service.stop().await;
    std::fs::write(files.path().join("g"), "another").unwrap();
    std::fs::rename(files.path().join("g"), files.path().join("f")).unwrap();
    service.restart(&server);
    assert_eq!(open.read_at(0, 4).await.unwrap_err().errno(), Errno::STALE);
}

#[tokio::test]
async fn a_patient_namespace_waits_for_a_service_that_went_away() {
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("f"), "content").unwrap();
    let server = export(files.path());
    let mut service = Service::start(&server);
    let ns = service.namespace().patient(Duration::from_secs(60));
    ns.read("/files/f").await.unwrap();
    service.stop().await;
    let reading = tokio::spawn({
        let ns = ns.clone();
        async move { ns.read("/files/f").await }
    });
    tokio::task::yield_now().await;
    service.restart(&server);
    assert_eq!(reading.await.unwrap().unwrap(), "content");
}

/// Carries one connection after another between a client and a server, and cuts each when the server has answered its
/// `cut_after`th time, before the answer gets through.
async fn cutting_proxy(
    listener: tcp::Listener,
    to: Address,
    cut_after: usize,
    cuts: Arc<AtomicUsize>,
) {
    use ninep::transport::Listen;
    loop {
        let (mut from_client, mut to_client, _) = listener.accept().await.unwrap();
        let Address::Unix(path) = &to else {
            panic!("a unix socket")
        };
        let (mut from_server, mut to_server) = unix::connect(path).await.unwrap();
        let up = async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read) = from_client.read(&mut buffer).await {
                if read == 0 || to_server.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        };
        let cuts = Arc::clone(&cuts);
        let down = async move {
            for answer in 0.. {
                let mut head = [0; 7];
                if from_server.read_exact(&mut head).await.is_err() {
                    return;
                }
                let mut frame = head.to_vec();
                frame.resize(
                    u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize,
                    0,
                );
                if from_server.read_exact(&mut frame[7..]).await.is_err() {
                    return;
                }
                if answer == cut_after && cuts.fetch_sub(1, Ordering::SeqCst) > 0 {
                    return;
                }
                if to_client.write_all(&frame).await.is_err() {
                    return;
                }
            }
        };
        tokio::spawn(async move {
            tokio::select! { () = up => {}, () = down => {} }
        });
    }
}

#[tokio::test]
async fn what_was_done_before_the_connection_was_cut_is_not_done_again() {
    let counter = Counter::new(1);
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("real");
    let (server, listener) = (
        Server::new(counter.roots()),
        unix::Listener::bind(&socket).unwrap(),
    );
    tokio::spawn(async move { server.serve(listener).await });

    // Answers 0 and 1 are those to Tversion and Tattach; the order is answered third.
    let cuts = Arc::new(AtomicUsize::new(1));
    let proxy = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
    let port = proxy.address().port();
    tokio::spawn(cutting_proxy(proxy, Address::Unix(socket), 2, cuts));
    // The namespace knows unix sockets only: one that leads to the proxy.
    let front = dir.path().join("front");
    std::fs::create_dir(&front).unwrap();
    let listener = unix::Listener::bind(&front.join("counter")).unwrap();
    tokio::spawn(async move {
        while let Ok((reader, writer, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut near = tokio::io::join(reader, writer);
                let mut far = tcp::connect("127.0.0.1", port).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    let ns = Namespace::new(front);
    ns.put("/counter/ctl", "add 5").await.unwrap();
    assert_eq!(
        counter.count.load(Ordering::SeqCst),
        5,
        "sent twice, done once"
    );
}

#[tokio::test]
async fn dial_strings_are_those_of_plan_9() {
    for (text, address) in [
        ("unix!/run/srv/x", Address::Unix("/run/srv/x".into())),
        ("tcp!localhost!5640", Address::Tcp("localhost".into(), 5640)),
        ("tcp!::1!564", Address::Tcp("::1".into(), 564)),
    ] {
        assert_eq!(text.parse::<Address>().unwrap(), address);
        assert_eq!(address.to_string(), text);
    }
    assert_eq!(
        "tcp!host".parse::<Address>().unwrap(),
        Address::Tcp("host".into(), 564)
    );
    for bad in ["", "host", "udp!host!1", "tcp!!1", "tcp!h!port", "unix!"] {
        let error = bad.parse::<Address>().unwrap_err();
        assert!(
            error.to_string().contains("unix!PATH or tcp!HOST!PORT"),
            "{error}"
        );
    }
    let open = tcp::Listener::bind("0.0.0.0", 0).await.unwrap_err();
    assert_eq!(open.errno(), Errno::ACCESS, "{open}");
}

#[tokio::test]
async fn a_follower_may_come_before_the_folder_of_sockets() {
    use ninep::client::{Followed, From};
    let dir = tempfile::tempdir().unwrap();
    let srv = dir.path().join("goblin/srv");
    let mut follow =
        Namespace::new(srv.clone()).follow::<serde_json::Value>("/counter/event", From::Now);
    assert!(matches!(follow.next().await, Some(Followed::Down { .. })));
    std::fs::create_dir(dir.path().join("goblin")).unwrap();
    std::fs::create_dir(&srv).unwrap();
    let counter = Counter::new(1);
    let (server, listener) = (
        Server::new(counter.roots()),
        unix::Listener::bind(&srv.join("counter")).unwrap(),
    );
    tokio::spawn(async move { server.serve(listener).await });
    let up = tokio::time::timeout(Duration::from_secs(20), follow.next()).await;
    assert_eq!(
        up.expect("it is told, not found out by asking again"),
        Some(Followed::Up)
    );
}
