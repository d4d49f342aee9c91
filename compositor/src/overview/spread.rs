//! The overview: what is under the pointer or the finger, what is held by it, and what a person wants.

use smithay::utils::{Logical, Point};
use trees::desktop::Direction;

use super::Spot;
use super::arrange::fit;
use crate::layout::{Extent, Pos, Rect, WindowId, WorkspaceId, towards};

/// How far a press moves before the window under it comes along, in logical pixels.
const SLACK: f64 = 6.0;
/// A dragged picture is no larger than this: what it is to be dropped on stays in sight.
const DRAGGED: (i32, i32) = (200, 150);

/// The overview while it is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Overview {
    /// The window that Return goes to: where the pointer was last, or the arrows led.
    pub(crate) selected: Option<WindowId>,
    /// What the pointer is over.
    pub(crate) hover: Option<Spot>,
    hand: Hand,
}

/// What a button or a finger that is down does.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Hand {
    #[default]
    Free,
    /// It went down here and has not moved away.
    Pressed {
        on: Spot,
        at: Point<f64, Logical>,
        /// The picture that it went down on.
        picture: Option<(WindowId, Rect)>,
    },
    /// It carries a window's picture.
    Dragging(Dragged),
}

/// A picture that is dragged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dragged {
    pub(crate) window: WindowId,
    /// Where the pointer holds it, relative to its top left.
    hold: Pos,
    size: Extent,
    at: Pos,
}

impl Dragged {
    /// A picture that was at `rect`, held at a place of it.
    fn begin(window: WindowId, rect: Rect, hold: Pos, at: Point<f64, Logical>) -> Self {
        let size = fit(rect.size, Rect::from_size(DRAGGED.into())).size;
        // Held at the same part of it, so that it stays under the pointer.
        let part = |hold: i32, now: i32, was: i32| {
            let held = i64::from(hold) * i64::from(now) / i64::from(was.max(1));
            i32::try_from(held).unwrap_or(0)
        };
        Self {
            window,
            hold: Pos::from((
                part(hold.x, size.w, rect.size.w),
                part(hold.y, size.h, rect.size.h),
            )),
            size,
            at: at.to_i32_floor(),
        }
    }

    /// Where the picture lies now.
    pub(crate) fn rect(&self) -> Rect {
        Rect::new(self.at - self.hold, self.size)
    }
}

/// What a person wants by letting go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nothing.
    Nothing,
    /// To leave all as it is.
    Leave,
    /// To go to a window.
    Focus(WindowId),
    /// To close it.
    Close(WindowId),
    /// To go to a workspace.
    Show(WorkspaceId),
    /// To put a window there.
    Drop(WindowId, Spot),
}

impl Overview {
    /// The overview as it opens, with a window selected.
    pub(crate) fn begin(selected: Option<WindowId>) -> Self {
        Self {
            selected,
            ..Self::default()
        }
    }

    /// The picture that is dragged.
    pub(crate) fn dragged(&self) -> Option<&Dragged> {
        match &self.hand {
            Hand::Dragging(dragged) => Some(dragged),
            Hand::Free | Hand::Pressed { .. } => None,
        }
    }

    /// A button or a finger went down. `picture`: that of the window there.
    pub(crate) fn press(&mut self, on: Spot, at: Point<f64, Logical>, picture: Option<Rect>) {
        if self.hand != Hand::Free {
            return;
        }
        let picture = match on {
            Spot::Window(window) => picture.map(|rect| (window, rect)),
            Spot::Close(_) | Spot::Workspace(_) | Spot::Ground(_) => None,
        };
        self.point_at(on);
        self.hand = Hand::Pressed { on, at, picture };
    }

