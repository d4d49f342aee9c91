//! Linux's own 9P client, in a QEMU guest, against our server: `tests/guest/init.sh` says what it does there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod guest;
mod served;

use std::time::Duration;

/// How long the guest may take, on a machine that does other work as well.
const PATIENCE: Duration = Duration::from_secs(420);

#[tokio::test]
async fn the_kernels_client_finds_a_posix_file_system() {
    let served = served::start().await;
    let mut guest = guest::Guest::start(served.port());
    let said = tokio::time::timeout(PATIENCE, guest.steps())
        .await
        .unwrap_or_else(|_| {
            panic!(
                "no end after {PATIENCE:?}; the guest said:\n{}",
                guest.console()
            )
        });

    let wanted = guest::steps_of_init();
    let done: Vec<&str> = said.iter().map(|step| step.name.as_str()).collect();
    let failed: Vec<_> = said
        .iter()
        .filter_map(|step| step.fault.as_deref())
        .collect();
    assert!(
        failed.is_empty(),
        "{}\nThe guest said:\n{}",
        failed.join("\n"),
        guest.console()
    );
    assert_eq!(
        done,
        wanted,
        "every step was done; the guest said:\n{}",
        guest.console()
    );
    // What the guest unmounted holds nothing here: no fid, no descriptor.
    assert_eq!(served.descriptors(), 1, "only that of the root");
    let count = |folder: &str| std::fs::read_dir(served.path(folder)).unwrap().count();
    assert_eq!(count("tar-1"), 50, "folders");
    assert_eq!(count("tar-1/d049"), 101, "files and a link");
    assert_eq!(count("tar-2/d"), 10);
}
