//! What views say of themselves, and how they are used by pointer and keyboard.

#![cfg(test)]

use iced_core::Length;
use iced_core::keyboard::{Key, key::Named};
use iced_widget::{column, container, scrollable};
use ui::Element;
use ui::components::{Light, badge, button, card, heading, list_row, progress, status, tabular};
use ui::focus::Way;
use ui::icons::Icon;
use ui::semantics::{Item, Screen, ScreenSlot, observe};
use ui::testing::{Hands, screen, stage};
use ui::tokens::Meaning;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Message {
    Start,
    Open,
}

const SIZE: (f32, f32) = (400.0, 300.0);

fn one<'s>(screen: &'s Screen, role: &str) -> &'s Item {
    let mut found = screen.items.iter().filter(|item| item.role == role);
    match (found.next(), found.next()) {
        (Some(item), None) => item,
        _ => panic!("not exactly one {role} in {screen:#?}"),
    }
}

#[test]
fn a_button_is_named_by_the_words_drawn_in_it() {
    let view = column![
        Element::from(button("Start").icon(Icon::Play).on_press(Message::Start)),
        heading("Mirror"),
    ];
    let screen = screen(SIZE, view);
    let found = one(&screen, "button");
    assert_eq!(found.text, "Start");
    assert!(found.state.is_empty());
    assert!(found.width > 40.0 && found.height >= 36.0, "{found:?}");
    assert_eq!(one(&screen, "heading").text, "Mirror");
    // The words of the button are its name, not a second thing.
    assert_eq!(screen.items.len(), 2, "{screen:#?}");
    assert_eq!((screen.rev, screen.width, screen.height), (1, 400.0, 300.0));
}

#[test]
fn states_are_told_in_words() {
    let view: Element<'_, Message> = column![
        status(Light::Bad, "Failed"),
        progress(0.42, Meaning::Accent, "disk"),
        Element::from(button("Stop").on_press_or(Err("It does not run.".to_owned()))),
    ]
    .into();
    let screen = screen(SIZE, view);
    assert_eq!(one(&screen, "light").state, ["bad"]);
    assert_eq!(one(&screen, "progress").state, ["value=0.42"]);
    assert_eq!(
        one(&screen, "button").state,
        ["because=It does not run.", "disabled"]
    );
}

#[test]
fn a_row_tells_its_parts_too() {
    let row = list_row("mirror")
        .tail(badge(Meaning::Good, "Running"))
        .selected(true)
        .on_press(Message::Open);
    let screen = screen(SIZE, card(Element::from(row)));
    let found = one(&screen, "row");
    assert_eq!(
        (found.text.as_str(), &found.state),
        ("mirror", &vec!["selected".to_owned()])
    );
    assert_eq!(one(&screen, "badge").text, "Running");
}

#[test]
fn what_is_scrolled_away_is_not_on_the_screen() {
    let rows = (0..100).map(|n| tabular(format!("line {n}")).height(20.0).into());
    let list = || -> Element<'_, Message> {
        container(scrollable(column(rows.clone())).height(Length::Fill))
            .height(100.0)
            .into()
    };
    let top = screen(SIZE, list());
    assert!(top.items.iter().any(|item| item.text == "line 0"));
    assert!(!top.items.iter().any(|item| item.text == "line 50"));
    assert!(
        top.items.iter().all(|item| item.y + item.height <= 100.0),
        "{top:#?}"
    );
}

#[test]
fn a_scrolled_list_tells_its_new_places() {
    let rows = (0..100).map(|n| tabular(format!("line {n}")).height(20.0).into());
    let list: Element<'_, Message> = scrollable(column(rows))
        .anchor_bottom()
        .height(Length::Fill)
        .into();
    let screen = screen(SIZE, container(list).height(100.0));
    let last = screen
        .items
        .iter()
        .find(|item| item.text == "line 99")
        .expect("the end is shown");
    assert_eq!(last.y, 80.0);
}

#[test]
fn a_click_presses() {
    let mut stage = stage(
        SIZE,
        Element::from(button("Start").on_press(Message::Start)),
    );
    stage.click("Start").unwrap();
    assert_eq!(stage.into_messages().collect::<Vec<_>>(), [Message::Start]);
}

#[test]
fn a_disabled_button_does_nothing() {
    let view: Element<'_, Message> = button("Start").on_press_or(Err("no".to_owned())).into();
    let mut stage = stage(SIZE, view);
    stage.click("Start").unwrap();
    assert_eq!(stage.into_messages().count(), 0);
}

#[test]
fn a_focused_button_is_pressed_by_enter_and_space() {
    let view = column![
        Element::from(button("Open").on_press(Message::Open)),
        Element::from(button("Start").on_press(Message::Start)),
    ];
    let mut stage = stage(SIZE, view);
    // A click focuses; the keys then go to the button clicked last.
    stage.click("Start").unwrap();
    stage.tap_key(Key::Named(Named::Enter));
    stage.tap_key(Key::Named(Named::Space));
    stage.tap_key(Key::Named(Named::Escape));
    assert_eq!(
        stage.into_messages().collect::<Vec<_>>(),
        [Message::Start; 3]
    );
}

#[test]
fn tab_walks_round_and_skips_what_is_disabled() {
    let view = container(column![
        Element::from(button("Open").on_press(Message::Open)),
        Element::from(button("Stop").on_press_or(Err("It does not run.".to_owned()))),
        Element::from(button("Start").on_press(Message::Start)),
    ])
    .id("all");
    let mut hands = Hands::on(SIZE, view);
    for way in [Way::Next, Way::Next, Way::Next, Way::Back] {
        hands.operate(ui::focus::walk("all", way));
        hands.tap(Key::Named(Named::Enter));
    }
    let said = [Message::Open, Message::Start, Message::Open, Message::Start];
    assert_eq!(hands.said(), said);
}

#[test]
fn tab_keeps_to_its_own_surface() {
    let view = column![
        container(Element::from(button("Open").on_press(Message::Open))).id("one"),
        container(Element::from(button("Start").on_press(Message::Start))).id("other"),
    ];
    let mut hands = Hands::on(SIZE, view);
    for _ in 0..2 {
        hands.operate(ui::focus::walk("other", Way::Next));
        hands.tap(Key::Named(Named::Enter));
    }
    assert_eq!(hands.said(), [Message::Start; 2]);
}

#[test]
fn tab_scrolls_to_where_it_goes() {
    let rows = (0..20).map(|n| list_row(format!("row {n}")).on_press(Message::Open).into());
    let list = container(scrollable(column(rows)).height(Length::Fill))
        .height(100.0)
        .id("all");
    let slot = ScreenSlot::new("test", |_| {});
    let mut hands = Hands::on(SIZE, observe(slot.clone(), list));
    for _ in 0..10 {
        hands.operate(ui::focus::walk("all", Way::Next));
    }
    hands.redraw();
    let screen = slot.latest();
    let focused: Vec<_> = screen
        .items
        .iter()
        .filter(|item| item.state.contains(&"focused".to_owned()))
        .collect();
    assert_eq!(focused.len(), 1, "{screen:#?}");
    assert_eq!(focused[0].text, "row 9");
    assert!(
        focused[0].y >= 0.0 && focused[0].height > 30.0,
        "{focused:?}"
    );
}
