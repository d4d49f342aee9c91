//! Where layer surfaces lie on an output: `zwlr_layer_surface_v1`'s rules, on numbers alone.
//!
//! Surfaces that keep an edge free come first, from the topmost layer down, each in what those before
//! it left; then the others, in what is left at the end. One that does not care about the others has
//! the whole output.

use smithay::wayland::shell::wlr_layer::{Anchor, ExclusiveZone, Layer, Margins};

use crate::layout::{Extent, Rect};

/// What a layer surface asks for. Its numbers are bounded: see `handlers::guard`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) layer: Layer,
    pub(super) anchor: Anchor,
    pub(super) margin: Margins,
    pub(super) zone: ExclusiveZone,
    /// The edge that the zone is kept free at; none is for us to tell from the anchor.
    pub(super) edge: Option<Edge>,
    /// A side of 0 is for us to choose.
    pub(super) size: Extent,
}

/// Where each lies, in the order they were given, and what they leave free.
#[derive(Debug, PartialEq)]
pub(super) struct Arranged {
    pub(super) places: Vec<Rect>,
    pub(super) free: Rect,
}

/// Arranges layer surfaces on an output, given as a rectangle.
pub(super) fn arrange(whole: Rect, wishes: &[Wish]) -> Arranged {
    let mut places = vec![Rect::default(); wishes.len()];
    let mut free = whole;
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by_key(|&index| {
        wishes
            .get(index)
            .map(|wish| (!wish.keeps_free(), wish.rank()))
    });
    for index in order {
        let (Some(wish), Some(place)) = (wishes.get(index), places.get_mut(index)) else {
            continue;
        };
        let within = match wish.zone {
            ExclusiveZone::DontCare => whole,
            ExclusiveZone::Exclusive(_) | ExclusiveZone::Neutral => free,
        };
        *place = wish.place(within);
        wish.take_from(&mut free);
    }
    Arranged { places, free }
}

/// An edge that a surface keeps free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Left,
    Right,
    Top,
    Bottom,
}

impl Edge {
    /// The edge as the protocol's number for an anchor to it alone has it.
    pub(crate) fn anchor(self) -> Anchor {
        match self {
            Edge::Left => Anchor::LEFT,
            Edge::Right => Anchor::RIGHT,
            Edge::Top => Anchor::TOP,
            Edge::Bottom => Anchor::BOTTOM,
        }
    }
}

impl Wish {
    fn keeps_free(&self) -> bool {
        matches!(self.zone, ExclusiveZone::Exclusive(zone) if zone > 0)
    }

    /// 0 is the topmost layer.
    fn rank(&self) -> u8 {
        match self.layer {
            Layer::Overlay => 0,
            Layer::Top => 1,
            Layer::Bottom => 2,
            Layer::Background => 3,
        }
    }

    fn place(&self, within: Rect) -> Rect {
        let margin = self.margin;
        let has = |edge| self.anchor.contains(edge);
        let (x, w) = side(
            (within.loc.x, within.size.w),
            self.size.w,
            has(Anchor::LEFT).then_some(margin.left),
            has(Anchor::RIGHT).then_some(margin.right),
        );
        let (y, h) = side(
            (within.loc.y, within.size.h),
            self.size.h,
            has(Anchor::TOP).then_some(margin.top),
            has(Anchor::BOTTOM).then_some(margin.bottom),
        );
        Rect::new((x, y).into(), (w, h).into())
    }

    /// The edge that a zone means: the one it names, else one that it is anchored to alone, or with
    /// both that adjoin it.
    fn kept_edge(&self) -> Option<Edge> {
        let anchor = self.anchor;
        if let Some(edge) = self.edge {
            return anchor.contains(edge.anchor()).then_some(edge);
        }
        let (wide, tall) = (Anchor::LEFT | Anchor::RIGHT, Anchor::TOP | Anchor::BOTTOM);
        let is = |edge: Anchor, adjoining: Anchor| anchor == edge || anchor == edge | adjoining;
        let edges = [
            (Anchor::LEFT, tall, Edge::Left),
            (Anchor::RIGHT, tall, Edge::Right),
            (Anchor::TOP, wide, Edge::Top),
            (Anchor::BOTTOM, wide, Edge::Bottom),
        ];
        edges
            .into_iter()
            .find(|(edge, adjoining, _)| is(*edge, *adjoining))
            .map(|(_, _, edge)| edge)
    }

    /// Takes what it keeps free for itself, with its margin, from what is left.
    fn take_from(&self, free: &mut Rect) {
        let (ExclusiveZone::Exclusive(zone), Some(edge)) = (self.zone, self.kept_edge()) else {
            return;
        };
        let zone = i32::try_from(zone).unwrap_or(i32::MAX);
        let margin = self.margin;
        let (margin, side) = match edge {
            Edge::Left => (margin.left, free.size.w),
            Edge::Right => (margin.right, free.size.w),
            Edge::Top => (margin.top, free.size.h),
            Edge::Bottom => (margin.bottom, free.size.h),
        };
        let taken = zone.saturating_add(margin).clamp(0, side);
        match edge {
            Edge::Left => free.loc.x += taken,
            Edge::Top => free.loc.y += taken,
            Edge::Right | Edge::Bottom => {}
        }
        match edge {
            Edge::Left | Edge::Right => free.size.w -= taken,
            Edge::Top | Edge::Bottom => free.size.h -= taken,
        }
    }
}

