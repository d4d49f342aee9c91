//! The overview: what it shows on each output, and what hands do in it.

mod hands;

use std::time::Duration;

use smithay::utils::Transform;
use trees::desktop::{Choosing, OutputVerb, Verb, WindowVerb};
use wayland_client::Proxy;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::client::TestWindow;
use super::control::{ask, tell};
use super::dispatch::FrameMark;
use super::popups::grabbed_menu;
use super::{Client, Fixture};
use crate::control::Command;
use crate::layout::{Place, Pos, Rect, WindowId, WorkspaceId};
use crate::outputs::Setup;
use crate::overview::Sheet;

const COLOURS: [[u8; 3]; 3] = [[0x30, 0x50, 0xc0], [0xc0, 0x40, 0x30], [0x20, 0xa0, 0x40]];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

/// Three windows, numbered 1 to 3; the last one has the focus.
fn three(fixture: &mut Fixture) -> (Client, Vec<TestWindow>) {
    let mut client = fixture.connect();
    let windows = COLOURS.map(|colour| client.open(fixture, (300, 200), colour));
    (client, windows.into())
}

fn set_overview(fixture: &mut Fixture, on: Option<bool>) {
    let verbs = vec![Verb::Overview { on }];
    ask(fixture, |reply| Command::Desktop(verbs, reply)).unwrap();
}

fn open_overview(fixture: &mut Fixture) {
    set_overview(fixture, Some(true));
    fixture.settle();
}

fn choosing(fixture: &mut Fixture) -> Option<Choosing> {
    ask(fixture, Command::Status).choosing
}

fn focused(fixture: &Fixture) -> Option<u64> {
    fixture.goblin.layout.focused().map(|id| id.0)
}

/// The overview of an output, by its place in the row.
fn sheet(fixture: &Fixture, output: usize) -> Sheet {
    let output = fixture.goblin.outputs[output].id;
    fixture.goblin.sheet(output).expect("the overview is open")
}

fn place_of(fixture: &Fixture, window: u64) -> Rect {
    let outputs = 0..fixture.goblin.outputs.len();
    let pictures = outputs.flat_map(|output| sheet(fixture, output).thumbnails);
    let mut found = pictures.filter(|picture| picture.window == WindowId(window));
    found.next().expect("it is pictured").rect
}

fn middle(rect: Rect) -> (i32, i32) {
    (rect.loc.x + rect.size.w / 2, rect.loc.y + rect.size.h / 2)
}

fn click_on(fixture: &mut Fixture, rect: Rect) {
    let (x, y) = middle(rect);
    fixture.click(x, y);
}

fn drag(fixture: &mut Fixture, from: (i32, i32), to: (i32, i32)) {
    fixture.pointer_to(from.0, from.1);
    fixture.press();
    fixture.pointer_to((from.0 + to.0) / 2, (from.1 + to.1) / 2);
    fixture.pointer_to(to.0, to.1);
    fixture.release();
}

fn workspace_of(fixture: &Fixture, window: u64) -> WorkspaceId {
    match fixture
        .goblin
        .layout
        .window(WindowId(window))
        .unwrap()
        .place()
    {
        Place::Workspace(id) => id,
        other => panic!("{other:?}"),
    }
}

fn output_of(fixture: &Fixture, window: u64) -> usize {
    let output = fixture.goblin.layout.window(WindowId(window)).unwrap();
    let output = output.output().unwrap();
    let mut outputs = fixture.goblin.outputs.iter();
    outputs.position(|state| state.id == output).unwrap()
}

/// The colour at a place of the plane.
fn colour_at(fixture: &mut Fixture, (x, y): (i32, i32)) -> [u8; 3] {
    let pos = Pos::from((x, y));
    let outputs = fixture.goblin.layout.outputs();
    let index = outputs
        .iter()
        .position(|output| output.geometry.contains(pos));
    let index = index.unwrap();
    let geometry = outputs[index].geometry;
    let picture = fixture.picture_of(index);
    let scale = f64::from(picture.width) / f64::from(geometry.size.w);
    let pixel = |at: i32| ((f64::from(at) + 0.5) * scale) as usize;
    let at = pos - geometry.loc;
    let index = (pixel(at.y) * picture.width as usize + pixel(at.x)) * 4;
    [
        picture.data[index],
        picture.data[index + 1],
        picture.data[index + 2],
    ]
}

/// The colour of a window in its picture: below its title bar.
fn colour_of(fixture: &mut Fixture, window: u64) -> [u8; 3] {
    let rect = place_of(fixture, window);
    let (x, _) = middle(rect);
    colour_at(fixture, (x, rect.loc.y + rect.size.h * 3 / 4))
}

