//! How a bar looks.

use iced_core::Length;
use iced_core::alignment::Vertical;
use iced_core::widget::Id;
use iced_widget::{container, mouse_area, row, space as gap};
use trees::desktop::WindowStatus;
use trees::panels::{PANELS, app_id};
use ui::Element;
use ui::components::{Kind, Light, bar, ellipsis, press, status, strong, tabular};
use ui::icons::{Icon, icon};
use ui::semantics::Role;
use ui::tokens::{Meaning, control, icon as icon_size, space};

use super::lights::{self, Lamp, when};
use super::{Bar, MIRROR_PANEL, Message, SUBSYSTEMS_PANEL, lost_since};
use crate::fl;
use crate::launcher::{Catalogue, panel_icon};
use crate::picture;

/// Places for windows. With more windows the places become narrower, and only the focused one keeps its cross.
const SLOTS: usize = 4;

/// The bar; `open` says whether the launcher is shown.
pub fn view<'a>(state: &'a Bar, catalogue: &'a Catalogue, open: bool) -> Element<'a, Message> {
    let launcher = press(
        Kind::Bare(Meaning::Accent),
        row![icon(Icon::LayoutGrid, icon_size::M), strong("goblin")]
            .spacing(space::S)
            .align_y(Vertical::Center),
    )
    .height(control::COMPACT)
    .padding([0.0, space::M])
    .selected(open)
    .label(fl!("launcher"))
    .id("launcher")
    .on_press(Message::Launcher);

    let content = row![launcher, windows(state, catalogue)]
        .push(lamp(
            lights::mirror(&state.mirror, state.mirror_part(), state.now),
            MIRROR_PANEL,
        ))
        .push(lamp(
            lights::subsystems(&state.subsystems, &state.parts, state.now),
            SUBSYSTEMS_PANEL,
        ))
        .push(tabular(ui::text::clock(&ui::text::local(state.now))))
        .spacing(space::S)
        .align_y(Vertical::Center);
    bar(content)
}

fn windows<'a>(state: &'a Bar, catalogue: &'a Catalogue) -> Element<'a, Message> {
    if let Some(since) = lost_since(&state.desktop) {
        let words = fl!("desktop-lost", since = when(since, state.now));
        return container(status(Light::Bad, words))
            .width(Length::Fill)
            .into();
    }
    let count = state.windows.iter().count();
    let entries = state.windows.iter();
    let entries = entries.map(|window| entry(window, catalogue, count <= SLOTS || window.focused));
    // Empty places keep theirs, so that a window does not move when another comes.
    let empty = u16::try_from(SLOTS.saturating_sub(count))
        .ok()
        .filter(|empty| *empty > 0);
    let empty = empty.map(|empty| gap::horizontal().width(Length::FillPortion(empty)));
    row(entries)
        .push(empty)
        .spacing(space::XS)
        .width(Length::Fill)
        .clip(true)
        .into()
}

fn entry<'a>(
    window: &'a WindowStatus,
    catalogue: &'a Catalogue,
    cross: bool,
) -> Element<'a, Message> {
    let app = catalogue.owner(&window.app_id);
    let title = match (window.title.trim(), app) {
        ("", Some(app)) => app.name.clone(),
        ("", None) => fl!("window-untitled"),
        (title, _) => title.to_owned(),
    };
    let panel = PANELS
        .into_iter()
        .find(|panel| app_id(panel) == window.app_id);
    let mark: Element<'a, Message> = match (app.and_then(|app| app.picture.as_ref()), panel) {
        _ if window.minimized => icon(Icon::Minus, icon_size::M).into(),
        (_, Some(panel)) => icon(panel_icon(panel), icon_size::M).into(),
        (Some(shown), None) => picture::view(shown, icon_size::M),
        (None, None) => icon(Icon::AppWindow, icon_size::M).into(),
    };
    let words = ellipsis(title.clone());
    let words = if window.minimized {
        words.caption()
    } else {
        words
    };
    let mut choose = press(
        Kind::Bare(Meaning::Neutral),
        row![mark, words]
            .spacing(space::S)
            .align_y(Vertical::Center),
    )
    .height(control::COMPACT)
    .padding([0.0, space::S])
    .width(Length::Fill)
    .selected(window.focused)
    .label(title.clone())
    .id(Id::from(format!("window {}", window.id)))
    .fact(format!("app={}", window.app_id))
    .on_press(Message::Focus(window.id));
    if window.minimized {
        choose = choose.fact("minimized");
    }
    let close = cross.then(|| {
        press(Kind::Bare(Meaning::Neutral), icon(Icon::X, icon_size::S))
            .height(control::COMPACT)
            .padding([0.0, space::XS])
            .label(fl!("close-window", title = title))
            .id(Id::from(format!("close {}", window.id)))
            .on_press(Message::Close(window.id))
    });
    let both = row![choose].push(close).align_y(Vertical::Center);
    container(mouse_area(both).on_middle_press(Message::Close(window.id)))
        .width(Length::Fill)
        .into()
}

fn lamp<'a>(lamp: Lamp, panel: &'static str) -> Element<'a, Message> {
    press(Kind::Bare(Meaning::Neutral), status(lamp.light, lamp.words))
        .height(control::COMPACT)
        .padding([0.0, space::S])
        .role(Role::Light, false)
        .fact(lamp.light.word())
        .id(Id::from(format!("light {panel}")))
        .on_press(Message::Panel(panel))
        .into()
}