    /// The pointer or the finger is at a place now. Returns whether anything is to be seen of it.
    pub(crate) fn moved(&mut self, on: Spot, at: Point<f64, Logical>) -> bool {
        match &mut self.hand {
            Hand::Free => {}
            Hand::Dragging(dragged) => {
                dragged.at = at.to_i32_floor();
                self.hover = Some(on);
                return true;
            }
            Hand::Pressed {
                at: from, picture, ..
            } => {
                let way = at - *from;
                if way.x.hypot(way.y) < SLACK {
                    return false;
                }
                if let Some((window, rect)) = *picture {
                    let from: Pos = from.to_i32_floor();
                    let hold = from - rect.loc;
                    self.hover = Some(on);
                    self.hand = Hand::Dragging(Dragged::begin(window, rect, hold, at));
                    return true;
                }
            }
        }
        self.point_at(on)
    }

    /// The pointer is over something: a window there is selected.
    fn point_at(&mut self, on: Spot) -> bool {
        let before = (self.hover, self.selected);
        self.hover = Some(on);
        if let Spot::Window(window) | Spot::Close(window) = on {
            self.selected = Some(window);
        }
        before != (self.hover, self.selected)
    }

    /// The button or the finger went up.
    pub(crate) fn release(&mut self, on: Spot) -> Wish {
        match std::mem::take(&mut self.hand) {
            Hand::Dragging(dragged) => Wish::Drop(dragged.window, on),
            Hand::Pressed { on: pressed, .. } if pressed == on => match on {
                Spot::Window(window) => Wish::Focus(window),
                Spot::Close(window) => Wish::Close(window),
                Spot::Workspace(workspace) => Wish::Show(workspace),
                Spot::Ground(_) => Wish::Leave,
            },
            Hand::Pressed { .. } | Hand::Free => Wish::Nothing,
        }
    }

    /// What is held is let go where it was.
    pub(crate) fn let_go(&mut self) {
        self.hand = Hand::Free;
    }

    /// The pointer is elsewhere, on a bar.
    pub(crate) fn point_away(&mut self) -> bool {
        self.hover.take().is_some()
    }

    /// Selects the window that lies next in a direction; the first one where none is selected.
    pub(crate) fn select_towards(&mut self, direction: Direction, places: &[(WindowId, Rect)]) {
        let from = self.selected.and_then(|id| {
            let mut known = places.iter();
            known.find(|(other, _)| *other == id)
        });
        let next = match from {
            None => places.first().map(|(id, _)| *id),
            Some((id, rect)) => {
                let others = places.iter().filter(|(other, _)| other != id);
                let far = others.filter_map(|(other, place)| {
                    Some((towards(*rect, *place, direction)?, *other))
                });
                far.min().map(|(_, id)| id)
            }
        };
        self.selected = next.or(self.selected);
    }

    /// Selects the window so many places on in their order, round and round.
    pub(crate) fn select_beside(&mut self, by: isize, places: &[(WindowId, Rect)]) {
        let now = places.iter().position(|(id, _)| Some(*id) == self.selected);
        let len = places.len().cast_signed().max(1);
        let next = match now {
            Some(index) => (index.cast_signed() + by).rem_euclid(len),
            None => 0,
        };
        let next = places.get(next.cast_unsigned()).map(|(id, _)| *id);
        self.selected = next.or(self.selected);
    }

