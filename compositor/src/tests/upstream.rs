//! Known faults of smithay 0.7.0 that were mended after it, each by its symptom: the table of what is
//! made of them is in `handlers/guard.rs`.

use wayland_client::Proxy;
use wayland_client::protocol::wl_shm::Format;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::client::{TestPopup, TestWindow};
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const RED: [u8; 3] = [0xd0, 0x20, 0x20];
const GREEN: [u8; 3] = [0x20, 0xd0, 0x20];

/// The window's content begins at 100, 100.
fn window(client: &mut Client, fixture: &mut Fixture, size: (i32, i32)) -> TestWindow {
    let window = client.open(fixture, size, BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (100, 100).into());
    fixture.goblin.layout_changed();
    client.roundtrip(fixture);
    window
}

fn show(client: &mut Client, fixture: &mut Fixture, popup: &TestPopup, colour: [u8; 3]) {
    popup.surface.commit();
    client.roundtrip(fixture);
    let serial = client.heard.take_serial(&popup.xdg).unwrap();
    popup.xdg.ack_configure(serial);
    let buffer = client.buffer(120, 60, colour);
    popup.surface.attach(Some(&buffer), 0, 0);
    popup.surface.damage_buffer(0, 0, 120, 60);
    popup.surface.commit();
    client.roundtrip(fixture);
}

fn at(fixture: &mut Fixture, x: usize, y: usize) -> [u8; 3] {
    let picture = fixture.picture();
    let at = (y * 1920 + x) * 4;
    [picture.data[at], picture.data[at + 1], picture.data[at + 2]]
}

/// 47c2d2de: popups of one parent were the wrong way round.
#[test]
fn of_two_popups_of_a_window_the_newer_lies_in_front_and_takes_the_click() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = window(&mut client, &mut fixture, (400, 300));
    let positioner = client.positioner(120, 60);
    let first = client.popup(&window, &positioner);
    show(&mut client, &mut fixture, &first, RED);
    let second = client.popup(&window, &positioner);
    show(&mut client, &mut fixture, &second, GREEN);
    let (x, y, ..) = client.heard.popups[&second.popup.id()];
    let (x, y) = (100 + x + 60, 100 + y + 30);
    let pixel = |n: i32| usize::try_from(n).unwrap();
    assert_eq!(at(&mut fixture, pixel(x), pixel(y)), GREEN);
    fixture.pointer_to(x, y);
    client.roundtrip(&mut fixture);
    let under = client.heard.pointer.as_ref().map(|(of, ..)| of.clone());
    assert_eq!(under, Some(second.surface.id()));
    // One that was opened from the older lies on that, and below the newer.
    let nested = client.popup_of(&first.xdg, &positioner);
    show(&mut client, &mut fixture, &nested, BLUE);
    assert_eq!(at(&mut fixture, pixel(x), pixel(y)), GREEN);
}

/// 8df0d3a5: a window's popups were registered twice.
#[test]
fn popups_come_and_go_and_leave_nothing_behind() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = window(&mut client, &mut fixture, (400, 300));
    let positioner = client.positioner(120, 60);
    for _ in 0..50 {
        let popup = client.popup(&window, &positioner);
        show(&mut client, &mut fixture, &popup, RED);
        popup.popup.destroy();
        popup.xdg.destroy();
        popup.surface.destroy();
        client.roundtrip(&mut fixture);
    }
    let kept = format!("{:?}", fixture.goblin.popups);
    assert!(kept.contains("popup_trees: []"), "{kept}");
}

/// 91c1d363: a grab that came before the parent was lost, so that Qt's menus on bars did not close.
#[test]
fn a_popup_of_a_bar_may_ask_for_all_input_before_it_is_told_whose_it_is() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let bar = client.layer(Layer::Top, "bar");
    bar.layer.set_anchor(Anchor::Top | Anchor::Left);
    bar.layer.set_size(400, 40);
    bar.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&bar, BLUE);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(20, 20);
    fixture.press();
    client.roundtrip(&mut fixture);
    let serial = *client.heard.presses.last().unwrap();
    let popup = client.orphan_popup(&client.positioner(120, 60));
    popup.popup.grab(&client.globals().seat, serial);
    bar.layer.get_popup(&popup.popup);
    show(&mut client, &mut fixture, &popup, RED);
    assert_eq!(client.heard.keyboard, Some(popup.surface.id()));
    fixture.release();
    fixture.click(900, 900);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [popup.popup.id()]);
}

