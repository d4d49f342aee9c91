//! Keys: bindings first, then the client that has the keyboard.

use smithay::backend::input::KeyState;
use smithay::input::keyboard::{FilterResult, Keycode, Keysym, KeysymHandle, ModifiersState};
use smithay::utils::SERIAL_COUNTER;
use tracing::error;

use super::choosing::{Choice, held};
use crate::config::{Action, KeyboardConfig};
use crate::goblin::Goblin;

/// What a key does before any client sees it.
enum Taken {
    /// Carry this out.
    Action(Action),
    /// Something for the switcher or the overview.
    Choice(Choice),
    /// The release of a key that a binding took; or nothing more than has been done.
    Release,
}

impl Goblin {
    /// A key went down or up. `code` is an xkb keycode: the kernel's plus eight.
    pub(crate) fn key(&mut self, code: Keycode, state: KeyState, time: u32) {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        self.input_happened();
        let serial = SERIAL_COUNTER.next_serial();
        let taken =
            keyboard.input(
                self,
                code,
                state,
                serial,
                time,
                |goblin, modifiers, key| match goblin.filter(modifiers, &key, state) {
                    Some(taken) => FilterResult::Intercept(taken),
                    None => FilterResult::Forward,
                },
            );
        match taken {
            Some(Taken::Action(action)) => self.act(&action),
            Some(Taken::Choice(choice)) => self.choose_by_key(choice),
            Some(Taken::Release) | None => {}
        }
        self.after_key(code, state);
    }

    fn filter(
        &mut self,
        modifiers: &ModifiersState,
        key: &KeysymHandle<'_>,
        state: KeyState,
    ) -> Option<Taken> {
        let code = key.raw_code();
        if state == KeyState::Released {
            let index = self
                .input
                .taken_keys
                .iter()
                .position(|taken| *taken == code)?;
            self.input.taken_keys.remove(index);
            return Some(Taken::Release);
        }
        if self.globals.lock.is_on() {
            return None;
        }
        // The symbol without modifiers, so that super+shift+q is q with two modifiers; of a layout
        // without Latin letters, what the key would be on one that has them.
        let symbol = key.raw_latin_sym_or_raw_current_sym()?;
        if self.globals.shortcuts_inhibit.is_active() {
            if !(modifiers.logo && symbol == Keysym::Escape) {
                return None;
            }
            self.take_shortcuts_back();
            self.input.taken_keys.push(code);
            return Some(Taken::Release);
        }
        let action = self.config.bindings.find(modifiers, symbol).cloned();
        let taken = if self.keys_choose() {
            self.taken_by_choosing(action, symbol)?
        } else {
            Taken::Action(action?)
        };
        self.input.taken_keys.push(code);
        Some(taken)
    }

    /// What a key does while a window is being chosen; no client gets it.
    fn taken_by_choosing(&self, action: Option<Action>, symbol: Keysym) -> Option<Taken> {
        if symbol.is_modifier_key() {
            return None;
        }
        let action = action.filter(|action| self.acts_while_choosing(action));
        let choice = || Choice::of(symbol).map(Taken::Choice);
        action
            .map(Taken::Action)
            .or_else(choice)
            .or(Some(Taken::Release))
    }

    /// Super tapped alone, and modifiers let go that a walk through the windows was held open with.
    fn after_key(&mut self, code: Keycode, state: KeyState) {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        let modifiers = keyboard.modifier_state();
        let symbol = keyboard.with_xkb_state(self, |context| {
            let Ok(xkb) = context.xkb().lock() else {
                return None;
            };
            let layout = xkb.active_layout();
            xkb.raw_syms_for_key_in_layout(code, layout)
                .first()
                .copied()
        });
        let is_super = matches!(symbol, Some(Keysym::Super_L | Keysym::Super_R));
        match state {
            KeyState::Pressed => self.input.super_alone = is_super,
            KeyState::Released if is_super && self.input.super_alone => {
                self.input.super_alone = false;
                if self.globals.shortcuts_inhibit.is_active() || self.globals.lock.is_on() {
                    return;
                }
                if let Some(action) = self.config.super_tap.clone() {
                    self.act(&action);
                }
            }
            KeyState::Released => {}
        }
        self.modifiers_down(held(&modifiers));
    }

    /// Lets go of every key: our window of another desktop lost the keyboard, and with it the
    /// releases of what is held.
    pub(crate) fn release_all_keys(&mut self) {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        let time = self.now_ms();
        for code in keyboard.pressed_keys() {
            self.input.super_alone = false;
            self.key(code, KeyState::Released, time);
        }
    }

    /// Switches to another configuration of the keyboard.
    pub(crate) fn apply_keyboard(&mut self, config: &KeyboardConfig) -> Result<(), String> {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return Ok(());
        };
        keyboard.change_repeat_info(config.repeat_rate, config.repeat_delay);
        keyboard
            .set_xkb_config(self, config.xkb())
            .map_err(|reason| {
                error!("the keyboard keeps its layout: {reason}");
                format!(
                    "xkb has no layout {:?} with variant {:?}",
                    config.layout, config.variant
                )
            })
    }

    /// Switches on the next layout of the keyboard, or the one before.
    pub(crate) fn switch_layout(&mut self, step: i32) {
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        keyboard.with_xkb_state(self, |mut context| {
            if step < 0 {
                context.cycle_prev_layout();
            } else {
                context.cycle_next_layout();
            }
        });
        self.control.dirty = true;
    }
}
