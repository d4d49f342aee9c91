//! Alt+Tab: what it shows, what ends it, and what it comes to.

use std::time::Duration;

use smithay::backend::input::ButtonState;
use tokio::sync::oneshot;
use trees::desktop::{Choosing, SwitchTo, Verb};
use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::client::TestWindow;
use super::control::ask;
use super::dispatch::FrameMark;
use super::popups::grabbed_menu;
use super::{Client, Fixture};
use crate::control::Command;
use crate::input::MIDDLE;
use crate::layout::{Rect, WindowId};

const COLOURS: [[u8; 3]; 3] = [[0x30, 0x50, 0xc0], [0xc0, 0x40, 0x30], [0x20, 0xa0, 0x40]];
/// Longer than the panel waits before it shows itself.
const A_WHILE: Duration = Duration::from_millis(400);

/// Three windows, numbered 1 to 3; the last one has the focus.
fn three(fixture: &mut Fixture) -> (Client, Vec<TestWindow>) {
    let mut client = fixture.connect();
    let windows = COLOURS.map(|colour| client.open(fixture, (300, 200), colour));
    (client, windows.into())
}

fn choosing(fixture: &mut Fixture) -> Option<Choosing> {
    ask(fixture, Command::Status).choosing
}

fn chosen(fixture: &mut Fixture) -> Option<u64> {
    choosing(fixture)?.chosen
}

fn focused(fixture: &Fixture) -> Option<u64> {
    fixture.goblin.layout.focused().map(|id| id.0)
}

fn switch(fixture: &mut Fixture, to: SwitchTo) -> Result<(), String> {
    let (reply, mut answer) = oneshot::channel();
    let verbs = vec![Verb::Switch { to }];
    fixture.goblin.carry_out(Command::Desktop(verbs, reply));
    fixture.turn();
    let done = answer.try_recv().unwrap();
    done.map(drop).map_err(|refusal| refusal.why)
}

fn middle(rect: Rect) -> (i32, i32) {
    (rect.loc.x + rect.size.w / 2, rect.loc.y + rect.size.h / 2)
}

/// Where a window's picture is on the panel.
fn picture_of(fixture: &Fixture, window: u64) -> Rect {
    let panel = fixture.goblin.panel().expect("the panel is shown");
    let mut cells = panel.cells.iter();
    let found = cells.find(|(_, picture)| picture.window == WindowId(window));
    found.unwrap().1.rect
}

/// The colour in the middle of the lower half of a rectangle: below any title bar.
fn colour_in(fixture: &mut Fixture, rect: Rect) -> [u8; 3] {
    let picture = fixture.picture();
    let (x, y) = (middle(rect).0, rect.loc.y + rect.size.h * 3 / 4);
    let index =
        (usize::try_from(y).unwrap() * picture.width as usize + usize::try_from(x).unwrap()) * 4;
    [
        picture.data[index],
        picture.data[index + 1],
        picture.data[index + 2],
    ]
}

#[test]
fn a_quick_alt_tab_switches_to_the_window_before_without_a_panel() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.settle();
    assert_eq!(fixture.goblin.panel(), None, "it is not to be seen yet");
    fixture.keys("alt", false);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(windows[1].surface.id()));
    assert_eq!(fixture.goblin.layout.stacking().last(), Some(&WindowId(2)));
    fixture.rest(A_WHILE);
    assert_eq!(fixture.goblin.panel(), None, "nor is it afterwards");
    fixture.tap("alt+Tab");
    assert_eq!(focused(&fixture), Some(3), "and back");
}

#[test]
fn what_is_passed_keeps_its_place_in_the_history() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    let history = |fixture: &Fixture| fixture.goblin.layout.focus_history().to_vec();
    let before = history(&fixture);
    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.tap("Tab");
    client.roundtrip(&mut fixture);
    assert_eq!(focused(&fixture), Some(3), "nothing has the focus yet");
    assert_eq!(client.heard.keyboard, None, "and nobody gets keys");
    assert_eq!(history(&fixture), before);
    fixture.keys("alt", false);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(windows[0].surface.id()));
    assert_eq!(history(&fixture), [1, 3, 2].map(WindowId));
    fixture.tap("alt+Tab");
    assert_eq!(focused(&fixture), Some(3), "the one between was passed by");
}

#[test]
fn the_panel_shows_live_pictures_in_order_and_status_tells_of_them() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    fixture.keys("alt", true);
    fixture.tap("Tab");
    let told = choosing(&mut fixture).unwrap();
    assert_eq!(told.view, "switcher");
    assert_eq!((told.windows, told.chosen), (vec![3, 2, 1], Some(2)));
    fixture.rest(A_WHILE);
    let places: Vec<Rect> = (1..=3).map(|id| picture_of(&fixture, id)).collect();
    assert!(places[2].loc.x < places[1].loc.x && places[1].loc.x < places[0].loc.x);
    for (place, colour) in places.iter().zip(COLOURS) {
        assert_eq!(colour_in(&mut fixture, *place), colour);
    }
    let white = [0xff, 0xff, 0xff];
    fixture.settle();
    let frames = fixture.goblin.outputs[0].frames;
    client.draw(&windows[0], (300, 200), white);
    client.roundtrip(&mut fixture);
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].frames, frames + 1);
    assert_eq!(colour_in(&mut fixture, places[0]), white);
}

