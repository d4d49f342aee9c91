//! Telling programs that nobody has touched anything for a while, and what keeps that from being.

use std::time::Duration;

use wayland_client::delegate_noop;
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notification_v1::ExtIdleNotificationV1;
use wayland_protocols::ext::idle_notify::v1::client::ext_idle_notifier_v1::ExtIdleNotifierV1;
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibit_manager_v1::ZwpIdleInhibitManagerV1;
use wayland_protocols::wp::idle_inhibit::zv1::client::zwp_idle_inhibitor_v1::ZwpIdleInhibitorV1;

use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const SECOND: Duration = Duration::from_secs(1);

delegate_noop!(Heard: ignore ExtIdleNotifierV1);
delegate_noop!(Heard: ignore ZwpIdleInhibitManagerV1);
delegate_noop!(Heard: ignore ZwpIdleInhibitorV1);
note_events!(ExtIdleNotificationV1);

fn after_seconds(client: &Client, seconds: u32) -> ExtIdleNotificationV1 {
    let notifier: ExtIdleNotifierV1 = client.bind();
    let seat = &client.globals().seat;
    notifier.get_idle_notification(seconds * 1000, seat, &client.handle(), ())
}

fn rest(fixture: &mut Fixture, client: &mut Client, seconds: u32) {
    fixture.rest(SECOND * seconds);
    client.roundtrip(fixture);
}

#[test]
fn a_client_is_told_when_the_person_leaves_and_when_they_return() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (early, late) = (after_seconds(&client, 10), after_seconds(&client, 30));
    client.roundtrip(&mut fixture);
    rest(&mut fixture, &mut client, 9);
    // A move begins the wait anew.
    fixture.pointer_to(50, 50);
    rest(&mut fixture, &mut client, 9);
    assert_eq!(client.heard.take_notes(&early), Vec::<String>::new());
    rest(&mut fixture, &mut client, 1);
    assert_eq!(client.heard.take_notes(&early), ["Idled"]);
    assert_eq!(client.heard.take_notes(&late), Vec::<String>::new());
    rest(&mut fixture, &mut client, 20);
    assert_eq!(client.heard.take_notes(&late), ["Idled"]);
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&early), ["Resumed"]);
    assert_eq!(client.heard.take_notes(&late), ["Resumed"]);
    rest(&mut fixture, &mut client, 10);
    assert_eq!(client.heard.take_notes(&early), ["Idled"]);
}

#[test]
fn nothing_wakes_where_nobody_waits() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    fixture.settle();
    assert_eq!(fixture.goblin.next_due(), None);
    let wishes: Vec<_> = (1..500)
        .rev()
        .map(|seconds| after_seconds(&client, seconds))
        .collect();
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.next_due(), Some(SECOND));
    wishes.iter().for_each(ExtIdleNotificationV1::destroy);
    client.roundtrip(&mut fixture);
    assert_eq!(
        fixture.goblin.next_due(),
        None,
        "no timer outlives its wish"
    );
    let _last = after_seconds(&client, 5);
    client.roundtrip(&mut fixture);
    rest(&mut fixture, &mut client, 5);
    fixture.settle();
    assert_eq!(
        fixture.goblin.next_due(),
        None,
        "told once, not again and again"
    );
    drop(client);
    fixture.turn();
    fixture.pointer_to(9, 9);
    fixture.settle();
    assert_eq!(
        fixture.goblin.next_due(),
        None,
        "nor that of a client that left"
    );
}

#[test]
fn a_video_that_is_seen_keeps_the_session_awake() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let manager: ZwpIdleInhibitManagerV1 = client.bind();
    let inhibitor = manager.create_inhibitor(&window.surface, &client.handle(), ());
    let any = after_seconds(&client, 10);
    let notifier: ExtIdleNotifierV1 = client.bind();
    let seat = client.globals().seat.clone();
    let input = notifier.get_input_idle_notification(10_000, &seat, &client.handle(), ());
    client.roundtrip(&mut fixture);
    rest(&mut fixture, &mut client, 60);
    assert_eq!(client.heard.take_notes(&any), Vec::<String>::new());
    assert_eq!(
        client.heard.take_notes(&input),
        ["Idled"],
        "it asked for input alone"
    );

    let id = fixture.only_window();
    fixture.goblin.layout.set_minimised(id, true);
    fixture.goblin.layout_changed();
    rest(&mut fixture, &mut client, 10);
    assert_eq!(client.heard.take_notes(&any), ["Idled"], "nobody sees it");
    fixture.goblin.focus_window(id);
    rest(&mut fixture, &mut client, 1);
    assert_eq!(client.heard.take_notes(&any), ["Resumed"]);
    inhibitor.destroy();
    client.roundtrip(&mut fixture);
    rest(&mut fixture, &mut client, 10);
    assert_eq!(client.heard.take_notes(&any), ["Idled"]);
}

#[test]
fn a_dead_client_keeps_nothing_awake() {
    let mut fixture = Fixture::new();
    let mut witness = fixture.connect();
    let wish = after_seconds(&witness, 10);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let manager: ZwpIdleInhibitManagerV1 = client.bind();
    let _inhibitor = manager.create_inhibitor(&window.surface, &client.handle(), ());
    client.roundtrip(&mut fixture);
    rest(&mut fixture, &mut witness, 20);
    assert_eq!(witness.heard.take_notes(&wish), Vec::<String>::new());
    drop(client);
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
    rest(&mut fixture, &mut witness, 11);
    assert_eq!(witness.heard.take_notes(&wish), ["Idled"]);
}