#[test]
fn every_output_shows_the_windows_and_the_workspaces_it_has() {
    let mut fixture = Fixture::with_outputs(&["1280x720@1", "1600x1000@1.25"]);
    let (mut client, windows) = three(&mut fixture);
    tell(
        &mut fixture,
        WindowId(3),
        WindowVerb::SendToOutput {
            to: "headless-2".to_owned(),
        },
    );
    open_overview(&mut fixture);
    let told = choosing(&mut fixture).unwrap();
    assert_eq!(told.view, "overview");
    assert_eq!(told.windows, [1, 2, 3]);
    for (window, colour) in (1..).zip(COLOURS) {
        assert_eq!(colour_of(&mut fixture, window), colour);
    }
    for output in 0..2 {
        let sheet = sheet(&fixture, output);
        let cards: Vec<bool> = sheet.cards.iter().map(|card| card.shown).collect();
        assert_eq!(cards, [true, false], "the one used and the empty one");
        let screen = fixture.goblin.layout.outputs()[output].geometry;
        assert!(
            sheet
                .cards
                .iter()
                .all(|card| screen.contains_rect(card.rect))
        );
        assert!(
            sheet
                .thumbnails
                .iter()
                .all(|picture| screen.contains_rect(picture.rect))
        );
        let (x, y) = middle(sheet.cards[0].windows[0].1);
        let colour = colour_at(&mut fixture, (x, y + 4));
        assert!(COLOURS.contains(&colour), "its windows are on the card");
    }
    client.draw(&windows[0], (300, 200), WHITE);
    client.roundtrip(&mut fixture);
    fixture.settle();
    assert_eq!(colour_of(&mut fixture, 1), WHITE, "pictures live");
}

#[test]
fn it_is_the_same_on_an_output_that_is_turned() {
    let mut fixture = Fixture::with_outputs(&["1200x800@2"]);
    let (_client, _windows) = three(&mut fixture);
    let turn = OutputVerb::Turn {
        to: "90".to_owned(),
    };
    let name = "headless-1".to_owned();
    ask(&mut fixture, |reply| {
        Command::Output(name, vec![turn], reply)
    })
    .unwrap();
    open_overview(&mut fixture);
    let screen = fixture.goblin.layout.outputs()[0].geometry;
    assert_eq!(screen.size, (400, 600).into());
    assert_ne!(
        fixture.goblin.outputs[0].output.current_transform(),
        Transform::Normal
    );
    for (window, colour) in (1..).zip(COLOURS) {
        assert!(screen.contains_rect(place_of(&fixture, window)));
        assert_eq!(colour_of(&mut fixture, window), colour);
    }
    let rect = place_of(&fixture, 1);
    click_on(&mut fixture, rect);
    assert_eq!(focused(&fixture), Some(1));
}

#[test]
fn the_bar_stays_and_can_be_used() {
    let mut fixture = Fixture::new();
    let (mut client, _windows) = three(&mut fixture);
    let bar = client.layer(Layer::Top, "goblin-bar");
    bar.layer
        .set_anchor(Anchor::Bottom | Anchor::Left | Anchor::Right);
    bar.layer.set_size(0, 40);
    bar.layer.set_exclusive_zone(40);
    bar.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&bar, WHITE);
    client.roundtrip(&mut fixture);
    open_overview(&mut fixture);
    assert_eq!(colour_at(&mut fixture, (960, 1060)), WHITE);
    let work = fixture.goblin.layout.outputs()[0].work_area;
    let sheet = sheet(&fixture, 0);
    assert!(
        sheet
            .thumbnails
            .iter()
            .all(|picture| work.contains_rect(picture.rect))
    );
    fixture.click(960, 1060);
    client.roundtrip(&mut fixture);
    let (under, ..) = client.heard.pointer.clone().unwrap();
    assert_eq!(under, bar.surface.id());
    assert_eq!(client.heard.presses.len(), 1);
    assert!(choosing(&mut fixture).is_some());
    fixture.pointer_to(960, 500);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, None, "below it nothing is a client's");
}

#[test]
fn what_is_not_shown_is_not_spread() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    fixture.goblin.layout.set_minimised(WindowId(1), true);
    fixture.goblin.layout.set_sticky(WindowId(2), true);
    fixture.goblin.layout_changed();
    open_overview(&mut fixture);
    assert_eq!(choosing(&mut fixture).unwrap().windows, [2, 3]);
    fixture.tap("super+2");
    assert_eq!(
        choosing(&mut fixture).unwrap().windows,
        [2],
        "a sticky one is everywhere"
    );
}

