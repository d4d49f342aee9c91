//! How a mirror ends, what is there afterwards, and why one does not start.

use std::fs;
use std::process::Stdio;

use ninep::client::From;
use rustix::process::Signal;

use crate::harness::{Place, create, data, on_disk, sums};

#[tokio::test]
async fn a_restart_keeps_all() {
    let place = Place::new();
    let mirror = place.start().await;
    mirror.ctl("create photos").await.unwrap();
    mirror.ns.mkdir(&data("folder")).await.unwrap();
    mirror
        .ns
        .put(&data("folder/letter"), "12345")
        .await
        .unwrap();
    mirror.ns.put(&data("gone"), "x").await.unwrap();
    mirror.ns.remove(&data("gone")).await.unwrap();
    let before = mirror.status().await.spaces;
    let socket = mirror.socket();
    assert!(mirror.end(Signal::TERM).success());
    assert!(!socket.exists(), "nobody is left to answer there");

    let mirror = place.start().await;
    assert_eq!(
        mirror.status().await.spaces,
        before,
        "counted anew, from the disk"
    );
    assert_eq!(
        mirror.ns.read(&data("folder/letter")).await.unwrap(),
        "12345"
    );
}

#[tokio::test]
async fn what_was_synced_survives_a_kill_in_the_middle_of_a_write() {
    let place = Place::new();
    let mirror = place.start().await;
    let file = create(&mirror.ns, "film").await;
    let piece = vec![7_u8; 1 << 20];
    file.write_at(0, piece.clone().into()).await.unwrap();
    file.fsync().await.unwrap();
    let pid = mirror.pid();
    let writing = tokio::spawn(async move {
        for n in 1.. {
            if file
                .write_at(n << 20, vec![8; 1 << 20].into())
                .await
                .is_err()
            {
                return n;
            }
        }
        0
    });
    // It is killed as soon as it is seen to write beyond what was synced.
    while fs::metadata(place.home("film")).unwrap().len() <= 1 << 20 {
        tokio::task::yield_now().await;
    }
    assert!(!mirror.end(Signal::KILL).success());
    assert!(writing.await.unwrap() > 0, "process {pid} was writing");
    let kept = fs::read(place.home("film")).unwrap();
    assert_eq!(kept[..1 << 20], piece);

    // The dead one's socket and lock are in nobody's way.
    let mirror = place.start().await;
    assert_eq!(sums(&mirror.home().await), on_disk(&place.home("")));
    assert_eq!(mirror.ns.read(&data("film")).await.unwrap(), kept);
}

#[tokio::test]
async fn a_follower_goes_on_after_a_restart() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut follow = mirror
        .client()
        .follow::<trees::mirror::Event>("/mirror/event", From::Now);
    let mut next = async || format!("{:?}", follow.next().await.unwrap());
    assert_eq!(next().await, "Up");
    mirror.end(Signal::KILL);
    assert!(next().await.starts_with("Down"));
    let mirror = place.start().await;
    loop {
        match next().await.as_str() {
            "Up" => break,
            other => assert!(other.starts_with("Down") || other == "Lost", "{other}"),
        }
    }
    mirror.ns.mkdir(&data("folder")).await.unwrap();
    // The feed begins anew with the mirror: what came before is lost to who did not read it.
    let told = match next().await.as_str() {
        "Lost" => next().await,
        told => told.to_owned(),
    };
    assert!(told.contains("folder"), "{told}");
}

/// The one line that a refused start leaves.
fn line(output: &std::process::Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains('\u{1b}'), "no colours where no terminal is");
    text
}

#[tokio::test]
async fn a_store_that_cannot_be_one_is_named() {
    let place = Place::new();
    fs::write(place.store(), "a file").unwrap();
    for store in [
        place.store(),
        "/proc/goblin".into(),
        place.store().join("below"),
    ] {
        let told = line(&place.refused(&store));
        assert!(
            told.contains(&store.display().to_string()) && told.contains("--store"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn two_mirrors_never_share_a_store() {
    let (place, other) = (Place::new(), Place::new());
    let mirror = place.start().await;
    let told = line(&other.refused(&place.store()));
    assert!(
        told.contains(&place.store().display().to_string()),
        "{told}"
    );
    assert!(told.contains(&mirror.pid().to_string()), "{told}");
}

#[tokio::test]
async fn a_taken_name_is_told() {
    let place = Place::new();
    let mirror = place.start().await;
    let told = line(&place.refused(&place.store().join("../second")));
    assert!(
        told.contains(&mirror.socket().display().to_string()),
        "{told}"
    );
    mirror.ns.put(&data("still"), "serving").await.unwrap();
}

/// A disk of a megabyte needs a mount, and so a namespace of its own; every supported kernel gives one.
#[tokio::test]
async fn a_full_disk_is_told_to_the_writer() {
    let place = Place::new();
    fs::create_dir(place.store()).unwrap();
    let mirror = place.command(&place.store());
    let script = "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"";
    let mut shell = std::process::Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        shell.args(["--user", "--map-root-user"]);
    }
    shell
        .args(["--mount", "sh", "-c", script])
        .arg(place.store());
    shell
        .arg(mirror.get_program())
        .args(mirror.get_args())
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    for (name, value) in mirror.get_envs() {
        shell.envs(value.map(|value| (name, value)));
    }
    let mirror = place.adopt(shell.spawn().unwrap()).await;
    let error = mirror
        .ns
        .put(&data("big"), vec![1; 2 << 20])
        .await
        .unwrap_err();
    assert_eq!(error.errno(), ninep::Errno::NOSPC, "{error}");
    let space = mirror.home().await;
    assert_eq!(
        space.bytes,
        mirror.ns.stat(&data("big")).await.unwrap().size
    );
    assert!(space.bytes > 0 && space.bytes < 1 << 20, "{space:?}");
    assert!(mirror.status().await.disk.available < 4096);
    // Room comes back, and so does service.
    mirror.ns.remove(&data("big")).await.unwrap();
    mirror.ns.put(&data("small"), "fits").await.unwrap();
    assert_eq!(sums(&mirror.home().await), (1, 0, 4));
}
