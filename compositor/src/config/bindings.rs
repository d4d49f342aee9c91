//! Which keys do what: any verb of `/desktop/ctl`, or of a window's `ctl` for the focused window.
//!
//! What is bound without a file, `bindings.toml` says, as a file would; `"none"` takes one away.

use std::collections::BTreeMap;

use ninep::tree::ctl::{Verb as _, VerbSpec, split};
use serde::Deserialize;
use smithay::input::keyboard::{Keysym, ModifiersState, xkb};
use trees::desktop::{Verb, WindowVerb};

/// What a binding does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// A verb of the desktop.
    Desktop(Verb),
    /// A verb of the focused window.
    Window(WindowVerb),
}

impl Action {
    /// Reads an action as it would be written to a `ctl`.
    pub(crate) fn parse(line: &str) -> Result<Self, String> {
        let words = split(line)?;
        let Some(first) = words.first() else {
            return Err("the binding does nothing: write \"none\" to take one away".to_owned());
        };
        let knows = |specs: &[VerbSpec]| specs.iter().any(|spec| spec.verb == *first);
        let (desktop, window) = (Verb::specs(), WindowVerb::specs());
        let parsed = if knows(&desktop) {
            Verb::parse(&words).map(Action::Desktop)
        } else if knows(&window) {
            WindowVerb::parse(&words).map(Action::Window)
        } else {
            let names: Vec<&str> = desktop
                .iter()
                .chain(&window)
                .map(|spec| spec.verb.as_str())
                .collect();
            return Err(format!(
                "there is no action {first:?}: it is one of {}, none, {{ spawn = [..] }} or {{ event = \"..\" }}",
                names.join(", ")
            ));
        };
        parsed.map_err(|refusal| format!("{}; write {}", refusal.why, refusal.would_work))
    }

    /// The line that says it.
    pub(super) fn line(&self) -> String {
        match self {
            Action::Desktop(verb) => verb.line(),
            Action::Window(verb) => verb.line(),
        }
    }
}

/// An action as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenAction {
    /// A verb with its words; `none` takes a binding away.
    Line(String),
    /// A program and its arguments.
    Spawn { spawn: Vec<String> },
    /// The name of an event.
    Event { event: String },
}

impl WrittenAction {
    /// The action; `None` for `none`.
    pub(super) fn read(self) -> Result<Option<Action>, String> {
        match self {
            WrittenAction::Line(line) if line == "none" => Ok(None),
            WrittenAction::Line(line) => Action::parse(&line).map(Some),
            WrittenAction::Spawn { spawn } if spawn.is_empty() => {
                Err("spawn names no program: write { spawn = [\"foot\"] }".to_owned())
            }
            WrittenAction::Spawn { spawn } => {
                Ok(Some(Action::Desktop(Verb::Spawn { argv: spawn })))
            }
            WrittenAction::Event { event } => {
                Ok(Some(Action::Desktop(Verb::Event { name: event })))
            }
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

impl std::fmt::Display for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let modifiers = [
            (self.ctrl, "ctrl+"),
            (self.alt, "alt+"),
            (self.shift, "shift+"),
            (self.logo, "super+"),
        ];
        let held = modifiers.into_iter().filter(|(held, _)| *held);
        for (_, word) in held {
            f.write_str(word)?;
        }
        f.write_str(&xkb::keysym_get_name(self.symbol))
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Bindings {
    list: Vec<(Keys, Action)>,
}

/// The bindings that are there without a file, as a file would write them.
pub(super) const DEFAULTS: &str = include_str!("bindings.toml");

impl Bindings {
    /// Binds keys to an action, or takes their binding away.
    pub(super) fn set(&mut self, keys: &str, action: Option<Action>) -> Result<(), String> {
        let keys = Keys::parse(keys)?;
        self.list.retain(|(other, _)| *other != keys);
        self.list.extend(action.map(|action| (keys, action)));
        Ok(())
    }

    /// All of them: keys, and what they do.
    pub(super) fn told(&self) -> BTreeMap<String, String> {
        let list = self.list.iter();
        list.map(|(keys, action)| (keys.to_string(), action.line()))
            .collect()
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

    fn action(line: &str) -> Action {
        Action::parse(line).unwrap()
    }

    #[test]
    fn a_binding_can_be_changed_and_taken_away() {
        let held = ModifiersState {
            logo: true,
            ..ModifiersState::default()
        };
        let mut bindings = Bindings::default();
        bindings.set("super+q", Some(action("close"))).unwrap();
        assert_eq!(bindings.find(&held, Keysym::q), Some(&action("close")));
        bindings.set("Super+Q", Some(action("quit"))).unwrap();
        assert_eq!(bindings.find(&held, Keysym::q), Some(&action("quit")));
        bindings.set("super+q", None).unwrap();
        assert_eq!(bindings.find(&held, Keysym::q), None);
    }

    #[test]
    fn modifiers_must_match_exactly() {
        let mut bindings = Bindings::default();
        bindings.set("super+q", Some(action("close"))).unwrap();
        let none = ModifiersState::default();
        assert_eq!(bindings.find(&none, Keysym::q), None);
        let more = ModifiersState {
            logo: true,
            ctrl: true,
            ..none
        };
        assert_eq!(bindings.find(&more, Keysym::q), None);
    }

    #[test]
    fn every_verb_of_desktop_and_windows_can_be_bound() {
        let (desktop, window) = (Verb::specs(), WindowVerb::specs());
        for spec in &desktop {
            let clash = window.iter().any(|other| other.verb == spec.verb);
            assert!(!clash, "{} means two things in a binding", spec.verb);
        }
        for spec in desktop.iter().chain(&window) {
            let words = spec.args.iter().map(|arg| {
                let (_, kind) = arg.split_once(':').unwrap();
                match kind.trim_end_matches(']') {
                    "integer" | "number" | "NUMBER|next|previous" => "3",
                    "text" | "words..." => "word",
                    words => words.split('|').next().unwrap(),
                }
            });
            let line: Vec<&str> = std::iter::once(spec.verb.as_str()).chain(words).collect();
            action(&line.join(" "));
        }
    }

    #[test]
    fn a_fault_names_the_word_and_what_would_work() {
        let fault = Action::parse("snap sideways").unwrap_err();
        assert!(
            fault.contains("sideways") && fault.contains("top-left"),
            "{fault}"
        );
        let fault = Action::parse("workspace 0").unwrap_err();
        assert!(fault.contains("next"), "{fault}");
    }
}
