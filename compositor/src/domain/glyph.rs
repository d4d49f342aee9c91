//! The shapes that stand beside a domain's colour.

use super::hash_of;

/// A shape that is told from the others by eyes that see no colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "a shape needs no words")]
pub enum Glyph {
    Disc,
    Ring,
    Square,
    Pane,
    Diamond,
    Upward,
    Downward,
    Plus,
    Cross,
    Star,
    Hourglass,
    Bars,
}

impl Glyph {
    /// All of them.
    pub const ALL: [Glyph; 12] = [
        Glyph::Disc,
        Glyph::Ring,
        Glyph::Square,
        Glyph::Pane,
        Glyph::Diamond,
        Glyph::Upward,
        Glyph::Downward,
        Glyph::Plus,
        Glyph::Cross,
        Glyph::Star,
        Glyph::Hourglass,
        Glyph::Bars,
    ];

    /// The shape of a domain's name: of one name always the same, whatever its colour.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let place = (hash_of(name) >> 12) % Self::ALL.len() as u64;
        usize::try_from(place)
            .ok()
            .and_then(|place| Self::ALL.get(place).copied())
            .unwrap_or(Glyph::Disc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_shape_and_names_differ() {
        let apps = ["debian", "arch", "fedora", "alpine", "work", "bank"];
        assert_eq!(apps.map(Glyph::of), apps.map(Glyph::of));
        let mut shapes = apps.map(Glyph::of).to_vec();
        shapes.sort_unstable_by_key(|shape| *shape as u8);
        shapes.dedup();
        assert!(shapes.len() >= 4, "{shapes:?}");
    }

    #[test]
    fn every_shape_is_some_names() {
        let names: Vec<Glyph> = (0..400).map(|n| Glyph::of(&n.to_string())).collect();
        assert!(Glyph::ALL.iter().all(|shape| names.contains(shape)));
    }
}
