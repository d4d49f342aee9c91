//! What pointer, keys and fingers do in the overview.

use smithay::backend::input::{ButtonState, TouchSlot};
use wayland_client::Proxy;

use super::{
    COLOURS, WHITE, choosing, click_on, colour_at, colour_of, drag, focused, middle, open_overview,
    output_of, place_of, set_overview, sheet, three, workspace_of,
};
use crate::input::MIDDLE;
use crate::layout::WindowId;
use crate::overview::close_button;
use crate::tests::Fixture;

#[test]
fn a_click_on_a_picture_goes_to_the_window() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    open_overview(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, None);
    let rect = place_of(&fixture, 1);
    click_on(&mut fixture, rect);
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(1), None));
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(windows[0].surface.id()));
    assert!(client.heard.presses.is_empty(), "the click was no client's");
    let frame = fixture.goblin.layout.frame_rect(WindowId(1)).unwrap();
    let (x, y) = middle(frame);
    fixture.settle();
    assert_eq!(colour_at(&mut fixture, (x, y + 20)), COLOURS[0]);
}

#[test]
fn a_click_on_a_workspace_goes_there_and_one_beside_everything_leaves() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let empty = sheet(&fixture, 0).cards[1].clone();
    click_on(&mut fixture, empty.rect);
    assert_eq!(choosing(&mut fixture), None);
    let output = fixture.goblin.outputs[0].id;
    let shown = |fixture: &Fixture| fixture.goblin.layout.active_workspace(output);
    assert_eq!(shown(&fixture), Some(empty.id));
    assert_eq!(focused(&fixture), None);
    open_overview(&mut fixture);
    assert!(sheet(&fixture, 0).thumbnails.is_empty());
    fixture.click(3, 1000);
    assert_eq!(choosing(&mut fixture), None);
    assert_eq!(shown(&fixture), Some(empty.id), "all is as it was");
}

#[test]
fn a_picture_is_dragged_onto_a_workspace_and_onto_the_empty_one() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let first = workspace_of(&fixture, 1);
    let (from, card) = (place_of(&fixture, 1), sheet(&fixture, 0).cards[1].clone());
    drag(&mut fixture, middle(from), middle(card.rect));
    assert_eq!(workspace_of(&fixture, 1), card.id);
    assert!(choosing(&mut fixture).is_some(), "the overview stays");
    let now = sheet(&fixture, 0);
    assert_eq!(now.thumbnails.len(), 2, "the others have its room");
    assert_eq!(now.cards.len(), 3, "there is an empty one again");
    assert_eq!(now.cards[1].windows.len(), 1);
    let output = fixture.goblin.outputs[0].id;
    assert_eq!(
        fixture.goblin.layout.active_workspace(output),
        Some(first),
        "the one shown stays"
    );
    let (from, card) = (place_of(&fixture, 2), now.cards[1].clone());
    drag(&mut fixture, middle(from), middle(card.rect));
    assert_eq!(workspace_of(&fixture, 2), card.id);
    let from = place_of(&fixture, 3);
    drag(&mut fixture, middle(from), (3, 1000));
    assert_eq!(workspace_of(&fixture, 3), first, "nowhere is no place");
    assert!(choosing(&mut fixture).is_some());
}

#[test]
fn a_picture_hangs_at_the_pointer_while_it_is_dragged() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let (x, y) = middle(place_of(&fixture, 1));
    fixture.pointer_to(x, y + 20);
    fixture.press();
    fixture.pointer_to(1700, 900);
    fixture.settle();
    assert_eq!(colour_at(&mut fixture, (1700, 900)), COLOURS[0]);
    assert_ne!(colour_at(&mut fixture, (x, y + 20)), COLOURS[0]);
    fixture.release();
    fixture.settle();
    assert_eq!(colour_at(&mut fixture, (x, y + 20)), COLOURS[0]);
}

