//! Moving the keyboard focus within one surface.
//!
//! iced runs an operation over every window of a program; its own `focus_next` would walk from one
//! window into another. These keep to the widgets inside the container of the given id.

use iced_core::widget::Id;
use iced_core::widget::operation::scrollable::AbsoluteOffset;
use iced_core::widget::operation::{Focusable, Operation, Outcome, Scrollable};
use iced_core::{Rectangle, Vector};

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the next, and from the last to the first.
    Next,
    /// To the one before, and from the first to the last.
    Back,
}

/// Moves the focus among the widgets inside `root`, and scrolls to where it goes.
pub fn walk<T: Send + 'static>(root: impl Into<Id>, way: Way) -> impl Operation<T> {
    Count {
        within: Within::new(root.into()),
        way,
        total: 0,
        focused: None,
    }
}

/// Knows whether the walk is inside the root.
#[derive(Debug, Clone)]
struct Within {
    root: Id,
    announced: bool,
    inside: bool,
}

impl Within {
    fn new(root: Id) -> Self {
        Self {
            root,
            announced: false,
            inside: false,
        }
    }

    fn container(&mut self, id: Option<&Id>) {
        self.announced = id == Some(&self.root);
    }

    /// Before the content is entered; gives whether this is the root itself.
    fn enter(&mut self) -> bool {
        let root = std::mem::take(&mut self.announced);
        self.inside |= root;
        root
    }
}

/// First pass: how many there are, and which has the focus.
struct Count {
    within: Within,
    way: Way,
    total: usize,
    focused: Option<usize>,
}

impl<T: Send + 'static> Operation<T> for Count {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let root = self.within.enter();
        operate(self);
        if root {
            self.within.inside = false;
        }
    }

    fn container(&mut self, id: Option<&Id>, _bounds: Rectangle) {
        self.within.container(id);
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if self.within.inside {
            if state.is_focused() {
                self.focused = Some(self.total);
            }
            self.total += 1;
        }
    }

    fn finish(&self) -> Outcome<T> {
        if self.total == 0 {
            return Outcome::None;
        }
        let target = match (self.way, self.focused) {
            (Way::Next, None) => 0,
            (Way::Next, Some(at)) => (at + 1) % self.total,
            (Way::Back, None | Some(0)) => self.total - 1,
            (Way::Back, Some(at)) => at - 1,
        };
        let within = Within::new(self.within.root.clone());
        Outcome::Chain(Box::new(Move {
            within,
            target,
            at: 0,
            to: None,
        }))
    }
}

/// Second pass: the focus goes to the one, away from all others.
struct Move {
    within: Within,
    target: usize,
    at: usize,
    /// Where it went, in the coordinates of what it scrolls with.
    to: Option<Rectangle>,
}

impl<T: Send + 'static> Operation<T> for Move {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let root = self.within.enter();
        operate(self);
        if root {
            self.within.inside = false;
        }
    }

    fn container(&mut self, id: Option<&Id>, _bounds: Rectangle) {
        self.within.container(id);
    }

    fn focusable(&mut self, _id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if self.within.inside {
            if self.at == self.target {
                state.focus();
                self.to = Some(bounds);
            } else {
                state.unfocus();
            }
            self.at += 1;
        }
    }

    fn finish(&self) -> Outcome<T> {
        match self.to {
            Some(target) => Outcome::Chain(Box::new(Reveal { target })),
            None => Outcome::None,
        }
    }
}

/// Third pass: what the focus went to is scrolled into sight.
struct Reveal {
    target: Rectangle,
}

impl<T> Operation<T> for Reveal {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        if !self.target.is_within(&content) {
            return;
        }
        let seen = self.target - translation;
        let missing = |from: f32, to: f32, start: f32, end: f32| {
            if from < start {
                from - start
            } else {
                (to - end).max(0.0)
            }
        };
        let x = missing(
            seen.x,
            seen.x + seen.width,
            bounds.x,
            bounds.x + bounds.width,
        );
        let y = missing(
            seen.y,
            seen.y + seen.height,
            bounds.y,
            bounds.y + bounds.height,
        );
        if x != 0.0 || y != 0.0 {
            state.scroll_by(AbsoluteOffset { x, y }, bounds, content);
        }
    }
}
