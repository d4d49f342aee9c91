//! What the sync panel shows.

use iced::Length;
use iced::widget::{column, container, row};
use jiff::Timestamp;
use trees::mirror::{Action as Did, Event, Who};
use ui::Element;
use ui::components::{
    Light, banner, button, caption, card, copy_command, divider, ellipsis, empty, heading,
    long_list, scroll_across, status, tabs, tabular, title,
};
use ui::icons::{Icon, mark};
use ui::semantics::{Role, semantic};
use ui::text::{bytes, moment, number};
use ui::tokens::{Meaning, icon as icon_size, space};

use super::{Message, Sync, space_of};
use crate::action::shell;
use crate::feed::Line;
use crate::reach::instant;
use crate::{Reach, fl};

/// The name of the scrolling list of activity.
pub const LIST: &str = "sync list";

/// The most choices that stand beside the heading.
const FEW: usize = 4;
/// Height of an entry of two lines.
const ENTRY: f32 = 52.0;
const TIME: f32 = 150.0;
const SIZE: f32 = 80.0;

impl Sync {
    /// The whole panel.
    pub fn view(&self, now: Timestamp) -> Element<'_, Message> {
        column![title(fl!("sync"))]
            .push(self.keeper.banner(&self.mirror, now))
            .push(self.refused.clone().map(refusal))
            .push(self.link(now))
            .push(self.history_known().then(|| self.feed(now)))
            .spacing(space::L)
            .padding(space::XL)
            .width(Length::Fill)
            .height(Length::Fill)
            .into()
    }

    /// How the mirror is in touch: only said while it is.
    fn link(&self, now: Timestamp) -> Option<Element<'_, Message>> {
        let Reach::Up { since } = self.mirror else {
            return matches!(self.mirror, Reach::Trying).then(|| caption(fl!("asking")).into());
        };
        let last = self.activity.front().map(|line| instant(line.time));
        let note = match last {
            Some(last) => fl!("last-change-was", when = moment(last, now)),
            None => fl!("no-change-yet"),
        };
        let words = column![
            status(Light::Good, fl!("in-touch", since = moment(since, now))),
            caption(note),
        ];
        let line = row![
            container(words.spacing(space::XS)).width(Length::Fill),
            copy_command("goblin tail /mirror/event", Message::Copy),
        ];
        Some(card(line.align_y(iced::Center)).into())
    }

    /// Whether anything true can be said of what happened: nothing known is not the same as nothing
    /// happened.
    fn history_known(&self) -> bool {
        self.mirror.is_up() || !self.activity.is_empty()
    }

    fn feed(&self, now: Timestamp) -> Element<'_, Message> {
        let name = match &self.mirror {
            Reach::Down {
                lost: Some(lost), ..
            } => {
                fl!("activity-until", when = moment(*lost, now))
            }
            _ => fl!("activity"),
        };
        let shown = self.shown();
        let count = shown.len() as u64;
        let all = (None, fl!("all-spaces"));
        let spaces = self.choices();
        let views: Vec<(Option<&str>, String)> = std::iter::once(all)
            .chain(spaces.iter().map(|name| (Some(*name), (*name).to_owned())))
            .collect();
        let few = views.len();
        let choice = |views: Vec<(Option<&str>, String)>| {
            let choose = |space: Option<&str>| Message::Only(space.map(str::to_owned));
            tabs(views, self.only.as_deref(), choose)
        };
        let head = row![
            container(heading(name)).width(Length::Fill),
            caption(fl!("changes", count = count, shown = number(count))),
        ]
        .push((1 < few && few <= FEW).then(|| choice(views.clone())))
        .spacing(space::M)
        .align_y(iced::Center);
        let list = if shown.is_empty() {
            empty(
                Icon::Activity,
                fl!("no-activity"),
                fl!("no-activity-hint"),
                None,
            )
        } else {
            let rows = long_list(
                LIST,
                shown.len(),
                ENTRY,
                self.scrolled,
                |at| entry(shown[at], now),
                Message::Scrolled,
            );
            semantic(Role::List, rows).label(fl!("activity")).into()
        };
        // More choices than fit beside the heading stand below it.
        let below = (few > FEW).then(|| scroll_across(choice(views.clone())));
        let content = column![head].push(below).push(divider()).push(list);
        card(content.spacing(space::S)).height(Length::Fill).into()
    }
}

