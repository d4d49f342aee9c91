//! Posting a service. One test, because the folder comes from the environment of the process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use ninep::Errno;
use ninep::tree::{Dir, status};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn a_name_belongs_to_one_live_service_and_every_run_begins_a_new_epoch() {
    let dir = trees::srv::dir();
    assert!(dir.ends_with("goblin/srv"));

    let root = Dir::new();
    root.add("status", status(|| "up"));
    let name = format!("test-{}", std::process::id());
    let first = trees::srv::post(&name).unwrap();
    let epoch = first.epoch();
    let taken = trees::srv::post(&name).unwrap_err();
    assert_eq!(taken.errno(), Errno::ADDRINUSE);
    assert!(taken.to_string().contains(&name), "{taken}");
    let mode = std::fs::metadata(&dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);

    let ns = trees::srv::namespace();
    let server = tokio::spawn(first.serve(root.clone()));
    let said: String = ns.read_json(&format!("/{name}/status")).await.unwrap();
    assert_eq!(said, "up");
    assert!(
        ns.list("/")
            .await
            .unwrap()
            .iter()
            .any(|entry| entry.name == name)
    );
    server.abort();
    assert!(server.await.unwrap_err().is_cancelled());

    let second = trees::srv::post(&name).unwrap();
    assert!(second.epoch() > epoch);
}
