//! diod's tools against our server, over a unix socket and over TCP.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use ninep::export::{Budget, Export};
use ninep::server::{Roots, Server};
use ninep::transport::{tcp, unix};
use ninep::tree::{Dir, Node, Peer, content};
use ninep::{Errno, Error, Result};
use tokio::task::JoinHandle;

/// A folder, and beside it the tree `ctl` that diod's tools expect of a server.
struct Both {
    files: Export,
    ctl: Arc<Dir>,
}

impl Roots for Both {
    fn root(&self, _: &Peer, aname: &str) -> Result<Arc<dyn Node>> {
        match aname {
            "/files" => Ok(self.files.root()),
            "ctl" => Ok(Arc::clone(&self.ctl) as Arc<dyn Node>),
            other => Err(Error::new(
                Errno::NOENT,
                format!("there is no tree {other}"),
            )),
        }
    }
}

/// Serves `root` over both; gives the two addresses as diod writes them.
async fn serve(root: &Path) -> ([String; 2], [JoinHandle<()>; 2]) {
    let files = Export::open(root, Arc::new(()), Budget::of_process()).unwrap();
    let ctl = Dir::new();
    // Seconds, microseconds, minutes west of Greenwich, summer time: dioddate prints it as a date.
    ctl.add(
        "date",
        content(async || Ok("1000000000.000000 0.0\n".into())),
    );
    let server = Server::new(Both { files, ctl });
    let socket = root.with_file_name("socket");
    let by_unix = unix::Listener::bind(&socket).unwrap();
    let by_tcp = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
    let addresses = [socket.display().to_string(), by_tcp.address().to_string()];
    let second = server.clone();
    let serving = [
        tokio::spawn(async move { server.serve(by_unix).await }),
        tokio::spawn(async move { second.serve(by_tcp).await }),
    ];
    (addresses, serving)
}

async fn tool(name: &'static str, server: &str, args: &[&str]) -> Output {
    let mut command = Command::new(format!("/usr/sbin/{name}"));
    command
        .args(["-t", "20", "-s", server])
        .args(args)
        .env("TZ", "UTC");
    tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .expect("diod's tools are installed (Debian: diod)")
}

fn text(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn diods_tools_read_what_we_serve() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    std::fs::create_dir_all(root.join("sub")).unwrap();
    let long: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(root.join("long"), &long).unwrap();
    std::fs::write(root.join("sub/note"), "a note\n").unwrap();
    for n in 0..300 {
        std::fs::write(root.join(format!("sub/file-{n:03}")), "").unwrap();
    }
    let (addresses, serving) = serve(&root).await;
    for address in &addresses {
        let listed = text(&tool("diodls", address, &["-a", "/files", "sub"]).await);
        let names: std::collections::BTreeSet<&str> = listed.split_whitespace().collect();
        assert!(
            names.contains("note") && names.contains("file-299"),
            "{address}: {listed}"
        );
        let listed = text(&tool("diodls", address, &["-l", "-a", "/files"]).await);
        let row = listed
            .lines()
            .find(|line| line.ends_with("long"))
            .expect("a row for the file");
        assert!(row.starts_with("-rw") && row.contains("300000"), "{row}");

        let read = tool("diodcat", address, &["-a", "/files", "long"]).await;
        assert!(
            read.status.success() && read.stdout == long,
            "{address}: {} bytes",
            read.stdout.len()
        );
        // A frame size of the client's own, much smaller than the file.
        let read = tool("diodcat", address, &["-m", "4200", "-a", "/files", "long"]).await;
        assert!(
            read.status.success() && read.stdout == long,
            "{address}: {} bytes",
            read.stdout.len()
        );
        let note = text(&tool("diodcat", address, &["-a", "/files", "sub/note"]).await);
        assert_eq!(note, "a note\n");

        let missing = tool("diodcat", address, &["-a", "/files", "none"]).await;
        let why = String::from_utf8_lossy(&missing.stderr);
        assert!(
            !missing.status.success() && why.contains("No such file"),
            "{address}: {why}"
        );
        let strange = tool("diodcat", address, &["-a", "/etc", "passwd"]).await;
        assert!(
            !strange.status.success() && strange.stdout.is_empty(),
            "{address}"
        );

        let date = text(&tool("dioddate", address, &[]).await);
        assert!(date.contains("2001"), "{address}: {date}");
    }
    for serving in serving {
        serving.abort();
    }
}