/// bf17945e: the last half pixel of an input region was outside of it.
#[test]
fn an_input_region_ends_where_it_says() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = window(&mut client, &mut fixture, (100, 80));
    let region = client
        .globals()
        .compositor
        .create_region(&client.handle(), ());
    region.add(0, 0, 50, 40);
    window.surface.set_input_region(Some(&region));
    window.surface.commit();
    client.roundtrip(&mut fixture);
    for (x, y, within) in [
        (149.75, 120.5, true),
        (120.5, 139.75, true),
        (150.25, 120.5, false),
        (120.5, 140.25, false),
        (100.0, 100.0, true),
    ] {
        let time = fixture.goblin.now_ms();
        fixture.goblin.pointer_moved((x, y).into(), time);
        client.roundtrip(&mut fixture);
        assert_eq!(client.heard.pointer.is_some(), within, "{x}, {y}");
    }
}

/// b386893a: the sum of damage overflowed.
#[test]
fn damage_of_any_size_is_taken() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = window(&mut client, &mut fixture, (100, 80));
    let wild = [i32::MIN, -1, 0, 1, 1 << 30, i32::MAX];
    for x in wild {
        for w in wild {
            let buffer = client.buffer(100, 80, RED);
            window.surface.attach(Some(&buffer), 0, 0);
            window.surface.damage(x, x, w, w);
            window.surface.damage(w, x, x, w);
            window.surface.damage_buffer(x, w, w, x);
            window.surface.damage_buffer(0, 0, i32::MAX, i32::MAX);
            window.surface.commit();
            client.roundtrip(&mut fixture);
            fixture.settle();
        }
    }
    assert_eq!(at(&mut fixture, 150, 150), RED);
}

/// 39ee351a: what was to be done when a buffer goes was done for another, or not.
#[test]
fn buffers_and_pools_go_in_any_order() {
    let mut fixture = Fixture::with_outputs(&["320x240@1"]);
    let mut client = fixture.connect();
    let window = window(&mut client, &mut fixture, (100, 80));
    let handle = client.handle();
    for order in 0..6 {
        let file = tempfile::tempfile().unwrap();
        file.set_len(2 * 32_000).unwrap();
        let shm = client.globals().shm.clone();
        let file = std::os::fd::AsFd::as_fd(&file);
        let pool = shm.create_pool(file, 2 * 32_000, &handle, ());
        let buffer = |at| pool.create_buffer(at, 100, 80, 400, Format::Argb8888, &handle, ());
        let (shown, other) = (buffer(0), buffer(32_000));
        window.surface.attach(Some(&shown), 0, 0);
        window.surface.commit();
        let steps: [&dyn Fn(); 3] = [&|| shown.destroy(), &|| other.destroy(), &|| pool.destroy()];
        for step in 0..3 {
            steps[(order % 3 + step * (1 + order / 3)) % 3]();
            client.roundtrip(&mut fixture);
            fixture.settle();
        }
    }
    client.draw(&window, (100, 80), GREEN);
    client.roundtrip(&mut fixture);
    let picture = fixture.picture();
    assert_eq!(picture.data[(150 * 320 + 150) * 4..][..3], GREEN);
}

/// 712d565b: the clipboard's objects of clients that died were kept and told of each new owner.
#[test]
fn clients_that_die_with_the_keyboard_are_no_burden_to_the_clipboard() {
    let mut fixture = Fixture::new();
    for _ in 0..30 {
        let mut client = fixture.connect();
        let manager: wayland_client::protocol::wl_data_device_manager::WlDataDeviceManager =
            client.bind();
        let seat = client.globals().seat.clone();
        let _device = manager.get_data_device(&seat, &client.handle(), ());
        client.open(&mut fixture, (100, 80), BLUE);
        drop(client);
        fixture.turn();
    }
    let mut witness = fixture.connect();
    let opened = witness.open(&mut fixture, (100, 80), BLUE);
    witness.roundtrip(&mut fixture);
    assert_eq!(witness.heard.keyboard, Some(opened.surface.id()));
}

/// 956f81ba: a surface that goes with the keyboard on it left the keyboard nowhere.
#[test]
fn the_keyboard_leaves_a_surface_that_is_destroyed() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = client.open(&mut fixture, (100, 80), BLUE);
    let second = client.open(&mut fixture, (100, 80), BLUE);
    assert_eq!(client.heard.keyboard, Some(second.surface.id()));
    second.toplevel.destroy();
    second.xdg.destroy();
    second.surface.destroy();
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(first.surface.id()));
    client.heard.keys.clear();
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keys.len(), 2);
}