#[test]
fn who_is_pictured_is_told_to_draw_and_who_is_not_is_not() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    let output = fixture.goblin.outputs[0].id;
    let second = fixture.goblin.layout.workspaces(output)[1];
    fixture.goblin.layout.send_to_workspace(WindowId(1), second);
    fixture.goblin.layout_changed();
    fixture.settle();
    let draw = |fixture: &mut Fixture, client: &mut Client, colour| {
        let before = client.heard.frames;
        windows[0].surface.frame(&client.handle(), FrameMark);
        client.draw(&windows[0], (300, 200), colour);
        client.roundtrip(fixture);
        fixture.settle();
        client.roundtrip(fixture);
        client.heard.frames - before
    };
    draw(&mut fixture, &mut client, [1, 1, 1]);
    open_overview(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(
        draw(&mut fixture, &mut client, [2, 2, 2]),
        1,
        "it is on a card"
    );
    let (x, y) = middle(sheet(&fixture, 0).cards[1].windows[0].1);
    assert_eq!(colour_at(&mut fixture, (x, y + 4)), [2, 2, 2]);
    set_overview(&mut fixture, Some(false));
    fixture.settle();
    assert_eq!(
        draw(&mut fixture, &mut client, [3, 3, 3]),
        0,
        "hidden again"
    );
}

#[test]
fn menus_and_drags_end_when_it_opens() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (_window, menu) = grabbed_menu(&mut client, &mut fixture);
    open_overview(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.popups_done, [menu.popup.id()]);
    set_overview(&mut fixture, Some(false));
    let frame = fixture.goblin.layout.frame_rect(WindowId(1)).unwrap();
    fixture.pointer_to(frame.loc.x + 60, frame.loc.y + 10);
    fixture.press();
    fixture.pointer_to(frame.loc.x + 160, frame.loc.y + 110);
    assert!(fixture.goblin.input.is_dragging());
    open_overview(&mut fixture);
    assert!(!fixture.goblin.input.is_dragging());
    let there = fixture.goblin.layout.frame_rect(WindowId(1)).unwrap();
    assert_eq!(there.loc, frame.loc + Pos::from((100, 100)));
    fixture.release();
    assert!(choosing(&mut fixture).is_some(), "that was the drag's");
}

#[test]
fn a_lock_closes_it_with_what_is_dragged_in_it() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    let mut locker = fixture.connect();
    open_overview(&mut fixture);
    let (x, y) = middle(place_of(&fixture, 1));
    fixture.pointer_to(x, y);
    fixture.press();
    fixture.pointer_to(x + 50, y + 50);
    let _lock = super::lock::lock(&mut fixture, &mut locker);
    assert_eq!(choosing(&mut fixture), None);
    fixture.release();
    let verbs = vec![Verb::Overview { on: None }];
    let refused = ask(&mut fixture, |reply| Command::Desktop(verbs, reply));
    assert_eq!(refused.unwrap_err().errno, ninep::Errno::ACCESS);
    assert_eq!(choosing(&mut fixture), None);
}

#[test]
fn a_fullscreen_window_is_one_of_them() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    windows[2].toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    client.draw(&windows[2], (1920, 1080), COLOURS[2]);
    client.roundtrip(&mut fixture);
    open_overview(&mut fixture);
    for (window, colour) in (1..).zip(COLOURS) {
        assert_eq!(colour_of(&mut fixture, window), colour);
    }
    let rect = place_of(&fixture, 3);
    click_on(&mut fixture, rect);
    let window = fixture.goblin.layout.window(WindowId(3)).unwrap();
    assert!(window.is_fullscreen());
}

#[test]
fn outputs_come_and_go_under_it() {
    let mut fixture = Fixture::with_outputs(&["1280x720@1", "1280x720@1"]);
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let from = place_of(&fixture, 1);
    let other = fixture.goblin.layout.outputs()[1].geometry;
    let (x, y) = middle(from);
    fixture.pointer_to(x, y);
    fixture.press();
    let (x, y) = middle(other);
    fixture.pointer_to(x, y);
    let gone = fixture.goblin.outputs[1].id;
    fixture.goblin.remove_output(gone);
    fixture.settle();
    fixture.release();
    assert_eq!(output_of(&fixture, 1), 0);
    assert_eq!(sheet(&fixture, 0).thumbnails.len(), 3);
    let setup = Setup::of_size((800, 600).into(), 2.0);
    fixture.goblin.add_output("headless-2", setup);
    fixture.settle();
    assert_eq!(sheet(&fixture, 1).cards.len(), 1);
}

#[test]
fn while_it_is_open_nothing_wakes_and_however_fast_the_mouse_there_is_one_frame_in_a_cycle() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let before = fixture.goblin.outputs[0].frames;
    assert_eq!(fixture.goblin.next_due(), None);
    fixture.rest(Duration::from_secs(3600));
    assert_eq!(fixture.goblin.outputs[0].frames, before);
    fixture.pointer_to(2, 500);
    fixture.settle();
    let before = fixture.goblin.outputs[0].frames;
    for step in 0..400 {
        let time = fixture.goblin.now_ms();
        let at = (f64::from(step) * 4.5, 500.0);
        fixture.goblin.pointer_moved(at.into(), time);
        fixture.goblin.end_turn();
    }
    assert_eq!(fixture.goblin.outputs[0].frames, before);
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].frames, before + 1);
}
