//! From a character or a key's name to the keys a person would press for it on the layout in use.

use smithay::input::keyboard::{Keycode, Keysym, XkbConfig, xkb};
use thiserror::Error;

/// The keys to hold and the one to tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chord {
    /// Modifiers, in the order they are pressed.
    pub(crate) hold: Vec<Keycode>,
    /// The key.
    pub(crate) key: Keycode,
}

/// Why something cannot be typed.
#[derive(Debug, Error, PartialEq)]
pub(crate) enum KeymapError {
    /// The layout has no such character.
    #[error("{0:?} is on no key of the layout in use: choose another with [keyboard] layout")]
    Character(char),
    /// There is no such key.
    #[error(
        "there is no key {0:?}: names are xkb keysyms, such as Return, F5, a, with ctrl+, shift+, alt+ or super+ before them"
    )]
    Key(String),
    /// The layout could not be read.
    #[error("xkb could not read the keyboard's layout")]
    Layout,
}

/// The keys of the layout in use. Made when it is first needed: a desktop at rest has none.
pub(crate) struct KeyTable {
    keymap: xkb::Keymap,
}

/// Modifiers that a level of a key can ask for, and the key that a person holds for each.
const LEVELS: [(&str, Keysym); 3] = [
    ("Shift", Keysym::Shift_L),
    ("Mod5", Keysym::ISO_Level3_Shift),
    ("Mod3", Keysym::ISO_Level5_Shift),
];

impl KeyTable {
    /// Reads a layout.
    pub(crate) fn new(config: &XkbConfig<'_>) -> Result<Self, KeymapError> {
        let context = xkb::Context::new(xkb::CONTEXT_NO_FLAGS);
        let keymap = xkb::Keymap::new_from_names(
            &context,
            config.rules,
            config.model,
            config.layout,
            config.variant,
            config.options.clone(),
            xkb::KEYMAP_COMPILE_NO_FLAGS,
        )
        .ok_or(KeymapError::Layout)?;
        Ok(Self { keymap })
    }

    /// The layout as xkb compiled it.
    pub(crate) fn keymap(&self) -> &xkb::Keymap {
        &self.keymap
    }

    /// The keys for a character, with the layout numbered `layout`.
    pub(crate) fn character(&self, c: char, layout: u32) -> Result<Chord, KeymapError> {
        let symbol = match c {
            '\n' | '\r' => Keysym::Return,
            '\t' => Keysym::Tab,
            c => xkb::utf32_to_keysym(u32::from(c)),
        };
        self.symbol(symbol, layout).ok_or(KeymapError::Character(c))
    }

    /// The keys for `ctrl+shift+Return` and the like.
    pub(crate) fn named(&self, name: &str, layout: u32) -> Result<Chord, KeymapError> {
        let bad = || KeymapError::Key(name.to_owned());
        let (held, key) = match name.rsplit_once('+') {
            // The plus key itself, alone or with modifiers.
            Some((held, "")) => (held.strip_suffix('+').unwrap_or(""), "plus"),
            Some((held, key)) => (held, key),
            None => ("", name),
        };
        let mut chord = self.key_named(key, layout).ok_or_else(bad)?;
        let mut hold = Vec::new();
        for modifier in held.split('+').filter(|modifier| !modifier.is_empty()) {
            let symbol = modifier_key(modifier).ok_or_else(bad)?;
            hold.push(self.key_of(symbol, layout).ok_or_else(bad)?);
        }
        hold.extend(
            chord
                .hold
                .drain(..)
                .filter(|code| !hold.contains(code))
                .collect::<Vec<_>>(),
        );
        Ok(Chord { hold, ..chord })
    }

    fn key_named(&self, name: &str, layout: u32) -> Option<Chord> {
        // A C string ends at a NUL byte.
        if name.contains('\0') {
            return None;
        }
        if let Some(symbol) = modifier_key(name) {
            return Some(Chord {
                hold: Vec::new(),
                key: self.key_of(symbol, layout)?,
            });
        }
        [xkb::KEYSYM_NO_FLAGS, xkb::KEYSYM_CASE_INSENSITIVE]
            .into_iter()
            .find_map(|flags| {
                let symbol = xkb::keysym_from_name(name, flags);
                if symbol == Keysym::NoSymbol {
                    None
                } else {
                    self.symbol(symbol, layout)
                }
            })
    }

