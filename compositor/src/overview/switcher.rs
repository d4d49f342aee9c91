//! Alt+Tab: a walk through the windows by how recently they had the focus, which changes nothing until
//! it ends.

use crate::layout::{OutputId, WindowId};

/// Modifiers. Shift is none of them: it is pressed and let go on the way, to go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Held {
    pub(crate) ctrl: bool,
    pub(crate) alt: bool,
    pub(crate) logo: bool,
}

impl Held {
    /// Whether one of these is no longer among those that are down.
    fn is_let_go(self, down: Held) -> bool {
        (self.ctrl && !down.ctrl) || (self.alt && !down.alt) || (self.logo && !down.logo)
    }
}

/// A walk that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Switcher {
    /// Most recently focused first; not empty.
    order: Vec<WindowId>,
    /// The place of the chosen one in it.
    chosen: usize,
    /// The panel is to be seen. Not at once: a quick Alt+Tab switches without one.
    pub(crate) shown: bool,
    /// Letting one of these go ends the walk; none where it was not begun by a key.
    pub(crate) held: Held,
    /// Where the panel is.
    pub(crate) output: Option<OutputId>,
}

impl Switcher {
    /// Begins a walk through windows by recency, forwards or backwards. `focused`: the first of them
    /// has the focus, so that the one before it is meant. `None`: there is no window.
    pub(crate) fn begin(order: Vec<WindowId>, focused: bool, forwards: bool) -> Option<Self> {
        let last = order.len().checked_sub(1)?;
        let chosen = match (forwards, focused) {
            (true, true) => 1.min(last),
            (true, false) => 0,
            (false, _) => last,
        };
        Some(Self {
            order,
            chosen,
            shown: false,
            held: Held::default(),
            output: None,
        })
    }

    /// The windows, most recently focused first.
    pub(crate) fn order(&self) -> &[WindowId] {
        &self.order
    }

    /// The window that has been chosen so far.
    pub(crate) fn chosen(&self) -> Option<WindowId> {
        self.order.get(self.chosen).copied()
    }

    /// Goes so many windows on, round and round.
    pub(crate) fn step(&mut self, by: isize) {
        let len = self.order.len().cast_signed().max(1);
        self.chosen = (self.chosen.cast_signed() + by)
            .rem_euclid(len)
            .cast_unsigned();
    }

    /// Goes so many windows on, if there are as many.
    pub(crate) fn move_by(&mut self, by: isize) {
        let to = self.chosen.checked_add_signed(by);
        self.chosen = to
            .filter(|to| *to < self.order.len())
            .unwrap_or(self.chosen);
    }

    /// Chooses a window; returns whether that is another one than before.
    pub(crate) fn choose(&mut self, id: WindowId) -> bool {
        match self.order.iter().position(|other| *other == id) {
            Some(index) if index != self.chosen => {
                self.chosen = index;
                true
            }
            _ => false,
        }
    }

    /// Drops the windows that are gone; the one after a chosen one that is gone is chosen. Returns
    /// whether there were any; [`Self::chosen`] is `None` when the last one has gone.
    pub(crate) fn retain(&mut self, alive: impl Fn(WindowId) -> bool) -> bool {
        let before = self.order.len();
        let passed = self.order.iter().take(self.chosen);
        let gone = passed.filter(|id| !alive(**id)).count();
        self.order.retain(|id| alive(*id));
        self.chosen = (self.chosen - gone).min(self.order.len().saturating_sub(1));
        self.order.len() != before
    }

    /// Whether the keys that it was begun with are let go.
    pub(crate) fn is_let_go(&self, down: Held) -> bool {
        self.held.is_let_go(down)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(numbers: &[u64]) -> Vec<WindowId> {
        numbers.iter().map(|number| WindowId(*number)).collect()
    }

    fn chosen(switcher: &Switcher) -> u64 {
        switcher.chosen().unwrap().0
    }

    #[test]
    fn it_begins_with_the_window_before_and_goes_round() {
        let mut walk = Switcher::begin(ids(&[5, 3, 8]), true, true).unwrap();
        assert_eq!(chosen(&walk), 3);
        walk.step(1);
        assert_eq!(chosen(&walk), 8);
        walk.step(1);
        assert_eq!(chosen(&walk), 5);
        walk.step(-1);
        assert_eq!(chosen(&walk), 8);
    }

    #[test]
    fn it_begins_with_the_last_backwards_and_with_the_first_without_a_focus() {
        let back = Switcher::begin(ids(&[5, 3, 8]), true, false).unwrap();
        assert_eq!(chosen(&back), 8);
        let none = Switcher::begin(ids(&[5, 3, 8]), false, true).unwrap();
        assert_eq!(chosen(&none), 5);
        let alone = Switcher::begin(ids(&[5]), true, true).unwrap();
        assert_eq!(chosen(&alone), 5);
        assert_eq!(Switcher::begin(Vec::new(), false, true), None);
    }

    #[test]
    fn shift_may_be_let_go_and_alt_ends_it() {
        let mut walk = Switcher::begin(ids(&[1, 2]), true, false).unwrap();
        walk.held.alt = true;
        let down = |alt, ctrl| Held {
            alt,
            ctrl,
            logo: false,
        };
        assert!(!walk.is_let_go(down(true, false)));
        assert!(!walk.is_let_go(down(true, true)));
        assert!(walk.is_let_go(down(false, true)));
        walk.held = Held::default();
        assert!(!walk.is_let_go(down(false, false)), "begun without keys");
    }

    proptest! {
        #[test]
        fn a_window_that_goes_takes_the_choice_with_it_only_if_it_was_chosen(
            count in 1..12_u64,
            steps in -20..20_isize,
            gone in proptest::collection::vec(0..12_u64, 0..6),
        ) {
            let order: Vec<WindowId> = (0..count).map(WindowId).collect();
            let mut walk = Switcher::begin(order.clone(), true, true).unwrap();
            walk.step(steps);
            let before = walk.chosen().unwrap();
            let alive = |id: WindowId| !gone.contains(&id.0);
            let changed = walk.retain(alive);
            let left: Vec<WindowId> = order.iter().copied().filter(|id| alive(*id)).collect();
            prop_assert_eq!(changed, left.len() != order.len());
            prop_assert_eq!(walk.order(), left.as_slice());
            match walk.chosen() {
                None => prop_assert!(left.is_empty()),
                Some(now) if alive(before) => prop_assert_eq!(now, before),
                Some(now) => prop_assert!(left.contains(&now)),
            }
        }
    }
}