#[test]
fn escape_leaves_all_as_it_was() {
    let mut fixture = Fixture::new();
    let (mut client, _windows) = three(&mut fixture);
    let before = fixture.goblin.layout.clone();
    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.rest(A_WHILE);
    fixture.tap("Escape");
    assert_eq!(choosing(&mut fixture), None);
    fixture.keys("alt", false);
    assert_eq!(focused(&fixture), Some(3));
    let now = &fixture.goblin.layout;
    assert_eq!(now.focus_history(), before.focus_history());
    assert_eq!(now.stacking(), before.stacking());
    client.roundtrip(&mut fixture);
    assert!(client.heard.keyboard.is_some());
    client.heard.keys.clear();
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keys, [(30, true), (30, false)]);
}

#[test]
fn shift_goes_back_and_arrows_choose() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    fixture.keys("alt", true);
    fixture.tap("shift+Tab");
    assert_eq!(
        chosen(&mut fixture),
        Some(1),
        "shift is up, the walk goes on"
    );
    fixture.tap("shift+Tab");
    assert_eq!(chosen(&mut fixture), Some(2));
    fixture.tap("Left");
    assert_eq!(chosen(&mut fixture), Some(3));
    fixture.tap("Right");
    fixture.tap("Right");
    assert_eq!(chosen(&mut fixture), Some(1));
    fixture.tap("Down");
    assert_eq!(chosen(&mut fixture), Some(1), "there is one row");
    fixture.tap("q");
    assert_eq!(chosen(&mut fixture), Some(1), "other keys do nothing");
    fixture.tap("Return");
    assert_eq!(focused(&fixture), Some(1));
    fixture.keys("alt", false);
    assert_eq!(focused(&fixture), Some(1));
}

#[test]
fn a_minimised_window_is_pictured_draws_and_comes_back() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    fixture.goblin.layout.set_minimised(WindowId(1), true);
    fixture.goblin.layout_changed();
    client.roundtrip(&mut fixture);
    let suspended = |client: &Client| {
        let told = client.heard.last_configure(&windows[0].toplevel);
        told.has(State::Suspended)
    };
    assert!(suspended(&client));
    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.rest(A_WHILE);
    client.roundtrip(&mut fixture);
    assert!(!suspended(&client), "its picture is to live");
    fixture.settle();
    windows[0].surface.frame(&client.handle(), FrameMark);
    client.draw(&windows[0], (300, 200), [9, 9, 9]);
    client.roundtrip(&mut fixture);
    fixture.settle();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 1, "who is seen is told to go on");
    let place = picture_of(&fixture, 1);
    assert_eq!(colour_in(&mut fixture, place), [9, 9, 9]);
    fixture.tap("Tab");
    fixture.keys("alt", false);
    let window = fixture.goblin.layout.window(WindowId(1)).unwrap();
    assert!(!window.is_minimised());
    assert_eq!(focused(&fixture), Some(1));
}

#[test]
fn the_pointer_chooses_and_a_click_goes_there() {
    let mut fixture = Fixture::new();
    let (mut client, _windows) = three(&mut fixture);
    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.rest(A_WHILE);
    let (x, y) = middle(picture_of(&fixture, 1));
    fixture.pointer_to(x, y);
    assert_eq!(chosen(&mut fixture), Some(1));
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, None, "the panel is in the way");
    let (x, y) = middle(picture_of(&fixture, 3));
    fixture.click(x, y);
    assert_eq!(choosing(&mut fixture), None);
    assert_eq!(focused(&fixture), Some(3));
    client.roundtrip(&mut fixture);
    assert!(client.heard.presses.is_empty(), "it was no client's");
    fixture.keys("alt", false);

    fixture.keys("alt", true);
    fixture.tap("Tab");
    fixture.rest(A_WHILE);
    fixture.click(5, 5);
    assert_eq!(choosing(&mut fixture), None, "beside the panel is away");
    assert_eq!(focused(&fixture), Some(3));
    fixture.keys("alt", false);
    assert_eq!(focused(&fixture), Some(3));
}

#[test]
fn another_button_on_the_panel_does_nothing() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    switch(&mut fixture, SwitchTo::Next).unwrap();
    let (x, y) = middle(picture_of(&fixture, 1));
    fixture.pointer_to(x, y);
    for state in [ButtonState::Pressed, ButtonState::Released] {
        let time = fixture.goblin.now_ms();
        fixture.goblin.pointer_button(MIDDLE, state, time);
        fixture.turn();
    }
    assert_eq!(chosen(&mut fixture), Some(1));
    assert_eq!(focused(&fixture), Some(3));
}

