//! Buttons by what they do.

use iced_core::alignment::Vertical;
use iced_core::widget::Id;
use iced_widget::row;

use super::press::{Kind, press};
use super::tip::tip;
use super::words::{body, strong};
use crate::Element;
use crate::icons::{Icon, icon};
use crate::text::fl;
use crate::tokens::{Meaning, control, icon as icon_size, space};

/// A button with these words: edged, neutral, until said otherwise.
pub fn button<'a, Message: Clone + 'a>(words: impl Into<String>) -> Button<Message> {
    Button {
        words: words.into(),
        icon: None,
        filled: false,
        bare: false,
        compact: false,
        meaning: Meaning::Neutral,
        on_press: None,
        why_not: None,
        id: None,
    }
}

/// See [`button`].
#[derive(Debug, Clone)]
pub struct Button<Message> {
    words: String,
    icon: Option<Icon>,
    filled: bool,
    bare: bool,
    compact: bool,
    meaning: Meaning,
    on_press: Option<Message>,
    why_not: Option<String>,
    id: Option<Id>,
}

impl<Message> Button<Message> {
    /// The main action of a screen.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.filled = true;
        self.meaning = Meaning::Accent;
        self
    }

    /// An action that stops or destroys something.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.meaning = Meaning::Bad;
        self
    }

    /// An action at the edge of attention: no edge until the pointer is on it.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.bare = true;
        self
    }

    /// For rows and bars.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.compact = true;
        self
    }

    /// A pictogram before the words.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// What a press says.
    #[must_use]
    pub fn on_press(mut self, message: Message) -> Self {
        self.on_press = Some(message);
        self
    }

    /// What a press says, or why it cannot be pressed now: shown under the pointer.
    #[must_use]
    pub fn on_press_or(mut self, message: Result<Message, String>) -> Self {
        match message {
            Ok(message) => self.on_press = Some(message),
            Err(reason) => self.why_not = Some(reason),
        }
        self
    }

    /// The name for operations and tests.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl<'a, Message: Clone + 'a> From<Button<Message>> for Element<'a, Message> {
    fn from(button: Button<Message>) -> Self {
        let kind = if button.filled {
            Kind::Filled(button.meaning)
        } else if button.bare {
            Kind::Bare(button.meaning)
        } else {
            Kind::Edged(button.meaning)
        };
        let words = if button.filled {
            strong(button.words)
        } else {
            body(button.words)
        };
        let content = row![]
            .push(button.icon.map(|shape| icon(shape, icon_size::M)))
            .push(words.wrapping(iced_core::text::Wrapping::None))
            .spacing(space::S)
            .align_y(Vertical::Center);
        let (height, side) = if button.compact {
            (control::COMPACT, space::M)
        } else {
            (control::HEIGHT, space::L)
        };
        let mut made = press(kind, content)
            .height(height)
            .padding([0.0, side])
            .on_press_maybe(button.on_press);
        if let Some(id) = button.id {
            made = made.id(id);
        }
        match button.why_not {
            Some(reason) => tip(made.fact(format!("because={reason}")), reason),
            None => made.into(),
        }
    }
}

/// A square button with a pictogram alone; `name` is shown under the pointer and told to operations.
pub fn icon_button<'a, Message: Clone + 'a>(
    shape: Icon,
    name: impl Into<String>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let name = name.into();
    let side = (control::COMPACT - icon_size::M) / 2.0;
    let made = press(Kind::Bare(Meaning::Neutral), icon(shape, icon_size::M))
        .padding([0.0, side])
        .height(control::COMPACT)
        .label(name.clone())
        .id(Id::from(name.clone()))
        .on_press_maybe(on_press);
    tip(made, name)
}

/// A small button that copies the `goblin` line which does the same as the button beside it.
///
/// `on_press` gets the line and puts it on the clipboard.
pub fn copy_command<'a, Message: Clone + 'a>(
    command: impl Into<String>,
    on_press: impl FnOnce(String) -> Message,
) -> Element<'a, Message> {
    let command = command.into();
    let side = (control::COMPACT - icon_size::M) / 2.0;
    let made = press(
        Kind::Bare(Meaning::Neutral),
        icon(Icon::Terminal, icon_size::M),
    )
    .padding([0.0, side])
    .height(control::COMPACT)
    .label(fl!("copy-as-command"))
    .fact(format!("command={command}"))
    .id(Id::from(command.clone()))
    .on_press(on_press(command.clone()));
    tip(made, format!("{}\n{command}", fl!("copy-as-command")))
}
