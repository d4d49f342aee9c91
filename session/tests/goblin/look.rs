use std::fs;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use crate::rig::{LIMIT, Rig};

#[tokio::test]
async fn ls_lists_services_folders_and_files() {
    let rig = Rig::new();
    fs::create_dir(rig.path("data/folder")).unwrap();
    fs::write(rig.path("data/note"), "12345").unwrap();
    // What a killed service leaves behind is none.
    drop(std::os::unix::net::UnixListener::bind(rig.path("run/goblin/srv/dead")).unwrap());
    assert_eq!(rig.well(["ls", "/"]).await, "lamp\n");
    assert_eq!(rig.well(["ls"]).await, "lamp\n");
    assert_eq!(
        rig.well(["ls", "/lamp"]).await,
        "ctl\nctl.last\ndata\nevent\nlog\nstatus\n"
    );
    assert_eq!(
        rig.well(["ls", "/lamp//data/../data/"]).await,
        "folder\nnote\n"
    );
    assert_eq!(
        rig.well(["ls", "/lamp/data/note"]).await,
        "/lamp/data/note\n"
    );
    let both = rig.well(["ls", "/lamp/data", "/lamp/data/folder"]).await;
    assert_eq!(both, "/lamp/data:\nfolder\nnote\n\n/lamp/data/folder:\n");
    let long = rig.well(["ls", "-l", "/lamp/data"]).await;
    let lines: Vec<&str> = long.lines().collect();
    assert!(
        lines[0].starts_with('d') && lines[0].ends_with(" folder"),
        "{long}"
    );
    assert!(
        lines[1].starts_with("-rw-") && lines[1].contains(" 5 "),
        "{long}"
    );
}

#[tokio::test]
async fn cat_prints_files_and_refuses_folders() {
    let rig = Rig::new();
    let large: Vec<u8> = (0..3 << 20).map(|n: u32| n.to_le_bytes()[1]).collect();
    fs::write(rig.path("data/large"), &large).unwrap();
    fs::write(rig.path("data/empty"), "").unwrap();
    let both = rig
        .well(["cat", "/lamp/status", "/lamp/data/empty", "/lamp/status"])
        .await;
    assert_eq!(both, "{\"lit\":false,\"rev\":7}\n".repeat(2));
    let output = rig.run(["cat", "/lamp/data/large"]).await;
    assert!(output.status.success() && output.stdout == large);
    let said = rig.badly(["cat", "/lamp/data"]).await;
    assert!(
        said.contains("/lamp/data is a folder") && said.contains("goblin ls /lamp/data"),
        "{said}"
    );
}

#[tokio::test]
async fn who_stops_reading_ends_it_quietly() {
    let rig = Rig::new();
    let mut child = rig.command(["cat", "/lamp/event"]).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    rig.feed.push(&serde_json::json!({ "n": 1 })).unwrap();
    tokio::time::timeout(LIMIT, reader.read_line(&mut line))
        .await
        .unwrap()
        .unwrap();
    assert!(
        line.contains("\"n\":1") || line.contains("\"lost\""),
        "{line}"
    );
    drop(reader);
    rig.feed.push(&serde_json::json!({ "n": 2 })).unwrap();
    let status = tokio::time::timeout(LIMIT, child.wait())
        .await
        .unwrap()
        .unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .await
        .unwrap();
    assert!(status.success() && said.is_empty(), "{status} {said}");
}

#[tokio::test]
async fn stat_tells_people_and_programs() {
    let rig = Rig::new();
    fs::write(rig.path("data/note"), "12345").unwrap();
    let text = rig.well(["stat", "/lamp/data/note"]).await;
    assert!(
        text.contains("/lamp/data/note") && text.contains("size     5"),
        "{text}"
    );
    let text = rig
        .well(["stat", "--json", "/lamp/data/note", "/lamp"])
        .await;
    let objects: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&objects[0]["size"], &objects[0]["kind"]),
        (&5.into(), &"file".into())
    );
    assert_eq!(objects[1]["kind"], "folder");
}

#[tokio::test]
async fn help_names_every_command_with_examples() {
    let rig = Rig::empty();
    let help = rig.well(["--help"]).await;
    let commands = [
        "session",
        "ls",
        "cat",
        "write",
        "tail",
        "stat",
        "get",
        "put",
        "rm",
        "mkdir",
        "mv",
        "screenshot",
        "panel",
        "Examples:",
    ];
    for word in commands {
        assert!(help.contains(word), "{word}");
    }
    let output = rig
        .command(["fly"])
        .stdout(Stdio::null())
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
