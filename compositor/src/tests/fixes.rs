//! Small protocols of ours: `wl_fixes`, tearing, seats for a while.

use wayland_client::protocol::wl_fixes::WlFixes;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::{Connection, delegate_noop};
use wayland_protocols::ext::transient_seat::v1::client::ext_transient_seat_manager_v1::ExtTransientSeatManagerV1;
use wayland_protocols::ext::transient_seat::v1::client::ext_transient_seat_v1::ExtTransientSeatV1;
use wayland_protocols::wp::tearing_control::v1::client::wp_tearing_control_manager_v1::WpTearingControlManagerV1;
use wayland_protocols::wp::tearing_control::v1::client::wp_tearing_control_v1::{
    PresentationHint, WpTearingControlV1,
};

use super::Fixture;
use super::dispatch::{Heard, note_events};
use crate::handlers::hints_of;
use crate::outputs::Setup;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore WlFixes);
delegate_noop!(Heard: ignore ExtTransientSeatManagerV1);
delegate_noop!(Heard: ignore WpTearingControlManagerV1);
delegate_noop!(Heard: ignore WpTearingControlV1);
note_events!(ExtTransientSeatV1);

#[test]
fn a_registry_that_was_destroyed_hears_of_no_more_globals() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let fixes: WlFixes = client.bind();
    let connection: &Connection = client.connection();
    let second: WlRegistry = connection.display().get_registry(&client.handle(), ());
    client.roundtrip(&mut fixture);
    fixes.destroy_registry(&second);
    client.roundtrip(&mut fixture);
    client.heard.globals.clear();
    client.heard.globals_told = 0;
    fixture
        .goblin
        .add_output("late", Setup::of_size((640, 480).into(), 1.0));
    client.roundtrip(&mut fixture);
    // The first registry goes on.
    assert!(client.heard.globals.contains_key("wl_output"));
    assert_eq!(client.heard.globals_told, 1, "one registry was told");
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (300, 200), BLUE);
}

#[test]
fn a_seat_for_a_while_is_denied() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let manager: ExtTransientSeatManagerV1 = client.bind();
    let seat = manager.create(&client.handle(), ());
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&seat), ["Denied"]);
    seat.destroy();
    manager.destroy();
    client.roundtrip(&mut fixture);
}

#[test]
fn a_surface_says_whether_it_is_better_torn_than_late() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    let tearing = |fixture: &Fixture| {
        let window = fixture.goblin.windows.get(id).unwrap();
        hints_of(window).tearing
    };
    let manager: WpTearingControlManagerV1 = client.bind();
    let control = manager.get_tearing_control(&window.surface, &client.handle(), ());
    control.set_presentation_hint(PresentationHint::Async);
    client.roundtrip(&mut fixture);
    assert!(!tearing(&fixture), "with the next commit");
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert!(tearing(&fixture));
    control.destroy();
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert!(!tearing(&fixture));

    let _one = manager.get_tearing_control(&window.surface, &client.handle(), ());
    let _two = manager.get_tearing_control(&window.surface, &client.handle(), ());
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (300, 200), BLUE);
}