    /// The key that gives a symbol with the fewest modifiers held.
    fn symbol(&self, symbol: Keysym, layout: u32) -> Option<Chord> {
        let mut state = xkb::State::new(&self.keymap);
        let layouts = if layout == 0 {
            vec![0]
        } else {
            vec![layout, 0]
        };
        layouts.into_iter().find_map(|layout| {
            (0_usize..1 << LEVELS.len()).find_map(|choice| {
                let chosen = LEVELS
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| choice & (1 << bit) != 0);
                let mut mask = 0;
                let mut hold = Vec::new();
                for (_, (name, symbol)) in chosen {
                    mask |= 1_u32.checked_shl(self.keymap.mod_get_index(*name))?;
                    hold.push(self.key_of(*symbol, layout)?);
                }
                state.update_mask(mask, 0, 0, 0, 0, layout);
                let key = self
                    .codes()
                    .find(|key| state.key_get_one_sym(*key) == symbol)?;
                Some(Chord { hold, key })
            })
        })
    }

    /// The key whose first level is a symbol.
    fn key_of(&self, symbol: Keysym, layout: u32) -> Option<Keycode> {
        self.codes().find(|key| {
            let Some(last) = self.keymap.num_layouts_for_key(*key).checked_sub(1) else {
                return false;
            };
            self.keymap
                .key_get_syms_by_level(*key, layout.min(last), 0)
                .contains(&symbol)
        })
    }

    fn codes(&self) -> impl Iterator<Item = Keycode> {
        (self.keymap.min_keycode().raw()..=self.keymap.max_keycode().raw()).map(Keycode::new)
    }
}

/// The key for a modifier's plain name.
fn modifier_key(name: &str) -> Option<Keysym> {
    match name.to_ascii_lowercase().as_str() {
        "ctrl" | "control" => Some(Keysym::Control_L),
        "shift" => Some(Keysym::Shift_L),
        "alt" => Some(Keysym::Alt_L),
        "super" | "logo" => Some(Keysym::Super_L),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(layout: &str) -> KeyTable {
        KeyTable::new(&XkbConfig {
            layout,
            ..XkbConfig::default()
        })
        .unwrap()
    }

    #[test]
    fn plain_and_shifted_letters_are_found() {
        let us = table("us");
        assert_eq!(
            us.character('a', 0),
            Ok(Chord {
                hold: vec![],
                key: Keycode::new(38)
            })
        );
        let shift = Keycode::new(50);
        assert_eq!(
            us.character('A', 0),
            Ok(Chord {
                hold: vec![shift],
                key: Keycode::new(38)
            })
        );
        assert_eq!(
            us.character('\n', 0).map(|chord| chord.key),
            Ok(Keycode::new(36))
        );
    }

    #[test]
    fn characters_of_the_third_level_hold_altgr() {
        let german = table("de");
        let at = german.character('@', 0).unwrap();
        assert_eq!((at.hold.len(), at.key), (1, Keycode::new(24)));
        assert_eq!(
            german.character('ß', 0).map(|chord| chord.key),
            Ok(Keycode::new(20))
        );
    }

    #[test]
    fn what_the_layout_lacks_is_named() {
        assert_eq!(
            table("us").character('你', 0),
            Err(KeymapError::Character('你'))
        );
    }

    #[test]
    fn names_carry_modifiers() {
        let us = table("us");
        let chord = us.named("ctrl+shift+Return", 0).unwrap();
        assert_eq!((chord.hold.len(), chord.key), (2, Keycode::new(36)));
        assert_eq!(
            us.named("super", 0).map(|chord| chord.key),
            Ok(Keycode::new(133))
        );
        assert_eq!(
            us.named("ctrl++", 0).map(|chord| chord.key),
            Ok(Keycode::new(21))
        );
        assert!(us.named("hyperspace", 0).is_err());
    }
}
