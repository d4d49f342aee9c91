//! Another author's client of 9P2000, the crate `ninep`, against our server, over a unix socket and over TCP: Debian has no plan9port.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ninep::export::{Budget, Export};
use ninep::server::Server;
use ninep::transport::{tcp, unix};
use other::fs::{Mode, Perm, Stat, WStat};
use other::sync::client::Client;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_9p2000_that_is_not_ours_finds_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir(&root).unwrap();
    let export = Export::open(&root, Arc::new(()), Budget::of_process()).unwrap();
    let server = Server::new(export.root());
    let socket = dir.path().join("socket");
    let by_unix = unix::Listener::bind(&socket).unwrap();
    let by_tcp = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
    let address = by_tcp.address();
    let second = server.clone();
    let serving = [
        tokio::spawn(async move { server.serve(by_unix).await }),
        tokio::spawn(async move { second.serve(by_tcp).await }),
    ];
    // It waits for its answers as a program does that has nothing else to do.
    let using = tokio::task::spawn_blocking(move || {
        for (name, client) in [
            (
                "unix",
                Client::new_unix_with_explicit_path("glenda", &socket, ""),
            ),
            ("tcp", Client::new_tcp("glenda", address, "")),
        ] {
            let here = root.join(name);
            fs::create_dir(&here).unwrap();
            exercise(&client.unwrap(), name, &here);
        }
    });
    using.await.unwrap();
    for serving in serving {
        serving.abort();
    }
}

/// Does with `client`, in its folder `name`, what files are for, and looks at `here` what has come of it.
fn exercise(client: &Client, name: &str, here: &Path) {
    let long: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    fs::write(here.join("long"), &long).unwrap();
    for n in 0..500 {
        fs::write(here.join(format!("entry-{n:03}")), "").unwrap();
    }
    let at = |file: &str| format!("{name}/{file}");
    assert_eq!(client.read(at("long")).unwrap(), long);
    let stat = client.stat(at("long")).unwrap();
    assert_eq!((stat.name.as_str(), stat.n_bytes), ("long", 300_000));
    let mut names: Vec<String> = client
        .read_dir(name)
        .unwrap()
        .into_iter()
        .map(|entry: Stat| entry.name)
        .collect();
    names.sort();
    assert_eq!(names.len(), 501);
    assert_eq!(names[499], "entry-499");

    let permissions = Perm::from_bits_truncate(0o640);
    client
        .create(name, "made", permissions, Mode::WRITE)
        .unwrap();
    assert_eq!(fs::metadata(here.join("made")).unwrap().len(), 0);
    client
        .create(
            name,
            "folder",
            permissions | Perm::DIRECTORY | Perm::OWNER_EXEC,
            Mode::READ,
        )
        .unwrap();
    assert!(here.join("folder").is_dir());
    client.write(at("entry-000"), 0, &long[..20_000]).unwrap();
    // It opens a file that it has open anew, which open(5) forbids and we refuse, unless it is told to let it go.
    client.clunk_path(at("entry-000")).unwrap();
    client.write_str(at("entry-000"), 20_000, "end").unwrap();
    assert_eq!(
        fs::read(here.join("entry-000")).unwrap(),
        [&long[..20_000], b"end"].concat()
    );

    let qid = client.stat(at("entry-000")).unwrap().qid;
    client
        .write_stat(at("entry-000"), WStat::truncate(qid))
        .unwrap();
    assert_eq!(fs::metadata(here.join("entry-000")).unwrap().len(), 0);
    let rename = WStat {
        name: Some("moved".into()),
        ..WStat::commit(qid)
    };
    client.write_stat(at("entry-000"), rename).unwrap();
    assert!(here.join("moved").exists() && !here.join("entry-000").exists());
    client.remove(at("moved")).unwrap();
    assert!(!here.join("moved").exists());

    // Of the first name: a walk that comes half the way it takes for one that has arrived.
    let missing = client.read("none").unwrap_err().to_string();
    assert!(missing.contains("No such file"), "{missing}");
    let outside = client.read(format!("{name}/../../socket"));
    assert!(outside.is_err());
}
