//! The operation that walks a view and writes down what can be seen.

use std::any::Any;
use std::mem;

use iced_core::widget::Id;
use iced_core::widget::operation::{Focusable, Operation, Scrollable, TextInput};
use iced_core::{Rectangle, Vector};

use super::{Item, Role, Semantics};

/// How the content of the widget that was announced last is to be entered.
#[derive(Debug)]
enum Pending {
    /// As part of what is around it.
    Plain,
    /// Moved and clipped by a scrollable.
    Scrolled {
        clip: Rectangle,
        translation: Vector,
    },
    /// As the inside of `items[index]`.
    Semantic {
        index: usize,
        open: bool,
        named: bool,
    },
}

/// Collects the [`Item`]s of a view. Things scrolled or clipped out of sight are left out.
#[derive(Debug)]
pub struct Collect {
    items: Vec<Item>,
    pending: Pending,
    /// Where things are moved to by the scrollables around them.
    translation: Vector,
    /// What can be seen at all.
    clip: Rectangle,
    /// The item that swallows the texts inside it, and whether it wants them as its name.
    folded: Option<(usize, bool)>,
    focused: bool,
}

impl Collect {
    /// A collection for a surface with this visible area.
    pub fn new(visible: Rectangle) -> Self {
        Self {
            items: Vec::new(),
            pending: Pending::Plain,
            translation: Vector::ZERO,
            clip: visible,
            folded: None,
            focused: false,
        }
    }

    /// What was found, in the order of drawing.
    pub fn into_items(self) -> Vec<Item> {
        // A thing with neither name nor state says nothing.
        self.items
            .into_iter()
            .filter(|item| !(item.text.is_empty() && item.state.is_empty()))
            .collect()
    }

    fn seen(&self, bounds: Rectangle) -> Option<Rectangle> {
        (bounds - self.translation).intersection(&self.clip)
    }

    fn push(&mut self, role: Role, text: String, state: Vec<String>, at: Rectangle) -> usize {
        self.items.push(Item {
            role: role.name().to_owned(),
            text,
            x: at.x,
            y: at.y,
            width: at.width,
            height: at.height,
            state,
        });
        self.items.len() - 1
    }
}

/// Icons are letters of a private area: shapes, not words.
fn words(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_whitespace() && !('\u{e000}'..='\u{f8ff}').contains(&c))
}

impl<T> Operation<T> for Collect {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        match mem::replace(&mut self.pending, Pending::Plain) {
            Pending::Plain => operate(self),
            Pending::Scrolled { clip, translation } => {
                let outer = (self.clip, self.translation);
                self.clip = clip;
                self.translation += translation;
                operate(self);
                (self.clip, self.translation) = outer;
            }
            Pending::Semantic { open: true, .. } => operate(self),
            Pending::Semantic { index, named, .. } => {
                let outer = self.folded.replace((index, !named));
                operate(self);
                self.folded = outer;
            }
        }
    }

    fn container(&mut self, _id: Option<&Id>, _bounds: Rectangle) {}

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        _content_bounds: Rectangle,
        translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        let clip = self.seen(bounds).unwrap_or(Rectangle {
            width: 0.0,
            height: 0.0,
            ..bounds
        });
        self.pending = Pending::Scrolled { clip, translation };
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        self.focused = state.is_focused();
    }

    fn text_input(&mut self, _id: Option<&Id>, bounds: Rectangle, state: &mut dyn TextInput) {
        if self.folded.is_none()
            && let Some(at) = self.seen(bounds)
        {
            self.push(
                Role::Field,
                state.text().to_owned(),
                vec!["editable".to_owned()],
                at,
            );
        }
    }

    fn text(&mut self, _id: Option<&Id>, bounds: Rectangle, text: &str) {
        if !words(text) {
            return;
        }
        match self.folded {
            Some((index, true)) => {
                let name = &mut self.items[index].text;
                if !name.is_empty() {
                    name.push(' ');
                }
                name.push_str(text);
            }
            Some((_, false)) => {}
            None => {
                if let Some(at) = self.seen(bounds) {
                    self.push(Role::Text, text.to_owned(), Vec::new(), at);
                }
            }
        }
    }

    fn custom(&mut self, _id: Option<&Id>, bounds: Rectangle, state: &mut dyn Any) {
        let Some(semantics) = state.downcast_ref::<Semantics>() else {
            return;
        };
        if self.folded.is_some() {
            return;
        }
        match self.seen(bounds) {
            Some(at) => {
                let named = semantics.label.is_some();
                let index = self.push(
                    semantics.role,
                    semantics.label.clone().unwrap_or_default(),
                    semantics.state.clone(),
                    at,
                );
                self.pending = Pending::Semantic {
                    index,
                    open: semantics.open,
                    named,
                };
            }
            // Out of sight, and so is all that is inside.
            None => self.pending = Pending::Plain,
        }
    }
}