/// Place and length along one axis, within `(start, length)`. A margin is there for an anchored edge.
fn side(
    (start, length): (i32, i32),
    wanted: i32,
    before: Option<i32>,
    after: Option<i32>,
) -> (i32, i32) {
    let room = length - before.unwrap_or(0) - after.unwrap_or(0);
    let size = match (wanted, before, after) {
        (0, Some(_), Some(_)) => room,
        // Refused by the protocol; for the time before it says so.
        (0, _, _) => room / 2,
        (wanted, _, _) => wanted.min(length),
    };
    let size = size.max(1);
    let at = match (before, after) {
        (Some(margin), None) => start + margin,
        (None, Some(margin)) => start + length - size - margin,
        (Some(margin), Some(_)) if wanted == 0 => start + margin,
        (Some(_), Some(_)) | (None, None) => start + length / 2 - size / 2,
    };
    (at, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: (i32, i32) = (1000, 800);

    fn wish(anchor: Anchor, size: (i32, i32)) -> Wish {
        Wish {
            layer: Layer::Top,
            anchor,
            margin: Margins::default(),
            zone: ExclusiveZone::Neutral,
            edge: None,
            size: size.into(),
        }
    }

    fn rect(x: i32, y: i32, w: i32, h: i32) -> Rect {
        Rect::new((x, y).into(), (w, h).into())
    }

    fn on_whole(wishes: &[Wish]) -> Arranged {
        arrange(rect(0, 0, WHOLE.0, WHOLE.1), wishes)
    }

    #[test]
    fn an_edge_holds_a_surface_at_its_margin_and_none_centres_it() {
        let mut right = wish(Anchor::RIGHT, (100, 50));
        right.margin.right = 7;
        right.margin.left = 99;
        assert_eq!(on_whole(&[right]).places, [rect(893, 375, 100, 50)]);
        let free = wish(Anchor::empty(), (100, 50));
        assert_eq!(on_whole(&[free]).places, [rect(450, 375, 100, 50)]);
    }

    #[test]
    fn between_two_edges_a_size_of_its_own_is_centred_and_none_is_stretched() {
        let both = Anchor::LEFT | Anchor::RIGHT;
        assert_eq!(on_whole(&[wish(both, (100, 50))]).places[0].loc.x, 450);
        let mut stretched = wish(both, (0, 50));
        (stretched.margin.left, stretched.margin.right) = (10, 20);
        let place = on_whole(&[stretched]).places[0];
        assert_eq!((place.loc.x, place.size.w), (10, 970));
    }

    #[test]
    fn a_bar_pushes_those_before_and_after_it_but_not_one_that_does_not_care() {
        let dock = wish(Anchor::TOP | Anchor::LEFT, (10, 10));
        let mut bar = wish(Anchor::TOP | Anchor::LEFT | Anchor::RIGHT, (0, 30));
        bar.zone = ExclusiveZone::Exclusive(30);
        bar.margin.top = 5;
        let mut wallpaper = wish(Anchor::all(), (0, 0));
        wallpaper.zone = ExclusiveZone::DontCare;
        let arranged = on_whole(&[dock, bar, dock, wallpaper]);
        assert_eq!(arranged.free, rect(0, 35, 1000, 765));
        let whole = rect(0, 0, 1000, 800);
        let below = rect(0, 35, 10, 10);
        assert_eq!(arranged.places, [below, rect(0, 5, 1000, 30), below, whole]);
    }

    #[test]
    fn a_zone_means_something_only_for_one_edge() {
        let corner = Anchor::TOP | Anchor::LEFT;
        for anchor in [
            Anchor::empty(),
            corner,
            Anchor::TOP | Anchor::BOTTOM,
            Anchor::all(),
        ] {
            let mut wish = wish(anchor, (10, 10));
            wish.zone = ExclusiveZone::Exclusive(100);
            assert_eq!(on_whole(&[wish]).free, rect(0, 0, 1000, 800), "{anchor:?}");
        }
    }

    #[test]
    fn a_corner_keeps_the_edge_free_that_it_names() {
        let mut dock = wish(Anchor::TOP | Anchor::LEFT, (100, 50));
        dock.zone = ExclusiveZone::Exclusive(60);
        let free = |edge| on_whole(&[Wish { edge, ..dock }]).free;
        assert_eq!(free(None), rect(0, 0, 1000, 800));
        assert_eq!(free(Some(Edge::Left)), rect(60, 0, 940, 800));
        assert_eq!(free(Some(Edge::Top)), rect(0, 60, 1000, 740));
        assert_eq!(
            free(Some(Edge::Right)),
            rect(0, 0, 1000, 800),
            "it is not anchored there"
        );
    }

    #[test]
    fn the_upper_layer_has_the_edge() {
        let mut lower = wish(Anchor::TOP, (10, 20));
        lower.zone = ExclusiveZone::Exclusive(20);
        let upper = Wish {
            layer: Layer::Overlay,
            ..lower
        };
        let arranged = on_whole(&[lower, upper]);
        assert_eq!(
            (arranged.places[0].loc.y, arranged.places[1].loc.y),
            (20, 0)
        );
    }

    #[test]
    fn what_is_left_is_never_less_than_nothing() {
        let mut greedy = wish(Anchor::BOTTOM, (10, 10));
        greedy.zone = ExclusiveZone::Exclusive(u32::MAX);
        greedy.margin.bottom = i32::MAX;
        let arranged = on_whole(&[greedy; 1]);
        assert_eq!(arranged.free, rect(0, 0, 1000, 0));
        let mut narrow = wish(Anchor::all(), (0, 0));
        narrow.margin.left = 16_384;
        assert_eq!(on_whole(&[narrow]).places[0].size.w, 1);
    }
}
