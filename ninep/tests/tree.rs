//! The building blocks of a tree, through a real client and a real server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::Counter;
use ninep::Errno;
use ninep::client::{Followed, From, Namespace};
use ninep::server::Server;
use ninep::transport::unix::Listener;
use ninep::tree::OpenFlags;
use ninep::tree::ctl::Outcome;
use serde_json::{Value, json};

async fn read(root: &ninep::client::Fid, path: &str) -> String {
    let file = root
        .walk(path)
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    String::from_utf8(file.read_to_end(0, None).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_status_is_a_snapshot_taken_at_open() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    let open = root
        .walk("status")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    counter.count.store(7, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(open.read_to_end(0, None).await.unwrap(), "{\"rev\":0}\n");
    assert_eq!(read(&root, "status").await, "{\"rev\":7}\n");
}

#[tokio::test]
async fn a_ctl_does_all_lines_of_a_write_or_none() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    let ctl = root
        .walk("ctl")
        .await
        .unwrap()
        .open(OpenFlags::RDWR)
        .await
        .unwrap();
    ctl.write_at(0, Bytes::from("add 3\nnote 'it''s done'\n"))
        .await
        .unwrap();
    let said: Outcome = serde_json::from_slice(&ctl.read_to_end(0, None).await.unwrap()).unwrap();
    assert_eq!(
        said,
        Outcome::Done {
            lines: vec!["add 3".into(), "note 'it''s done'".into()],
            result: json!({"count": 3})
        }
    );
    assert_eq!(read(&root, "log").await, "ann: it's done\n");

    // The second line cannot be read, so the first is not carried out.
    let refused = ctl
        .write_at(0, Bytes::from("add 1\nfly\n"))
        .await
        .unwrap_err();
    assert_eq!(refused.errno(), Errno::INVAL);
    let Outcome::Refused {
        why, would_work, ..
    } = serde_json::from_slice(&ctl.read_to_end(0, None).await.unwrap()).unwrap()
    else {
        panic!("a refused write tells why")
    };
    assert_eq!(why, "there is no verb \"fly\" here");
    assert_eq!(would_work, "add n:number; note text:text");
    assert_eq!(read(&root, "status").await, "{\"rev\":3}\n");
    // The same for who wrote with echo and reads with cat.
    assert!(read(&root, "ctl.last").await.contains("there is no verb"));
}

#[tokio::test]
async fn a_ctl_reads_as_its_verbs_and_takes_if_rev() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    let verbs = read(&root, "ctl").await;
    assert_eq!(
        verbs.lines().next().unwrap(),
        r#"{"verb":"add","args":["n:number"],"help":"Add to the counter."}"#
    );
    let ctl = root
        .walk("ctl")
        .await
        .unwrap()
        .open(OpenFlags::RDWR | OpenFlags::TRUNC | OpenFlags::APPEND)
        .await
        .unwrap();
    ctl.write_at(0, Bytes::from("add 2 if-rev=0"))
        .await
        .unwrap();
    assert_eq!(
        ctl.write_at(0, Bytes::from("add 2 if-rev=0"))
            .await
            .unwrap_err()
            .errno(),
        Errno::STALE
    );
    assert_eq!(
        ctl.write_at(0, Bytes::from("add 101"))
            .await
            .unwrap_err()
            .errno(),
        Errno::DQUOT
    );
    assert_eq!(read(&root, "status").await, "{\"rev\":2}\n");
}

#[tokio::test]
async fn a_read_at_the_end_of_events_waits_and_a_later_place_is_found_again() {
    let counter = Counter::new(5);
    counter.feed.push(&json!({"kind": "old"})).unwrap();
    let root = counter.dial().await;
    let end = root.walk("event@end").await.unwrap();
    let place = end.getattr().await.unwrap().data_version;
    assert_eq!(place, counter.feed.end());
    assert!(place > 5 << 40);
    let events = end.open(OpenFlags::RDONLY).await.unwrap();
    let waiting = events.read_at(0, 4096);
    let pushing = async {
        tokio::task::yield_now().await;
        counter.feed.push(&json!({"kind": "new"})).unwrap();
    };
    let (line, ()) = tokio::join!(waiting, pushing);
    let line = line.unwrap();
    let event: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!((&event["seq"], &event["kind"]), (&json!(2), &json!("new")));

    let again = root
        .walk(&format!("event@{place}"))
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    assert_eq!(again.read_at(0, 4096).await.unwrap(), line);
}

#[tokio::test]
async fn a_reader_that_was_left_behind_gets_one_lost_line_and_goes_on() {
    let counter = Counter::new(2);
    for n in 0..100 {
        counter.feed.push(&json!({"n": n})).unwrap();
    }
    let root = counter.dial().await;
    let file = root
        .walk("event")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY | OpenFlags::NONBLOCK)
        .await
        .unwrap();
    let mut text = Vec::new();
    loop {
        match file.read_at(text.len() as u64, 200).await {
            Ok(part) => text.extend_from_slice(&part),
            Err(error) => {
                assert_eq!(
                    error.errno(),
                    Errno::AGAIN,
                    "nothing parks on a non-blocking fid"
                );
                break;
            }
        }
    }
    let lines: Vec<Value> = text
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert!(lines[0]["lost"].as_u64().unwrap() > 0);
    let kept: Vec<u64> = lines[1..]
        .iter()
        .map(|line| line["n"].as_u64().unwrap())
        .collect();
    assert!(kept.len() > 5, "about 1000 bytes are kept: {kept:?}");
    assert_eq!(
        kept,
        (100 - kept.len() as u64..100).collect::<Vec<_>>(),
        "the newest, in order, each once"
    );
}

