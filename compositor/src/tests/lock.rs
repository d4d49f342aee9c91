//! A locked session: what is shown, who is heard, and what becomes of it when the locker dies.

use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, delegate_noop};
use wayland_protocols::ext::session_lock::v1::client::{
    ext_session_lock_manager_v1::ExtSessionLockManagerV1,
    ext_session_lock_surface_v1::{self, ExtSessionLockSurfaceV1},
    ext_session_lock_v1::ExtSessionLockV1,
};

use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};
use crate::layout::OutputId;
use crate::outputs::Setup;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const GREEN: [u8; 3] = [0x20, 0xa0, 0x40];
const BLACK: [u8; 3] = [0, 0, 0];

delegate_noop!(Heard: ignore ExtSessionLockManagerV1);
note_events!(ExtSessionLockV1);

impl Dispatch<ExtSessionLockSurfaceV1, ()> for Heard {
    fn event(
        heard: &mut Self,
        surface: &ExtSessionLockSurfaceV1,
        event: ext_session_lock_surface_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let ext_session_lock_surface_v1::Event::Configure {
            serial,
            width,
            height,
        } = event
        {
            surface.ack_configure(serial);
            let told = format!("ext_session_lock_surface_v1: configure {width}x{height}");
            heard.told.push(told);
            heard
                .notes
                .push((surface.id(), format!("{width}x{height}")));
        }
    }
}

pub(super) fn lock(fixture: &mut Fixture, client: &mut Client) -> ExtSessionLockV1 {
    let manager: ExtSessionLockManagerV1 = client.bind();
    let lock = manager.lock(&client.handle(), ());
    client.roundtrip(fixture);
    fixture.settle();
    client.roundtrip(fixture);
    lock
}

/// Covers the first output with a surface of the lock's.
fn cover(fixture: &mut Fixture, client: &mut Client, lock: &ExtSessionLockV1) -> WlSurface {
    let surface = client.surface();
    let output: WlOutput = client.bind();
    let handle = client.handle();
    let covering = lock.get_lock_surface(&surface, &output, &handle, ());
    client.roundtrip(fixture);
    assert_eq!(client.heard.take_notes(&covering), ["1920x1080"]);
    surface.attach(Some(&client.buffer(1920, 1080, GREEN)), 0, 0);
    surface.commit();
    client.roundtrip(fixture);
    surface
}

/// Every colour in a picture of an output.
fn colours(fixture: &mut Fixture, output: usize) -> Vec<[u8; 3]> {
    let picture = fixture.picture_of(output);
    let pixels = picture.data.chunks_exact(4).map(|p| [p[0], p[1], p[2]]);
    let mut colours: Vec<[u8; 3]> = pixels.collect();
    colours.sort_unstable();
    colours.dedup();
    colours
}

fn rgb([r, g, b]: [u8; 3]) -> Vec<[u8; 3]> {
    vec![[r, g, b]]
}

#[test]
fn a_locked_session_shows_and_hears_the_locker_alone() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let mut locker = fixture.connect();
    let held = lock(&mut fixture, &mut locker);
    assert_eq!(locker.heard.take_notes(&held), ["Locked"]);
    assert_eq!(
        colours(&mut fixture, 0),
        rgb(BLACK),
        "before the locker draws"
    );
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, None);

    let surface = cover(&mut fixture, &mut locker, &held);
    assert_eq!(colours(&mut fixture, 0), rgb(GREEN));
    assert_eq!(locker.heard.keyboard, Some(surface.id()));
    client.heard.keys.clear();
    fixture.tap("a");
    fixture.tap("super+q");
    fixture.click(960, 540);
    // A window that opens behind the lock stays there.
    client.open(&mut fixture, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    locker.roundtrip(&mut fixture);
    assert!(client.heard.keys.is_empty() && client.heard.closes.is_empty());
    assert_eq!(
        (client.heard.pointer.clone(), client.heard.keyboard.clone()),
        (None, None)
    );
    assert!(locker.heard.keys.len() >= 4, "all keys are the locker's");
    assert_eq!(locker.heard.presses.len(), 1);
    assert_eq!(colours(&mut fixture, 0), rgb(GREEN));

    // An output that comes meanwhile shows nothing of the session either.
    fixture
        .goblin
        .add_output("late", Setup::of_size((640, 480).into(), 1.0));
    fixture.settle();
    assert_eq!(colours(&mut fixture, 1), rgb(BLACK));

    held.unlock_and_destroy();
    locker.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert!(colours(&mut fixture, 0).len() > 10);
    assert!(client.heard.keyboard.is_some());
}