/// Shape and words of what was done.
fn deed(event: &Event) -> (Icon, Meaning, String) {
    match event {
        Event::File {
            action: Did::Created,
            ..
        } => (Icon::FilePlus, Meaning::Good, fl!("did-create")),
        Event::File {
            action: Did::Changed,
            ..
        } => (Icon::FilePen, Meaning::Info, fl!("did-change")),
        Event::File {
            action: Did::Folder,
            ..
        } => (Icon::FolderPlus, Meaning::Good, fl!("did-folder")),
        Event::File {
            action: Did::Renamed,
            ..
        } => (Icon::FileSymlink, Meaning::Info, fl!("did-rename")),
        Event::File {
            action: Did::Removed,
            ..
        } => (Icon::Trash2, Meaning::Warning, fl!("did-remove")),
        Event::SpaceCreated { .. } => (Icon::Database, Meaning::Good, fl!("did-space")),
        Event::SpaceRemoved { .. } => (Icon::Database, Meaning::Warning, fl!("did-end-space")),
    }
}

fn whose(event: &Event) -> &Who {
    match event {
        Event::File { who, .. }
        | Event::SpaceCreated { who, .. }
        | Event::SpaceRemoved { who, .. } => who,
    }
}

/// What it was done to.
fn object(event: &Event) -> String {
    match event {
        Event::File {
            path,
            from: Some(from),
            ..
        } => format!("{from} → {path}"),
        Event::File { path, .. } => path.clone(),
        Event::SpaceCreated { space, .. } => space.name.clone(),
        Event::SpaceRemoved { name, .. } => name.clone(),
    }
}

fn entry<'a>(line: &Line<Event>, now: Timestamp) -> Element<'a, Message> {
    let (shape, meaning, did) = deed(&line.event);
    let who = whose(&line.event);
    let name = if who.user.is_empty() {
        who.uid.to_string()
    } else {
        who.user.clone()
    };
    let by = match &who.program {
        Some(program) => fl!("by-program", user = name, program = program.clone()),
        None => fl!("by", user = name),
    };
    let object = object(&line.event);
    let note = format!("{did} · {} · {by}", space_of(&line.event));
    let size = match &line.event {
        Event::File {
            action: Did::Created | Did::Changed,
            bytes: size,
            ..
        } => bytes(*size),
        _ => String::new(),
    };
    let command = match &line.event {
        Event::File {
            space,
            path,
            action: Did::Created | Did::Changed | Did::Renamed,
            ..
        } => {
            let path = shell(&format!("/mirror/spaces/{}/data/{path}", space.name));
            format!("goblin stat {path}")
        }
        event => format!(
            "goblin stat {}",
            shell(&format!("/mirror/spaces/{}", space_of(event)))
        ),
    };
    let words = column![ellipsis(object.clone()), ellipsis(note).caption()].width(Length::Fill);
    let content = row![
        mark(shape, icon_size::L, meaning),
        words,
        container(tabular(size)).width(SIZE).align_x(iced::Right),
        container(caption(moment(instant(line.time), now)).font(ui::fonts::TABULAR))
            .width(TIME)
            .align_x(iced::Right),
        copy_command(command, Message::Copy),
    ]
    .spacing(space::M)
    .align_y(iced::Center);
    let content = container(content)
        .padding([0.0, space::S])
        .center_y(ENTRY)
        .width(Length::Fill);
    semantic(Role::Row, content).label(object).into()
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
