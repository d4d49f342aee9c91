//! A tab that is torn off: a window that hangs at the pointer while it is dragged.

use wayland_client::delegate_noop;
use wayland_client::protocol::wl_data_device::WlDataDevice;
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_source::WlDataSource;
use wayland_protocols::xdg::toplevel_drag::v1::client::xdg_toplevel_drag_manager_v1::XdgToplevelDragManagerV1;
use wayland_protocols::xdg::toplevel_drag::v1::client::xdg_toplevel_drag_v1::XdgToplevelDragV1;

use super::dispatch::Heard;
use super::{Client, Fixture};
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore XdgToplevelDragManagerV1);
delegate_noop!(Heard: ignore XdgToplevelDragV1);

/// A window at 100, 100 from which a drag has begun at 150, 150, with a window's drag to it.
fn torn(
    fixture: &mut Fixture,
    client: &mut Client,
) -> (WlDataDevice, WlDataSource, XdgToplevelDragV1) {
    let handle = client.handle();
    let data: WlDataDeviceManager = client.bind();
    let device = data.get_data_device(&client.globals().seat, &handle, ());
    let source = data.create_data_source(&handle, ());
    source.offer("application/x-tab".to_owned());
    source.set_actions(DndAction::Move);
    let manager: XdgToplevelDragManagerV1 = client.bind();
    let drag = manager.get_xdg_toplevel_drag(&source, &handle, ());
    let origin = client.open(fixture, (400, 300), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (100, 100).into());
    fixture.goblin.layout_changed();
    fixture.turn();
    fixture.pointer_to(150, 150);
    fixture.press();
    client.roundtrip(fixture);
    let serial = *client.heard.presses.last().unwrap();
    device.start_drag(Some(&source), &origin.surface, None, serial);
    client.roundtrip(fixture);
    (device, source, drag)
}

fn place(fixture: &Fixture, id: u64) -> (i32, i32) {
    let content = fixture.goblin.layout.content_rect(WindowId(id)).unwrap();
    (content.loc.x, content.loc.y)
}

#[test]
fn a_window_hangs_at_the_pointer_until_it_is_dropped() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_device, _source, drag) = torn(&mut fixture, &mut client);
    let tab = client.bare_window();
    drag.attach(&tab.toplevel, 20, 10);
    tab.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&tab, (200, 100), BLUE);
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture, 2), (130, 140), "from its first frame on");
    fixture.pointer_to(700, 500);
    assert_eq!(place(&fixture, 2), (680, 490));
    // It is not the target of its own drag.
    fixture.pointer_to(200, 200);
    client.roundtrip(&mut fixture);
    assert!(client.heard.dragged_over(), "the window below it is");
    fixture.pointer_to(900, 600);
    fixture.release();
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture, 2), (880, 590));
    fixture.pointer_to(300, 300);
    assert_eq!(place(&fixture, 2), (880, 590), "there it stays");
    drag.destroy();
    client.roundtrip(&mut fixture);
}

#[test]
fn a_window_that_is_unmapped_falls_off_and_another_may_follow() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_device, _source, drag) = torn(&mut fixture, &mut client);
    let first = client.open(&mut fixture, (200, 100), BLUE);
    drag.attach(&first.toplevel, 0, 0);
    client.roundtrip(&mut fixture);
    first.surface.attach(None, 0, 0);
    first.surface.commit();
    client.roundtrip(&mut fixture);
    let second = client.open(&mut fixture, (200, 100), BLUE);
    drag.attach(&second.toplevel, i32::MIN, i32::MAX);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(500, 500);
    fixture.goblin.layout.verify_invariants().unwrap();
    drag.attach(&second.toplevel, 0, 0);
    assert!(
        client.try_roundtrip(&mut fixture).is_err(),
        "one window at a time"
    );
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (200, 100), BLUE);
}

#[test]
fn a_drag_that_runs_is_not_ended_by_its_object_and_a_source_has_one() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_device, source, drag) = torn(&mut fixture, &mut client);
    let manager: XdgToplevelDragManagerV1 = client.bind();
    client.roundtrip(&mut fixture);
    drag.destroy();
    assert!(client.try_roundtrip(&mut fixture).is_err());
    drop((client, source, manager));
    fixture.turn();
    let mut client = fixture.connect();
    let data: WlDataDeviceManager = client.bind();
    let source = data.create_data_source(&client.handle(), ());
    let manager: XdgToplevelDragManagerV1 = client.bind();
    let _one = manager.get_xdg_toplevel_drag(&source, &client.handle(), ());
    let _two = manager.get_xdg_toplevel_drag(&source, &client.handle(), ());
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (200, 100), BLUE);
}
