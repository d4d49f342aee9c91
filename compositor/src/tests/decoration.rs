//! Who draws the frame, by KDE's protocol.

use wayland_client::delegate_noop;
use wayland_protocols_misc::server_decoration::client::org_kde_kwin_server_decoration::{
    Mode, OrgKdeKwinServerDecoration,
};
use wayland_protocols_misc::server_decoration::client::org_kde_kwin_server_decoration_manager::OrgKdeKwinServerDecorationManager;

use super::Fixture;
use super::dispatch::{Heard, note_events};
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore OrgKdeKwinServerDecorationManager);
note_events!(OrgKdeKwinServerDecoration);

/// GTK 4 asks in this order.
#[test]
fn what_is_asked_before_the_surface_is_a_window_holds_for_the_window() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let manager: OrgKdeKwinServerDecorationManager = client.bind();
    let handle = client.handle();
    let surface = client.surface();
    let decoration = manager.create(&surface, &handle, ());
    decoration.request_mode(Mode::Server);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.take_notes(&decoration),
        ["Mode { mode: Value(Server) }"]
    );

    let window = client.window_of(surface);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&window, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    assert!(has_frame(&fixture, id));

    decoration.request_mode(Mode::Client);
    client.roundtrip(&mut fixture);
    assert!(!has_frame(&fixture, id), "it draws its own now");
}

fn has_frame(fixture: &Fixture, id: WindowId) -> bool {
    fixture.goblin.layout.frame_rect(id) != fixture.goblin.layout.content_rect(id)
}
