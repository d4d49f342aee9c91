//! Popups: their place and their grabs.

use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_positioner::ConstraintAdjustment;

use super::client::{TestPopup, TestWindow};
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

fn show(client: &mut Client, fixture: &mut Fixture, popup: &TestPopup) {
    popup.surface.commit();
    client.roundtrip(fixture);
    let serial = client
        .heard
        .take_serial(&popup.xdg)
        .expect("the popup is configured");
    popup.xdg.ack_configure(serial);
    let buffer = client.buffer(120, 160, WHITE);
    popup.surface.attach(Some(&buffer), 0, 0);
    popup.surface.damage_buffer(0, 0, 120, 160);
    popup.surface.commit();
    client.roundtrip(fixture);
}

/// A window whose client has a press to show for its popup.
fn pressed(client: &mut Client, fixture: &mut Fixture) -> (TestWindow, u32) {
    let window = client.open(fixture, (640, 480), BLUE);
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    fixture.pointer_to(content.loc.x + 300, content.loc.y + 300);
    fixture.press();
    client.roundtrip(fixture);
    (window, *client.heard.presses.last().unwrap())
}

/// A window, and a menu of it that has all input.
pub(super) fn grabbed_menu(client: &mut Client, fixture: &mut Fixture) -> (TestWindow, TestPopup) {
    let (window, serial) = pressed(client, fixture);
    let positioner = client.positioner(120, 160);
    let popup = client.popup(&window, &positioner);
    popup.popup.grab(&client.globals().seat, serial);
    show(client, fixture, &popup);
    fixture.release();
    client.roundtrip(fixture);
    (window, popup)
}

#[test]
fn a_popup_stays_on_the_screen() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (1900, 1040).into());
    fixture.goblin.layout_changed();
    fixture.turn();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    let positioner = client.positioner(120, 160);
    positioner
        .set_constraint_adjustment(ConstraintAdjustment::SlideX | ConstraintAdjustment::SlideY);
    let popup = client.popup(&window, &positioner);
    show(&mut client, &mut fixture, &popup);
    let (x, y, w, h) = client.heard.popups[&popup.popup.id()];
    assert!(content.loc.x + x + w <= 1920 && content.loc.y + y + h <= 1080);
}

#[test]
fn a_menu_takes_all_input_and_a_click_beside_it_closes_it() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_window, popup) = grabbed_menu(&mut client, &mut fixture);
    assert_eq!(client.heard.keyboard, Some(popup.surface.id()));
    fixture.click(40, 1000);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [popup.popup.id()]);
}

#[test]
fn a_menu_is_closed_by_a_window_that_opens_and_takes_the_keyboard() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (window, serial) = pressed(&mut client, &mut fixture);
    let positioner = client.positioner(120, 160);
    let popup = client.popup(&window, &positioner);
    popup.popup.grab(&client.globals().seat, serial);
    show(&mut client, &mut fixture, &popup);
    fixture.release();
    let mut other = fixture.connect();
    let opened = other.open(&mut fixture, (200, 100), WHITE);
    other.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [popup.popup.id()]);
    assert_eq!(other.heard.keyboard, Some(opened.surface.id()));
}

#[test]
fn a_menu_that_is_destroyed_gives_the_keyboard_back() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (window, popup) = grabbed_menu(&mut client, &mut fixture);
    popup.popup.destroy();
    popup.surface.destroy();
    client.roundtrip(&mut fixture);
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(window.surface.id()));
}

#[test]
fn after_a_menu_the_first_click_elsewhere_counts() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_window, popup) = grabbed_menu(&mut client, &mut fixture);
    let mut neighbour = fixture.connect();
    let other = neighbour.open(&mut fixture, (300, 200), BLUE);
    let second = *fixture.goblin.layout.stacking().last().unwrap();
    fixture.goblin.layout.move_to(second, (20, 700).into());
    let first = fixture.goblin.layout.stacking()[0];
    fixture.goblin.focus_window(first);
    fixture.turn();
    // The client closes its menu by itself, as for Escape.
    popup.popup.destroy();
    popup.surface.destroy();
    client.roundtrip(&mut fixture);
    fixture.click(100, 800);
    neighbour.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.focused(), Some(second));
    assert_eq!(neighbour.heard.keyboard, Some(other.surface.id()));
    assert_eq!(neighbour.heard.presses.len(), 1, "and the press reached it");
}

#[test]
fn after_a_menu_the_first_motion_counts() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (window, menu) = grabbed_menu(&mut client, &mut fixture);
    let id = fixture.only_window();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    // Beside the menu, so that nothing else lies under the pointer when that is gone.
    fixture.pointer_to(content.loc.x + 600, content.loc.y + 400);
    client.roundtrip(&mut fixture);
    menu.popup.destroy();
    menu.xdg.destroy();
    menu.surface.destroy();
    // In the turn in which it goes.
    client.connection().flush().unwrap();
    fixture.pointer_to(content.loc.x + 40, content.loc.y + 50);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.pointer,
        Some((window.surface.id(), 40.5, 50.5))
    );
}

#[test]
fn a_grab_that_no_press_allows_is_dismissed() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_, _) = pressed(&mut client, &mut fixture);
    let other = client.bare_window();
    other.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&other, (100, 100), BLUE);
    client.roundtrip(&mut fixture);
    let positioner = client.positioner(120, 160);
    let popup = client.popup(&other, &positioner);
    popup.popup.grab(&client.globals().seat, 1);
    popup.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [popup.popup.id()]);
}