#[test]
fn a_picture_is_dragged_onto_another_output_and_onto_its_workspaces() {
    let mut fixture = Fixture::with_outputs(&["1280x720@1", "1920x1080@1.5"]);
    let (_client, _windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let from = place_of(&fixture, 1);
    let other = fixture.goblin.layout.outputs()[1].geometry;
    drag(&mut fixture, middle(from), middle(other));
    assert_eq!(output_of(&fixture, 1), 1);
    assert_eq!(colour_of(&mut fixture, 1), COLOURS[0]);
    let (from, cards) = (place_of(&fixture, 2), sheet(&fixture, 1).cards);
    drag(&mut fixture, middle(from), middle(cards[1].rect));
    assert_eq!(workspace_of(&fixture, 2), cards[1].id);
    assert_eq!(output_of(&fixture, 2), 1);
}

#[test]
fn the_close_button_and_the_middle_button_close() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    open_overview(&mut fixture);
    let button = close_button(place_of(&fixture, 1)).unwrap();
    click_on(&mut fixture, button);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [windows[0].toplevel.id()]);
    let (x, y) = middle(place_of(&fixture, 2));
    fixture.pointer_to(x, y);
    for state in [ButtonState::Pressed, ButtonState::Released] {
        let time = fixture.goblin.now_ms();
        fixture.goblin.pointer_button(MIDDLE, state, time);
        fixture.turn();
    }
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes.last(), Some(&windows[1].toplevel.id()));
    assert!(choosing(&mut fixture).is_some());
    windows[1].toplevel.destroy();
    windows[1].xdg.destroy();
    windows[1].surface.destroy();
    client.roundtrip(&mut fixture);
    fixture.settle();
    assert_eq!(choosing(&mut fixture).unwrap().windows, [1, 3]);
    client.open(&mut fixture, (400, 100), WHITE);
    assert_eq!(choosing(&mut fixture).unwrap().windows, [1, 3, 4]);
    fixture.settle();
    assert_eq!(
        colour_of(&mut fixture, 4),
        WHITE,
        "a new one finds its place"
    );
}

#[test]
fn keys_choose_leave_and_toggle() {
    let mut fixture = Fixture::new();
    let (mut client, _windows) = three(&mut fixture);
    fixture.tap("super+a");
    let chosen = |fixture: &mut Fixture| choosing(fixture).unwrap().chosen;
    assert_eq!(chosen(&mut fixture), Some(3), "it begins with the focus");
    fixture.tap("Left");
    assert_eq!(chosen(&mut fixture), Some(2));
    fixture.tap("Tab");
    fixture.tap("Tab");
    assert_eq!(chosen(&mut fixture), Some(1), "round and round");
    client.roundtrip(&mut fixture);
    client.heard.keys.clear();
    fixture.tap("x");
    fixture.tap("Return");
    client.roundtrip(&mut fixture);
    assert!(client.heard.keys.is_empty(), "keys were no client's");
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(1), None));
    fixture.tap("super+a");
    fixture.tap("Right");
    fixture.tap("Escape");
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(1), None));
    fixture.tap("super+a");
    assert!(choosing(&mut fixture).is_some());
    fixture.tap("super+a");
    assert_eq!(choosing(&mut fixture), None);
    set_overview(&mut fixture, None);
    set_overview(&mut fixture, Some(true));
    assert!(choosing(&mut fixture).is_some());
    set_overview(&mut fixture, None);
    set_overview(&mut fixture, Some(false));
    assert_eq!(choosing(&mut fixture), None);
}

#[test]
fn bindings_work_in_it_and_mean_the_selected_window() {
    let mut fixture = Fixture::new();
    let (mut client, windows) = three(&mut fixture);
    open_overview(&mut fixture);
    fixture.tap("Left");
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [windows[1].toplevel.id()]);
    fixture.tap("super+2");
    assert!(choosing(&mut fixture).unwrap().windows.is_empty());
    fixture.tap("alt+Tab");
    assert_eq!(focused(&fixture), Some(3), "to the last window, from there");
    assert_eq!(choosing(&mut fixture), None);
}

#[test]
fn a_finger_does_what_the_pointer_does() {
    let mut fixture = Fixture::new();
    let (_client, _windows) = three(&mut fixture);
    let slot = TouchSlot::from(Some(0));
    open_overview(&mut fixture);
    let card = sheet(&fixture, 0).cards[1].clone();
    let touch = |fixture: &mut Fixture, path: &[(i32, i32)]| {
        let at = |(x, y): &(i32, i32)| (f64::from(*x), f64::from(*y)).into();
        let time = fixture.goblin.now_ms();
        fixture.goblin.touch_down(slot, at(&path[0]), time);
        for step in &path[1..] {
            fixture.goblin.touch_moved(slot, at(step), time);
        }
        fixture.turn();
        fixture.goblin.touch_up(slot, time);
        fixture.turn();
    };
    let from = middle(place_of(&fixture, 1));
    touch(&mut fixture, &[from, (500, 500), middle(card.rect)]);
    assert_eq!(workspace_of(&fixture, 1), card.id);
    let button = close_button(place_of(&fixture, 3)).unwrap();
    touch(&mut fixture, &[middle(button), (3, 1000)]);
    assert!(choosing(&mut fixture).is_some(), "let go elsewhere");
    let from = middle(place_of(&fixture, 2));
    touch(&mut fixture, &[from]);
    assert_eq!((focused(&fixture), choosing(&mut fixture)), (Some(2), None));
}
