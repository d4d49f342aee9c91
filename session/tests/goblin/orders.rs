use std::fs;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, content, status};
use serde_json::{Value, json};
use trees::desktop;
use trees::panels::PanelVerb;
use trees::subsystems::SubsystemVerb;
use trees::time::Millis;

use crate::rig::{Rig, one_line};

#[tokio::test]
async fn an_order_is_carried_out_or_refused_with_what_would_work() {
    let rig = Rig::new();
    let said = rig
        .well(["write", "/lamp/ctl", "say", "good evening", "it's me"])
        .await;
    assert_eq!(said, "{\"said\":[\"good evening\",\"it's me\"]}\n");
    let said = rig
        .well(["write", "/lamp/ctl", "say one 'two three'"])
        .await;
    assert_eq!(said, "{\"said\":[\"one\",\"two three\"]}\n");

    let refused = rig.badly(["write", "/lamp/ctl", "light"]).await;
    assert_eq!(
        refused,
        "goblin: /lamp/ctl refused: the lamp has no oil. What would work: say 'bring oil'\n"
    );
    let refused = rig
        .badly(["write", "/lamp/ctl", "if-rev=3", "say", "x"])
        .await;
    assert!(
        refused.contains("rev 7, not 3") && refused.contains("if-rev=7"),
        "{refused}"
    );
    let refused = rig.badly(["write", "/lamp/ctl", "dim"]).await;
    assert!(
        refused.contains("dim") && refused.contains("light"),
        "{refused}"
    );
}

#[tokio::test]
async fn orders_come_from_standard_input_too_all_of_them_or_none() {
    let rig = Rig::new();
    let output = rig
        .run_with(&["write", "/lamp/ctl"], b"say one\nsay two\n")
        .await;
    assert!(output.status.success());
    assert_eq!(output.stdout, b"{\"said\":[\"two\"]}\n");
    let before = rig.feed.end();
    one_line(
        &rig.run_with(&["write", "/lamp/ctl"], b"say three\ndim\n")
            .await,
    );
    assert_eq!(rig.feed.end(), before, "nothing was said");
}

#[tokio::test]
async fn writing_to_a_file_replaces_its_content() {
    let rig = Rig::new();
    rig.well(["write", "/lamp/data/note", "milk", "and", "bread"])
        .await;
    assert_eq!(
        fs::read_to_string(rig.path("data/note")).unwrap(),
        "milk and bread\n"
    );
    let output = rig.run_with(&["write", "/lamp/data/note"], b"tea").await;
    assert!(output.status.success());
    assert_eq!(fs::read_to_string(rig.path("data/note")).unwrap(), "tea");
    let refused = rig.badly(["write", "/lamp/status", "lit"]).await;
    assert!(refused.contains("/lamp/status"), "{refused}");
}

fn desktop(testing: bool) -> Arc<Dir> {
    let root = Dir::new();
    root.add(
        "status",
        status(move || desktop::Status {
            rev: 1,
            backend: "headless".to_owned(),
            wayland_display: "wayland-1".to_owned(),
            x11_display: None,
            x11_running: false,
            focus: None,
            outputs: vec!["headless-1".to_owned(), "headless-2".to_owned()],
            disabled: Vec::new(),
            windows: vec![4],
            choosing: None,
            locked: false,
            testing,
            theme: "light".to_owned(),
            questions: Vec::new(),
            config: desktop::Config::default(),
            since: Millis(0),
        }),
    );
    let picture = |bytes: &'static [u8]| {
        let folder = Dir::new();
        folder.add(
            "picture.png",
            content(move || async move { Ok(Bytes::from_static(bytes)) }),
        );
        folder
    };
    let outputs = root.folder("outputs");
    outputs.add("headless-1", picture(b"first"));
    outputs.add("headless-2", picture(b"second"));
    root.folder("windows").add("4", picture(b"window"));
    root
}

#[tokio::test]
async fn a_screenshot_is_of_an_output_or_a_window() {
    let rig = Rig::empty();
    rig.serve("desktop", desktop(true));
    rig.well(["screenshot", "all.png"]).await;
    assert_eq!(fs::read(rig.path("home/all.png")).unwrap(), b"first");
    rig.well(["screenshot", "--output", "headless-2", "all.png"])
        .await;
    assert_eq!(fs::read(rig.path("home/all.png")).unwrap(), b"second");
    assert_eq!(
        rig.well(["screenshot", "--window", "4", "-"]).await,
        "window"
    );
    let said = rig.badly(["screenshot", "--window", "9", "w.png"]).await;
    assert!(said.contains("no window 9") && said.contains('4'), "{said}");
    let said = rig.badly(["screenshot", "--output", "x", "w.png"]).await;
    assert!(
        said.contains("no output x") && said.contains("headless-2"),
        "{said}"
    );
    let said = rig.badly(["screenshot", "/proc/none/w.png"]).await;
    assert!(
        said.contains("/proc/none/w.png cannot be written"),
        "{said}"
    );
}

#[tokio::test]
async fn without_testing_there_is_an_explanation_and_no_picture() {
    let rig = Rig::empty();
    rig.serve("desktop", desktop(false));
    let said = rig.badly(["screenshot", "all.png"]).await;
    assert!(said.contains("goblin session --testing"), "{said}");
    assert!(!rig.path("home/all.png").exists());
}

/// `/panels` as far as the command needs it; what it was told goes into the list.
fn panels(told: &Arc<Mutex<Vec<String>>>) -> Arc<Dir> {
    use ninep::tree::ctl::Verb;
    let root = Dir::new();
    for name in trees::panels::PANELS {
        let told = Arc::clone(told);
        add_ctl(
            &root.folder(name),
            || 1,
            move |_, verbs: Vec<PanelVerb>| {
                let lines = verbs.iter().map(|verb| format!("{name}: {}", verb.line()));
                told.lock().unwrap().extend(lines);
                async { Ok(Value::Null) }
            },
        );
    }
    root
}

#[tokio::test]
async fn a_panel_is_opened_and_started_first_if_need_be() {
    let rig = Arc::new(Rig::empty());
    let told = Arc::new(Mutex::new(Vec::new()));
    let subsystems = Dir::new();
    let (starter, opened) = (Arc::downgrade(&rig), Arc::clone(&told));
    add_ctl(
        &subsystems.folder("panels"),
        || 1,
        move |_, verbs: Vec<SubsystemVerb>| {
            opened.lock().unwrap().push(format!("{verbs:?}"));
            if let Some(rig) = starter.upgrade() {
                rig.serve("panels", panels(&opened));
            }
            async { Ok(json!({ "state": "running", "waiting_for": null })) }
        },
    );
    rig.serve("subsystems", subsystems);
    rig.well(["panel", "storage"]).await;
    rig.well(["panel", "subsystems", "mirror"]).await;
    let told = told.lock().unwrap();
    assert_eq!(
        *told,
        [
            "[Start]",
            "storage: open",
            "subsystems: open",
            "subsystems: navigate mirror"
        ]
    );
}

#[tokio::test]
async fn a_panel_that_must_wait_says_for_what() {
    let rig = Rig::empty();
    let subsystems = Dir::new();
    add_ctl(
        &subsystems.folder("panels"),
        || 1,
        |_, _: Vec<SubsystemVerb>| async {
            Ok(json!({ "state": "waiting", "waiting_for": "desktop" }))
        },
    );
    rig.serve("subsystems", subsystems);
    let said = rig.badly(["panel", "sync"]).await;
    assert!(said.contains("wait for desktop"), "{said}");
}
