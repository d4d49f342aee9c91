//! `zwp_virtual_keyboard_manager_v1`: a program of the board types, such as wtype or a keyboard on the
//! screen.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use rustix::fs::MemfdFlags;
use smithay::reexports::wayland_protocols_misc::zwp_virtual_keyboard_v1::server::{
    zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1,
    zwp_virtual_keyboard_v1::{self, ZwpVirtualKeyboardV1},
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, delegate_dispatch, delegate_global_dispatch,
};
use smithay::wayland::virtual_keyboard::{
    VirtualKeyboardManagerGlobalData, VirtualKeyboardManagerState, VirtualKeyboardUserData,
};
use tracing::warn;

use crate::goblin::Goblin;

/// No keymap is larger, in bytes: those of all layouts together are not.
const LARGEST: u32 = 1 << 20;

delegate_global_dispatch!(Goblin: [
    ZwpVirtualKeyboardManagerV1: VirtualKeyboardManagerGlobalData
] => VirtualKeyboardManagerState);
delegate_dispatch!(Goblin: [ZwpVirtualKeyboardManagerV1: ()] => VirtualKeyboardManagerState);

impl Dispatch<ZwpVirtualKeyboardV1, VirtualKeyboardUserData<Self>> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        keyboard: &ZwpVirtualKeyboardV1,
        request: zwp_virtual_keyboard_v1::Request,
        data: &VirtualKeyboardUserData<Self>,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let request = match request {
            zwp_virtual_keyboard_v1::Request::Keymap { format, fd, size } => {
                match own_copy(fd, size) {
                    Ok(fd) => zwp_virtual_keyboard_v1::Request::Keymap { format, fd, size },
                    Err(error) => {
                        warn!("a virtual keyboard's keymap was not taken: {error}");
                        return;
                    }
                }
            }
            zwp_virtual_keyboard_v1::Request::Key { .. } => {
                goblin.input_happened();
                request
            }
            request => request,
        };
        <VirtualKeyboardManagerState as Dispatch<_, _, Self>>::request(
            goblin, client, keyboard, request, data, display, data_init,
        );
    }

    fn destroyed(
        goblin: &mut Self,
        client: ClientId,
        keyboard: &ZwpVirtualKeyboardV1,
        data: &VirtualKeyboardUserData<Self>,
    ) {
        <VirtualKeyboardManagerState as Dispatch<_, _, Self>>::destroyed(
            goblin, client, keyboard, data,
        );
    }
}

/// A copy of what a client says is a keymap. smithay maps the client's own file, at the size that the
/// client gives: one that is shorter, or cut short meanwhile, would kill us with a bus error.
fn own_copy(fd: OwnedFd, size: u32) -> io::Result<OwnedFd> {
    if size == 0 || size > LARGEST {
        let why = format!("{size} bytes are none, or more than {LARGEST}");
        return Err(io::Error::other(why));
    }
    let mut text = vec![0; size as usize];
    File::from(fd).read_exact_at(&mut text, 0)?;
    let copy = rustix::fs::memfd_create("keymap", MemfdFlags::CLOEXEC)?;
    let mut copy = File::from(copy);
    copy.write_all(&text)?;
    Ok(copy.into())
}
