use std::fs;

use crate::rig::Rig;

#[tokio::test]
async fn without_a_session_every_command_says_how_to_start_one() {
    let rig = Rig::empty();
    fs::write(rig.path("home/note"), "n").unwrap();
    let commands: [&[&str]; 12] = [
        &["ls", "/"],
        &["ls", "/mirror"],
        &["cat", "/mirror/status"],
        &["write", "/mirror/ctl", "x"],
        &["write", "/mirror/x", "x"],
        &["tail", "/mirror/event"],
        &["tail", "/mirror/log"],
        &["get", "/mirror/status"],
        &["put", "note", "/mirror/spaces"],
        &["rm", "/mirror/x"],
        &["screenshot", "x.png"],
        &["panel", "storage"],
    ];
    for words in commands {
        let said = rig.badly(words).await;
        assert!(
            said.contains("no session is running in XDG_RUNTIME_DIR="),
            "{words:?}: {said}"
        );
        assert!(said.contains("`goblin session`"), "{words:?}: {said}");
    }
    fs::remove_dir_all(rig.path("run/goblin")).unwrap();
    let said = rig.badly(["ls"]).await;
    assert!(said.contains("`goblin session`"), "{said}");
}

#[tokio::test]
async fn in_a_session_a_missing_service_is_told_from_a_missing_file() {
    let rig = Rig::new();
    rig.serve("subsystems", ninep::tree::Dir::new());
    let said = rig.badly(["cat", "/panels/status"]).await;
    assert!(
        said.contains("/panels is out of reach") && said.contains("/lamp /subsystems"),
        "{said}"
    );
    let said = rig.badly(["cat", "/lamp/none"]).await;
    assert!(
        said.contains("/lamp/none") && !said.contains("out of reach"),
        "{said}"
    );
}

#[tokio::test]
async fn a_path_begins_with_a_slash() {
    let rig = Rig::empty();
    let output = rig.run(["cat", "lamp/status"]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("/lamp/status"), "{said}");
}

#[tokio::test]
async fn a_session_without_a_display_names_the_ways_to_have_one() {
    let rig = Rig::empty();
    let said = rig.badly(["session"]).await;
    assert!(
        said.contains("goblin session --headless 1920x1080@1"),
        "{said}"
    );
    let output = rig.run(["session", "--headless", "huge"]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("huge is no screen"), "{said}");
}
