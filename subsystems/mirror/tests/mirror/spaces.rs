//! Spaces come and go by verbs and by mkdir and rmdir.

use ninep::Errno;
use ninep::client::CtlError;
use trees::mirror::Event;

use crate::harness::{Place, data};

fn refusal(result: Result<serde_json::Value, CtlError>) -> (Errno, String, String) {
    match result {
        Err(CtlError::Refused {
            errno,
            why,
            would_work,
        }) => (errno, why, would_work),
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test]
async fn a_first_start_has_a_home() {
    let place = Place::new();
    let mirror = place.start().await;
    let status = mirror.status().await;
    assert_eq!(status.spaces.len(), 1);
    assert_eq!(
        (status.spaces[0].name.as_str(), status.spaces[0].changed),
        ("home", None)
    );
    assert!(status.disk.total > status.disk.available && status.disk.available > 0);
    let names: Vec<_> = mirror
        .ns
        .list("/mirror")
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    assert_eq!(
        names,
        ["ctl", "ctl.last", "event", "log", "spaces", "status"]
    );
    let log = String::from_utf8(mirror.ns.read("/mirror/log").await.unwrap().to_vec()).unwrap();
    assert!(
        log.contains("serving the store") && !log.contains('\u{1b}'),
        "{log}"
    );
}

#[tokio::test]
async fn spaces_are_made_and_ended_and_announced() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    let rev = mirror.status().await.rev;
    mirror.ctl("create photos").await.unwrap();
    mirror.ns.mkdir("/mirror/spaces/app.notes").await.unwrap();
    mirror
        .ns
        .put("/mirror/spaces/photos/data/a", "1")
        .await
        .unwrap();
    assert!(place.store().join("spaces/photos/a").exists());
    let names: Vec<_> = mirror
        .status()
        .await
        .spaces
        .into_iter()
        .map(|space| space.name)
        .collect();
    assert_eq!(names, ["app.notes", "home", "photos"]);

    let (errno, _, would_work) = refusal(mirror.ctl("remove photos").await);
    assert_eq!(errno, Errno::NOTEMPTY);
    assert!(would_work.contains("spaces/photos/data"), "{would_work}");
    mirror
        .ns
        .remove("/mirror/spaces/photos/data/a")
        .await
        .unwrap();
    mirror.ctl("remove photos").await.unwrap();
    mirror.ns.remove("/mirror/spaces/app.notes").await.unwrap();
    assert_eq!(mirror.ns.list("/mirror/spaces").await.unwrap().len(), 1);
    assert_eq!(mirror.status().await.rev, rev + 4);

    let mut told = Vec::new();
    while told.len() < 6 {
        told.push(match events.next().await {
            Event::SpaceCreated { space, .. } => format!("+{}", space.name),
            Event::SpaceRemoved { name, .. } => format!("-{name}"),
            Event::File { space, path, .. } => format!("{}/{path}", space.name),
        });
    }
    assert_eq!(
        told,
        [
            "+photos",
            "+app.notes",
            "photos/a",
            "photos/a",
            "-photos",
            "-app.notes"
        ]
    );
}

#[tokio::test]
async fn one_write_is_all_or_nothing() {
    let place = Place::new();
    let mirror = place.start().await;
    mirror.ctl("create old").await.unwrap();
    mirror.ns.put(&data("keep"), "x").await.unwrap();
    let before = mirror.status().await;
    let (errno, why, _) = refusal(mirror.ctl("create new\nremove old\nremove home").await);
    assert_eq!(errno, Errno::NOTEMPTY, "{why}");
    let after = mirror.status().await;
    assert_eq!((after.rev, after.spaces), (before.rev, before.spaces));
    // What was ended and came back is the space that its name leads to.
    mirror
        .ns
        .put("/mirror/spaces/old/data/a", "1")
        .await
        .unwrap();
    assert!(place.store().join("spaces/old/a").exists());
    mirror
        .ctl("create a\nremove a\ncreate 'b c'")
        .await
        .unwrap();
    let names: Vec<_> = mirror
        .status()
        .await
        .spaces
        .into_iter()
        .map(|space| space.name)
        .collect();
    assert_eq!(names, ["b c", "home", "old"]);
}

#[tokio::test]
async fn bad_orders_are_refused_with_what_would_work() {
    let place = Place::new();
    let mirror = place.start().await;
    for (line, errno) in [
        ("create ..", Errno::INVAL),
        ("create a/b", Errno::INVAL),
        ("create .git", Errno::INVAL),
        ("create ''", Errno::INVAL),
        ("create home", Errno::EXIST),
        ("remove away", Errno::NOENT),
        ("shred home", Errno::INVAL),
        ("create", Errno::INVAL),
        ("if-rev=99 create x", Errno::STALE),
    ] {
        let (told, why, _) = refusal(mirror.ctl(line).await);
        assert_eq!(told, errno, "{line}: {why}");
    }
    let (_, _, would_work) = refusal(mirror.ctl("remove away").await);
    assert_eq!(would_work, "one of: home");
    assert_eq!(
        mirror
            .ns
            .mkdir("/mirror/spaces/.x")
            .await
            .unwrap_err()
            .errno(),
        Errno::INVAL
    );
    assert_eq!(
        mirror
            .ns
            .mkdir("/mirror/spaces/home")
            .await
            .unwrap_err()
            .errno(),
        Errno::EXIST
    );
}
