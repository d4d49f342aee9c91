use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::rig::{LIMIT, Rig};

/// A command that goes on, and its lines.
struct Following {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Following {
    fn start(rig: &Rig, words: &[&str]) -> Self {
        let mut child = rig.command(words).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            _child: child,
            lines,
        }
    }

    async fn line(&mut self) -> String {
        tokio::time::timeout(LIMIT, self.lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap()
    }

    async fn number(&mut self) -> u64 {
        let line: Value = serde_json::from_str(&self.line().await).unwrap();
        line["n"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn the_last_events_come_first_then_each_that_happens_once() {
    let rig = Rig::new();
    for n in 0..20 {
        rig.feed.push(&json!({ "n": n })).unwrap();
    }
    let mut tail = Following::start(&rig, &["tail", "-n", "3", "/lamp/event"]);
    for n in 17..20 {
        assert_eq!(tail.number().await, n);
    }
    for n in 20..25 {
        rig.feed.push(&json!({ "n": n })).unwrap();
        assert_eq!(tail.number().await, n);
    }
    let all = rig
        .well(["tail", "--no-follow", "-n", "100", "/lamp/event"])
        .await;
    assert_eq!(all.lines().count(), 25);
    assert!(all.lines().all(|line| line.contains("\"seq\"")), "{all}");
}

#[tokio::test]
async fn an_empty_event_file_is_waited_on() {
    let rig = Rig::new();
    let mut tail = Following::start(&rig, &["tail", "/lamp/event"]);
    rig.feed.push(&json!({ "n": 1 })).unwrap();
    assert_eq!(tail.number().await, 1);
}

#[tokio::test]
async fn a_log_grows_as_the_events_beside_it_tell() {
    let rig = Rig::new();
    for n in 0..5 {
        rig.log.line(&format!("line {n}"));
    }
    assert_eq!(
        rig.well(["tail", "--no-follow", "-n", "2", "/lamp/log"])
            .await,
        "line 3\nline 4\n"
    );
    let mut tail = Following::start(&rig, &["tail", "-n", "1", "/lamp/log"]);
    assert_eq!(tail.line().await, "line 4");
    // Long enough that the log is cut in between: nothing comes twice.
    for n in 5..300 {
        rig.log.line(&format!("line {n}"));
        rig.feed.push(&json!({ "n": n })).unwrap();
        assert_eq!(tail.line().await, format!("line {n}"));
    }
}

#[tokio::test]
async fn a_file_that_nothing_tells_of_is_shown_as_it_is() {
    let rig = Rig::new();
    std::fs::write(rig.path("data/text"), "one\ntwo\n").unwrap();
    let output = rig.run(["tail", "/lamp/data/text"]).await;
    assert_eq!(output.stdout, b"one\ntwo\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no event file beside it"));
}
