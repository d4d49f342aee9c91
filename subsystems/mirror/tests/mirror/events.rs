//! What one client does, the others hear of.

use ninep::tree::OpenFlags;
use trees::mirror::{Action, Event};

use crate::harness::{Place, create, data, sums};

#[tokio::test]
async fn a_write_of_one_client_is_an_event_for_another() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    mirror.ns.put(&data("letter"), "12345").await.unwrap();
    let Event::File {
        space,
        action,
        path,
        from,
        bytes,
        who,
    } = events.next().await
    else {
        panic!("not the event of a file");
    };
    assert_eq!(
        (action, path.as_str(), from, bytes),
        (Action::Created, "letter", None, 5)
    );
    assert_eq!((space.name.as_str(), sums(&space)), ("home", (1, 0, 5)));
    assert_eq!(who.uid, rustix::process::geteuid().as_raw());
    let comm = std::fs::read_to_string("/proc/self/comm").unwrap();
    assert_eq!(who.program.as_deref(), Some(comm.trim_end()));
    assert_eq!(
        space,
        mirror.home().await,
        "the event tells the state that the status tells"
    );
}

#[tokio::test]
async fn each_file_is_announced_once_and_each_action_by_its_name() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    let ns = &mirror.ns;
    ns.mkdir(&data("folder")).await.unwrap();
    ns.put(&data("folder/a"), vec![1; 300_000]).await.unwrap();
    ns.put(&data("folder/a"), "short").await.unwrap();
    ns.rename(&data("folder/a"), &data("b")).await.unwrap();
    ns.put(&data("c"), "123").await.unwrap();
    ns.rename(&data("c"), &data("b")).await.unwrap();
    ns.remove(&data("b")).await.unwrap();
    ns.remove(&data("folder")).await.unwrap();
    let expected = [
        ("Folder folder 0", (0, 1, 0)),
        ("Created folder/a 300000", (1, 1, 300_000)),
        ("Changed folder/a 5", (1, 1, 5)),
        ("Renamed b from folder/a 5", (1, 1, 5)),
        ("Created c 3", (2, 1, 8)),
        ("Renamed b from c 3", (1, 1, 3)),
        ("Removed b 0", (0, 1, 0)),
        ("Removed folder 0", (0, 0, 0)),
    ];
    for (line, counts) in expected {
        let (told, space) = events.file().await;
        assert_eq!((told.as_str(), sums(&space)), (line, counts));
    }
}

#[tokio::test]
async fn a_file_is_announced_when_it_is_closed_and_counted_while_it_is_written() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    let file = create(&mirror.ns, "film").await;
    file.write_at(0, vec![1; 1000].into()).await.unwrap();
    assert_eq!(sums(&mirror.home().await), (1, 0, 1000));
    mirror.ns.mkdir(&data("between")).await.unwrap();
    file.clunk().await.unwrap();
    assert_eq!(events.file().await.0, "Folder between 0");
    assert_eq!(events.file().await.0, "Created film 1000");
}

#[tokio::test]
async fn a_client_that_hangs_up_has_closed_its_files() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    let client = mirror.client();
    let file = create(&client, "half").await;
    file.write_at(0, "half a letter".into()).await.unwrap();
    // Its open file and its connection go together.
    drop((file, client));
    assert_eq!(events.file().await.0, "Created half 13");
}

#[tokio::test]
async fn reading_announces_nothing() {
    let place = Place::new();
    let mirror = place.start().await;
    mirror.ns.put(&data("letter"), "12345").await.unwrap();
    let before = mirror.home().await;
    let mut events = mirror.follow().await;
    mirror.ns.read(&data("letter")).await.unwrap();
    mirror
        .ns
        .open(&data("letter"), OpenFlags::RDWR)
        .await
        .unwrap()
        .clunk()
        .await
        .unwrap();
    mirror.ns.list(&data("")).await.unwrap();
    assert_eq!(mirror.home().await, before);
    mirror.ns.mkdir(&data("last")).await.unwrap();
    assert_eq!(events.file().await.0, "Folder last 0");
}
