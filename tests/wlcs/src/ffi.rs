//! Where WLCS and libwayland hand us their pointers.
#![expect(
    unsafe_code,
    reason = "WLCS is a C++ program: it names clients and surfaces by libwayland's pointers"
)]

use std::ffi::CString;
use std::os::fd::RawFd;
use std::sync::OnceLock;

use compositor::Embedded;
use wayland_sys::client::{wayland_client_handle, wl_display, wl_proxy};
use wlcs::ffi_display_server_api::{
    WlcsExtensionDescriptor, WlcsIntegrationDescriptor, WlcsServerIntegration,
};
use wlcs::ffi_wrappers::wlcs_server;
use wlcs::wlcs_server_integration;

use crate::globals;
use crate::server::Server;

wlcs_server_integration!(Server);

/// The socket of a client's connection.
pub(crate) fn descriptor(display: *mut wl_display) -> RawFd {
    // SAFETY: WLCS passes the display of one of its own clients, which lives while it asks.
    unsafe { (wayland_client_handle().wl_display_get_fd)(display) }
}

/// The number of an object on its client's connection.
pub(crate) fn object_id(proxy: *mut wl_proxy) -> u32 {
    // SAFETY: WLCS passes the proxy of a surface of its own client, which lives while it asks.
    unsafe { (wayland_client_handle().wl_proxy_get_id)(proxy) }
}

/// What WLCS is told we offer: the list of a compositor of this process, made once and kept to its
/// end.
pub(crate) fn descriptor_of_globals(
    server: Option<&Embedded>,
) -> &'static WlcsIntegrationDescriptor {
    static OFFERED: OnceLock<Offered> = OnceLock::new();
    &OFFERED
        .get_or_init(|| {
            let listed = server.map(globals::of).transpose();
            let listed = listed.unwrap_or_else(|error| {
                eprintln!("the compositor's globals could not be listed: {error}");
                None
            });
            let extension = |(name, version)| {
                let name: &'static CString = Box::leak(Box::new(CString::new(name).ok()?));
                let name = name.as_ptr();
                Some(WlcsExtensionDescriptor { name, version })
            };
            let extensions: Vec<_> = listed.into_iter().flatten().filter_map(extension).collect();
            let extensions: &'static [_] = Vec::leak(extensions);
            Offered(WlcsIntegrationDescriptor {
                version: 1,
                num_extensions: extensions.len(),
                supported_extensions: extensions.as_ptr(),
            })
        })
        .0
}

struct Offered(WlcsIntegrationDescriptor);

// SAFETY: what it points to is leaked and never written to again.
unsafe impl Sync for Offered {}
// SAFETY: as above.
unsafe impl Send for Offered {}
