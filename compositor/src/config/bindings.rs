//! Which keys do what.

use serde::Deserialize;
use smithay::input::keyboard::{Keysym, ModifiersState, xkb};

/// What a binding does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Ask the focused window's client to close it.
    Close,
    /// Maximise the focused window, or undo that.
    Maximize,
    /// Hide the focused window; one that fills the work area floats again first.
    Minimize,
    /// Show the window that was hidden last.
    Restore,
    /// Fill the output with the focused window, or undo that.
    Fullscreen,
    /// Fill the left half with the focused window, or undo that.
    TileLeft,
    /// Fill the right half with the focused window, or undo that.
    TileRight,
    /// Focus the window that had the focus before.
    NextWindow,
    /// The other way round.
    PreviousWindow,
    /// Start a program.
    Spawn(Vec<String>),
    /// Tell followers of `/desktop/event`.
    Event(String),
    /// End the session.
    Quit,
}

impl Action {
    const NAMES: [(&'static str, Action); 10] = [
        ("close", Action::Close),
        ("maximize", Action::Maximize),
        ("minimize", Action::Minimize),
        ("restore", Action::Restore),
        ("fullscreen", Action::Fullscreen),
        ("tile-left", Action::TileLeft),
        ("tile-right", Action::TileRight),
        ("next-window", Action::NextWindow),
        ("previous-window", Action::PreviousWindow),
        ("quit", Action::Quit),
    ];
}

/// An action as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenAction {
    /// By its name; `none` takes a binding away.
    Name(String),
    /// A program and its arguments.
    Spawn { spawn: Vec<String> },
    /// The name of an event.
    Event { event: String },
}

impl WrittenAction {
    /// The action; `None` for `none`.
    pub(super) fn read(self) -> Result<Option<Action>, String> {
        match self {
            WrittenAction::Name(name) if name == "none" => Ok(None),
            WrittenAction::Name(name) => {
                let known = Action::NAMES.into_iter().find(|(known, _)| *known == name);
                known.map(|(_, action)| Some(action)).ok_or_else(|| {
                    let names = Action::NAMES.map(|(name, _)| name).join(", ");
                    format!(
                        "there is no action {name:?}: it is one of {names}, none, {{ spawn = [..] }} or {{ event = \"..\" }}"
                    )
                })
            }
            WrittenAction::Spawn { spawn } if spawn.is_empty() => {
                Err("spawn names no program: write { spawn = [\"foot\"] }".to_owned())
            }
            WrittenAction::Spawn { spawn } => Ok(Some(Action::Spawn(spawn))),
            WrittenAction::Event { event } => Ok(Some(Action::Event(event))),
        }
    }
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Keys {
    ctrl: bool,
    alt: bool,
    shift: bool,
    logo: bool,
    symbol: Keysym,
}

impl Keys {
    fn parse(text: &str) -> Result<Self, String> {
        let mut keys = Self::default();
        let mut parts = text.split('+').map(str::trim).peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                keys.symbol = symbol_of(part)
                    .ok_or_else(|| format!("{text:?} names no key: {part:?} is no xkb keysym"))?;
                return Ok(keys);
            }
            match part.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => keys.ctrl = true,
                "alt" => keys.alt = true,
                "shift" => keys.shift = true,
                "super" | "logo" => keys.logo = true,
                other => {
                    return Err(format!(
                        "{other:?} in {text:?} is no modifier: they are ctrl, alt, shift, super"
                    ));
                }
            }
        }
        Err(format!("{text:?} names no key"))
    }
}

fn symbol_of(name: &str) -> Option<Keysym> {
    // A C string ends at a NUL byte, and a symbol's name has none.
    if name.contains('\0') {
        return None;
    }
    let symbol = xkb::keysym_from_name(name, xkb::KEYSYM_CASE_INSENSITIVE);
    (symbol != Keysym::NoSymbol).then(|| lower(symbol))
}

/// The symbol of the unshifted key, for letters.
fn lower(symbol: Keysym) -> Keysym {
    match symbol.key_char() {
        Some(c) if c.is_ascii_uppercase() => Keysym::from_char(c.to_ascii_lowercase()),
        _ => symbol,
    }
}

/// All bindings.
#[derive(Debug, Clone)]
pub(crate) struct Bindings {
    list: Vec<(Keys, Action)>,
}

impl Default for Bindings {
    fn default() -> Self {
        let logo = |symbol| Keys {
            logo: true,
            symbol,
            ..Keys::default()
        };
        let alt = |symbol, shift| Keys {
            alt: true,
            shift,
            symbol,
            ..Keys::default()
        };
        let list = vec![
            (logo(Keysym::Return), Action::Spawn(vec!["foot".to_owned()])),
            (logo(Keysym::q), Action::Close),
            (logo(Keysym::Up), Action::Maximize),
            (logo(Keysym::Down), Action::Minimize),
            (logo(Keysym::m), Action::Minimize),
            (
                Keys {
                    shift: true,
                    ..logo(Keysym::m)
                },
                Action::Restore,
            ),
            (logo(Keysym::f), Action::Fullscreen),
            (logo(Keysym::Left), Action::TileLeft),
            (logo(Keysym::Right), Action::TileRight),
            (alt(Keysym::Tab, false), Action::NextWindow),
            (alt(Keysym::Tab, true), Action::PreviousWindow),
            (alt(Keysym::F4, false), Action::Close),
            (
                Keys {
                    shift: true,
                    ..logo(Keysym::Escape)
                },
                Action::Quit,
            ),
        ];
        Self { list }
    }
}

impl Bindings {
    /// Binds keys to an action, or takes their binding away.
    pub(super) fn set(&mut self, keys: &str, action: Option<Action>) -> Result<(), String> {
        let keys = Keys::parse(keys)?;
        self.list.retain(|(other, _)| *other != keys);
        self.list.extend(action.map(|action| (keys, action)));
        Ok(())
    }

    /// What a press does: `symbol` is the key's without modifiers.
    pub(crate) fn find(&self, modifiers: &ModifiersState, symbol: Keysym) -> Option<&Action> {
        let pressed = Keys {
            ctrl: modifiers.ctrl,
            alt: modifiers.alt,
            shift: modifiers.shift,
            logo: modifiers.logo,
            symbol: lower(symbol),
        };
        self.list
            .iter()
            .find(|(keys, _)| *keys == pressed)
            .map(|(_, action)| action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_can_be_changed_and_taken_away() {
        let held = ModifiersState {
            logo: true,
            ..ModifiersState::default()
        };
        let mut bindings = Bindings::default();
        assert_eq!(bindings.find(&held, Keysym::q), Some(&Action::Close));
        bindings.set("Super+Q", Some(Action::Quit)).unwrap();
        assert_eq!(bindings.find(&held, Keysym::q), Some(&Action::Quit));
        bindings.set("super+q", None).unwrap();
        assert_eq!(bindings.find(&held, Keysym::q), None);
    }

    #[test]
    fn modifiers_must_match_exactly() {
        let bindings = Bindings::default();
        let none = ModifiersState::default();
        assert_eq!(bindings.find(&none, Keysym::q), None);
        let more = ModifiersState {
            logo: true,
            ctrl: true,
            ..none
        };
        assert_eq!(bindings.find(&more, Keysym::q), None);
    }
}
