//! Commits that wait: for the frame before them, or for a time.

use std::time::Duration;

use wayland_client::delegate_noop;
use wayland_protocols::wp::commit_timing::v1::client::wp_commit_timer_v1::WpCommitTimerV1;
use wayland_protocols::wp::commit_timing::v1::client::wp_commit_timing_manager_v1::WpCommitTimingManagerV1;
use wayland_protocols::wp::fifo::v1::client::wp_fifo_manager_v1::WpFifoManagerV1;
use wayland_protocols::wp::fifo::v1::client::wp_fifo_v1::WpFifoV1;

use super::client::TestWindow;
use super::dispatch::Heard;
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const RED: [u8; 3] = [0xc0, 0x40, 0x30];

delegate_noop!(Heard: ignore WpFifoManagerV1);
delegate_noop!(Heard: ignore WpFifoV1);
delegate_noop!(Heard: ignore WpCommitTimingManagerV1);
delegate_noop!(Heard: ignore WpCommitTimerV1);

fn desk() -> (Fixture, Client, TestWindow) {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (100, 80), BLUE);
    fixture.settle();
    (fixture, client, window)
}

/// The width of the only window, as it last took effect.
fn width(fixture: &Fixture) -> i32 {
    fixture
        .goblin
        .layout
        .window(fixture.only_window())
        .unwrap()
        .size()
        .w
}

fn commit(client: &mut Client, window: &TestWindow, width: i32) {
    client.draw(window, (width, 80), RED);
}

#[test]
fn a_frame_waits_until_the_one_before_it_was_shown() {
    let (mut fixture, mut client, window) = desk();
    let manager: WpFifoManagerV1 = client.bind();
    let fifo = manager.get_fifo(&window.surface, &client.handle(), ());
    fifo.set_barrier();
    commit(&mut client, &window, 200);
    fifo.wait_barrier();
    fifo.set_barrier();
    commit(&mut client, &window, 300);
    fifo.wait_barrier();
    commit(&mut client, &window, 400);
    client.roundtrip(&mut fixture);
    assert_eq!(width(&fixture), 200);
    fixture.until("the second frame", |goblin| {
        goblin.layout.windows().all(|window| window.size().w == 300)
    });
    fixture.until("the third", |goblin| {
        goblin.layout.windows().all(|window| window.size().w == 400)
    });
    fixture.rest(Duration::from_secs(1));
    assert_eq!(fixture.goblin.next_due(), None, "and then there is rest");
}

#[test]
fn a_hidden_window_goes_on_slowly() {
    let (mut fixture, mut client, window) = desk();
    let id = fixture.only_window();
    fixture.goblin.layout.set_minimised(id, true);
    fixture.goblin.layout_changed();
    fixture.settle();
    let manager: WpFifoManagerV1 = client.bind();
    let fifo = manager.get_fifo(&window.surface, &client.handle(), ());
    fifo.set_barrier();
    commit(&mut client, &window, 200);
    fifo.wait_barrier();
    commit(&mut client, &window, 300);
    client.roundtrip(&mut fixture);
    assert_eq!(width(&fixture), 200);
    fixture.rest(Duration::from_millis(99));
    assert_eq!(width(&fixture), 200);
    fixture.rest(Duration::from_millis(1));
    assert_eq!(width(&fixture), 300);
    assert_eq!(fixture.goblin.next_due(), None);
}

fn stamp(timer: &WpCommitTimerV1, time: Duration) {
    let seconds = time.as_secs();
    let high = u32::try_from(seconds >> 32).unwrap();
    let low = u32::try_from(seconds & 0xffff_ffff).unwrap();
    timer.set_timestamp(high, low, time.subsec_nanos());
}

#[test]
fn a_commit_takes_effect_at_its_time() {
    let (mut fixture, mut client, window) = desk();
    let manager: WpCommitTimingManagerV1 = client.bind();
    let timer = manager.get_timer(&window.surface, &client.handle(), ());
    let now: Duration = fixture.goblin.clock.now().into();
    stamp(&timer, now + Duration::from_millis(250));
    commit(&mut client, &window, 200);
    client.roundtrip(&mut fixture);
    assert_eq!(width(&fixture), 100);
    fixture.rest(Duration::from_millis(249));
    assert_eq!(width(&fixture), 100);
    fixture.rest(Duration::from_millis(1));
    assert_eq!(width(&fixture), 200);
    // A time that is past holds up nothing.
    stamp(&timer, Duration::from_secs(1));
    commit(&mut client, &window, 300);
    client.roundtrip(&mut fixture);
    assert_eq!(width(&fixture), 300);
}

#[test]
fn times_without_sense_hold_up_nobody_else() {
    let (mut fixture, mut client, window) = desk();
    let manager: WpCommitTimingManagerV1 = client.bind();
    let timer = manager.get_timer(&window.surface, &client.handle(), ());
    for (high, low) in [(u32::MAX, u32::MAX), (i32::MAX.unsigned_abs(), u32::MAX)] {
        timer.set_timestamp(high, low, 999_999_999);
        commit(&mut client, &window, 200);
        client.roundtrip(&mut fixture);
    }
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (100, 80), BLUE);
    timer.set_timestamp(0, 0, 1_000_000_000);
    assert!(client.try_roundtrip(&mut fixture).is_err());
    drop(client);
    fixture.until("one window", |goblin| goblin.layout.windows().count() == 1);
    witness.roundtrip(&mut fixture);
}

#[test]
fn one_object_for_a_surface_and_none_that_outlives_it() {
    let (mut fixture, mut client, window) = desk();
    let manager: WpFifoManagerV1 = client.bind();
    let fifo = manager.get_fifo(&window.surface, &client.handle(), ());
    fifo.set_barrier();
    commit(&mut client, &window, 200);
    fifo.wait_barrier();
    commit(&mut client, &window, 300);
    window.toplevel.destroy();
    window.xdg.destroy();
    window.surface.destroy();
    client.roundtrip(&mut fixture);
    fixture.rest(Duration::from_secs(1));
    fifo.set_barrier();
    assert!(
        client.try_roundtrip(&mut fixture).is_err(),
        "its surface is gone"
    );
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (100, 80), BLUE);
}
