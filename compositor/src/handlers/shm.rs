//! `wl_shm`: smithay's, but for a size that it cannot take.

use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::reexports::wayland_server::protocol::wl_shm::{Error, WlShm};
use smithay::reexports::wayland_server::protocol::wl_shm_pool::{Request, WlShmPool};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::wayland::shm::{ShmBufferUserData, ShmPoolUserData, ShmState};

use crate::goblin::Goblin;

impl Dispatch<WlShmPool, ShmPoolUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        pool: &WlShmPool,
        request: Request,
        data: &ShmPoolUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        // smithay says so too, and goes on to unwrap it.
        if let Request::Resize { size } = request
            && size <= 0
        {
            pool.post_error(Error::InvalidFd, "a pool's size is more than 0");
            return;
        }
        <ShmState as Dispatch<_, _, Self>>::request(
            state, client, pool, request, data, display, init,
        );
    }

    fn destroyed(state: &mut Self, client: ClientId, pool: &WlShmPool, data: &ShmPoolUserData) {
        <ShmState as Dispatch<_, _, Self>>::destroyed(state, client, pool, data);
    }
}

// What `delegate_shm!` does for the others.
delegate_global_dispatch!(Goblin: [WlShm: ()] => ShmState);
delegate_dispatch!(Goblin: [WlShm: ()] => ShmState);
delegate_dispatch!(Goblin: [WlBuffer: ShmBufferUserData] => ShmState);
