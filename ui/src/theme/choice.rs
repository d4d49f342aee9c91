//! Which theme a program wears.

use super::Theme;

/// The theme that a person gave a program at its start, else that of the desktop, else light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    given: Option<Theme>,
    desktop: Theme,
}

impl Choice {
    /// A choice with the theme given at the start, if one was.
    pub const fn new(given: Option<Theme>) -> Self {
        Self {
            given,
            desktop: Theme::Light,
        }
    }

    /// A choice with the theme given by the environment variable `GOBLIN_THEME`: `light` or `dark`. Any other
    /// value gives none.
    pub fn from_environment() -> Self {
        let name = std::env::var("GOBLIN_THEME").ok();
        Self::new(name.as_deref().and_then(Theme::named))
    }

    /// The desktop has the theme of this name now; a name that is unknown here changes nothing.
    pub fn follow(&mut self, name: &str) {
        if let Some(theme) = Theme::named(name) {
            self.desktop = theme;
        }
    }

    /// The theme to draw with.
    pub fn theme(self) -> Theme {
        self.given.unwrap_or(self.desktop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_is_followed_as_far_as_its_theme_is_known() {
        let mut choice = Choice::new(None);
        assert_eq!(choice.theme(), Theme::Light);
        choice.follow("dark");
        choice.follow("mauve");
        assert_eq!(choice.theme(), Theme::Dark);
        choice.follow("light");
        assert_eq!(choice.theme(), Theme::Light);
    }

    #[test]
    fn what_was_given_at_the_start_stays() {
        let mut choice = Choice::new(Some(Theme::Light));
        choice.follow("dark");
        assert_eq!(choice.theme(), Theme::Light);
    }
}
