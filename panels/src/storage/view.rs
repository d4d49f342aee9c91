//! What the storage panel shows.

use iced::Length;
use iced::widget::{column, container, row, space as gap};
use jiff::Timestamp;
use trees::mirror::Space;
use ui::Element;
use ui::components::{
    banner, button, caption, card, copy_command, crumbs, divider, ellipsis, empty, field, figure,
    heading, list_row, progress, scroll_down, title,
};
use ui::icons::Icon;
use ui::text::{bytes, moment, number, percent};
use ui::tokens::{Meaning, control, space, width};

use super::list::listing;
use super::{Message, Storage};
use crate::action::shell;
use crate::fl;
use crate::reach::instant;

/// The name of the scrolling list of a folder.
pub const LIST: &str = "storage list";
/// The name of the field for the name of a new space.
pub const FIELD: &str = "new space";

impl Storage {
    /// The whole panel. `now` is only compared with days, so that it need not tick.
    pub fn view(&self, now: Timestamp) -> Element<'_, Message> {
        let page = column![self.head()]
            .push(self.keeper.banner(&self.mirror, now))
            .push(self.refused.clone().map(refusal))
            .spacing(space::L)
            .padding(space::XL);
        let page = if self.status.is_some() {
            page.push(self.naming.as_deref().map(|name| self.name_field(name)))
                .push(self.summary(now))
                .push(self.browser(now))
        } else if self.mirror.is_up() || self.mirror == crate::Reach::Trying {
            page.push(caption(fl!("asking")))
        } else {
            page
        };
        page.width(Length::Fill).height(Length::Fill).into()
    }

    fn head(&self) -> Element<'_, Message> {
        let new = button(fl!("new-space"))
            .icon(Icon::Plus)
            .on_press_or(match self.status {
                Some(_) => Ok(Message::Name),
                None => Err(fl!("needs-mirror")),
            });
        row![title(fl!("storage")), gap::horizontal(), Element::from(new)]
            .align_y(iced::Center)
            .into()
    }

    fn name_field<'a>(&'a self, name: &'a str) -> Element<'a, Message> {
        let create = button(fl!("create"))
            .main()
            .on_press_or(match self.creation() {
                Some(_) => Ok(Message::Create),
                None => Err(fl!("name-not-free")),
            });
        let command = self
            .creation()
            .map(|order| copy_command(order.command(), Message::Copy));
        let line = row![
            field(
                FIELD,
                &fl!("space-name"),
                name,
                Message::Typed,
                Message::Create
            ),
            Element::from(create),
            Element::from(button(fl!("cancel")).quiet().on_press(Message::Cancel)),
        ]
        .push(command)
        .spacing(space::S)
        .align_y(iced::Center);
        card(column![heading(fl!("new-space")), line].spacing(space::S)).into()
    }

    fn summary(&self, now: Timestamp) -> Option<Element<'_, Message>> {
        let status = self.status.as_ref()?;
        let disk = &status.disk;
        let used = disk.total.saturating_sub(disk.available);
        let share = if disk.total == 0 {
            0.0
        } else {
            used as f64 / disk.total as f64
        };
        let meaning = match share {
            share if share >= 0.95 => Meaning::Bad,
            share if share >= 0.85 => Meaning::Warning,
            _ => Meaning::Accent,
        };
        let disk = column![
            caption(fl!("disk")),
            figure(fl!("free", size = bytes(disk.available))),
            progress(
                share as f32,
                meaning,
                fl!("disk-used", share = percent(share))
            ),
            caption(fl!(
                "disk-note",
                used = bytes(used),
                total = bytes(disk.total),
                when = moment(instant(disk.measured), now)
            )),
        ];
        let files: u64 = status.spaces.iter().map(|space| space.files).sum();
        let size: u64 = status.spaces.iter().map(|space| space.bytes).sum();
        let last = status.spaces.iter().filter_map(|space| space.changed).max();
        let data = column![
            caption(fl!("data")),
            figure(bytes(size)),
            // As high as the bar in the card beside it.
            gap().height(control::PROGRESS),
            caption(match last {
                Some(last) => {
                    let when = moment(instant(last), now);
                    format!(
                        "{} · {}",
                        files_in_words(files),
                        fl!("last-change", when = when)
                    )
                }
                None => fl!("no-change-yet"),
            }),
        ];
        let cards = row![card(disk.spacing(space::S)), card(data.spacing(space::S))];
        Some(cards.spacing(space::L).into())
    }

    fn browser(&self, now: Timestamp) -> Element<'_, Message> {
        let Some(place) = &self.place else {
            return card(empty(
                Icon::Database,
                fl!("no-spaces"),
                fl!("no-spaces-hint"),
                Some(
                    button(fl!("new-space"))
                        .main()
                        .on_press(Message::Name)
                        .into(),
                ),
            ))
            .into();
        };
        let spaces = self.spaces().iter().map(|space| self.space_row(space, now));
        let side = column![
            container(heading(fl!("spaces"))).padding([space::XS, space::M]),
            scroll_down(column(spaces).spacing(space::XS)),
        ]
        .spacing(space::XS);
        let root = (place.space.clone(), Message::Go(place.climb(0)));
        let way = place
            .names
            .iter()
            .enumerate()
            .map(|(depth, name)| (name.clone(), Message::Go(place.climb(depth + 1))));
        let path = shell(&place.path());
        let head = row![
            container(crumbs(std::iter::once(root).chain(way))).width(Length::Fill),
            copy_command(format!("goblin ls {path}"), Message::Copy),
        ]
        .align_y(iced::Center);
        let main = column![
            head,
            divider(),
            listing(&self.folder, place, self.scrolled, now)
        ]
        .spacing(space::S);
        row![
            card(side)
                .padding(space::S)
                .width(width::SIDEBAR)
                .height(Length::Fill),
            card(main).padding(space::S).height(Length::Fill),
        ]
        .spacing(space::L)
        .height(Length::Fill)
        .into()
    }

    fn space_row(&self, space: &Space, now: Timestamp) -> Element<'_, Message> {
        let chosen = self
            .place
            .as_ref()
            .is_some_and(|place| place.space == space.name);
        let note = format!("{} · {}", files_in_words(space.files), bytes(space.bytes));
        let when = space.changed.map(|at| caption(moment(instant(at), now)));
        let entry = list_row(space.name.clone())
            .icon(Icon::Database)
            .note(note)
            .selected(chosen);
        let entry = match when {
            Some(when) => entry.tail(when),
            None => entry,
        };
        entry
            .on_press(Message::Go(super::Place::root(&space.name)))
            .into()
    }
}

/// "1,111 files", as it is said of a space and of all of them.
pub(super) fn files_in_words(count: u64) -> String {
    fl!("files", count = count, shown = number(count))
}

fn refusal<'a>(reason: String) -> Element<'a, Message> {
    let read = button(fl!("understood"))
        .compact()
        .on_press(Message::Understood);
    banner(
        Meaning::Warning,
        fl!("refused"),
        Some(reason),
        Some(read.into()),
    )
}

/// A name that may be cut, for the rows of a listing.
pub(super) fn name<'a>(name: &str) -> Element<'a, Message> {
    container(ellipsis(name)).width(Length::Fill).into()
}
