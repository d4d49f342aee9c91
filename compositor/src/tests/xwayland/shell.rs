//! `xwayland_shell_v1`: for the X server that we started, and for nobody else.

use std::os::unix::net::UnixStream;

use wayland_client::delegate_noop;
use wayland_protocols::xwayland::shell::v1::client::{
    xwayland_shell_v1::XwaylandShellV1, xwayland_surface_v1::XwaylandSurfaceV1,
};

use crate::client::Kind;
use crate::domain::{Domain, FOR_XWAYLAND};
use crate::tests::dispatch::Heard;
use crate::tests::{Client, Fixture};

delegate_noop!(Heard: ignore XwaylandShellV1);
delegate_noop!(Heard: ignore XwaylandSurfaceV1);

/// A client that passes for the X server.
fn x_server(fixture: &mut Fixture) -> Client {
    let (ours, theirs) = UnixStream::pair().unwrap();
    fixture
        .goblin
        .accept_as(ours, Domain::Board, Kind::Xwayland);
    fixture.introduce(theirs)
}

#[test]
fn only_the_x_server_is_told_of_it() {
    let mut fixture = Fixture::new();
    let program = fixture.connect();
    assert!(!program.heard.globals.contains_key(FOR_XWAYLAND));
    let server = x_server(&mut fixture);
    assert_eq!(server.heard.globals[FOR_XWAYLAND].1, 1);
}

#[test]
fn a_surface_has_one_serial_and_that_with_its_next_commit() {
    let mut fixture = Fixture::new();
    let mut server = x_server(&mut fixture);
    let shell: XwaylandShellV1 = server.bind();
    let surface = server.surface();
    let object = shell.get_xwayland_surface(&surface, &server.handle(), ());
    object.set_serial(7, 1);
    server.roundtrip(&mut fixture);
    let serial = 7 | 1 << 32;
    assert_eq!(fixture.goblin.globals.xwayland_shell.take(serial), None);
    surface.commit();
    server.roundtrip(&mut fixture);
    assert!(fixture.goblin.globals.xwayland_shell.take(serial).is_some());

    object.set_serial(8, 0);
    let _ = server.try_roundtrip(&mut fixture);
    let error = server.protocol_error().expect("the serial stays");
    assert!(error.contains("xwayland_surface_v1"), "{error}");
}
