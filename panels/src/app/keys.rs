//! Keys that no widget took.

use iced::keyboard::{self, Key as Symbol, Modifiers, key::Named};
use iced::{Event, Subscription, event, window};
use ui::focus::Way;

use super::Message;

/// What a key means to a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Tab, Shift+Tab: move the focus.
    Walk(Way),
    /// Escape: one step back.
    Leave,
    /// Ctrl+W: close the window.
    Close,
}

impl Key {
    /// The meaning of a key, if it has one.
    pub fn of(symbol: &Symbol, modifiers: Modifiers) -> Option<Key> {
        match symbol.as_ref() {
            Symbol::Named(Named::Tab) if modifiers.is_empty() => Some(Key::Walk(Way::Next)),
            Symbol::Named(Named::Tab) if modifiers == Modifiers::SHIFT => {
                Some(Key::Walk(Way::Back))
            }
            Symbol::Named(Named::Escape) if modifiers.is_empty() => Some(Key::Leave),
            Symbol::Character("w") if modifiers == Modifiers::CTRL => Some(Key::Close),
            _ => None,
        }
    }
}

pub(super) fn subscription() -> Subscription<Message> {
    event::listen_with(|event, status, id: window::Id| match (event, status) {
        (
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }),
            event::Status::Ignored,
        ) => Key::of(&key, modifiers).map(|key| Message::Key(id, key)),
        _ => None,
    })
}