#[tokio::test]
async fn a_dropped_read_is_flushed_and_the_connection_goes_on() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    let events = root
        .walk("event@end")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    for _ in 0..200 {
        // More than may park at a time: each must really be gone.
        let waited = tokio::time::timeout(Duration::from_millis(1), events.read_at(0, 100)).await;
        assert!(waited.is_err());
    }
    counter.feed.push(&json!({"kind": "late"})).unwrap();
    assert!(!events.read_at(0, 100).await.unwrap().is_empty());
}

#[tokio::test]
async fn paths_of_any_length_and_dot_dot_stay_inside() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    assert_eq!(read(&root, "a//b/c").await, "\"deep\"\n");
    let up = "../".repeat(40);
    assert_eq!(
        read(&root, &format!("a/b/../../{up}status")).await,
        "{\"rev\":0}\n"
    );
    for bad in ["..x/../../etc", "a/./b", "x\0y"] {
        assert!(root.walk(bad).await.is_err(), "{bad:?}");
    }
    assert_eq!(
        root.walk("a/none/c").await.unwrap_err().to_string(),
        "there is no none: No such file or directory (os error 2)"
    );
}

#[tokio::test]
async fn a_folder_lists_what_it_has() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    let names: Vec<String> = root
        .walk("")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap()
        .entries()
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.name.to_string())
        .collect();
    assert_eq!(names, ["a", "ctl", "ctl.last", "event", "log", "status"]);
    assert_eq!(
        root.walk("status")
            .await
            .unwrap()
            .open(OpenFlags::WRONLY)
            .await
            .unwrap_err()
            .errno(),
        Errno::ACCESS
    );
    assert_eq!(
        root.mkdir("x", 0o755).await.unwrap_err().errno(),
        Errno::PERM
    );
}

#[tokio::test]
async fn a_follower_outlives_the_service() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("counter");
    let ns = Namespace::new(dir.path().to_owned());
    let mut follow = ns.follow::<Value>("/counter/event", From::Now);
    let Some(Followed::Down { why, .. }) = follow.next().await else {
        panic!("nobody serves yet")
    };
    assert_eq!(why.errno(), Errno::NOENT);
    for epoch in 1..4 {
        let counter = Counter::new(epoch);
        let (server, listener) = (
            Server::new(counter.roots()),
            Listener::bind(&socket).unwrap(),
        );
        let server = tokio::spawn(async move { server.serve(listener).await });
        assert_eq!(follow.next().await, Some(Followed::Up));
        if epoch > 1 {
            assert_eq!(
                follow.next().await,
                Some(Followed::Lost),
                "an epoch ended, and with it what was not read"
            );
        }
        ns.ctl("/counter/ctl", "add 1").await.unwrap();
        let Some(Followed::Event(event)) = follow.next().await else {
            panic!("the order makes an event")
        };
        assert_eq!(event["count"], json!(1));
        server.abort();
        assert!(server.await.unwrap_err().is_cancelled());
        assert!(
            !socket.exists(),
            "a service that ended leaves no name behind"
        );
        let Some(Followed::Down { why, .. }) = follow.next().await else {
            panic!("the service ended")
        };
        assert!(why.is_disconnect(), "{why}");
    }
}

#[tokio::test]
async fn walks_that_are_dropped_at_any_moment_leave_no_fid_behind() {
    let counter = Counter::new(1);
    let root = counter.dial().await;
    for n in 0..70_000_u32 {
        // More than a connection has fids; polled once, twice, … so that the drop comes before, with and after the answer.
        let mut walk = std::pin::pin!(root.walk("status"));
        for _ in 0..n % 4 {
            if futures_util::poll!(walk.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(read(&root, "status").await, "{\"rev\":0}\n");
}

#[tokio::test]
async fn a_reader_slower_than_the_feed_gets_events_with_each_lost_line() {
    let counter = Counter::new(2);
    let root = counter.dial().await;
    let file = root
        .walk("event")
        .await
        .unwrap()
        .open(OpenFlags::RDONLY)
        .await
        .unwrap();
    let mut offset = 0;
    for round in 0..5_u64 {
        for n in 0..100 {
            counter.feed.push(&json!({ "n": round * 100 + n })).unwrap();
        }
        let data = file.read_at(offset, 4096).await.unwrap();
        offset += data.len() as u64;
        let text = String::from_utf8(data.to_vec()).unwrap();
        let newest = format!("\"n\":{}", round * 100 + 99);
        assert!(text.starts_with("{\"lost\":"), "{text}");
        assert!(text.contains(&newest), "{text}");
    }
}

mod switches {
    use ninep::tree::ctl::Argument;

    fn take(words: &[&str]) -> Result<bool, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        bool::take("light", &mut words.as_slice())
    }

    #[test]
    fn a_switch_is_on_or_off_or_a_fault_that_says_so() {
        assert_eq!(bool::describe("light"), "light:on|off");
        for (word, on) in [
            ("on", true),
            ("true", true),
            ("off", false),
            ("false", false),
        ] {
            assert_eq!(take(&[word]), Ok(on));
        }
        assert_eq!(take(&["ON"]).unwrap_err(), "light is \"ON\", not on|off");
        assert_eq!(take(&[]).unwrap_err(), "light is missing");
        for on in [true, false] {
            let mut line = String::new();
            on.put(&mut line);
            assert_eq!(take(&[line.trim()]), Ok(on));
        }
    }
}
