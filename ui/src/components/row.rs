//! Entries of lists, and the marks on them.

use iced_core::alignment::Vertical;
use iced_core::widget::Id;
use iced_core::{Length, border};
use iced_widget::{column, container, row, text};

use super::ellipsis::ellipsis;
use super::press::{Kind, press};
use super::words::{body, caption, tone};
use crate::icons::{Icon, icon};
use crate::semantics::{Role, semantic};
use crate::tokens::{Meaning, font, icon as icon_size, radius, space};
use crate::{Element, Theme};

/// An entry named `name`: pictogram or light, name, note, and what stands at its end.
pub fn list_row<'a, Message>(name: impl Into<String>) -> ListRow<'a, Message> {
    ListRow {
        name: name.into(),
        note: None,
        head: None,
        tail: None,
        selected: false,
        on_press: None,
        id: None,
    }
}

/// See [`list_row`].
pub struct ListRow<'a, Message> {
    name: String,
    note: Option<String>,
    head: Option<Element<'a, Message>>,
    tail: Option<Element<'a, Message>>,
    selected: bool,
    on_press: Option<Message>,
    id: Option<Id>,
}

impl<'a, Message: 'a> ListRow<'a, Message> {
    /// A second, quieter line.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// A pictogram at the head.
    #[must_use]
    pub fn icon(self, shape: Icon) -> Self {
        let mark = icon(shape, icon_size::L).style(|theme: &Theme| text::Style {
            color: Some(theme.palette().muted),
        });
        self.head(mark)
    }

    /// Anything at the head, such as a light.
    #[must_use]
    pub fn head(mut self, head: impl Into<Element<'a, Message>>) -> Self {
        self.head = Some(head.into());
        self
    }

    /// Anything at the end: a figure, a badge, buttons.
    #[must_use]
    pub fn tail(mut self, tail: impl Into<Element<'a, Message>>) -> Self {
        self.tail = Some(tail.into());
        self
    }

    /// Whether it is the chosen one.
    #[must_use]
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// What a press says.
    #[must_use]
    pub fn on_press(mut self, message: Message) -> Self {
        self.on_press = Some(message);
        self
    }

    /// The name for operations and tests.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl<'a, Message: Clone + 'a> From<ListRow<'a, Message>> for Element<'a, Message> {
    fn from(entry: ListRow<'a, Message>) -> Self {
        let words = column![ellipsis(entry.name.clone())]
            .push(entry.note.map(caption))
            .width(Length::Fill);
        let content = row![]
            .push(entry.head)
            .push(words)
            .push(entry.tail)
            .spacing(space::M)
            .align_y(Vertical::Center)
            .width(Length::Fill);
        match entry.on_press {
            Some(message) => {
                let mut made = press(Kind::Row, content)
                    .padding([space::S, space::M])
                    .width(Length::Fill)
                    .selected(entry.selected)
                    .role(Role::Row, true)
                    .label(entry.name)
                    .on_press(message);
                if let Some(id) = entry.id {
                    made = made.id(id);
                }
                made.into()
            }
            None => semantic(Role::Row, container(content).padding([space::S, space::M]))
                .label(entry.name)
                .into(),
        }
    }
}

/// A short mark in the colour of its meaning.
pub fn badge<'a, Message: 'a>(meaning: Meaning, words: impl Into<String>) -> Element<'a, Message> {
    let words = tone(body(words), meaning).size(font::CAPTION);
    let mark = container(words)
        .padding([space::XS / 2.0, space::S])
        .style(move |theme: &Theme| container::Style {
            background: Some(theme.palette().of(meaning).tint.into()),
            border: border::rounded(radius::S),
            ..container::Style::default()
        });
    semantic(Role::Badge, mark).into()
}