#[test]
fn a_window_that_closes_meanwhile_drops_out() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    switch(&mut fixture, SwitchTo::Next).unwrap();
    let close = |client: &mut Client, fixture: &mut Fixture, window: &TestWindow| {
        window.toplevel.destroy();
        window.xdg.destroy();
        window.surface.destroy();
        client.roundtrip(fixture);
        fixture.settle();
    };
    close(&mut client, &mut fixture, &windows[1]);
    let told = choosing(&mut fixture).unwrap();
    assert_eq!((told.windows, told.chosen), (vec![3, 1], Some(1)));
    close(&mut client, &mut fixture, &windows[0]);
    assert_eq!(chosen(&mut fixture), Some(3));
    close(&mut client, &mut fixture, &windows[2]);
    assert_eq!(choosing(&mut fixture), None, "there is nothing to choose");
    switch(&mut fixture, SwitchTo::Next).unwrap();
    assert_eq!(choosing(&mut fixture), None);
}

#[test]
fn a_script_walks_by_the_same_verbs() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    assert!(switch(&mut fixture, SwitchTo::Done).is_err());
    assert!(switch(&mut fixture, SwitchTo::Cancel).is_err());
    switch(&mut fixture, SwitchTo::Next).unwrap();
    assert!(fixture.goblin.panel().is_some(), "no key is held: at once");
    switch(&mut fixture, SwitchTo::Next).unwrap();
    switch(&mut fixture, SwitchTo::Previous).unwrap();
    assert_eq!(chosen(&mut fixture), Some(2));
    fixture.tap("shift");
    assert_eq!(chosen(&mut fixture), Some(2), "a key let go ends nothing");
    switch(&mut fixture, SwitchTo::Done).unwrap();
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(2), None));
    switch(&mut fixture, SwitchTo::Previous).unwrap();
    switch(&mut fixture, SwitchTo::Cancel).unwrap();
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(2), None));
}

#[test]
fn the_verbs_next_and_previous_window_switch_at_once() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    let mut act = |verb| {
        ask(&mut fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap();
        focused(&fixture)
    };
    assert_eq!(act(Verb::NextWindow {}), Some(2));
    assert_eq!(act(Verb::NextWindow {}), Some(3));
    assert_eq!(act(Verb::PreviousWindow {}), Some(1));
}

#[test]
fn menus_are_closed_when_it_opens() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (window, menu) = grabbed_menu(&mut client, &mut fixture);
    fixture.keys("alt", true);
    fixture.tap("Tab");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [menu.popup.id()]);
    fixture.keys("alt", false);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(window.surface.id()));
}

#[test]
fn a_lock_closes_it_and_it_does_not_open_under_one() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    let mut locker = fixture.connect();
    switch(&mut fixture, SwitchTo::Next).unwrap();
    let lock = super::lock::lock(&mut fixture, &mut locker);
    assert_eq!(choosing(&mut fixture), None);
    assert_eq!(focused(&fixture), Some(3));
    assert!(switch(&mut fixture, SwitchTo::Next).is_err());
    fixture.tap("alt+Tab");
    assert_eq!(focused(&fixture), Some(3));
    lock.unlock_and_destroy();
    locker.roundtrip(&mut fixture);
    switch(&mut fixture, SwitchTo::Next).unwrap();
    assert_eq!(chosen(&mut fixture), Some(2));
}

#[test]
fn it_covers_a_fullscreen_window_and_sits_where_the_person_is() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "1280x720@1.25"]);
    let (mut client, windows) = three(&mut fixture);
    windows[2].toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    client.draw(&windows[2], (800, 600), COLOURS[2]);
    client.roundtrip(&mut fixture);
    switch(&mut fixture, SwitchTo::Next).unwrap();
    let first = fixture.goblin.outputs[0].id;
    assert_eq!(fixture.goblin.panel().unwrap().output, first);
    let place = picture_of(&fixture, 1);
    assert_eq!(colour_in(&mut fixture, place), COLOURS[0]);
    fixture.goblin.remove_output(first);
    fixture.settle();
    let second = fixture.goblin.outputs[0].id;
    let panel = fixture.goblin.panel().unwrap();
    assert_eq!(panel.output, second, "its output was unplugged");
    let screen = fixture.goblin.layout.output(second).unwrap().geometry;
    assert!(screen.contains_rect(panel.rect));
}

#[test]
fn while_it_is_open_nothing_wakes_and_however_fast_the_mouse_there_is_one_frame_in_a_cycle() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    switch(&mut fixture, SwitchTo::Next).unwrap();
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    assert_eq!(fixture.goblin.next_due(), None);
    fixture.rest(Duration::from_secs(3600));
    assert_eq!(fixture.goblin.outputs[0].frames, before);
    let panel = fixture.goblin.panel().unwrap().rect;
    fixture.pointer_to(panel.loc.x, panel.loc.y);
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    for step in 0..200 {
        let x = panel.loc.x + step * panel.size.w / 200;
        let at = (f64::from(x), f64::from(middle(panel).1));
        let time = fixture.goblin.now_ms();
        fixture.goblin.pointer_moved(at.into(), time);
        fixture.goblin.end_turn();
    }
    assert_eq!(fixture.goblin.outputs[0].frames, before);
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].frames, before + 1);
    assert_eq!(chosen(&mut fixture), Some(1));
}
