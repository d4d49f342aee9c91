//! `xdg_activation_v1`: one program brings another to the front, if a person's hand was behind it.

use std::time::Duration;

use smithay::delegate_xdg_activation;
use smithay::input::Seat;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::xdg_activation::{
    XdgActivationHandler, XdgActivationState, XdgActivationToken, XdgActivationTokenData,
};

use crate::goblin::Goblin;

/// A token is good for this long.
const LIFE: Duration = Duration::from_secs(10);

/// When a token was made, by our clock.
struct Born(Duration);

fn is_fresh(data: &XdgActivationTokenData, now: Duration) -> bool {
    let born = data.user_data.get::<Born>();
    born.is_some_and(|born| now.saturating_sub(born.0) < LIFE)
}

impl XdgActivationHandler for Goblin {
    fn activation_state(&mut self) -> &mut XdgActivationState {
        &mut self.globals.activation
    }

    fn token_created(&mut self, _token: XdgActivationToken, data: XdgActivationTokenData) -> bool {
        let now = self.clock.now().into();
        data.user_data.insert_if_missing_threadsafe(|| Born(now));
        self.globals
            .activation
            .retain_tokens(|_, data| is_fresh(data, now));
        // Only the client that has the keyboard, from the input that gave it: nobody steals focus.
        let Some((serial, seat)) = data.serial else {
            return false;
        };
        let keyboard = Seat::<Goblin>::from_resource(&seat).and_then(|seat| seat.get_keyboard());
        let last_enter = keyboard.and_then(|keyboard| keyboard.last_enter());
        last_enter.is_some_and(|enter| serial.is_no_older_than(&enter))
    }

    fn request_activation(
        &mut self,
        token: XdgActivationToken,
        data: XdgActivationTokenData,
        surface: WlSurface,
    ) {
        if is_fresh(&data, self.clock.now().into())
            && let Some(id) = self.windows.id_of(&surface)
            && self.layout.window(id).is_some()
        {
            self.focus_window(id);
        }
        self.globals.activation.remove_token(&token);
    }
}

delegate_xdg_activation!(Goblin);