    /// Windows may be gone.
    pub(crate) fn retain(&mut self, alive: impl Fn(WindowId) -> bool) {
        self.selected = self.selected.filter(|id| alive(*id));
        if let Some(Spot::Window(id) | Spot::Close(id)) = self.hover
            && !alive(id)
        {
            self.hover = None;
        }
        let held = match self.hand {
            Hand::Free => None,
            Hand::Pressed { picture, .. } => picture.map(|(id, _)| id),
            Hand::Dragging(dragged) => Some(dragged.window),
        };
        if held.is_some_and(|id| !alive(id)) {
            self.hand = Hand::Free;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::OutputId;

    const WINDOW: Spot = Spot::Window(WindowId(1));
    const GROUND: Spot = Spot::Ground(OutputId(1));

    fn place() -> Rect {
        Rect::new((100, 100).into(), (200, 100).into())
    }

    fn at(x: f64, y: f64) -> Point<f64, Logical> {
        (x, y).into()
    }

    #[test]
    fn a_click_is_a_press_and_a_release_at_one_place() {
        let mut overview = Overview::default();
        for (spot, wish) in [
            (WINDOW, Wish::Focus(WindowId(1))),
            (Spot::Close(WindowId(1)), Wish::Close(WindowId(1))),
            (Spot::Workspace(WorkspaceId(4)), Wish::Show(WorkspaceId(4))),
            (GROUND, Wish::Leave),
        ] {
            overview.press(spot, at(110.0, 110.0), Some(place()));
            assert!(!overview.moved(spot, at(112.0, 110.0)), "{spot:?}");
            assert_eq!(overview.release(spot), wish);
            assert_eq!(overview.release(spot), Wish::Nothing, "it was up already");
        }
        overview.press(GROUND, at(0.0, 0.0), None);
        overview.moved(WINDOW, at(110.0, 110.0));
        assert_eq!(overview.release(WINDOW), Wish::Nothing);
    }

    #[test]
    fn a_picture_comes_along_after_some_way_held_where_it_was_pressed() {
        let mut overview = Overview::default();
        overview.press(WINDOW, at(110.0, 120.0), Some(place()));
        overview.moved(WINDOW, at(113.0, 120.0));
        assert_eq!(overview.dragged(), None);
        assert!(overview.moved(GROUND, at(310.0, 420.0)));
        let dragged = *overview.dragged().unwrap();
        assert_eq!(dragged.rect(), Rect::new((300, 400).into(), place().size));
        assert!(dragged.rect().contains(Pos::from((310, 420))));
        let card = Spot::Workspace(WorkspaceId(2));
        overview.moved(card, at(50.0, 50.0));
        assert_eq!(overview.release(card), Wish::Drop(WindowId(1), card));
        assert_eq!(overview.dragged(), None);
    }

    #[test]
    fn a_large_picture_is_made_smaller_and_stays_under_the_pointer() {
        let mut overview = Overview::default();
        let place = Rect::new((100, 100).into(), (1000, 600).into());
        overview.press(WINDOW, at(1000.0, 650.0), Some(place));
        overview.moved(GROUND, at(300.0, 200.0));
        let rect = overview.dragged().unwrap().rect();
        assert_eq!(rect.size, (200, 120).into());
        assert_eq!(rect.loc, (120, 90).into());
    }

    #[test]
    fn a_second_button_does_not_disturb_the_first() {
        let mut overview = Overview::default();
        overview.press(WINDOW, at(110.0, 120.0), Some(place()));
        overview.press(GROUND, at(110.0, 120.0), None);
        assert_eq!(overview.release(WINDOW), Wish::Focus(WindowId(1)));
    }

    #[test]
    fn the_pointer_selects_and_arrows_go_on_from_there() {
        let mut overview = Overview::default();
        let place = |x, y| Rect::new((x, y).into(), (100, 80).into());
        let places = [
            (WindowId(1), place(0, 0)),
            (WindowId(2), place(150, 0)),
            (WindowId(3), place(0, 120)),
        ];
        overview.select_towards(Direction::Right, &places);
        assert_eq!(overview.selected, Some(WindowId(1)));
        overview.select_towards(Direction::Right, &places);
        assert_eq!(overview.selected, Some(WindowId(2)));
        overview.select_towards(Direction::Right, &places);
        assert_eq!(overview.selected, Some(WindowId(2)), "the last one");
        assert!(overview.moved(Spot::Window(WindowId(3)), at(10.0, 130.0)));
        assert_eq!(overview.selected, Some(WindowId(3)));
        overview.select_towards(Direction::Up, &places);
        assert_eq!(overview.selected, Some(WindowId(1)));
    }

    #[test]
    fn a_window_that_goes_is_neither_held_nor_selected() {
        let mut overview = Overview::default();
        overview.press(WINDOW, at(110.0, 120.0), Some(place()));
        overview.moved(WINDOW, at(210.0, 120.0));
        overview.retain(|id| id != WindowId(1));
        assert_eq!(overview, Overview::default());
    }
}