#[test]
fn an_output_is_covered_once_and_anew_when_its_surface_is_gone() {
    let mut fixture = Fixture::new();
    let mut locker = fixture.connect();
    let held = lock(&mut fixture, &mut locker);
    let (output, handle): (WlOutput, _) = (locker.bind(), locker.handle());
    for _ in 0..2 {
        let surface = locker.surface();
        let covering = held.get_lock_surface(&surface, &output, &handle, ());
        locker.roundtrip(&mut fixture);
        assert_eq!(locker.heard.take_notes(&covering), ["1920x1080"]);
        covering.destroy();
        surface.destroy();
        locker.roundtrip(&mut fixture);
    }
    let again: WlOutput = locker.bind();
    for output in [output, again] {
        let surface = locker.surface();
        held.get_lock_surface(&surface, &output, &handle, ());
    }
    assert!(locker.try_roundtrip(&mut fixture).is_err());
    let error = locker.protocol_error().unwrap();
    assert!(error.starts_with("ext_session_lock_v1: 3"), "{error}");
}

#[test]
fn no_picture_and_no_injected_key_behind_the_lock() {
    let mut fixture = Fixture::new();
    let mut locker = fixture.connect();
    assert!(fixture.goblin.check_testing("a picture").is_ok());
    let held = lock(&mut fixture, &mut locker);
    let refused = fixture.goblin.check_testing("a picture").unwrap_err();
    assert!(refused.why.contains("locked"), "{}", refused.why);
    held.unlock_and_destroy();
    locker.roundtrip(&mut fixture);
    assert!(fixture.goblin.check_testing("a picture").is_ok());
}

#[test]
fn the_lock_outlives_its_locker_and_another_takes_over() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let mut locker = fixture.connect();
    let held = lock(&mut fixture, &mut locker);
    cover(&mut fixture, &mut locker, &held);
    drop(locker);
    fixture.turn();
    fixture.settle();
    assert_eq!(
        colours(&mut fixture, 0),
        rgb(BLACK),
        "locked, with nobody to unlock it"
    );
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert!(client.heard.keys.is_empty());

    let mut next = fixture.connect();
    let held = lock(&mut fixture, &mut next);
    assert_eq!(next.heard.take_notes(&held), ["Locked"]);
    let surface = cover(&mut fixture, &mut next, &held);
    assert_eq!(next.heard.keyboard, Some(surface.id()));
    held.unlock_and_destroy();
    next.roundtrip(&mut fixture);
    assert!(!fixture.goblin.globals.lock.is_on());
}

/// smithay 0.7.0 posts the error, and unlocks.
#[test]
fn only_the_locker_that_holds_the_lock_can_end_it() {
    let mut fixture = Fixture::new();
    let mut locker = fixture.connect();
    let _held = lock(&mut fixture, &mut locker);
    let mut intruder = fixture.connect();
    let refused = lock(&mut fixture, &mut intruder);
    assert_eq!(intruder.heard.take_notes(&refused), ["Finished"]);
    // Neither does it show anything,
    let surface = intruder.surface();
    let output: WlOutput = intruder.bind();
    let handle = intruder.handle();
    let _never = refused.get_lock_surface(&surface, &output, &handle, ());
    intruder.roundtrip(&mut fixture);
    assert_eq!(colours(&mut fixture, 0), rgb(BLACK));
    // nor unlocks.
    refused.unlock_and_destroy();
    assert!(intruder.try_roundtrip(&mut fixture).is_err());
    assert!(fixture.goblin.globals.lock.is_on());
    locker.roundtrip(&mut fixture);
}

#[test]
fn a_locker_that_breaks_off_while_locked_leaves_the_session_locked() {
    let mut fixture = Fixture::new();
    let mut locker = fixture.connect();
    let held = lock(&mut fixture, &mut locker);
    held.destroy();
    assert!(locker.try_roundtrip(&mut fixture).is_err());
    fixture.turn();
    assert!(fixture.goblin.globals.lock.is_on());
}

#[test]
fn the_locker_is_told_only_when_every_output_shows_nothing_else() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "640x480@1"]);
    fixture.settle();
    let mut locker = fixture.connect();
    // Both outputs wait for the end of a refresh cycle: neither can draw at once.
    fixture.goblin.queue_redraw_all();
    fixture.turn();
    let manager: ExtSessionLockManagerV1 = locker.bind();
    let held = manager.lock(&locker.handle(), ());
    locker.roundtrip(&mut fixture);
    assert_eq!(locker.heard.take_notes(&held), Vec::<String>::new());
    assert!(
        fixture.goblin.globals.lock.is_on(),
        "but it is dark already"
    );
    fixture.settle();
    locker.roundtrip(&mut fixture);
    assert_eq!(locker.heard.take_notes(&held), ["Locked"]);
    assert_eq!(fixture.goblin.globals.lock.surface_on(OutputId(1)), None);
}

#[test]
fn a_dark_output_does_not_hold_up_a_lock() {
    let mut fixture = Fixture::with_outputs(&["300x200@1", "300x200@1"]);
    let id = fixture.goblin.outputs[1].id;
    fixture.goblin.power_output(id, false);
    let mut locker = fixture.connect();
    let held = lock(&mut fixture, &mut locker);
    assert_eq!(locker.heard.take_notes(&held), ["Locked"]);
    fixture.goblin.power_output(id, true);
    fixture.settle();
    assert_eq!(colours(&mut fixture, 1), rgb(BLACK));
}
