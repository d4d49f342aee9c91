//! The listing of a folder.

use iced::widget::{column, container, row};
use iced::{Length, Padding};
use jiff::Timestamp;
use ui::Element;
use ui::components::{
    Kind as Pressed, banner, caption, copy_command, empty, long_list, press, tabular,
};
use ui::icons::{Icon, mark};
use ui::semantics::{Role, semantic};
use ui::text::{bytes, moment};
use ui::tokens::{Meaning, control, icon as icon_size, space};

use super::folder::Folder;
use super::view::{LIST, name};
use super::{Entry, Kind, Message, Place};
use crate::action::shell;
use crate::fl;

/// Width of the columns of figures.
const SIZE: f32 = 80.0;
const CHANGED: f32 = 150.0;

/// What is in the folder, or why that is not known.
pub(super) fn listing<'a>(
    folder: &'a Folder,
    place: &'a Place,
    scrolled: f32,
    now: Timestamp,
) -> Element<'a, Message> {
    match folder {
        Folder::Unknown | Folder::Asked { .. } => {
            container(caption(fl!("listing"))).padding(space::M).into()
        }
        Folder::Failed(cause) => banner(Meaning::Bad, fl!("not-listed"), Some(cause.clone()), None),
        Folder::Listed { entries, .. } if entries.is_empty() => {
            let path = place.path();
            empty(
                Icon::FolderOpen,
                fl!("folder-empty"),
                fl!("folder-empty-hint", path = path),
                None,
            )
        }
        Folder::Listed { entries, .. } => {
            let rows = long_list(
                LIST,
                entries.len(),
                control::ROW,
                scrolled,
                |at| entry(&entries[at], place, now),
                Message::Scrolled,
            );
            let list: ui::Column<'_, Message> = column![head(), rows];
            semantic(Role::List, list.height(Length::Fill))
                .label(place.path())
                .into()
        }
    }
}

fn head<'a>() -> Element<'a, Message> {
    let figures =
        |words: String, width: f32| container(caption(words)).width(width).align_x(iced::Right);
    row![
        container(caption(fl!("name"))).width(Length::Fill),
        figures(fl!("size"), SIZE),
        figures(fl!("changed"), CHANGED),
        iced::widget::space().width(control::COMPACT),
    ]
    .spacing(space::M)
    .padding(
        Padding::new(space::S)
            .left(space::M)
            .right(space::M + control::SCROLLER * 2.0),
    )
    .into()
}

fn entry<'a>(entry: &'a Entry, place: &Place, now: Timestamp) -> Element<'a, Message> {
    let shape = match entry.kind {
        Kind::Folder => Icon::Folder,
        Kind::File => Icon::File,
        Kind::Link => Icon::FileSymlink,
    };
    let meaning = if entry.kind == Kind::Folder {
        Meaning::Accent
    } else {
        Meaning::Neutral
    };
    let mark = mark(shape, icon_size::L, meaning);
    let size = match entry.kind {
        Kind::File => bytes(entry.bytes),
        Kind::Folder | Kind::Link => String::new(),
    };
    let inner = place.enter(&entry.name);
    let path = inner.path();
    let command = match entry.kind {
        Kind::Folder => format!("goblin ls {}", shell(&path)),
        Kind::File | Kind::Link => format!("goblin cat {}", shell(&path)),
    };
    let line = row![
        mark,
        name(&entry.name),
        container(tabular(size)).width(SIZE).align_x(iced::Right),
        container(caption(moment(entry.changed, now)).font(ui::fonts::TABULAR))
            .width(CHANGED)
            .align_x(iced::Right),
        copy_command(command, Message::Copy),
    ]
    .spacing(space::M)
    .align_y(iced::Center);
    let padding = [0.0, space::M];
    if entry.kind == Kind::Folder {
        press(Pressed::Row, line)
            .padding(padding)
            .width(Length::Fill)
            .height(control::ROW)
            .role(Role::Row, true)
            .label(entry.name.clone())
            .fact("folder")
            .on_press(Message::Go(inner))
            .into()
    } else {
        let line = container(line)
            .padding(padding)
            .center_y(control::ROW)
            .width(Length::Fill);
        semantic(Role::Row, line).label(entry.name.clone()).into()
    }
}
