//! What a client says about its window and its pixels, and what comes of it.

use trees::desktop::Hints;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Proxy, delegate_noop};
use wayland_protocols::wp::alpha_modifier::v1::client::wp_alpha_modifier_surface_v1::WpAlphaModifierSurfaceV1;
use wayland_protocols::wp::alpha_modifier::v1::client::wp_alpha_modifier_v1::WpAlphaModifierV1;
use wayland_protocols::wp::content_type::v1::client::wp_content_type_manager_v1::WpContentTypeManagerV1;
use wayland_protocols::wp::content_type::v1::client::wp_content_type_v1::{
    Type as ContentType, WpContentTypeV1,
};
use wayland_protocols::xdg::dialog::v1::client::xdg_dialog_v1::XdgDialogV1;
use wayland_protocols::xdg::dialog::v1::client::xdg_wm_dialog_v1::XdgWmDialogV1;
use wayland_protocols::xdg::system_bell::v1::client::xdg_system_bell_v1::XdgSystemBellV1;
use wayland_protocols::xdg::toplevel_icon::v1::client::xdg_toplevel_icon_manager_v1::XdgToplevelIconManagerV1;
use wayland_protocols::xdg::toplevel_icon::v1::client::xdg_toplevel_icon_v1::XdgToplevelIconV1;
use wayland_protocols::xdg::toplevel_tag::v1::client::xdg_toplevel_tag_manager_v1::XdgToplevelTagManagerV1;

use super::Fixture;
use super::dispatch::{Heard, note_events};
use crate::handlers::hints_of;
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const WHITE: [u8; 3] = [0xff, 0xff, 0xff];

delegate_noop!(Heard: ignore WpAlphaModifierV1);
delegate_noop!(Heard: ignore WpAlphaModifierSurfaceV1);
delegate_noop!(Heard: ignore WpContentTypeManagerV1);
delegate_noop!(Heard: ignore WpContentTypeV1);
delegate_noop!(Heard: ignore XdgWmDialogV1);
delegate_noop!(Heard: ignore XdgDialogV1);
delegate_noop!(Heard: ignore XdgSystemBellV1);
delegate_noop!(Heard: ignore XdgToplevelIconV1);
delegate_noop!(Heard: ignore XdgToplevelTagManagerV1);
note_events!(XdgToplevelIconManagerV1);

fn hints(fixture: &Fixture, id: WindowId) -> Hints {
    hints_of(fixture.goblin.windows.get(id).unwrap())
}

fn id_of(fixture: &Fixture, surface: &WlSurface) -> WindowId {
    let number = surface.id().protocol_id();
    let windows = fixture
        .goblin
        .layout
        .windows()
        .map(crate::layout::Window::id);
    windows
        .into_iter()
        .find(|id| {
            let window = fixture.goblin.windows.get(*id).unwrap();
            use smithay::reexports::wayland_server::Resource;
            window.surface().id().protocol_id() == number
        })
        .unwrap()
}

#[test]
fn a_dialog_that_must_be_answered_gets_what_its_window_would() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let parent = client.open(&mut fixture, (640, 480), BLUE);
    let dialog = client.open(&mut fixture, (200, 100), WHITE);
    dialog.toplevel.set_parent(Some(&parent.toplevel));
    let manager: XdgWmDialogV1 = client.bind();
    let modal = manager.get_xdg_dialog(&dialog.toplevel, &client.handle(), ());
    modal.set_modal();
    client.roundtrip(&mut fixture);
    let (parent_id, dialog_id) = (
        id_of(&fixture, &parent.surface),
        id_of(&fixture, &dialog.surface),
    );
    assert!(hints(&fixture, dialog_id).modal);
    fixture.goblin.focus_window(parent_id);
    fixture.turn();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(dialog.surface.id()));
    modal.unset_modal();
    client.roundtrip(&mut fixture);
    fixture.goblin.focus_window(parent_id);
    fixture.turn();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(parent.surface.id()));
}

#[test]
fn one_dialog_object_for_a_window_and_none_after_its_end() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (200, 100), BLUE);
    let manager: XdgWmDialogV1 = client.bind();
    let dialog = manager.get_xdg_dialog(&window.toplevel, &client.handle(), ());
    dialog.set_modal();
    window.toplevel.destroy();
    window.xdg.destroy();
    window.surface.destroy();
    client.roundtrip(&mut fixture);
    dialog.unset_modal();
    dialog.set_modal();
    dialog.destroy();
    client.roundtrip(&mut fixture);
    let window = client.open(&mut fixture, (200, 100), BLUE);
    let _one = manager.get_xdg_dialog(&window.toplevel, &client.handle(), ());
    let _two = manager.get_xdg_dialog(&window.toplevel, &client.handle(), ());
    assert!(client.try_roundtrip(&mut fixture).is_err());
}

#[test]
fn icon_tag_and_description_are_told_by_the_desktop() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (200, 100), BLUE);
    let id = fixture.only_window();
    let icons: XdgToplevelIconManagerV1 = client.bind();
    let icon = icons.create_icon(&client.handle(), ());
    icon.set_name("text-editor".to_owned());
    icons.set_icon(&window.toplevel, Some(&icon));
    let tags: XdgToplevelTagManagerV1 = client.bind();
    tags.set_toplevel_tag(&window.toplevel, "main".to_owned());
    tags.set_toplevel_description(&window.toplevel, "The text".to_owned());
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&icons), ["Done"]);
    assert_eq!(hints(&fixture, id).icon, None, "with the next commit");
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let told = hints(&fixture, id);
    assert_eq!(told.icon.as_deref(), Some("text-editor"));
    assert_eq!(told.tag.as_deref(), Some("main"));
    assert_eq!(told.description.as_deref(), Some("The text"));
    icons.set_icon(&window.toplevel, None);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(hints(&fixture, id).icon, None);
}

/// smithay 0.7.0 took away the wrong hook of two, so that this was an error and kept the buffer.
#[test]
fn an_icon_of_pixels_goes_before_its_buffer() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (320, 200), BLUE);
    let icons: XdgToplevelIconManagerV1 = client.bind();
    let icon = icons.create_icon(&client.handle(), ());
    let buffer = client.buffer(16, 16, BLUE);
    icon.add_buffer(&buffer, 1);
    icons.set_icon(&window.toplevel, Some(&icon));
    window.surface.commit();
    client.roundtrip(&mut fixture);
    icons.set_icon(&window.toplevel, None);
    window.surface.commit();
    icon.destroy();
    buffer.destroy();
    client.roundtrip(&mut fixture);

    let icon = icons.create_icon(&client.handle(), ());
    icon.add_buffer(&client.buffer(16, 8, BLUE), 1);
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let error = client.protocol_error().unwrap();
    assert!(error.starts_with("xdg_toplevel_icon_v1: 1 "), "{error}");
}

/// smithay 0.7.0 posts the error, changes the icon all the same, and asserts that nobody does.
#[test]
fn an_icon_that_a_window_has_does_not_change() {
    let mut fixture = Fixture::new();
    for with_buffer in [false, true] {
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (200, 100), BLUE);
        let icons: XdgToplevelIconManagerV1 = client.bind();
        let icon = icons.create_icon(&client.handle(), ());
        icon.set_name("text-editor".to_owned());
        icons.set_icon(&window.toplevel, Some(&icon));
        if with_buffer {
            icon.add_buffer(&client.buffer(16, 16, BLUE), 1);
        } else {
            icon.set_name("virus".to_owned());
        }
        assert!(client.try_roundtrip(&mut fixture).is_err());
        assert!(
            client
                .protocol_error()
                .unwrap()
                .contains("xdg_toplevel_icon_v1")
        );
        drop(client);
        fixture.turn();
        assert!(fixture.goblin.globals.frozen_icons.is_empty());
    }
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (200, 100), BLUE);
}

#[test]
fn a_window_that_rings_is_marked_until_it_gets_the_keyboard() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let below = client.open(&mut fixture, (200, 100), BLUE);
    let above = client.open(&mut fixture, (200, 100), BLUE);
    let (below_id, above_id) = (
        id_of(&fixture, &below.surface),
        id_of(&fixture, &above.surface),
    );
    let bell: XdgSystemBellV1 = client.bind();
    bell.ring(None);
    bell.ring(Some(&above.surface));
    bell.ring(Some(&below.surface));
    client.roundtrip(&mut fixture);
    assert!(!hints(&fixture, above_id).rang, "it has the keyboard");
    assert!(hints(&fixture, below_id).rang);
    fixture.goblin.focus_window(below_id);
    fixture.turn();
    assert!(!hints(&fixture, below_id).rang);
}

#[test]
fn a_surface_says_what_its_pixels_are() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (200, 100), BLUE);
    let id = fixture.only_window();
    let manager: WpContentTypeManagerV1 = client.bind();
    let content = manager.get_surface_content_type(&window.surface, &client.handle(), ());
    content.set_content_type(ContentType::Video);
    client.roundtrip(&mut fixture);
    assert_eq!(hints(&fixture, id).content, None, "with the next commit");
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(hints(&fixture, id).content.as_deref(), Some("video"));
    content.destroy();
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(hints(&fixture, id).content, None);
}

#[test]
fn an_alpha_modifier_lets_what_is_behind_shine_through() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (200, 100), [0, 0, 0]);
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    let middle = |fixture: &mut Fixture| {
        let picture = fixture.picture();
        let (x, y) = (content.loc.x + 100, content.loc.y + 50);
        let at = usize::try_from(y * 1920 + x).unwrap() * 4;
        u32::from(picture.data[at]) + u32::from(picture.data[at + 1])
    };
    assert_eq!(middle(&mut fixture), 0);
    let manager: WpAlphaModifierV1 = client.bind();
    let modifier = manager.get_surface(&window.surface, &client.handle(), ());
    modifier.set_multiplier(u32::MAX / 2);
    window.surface.damage(0, 0, 200, 100);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let half = middle(&mut fixture);
    modifier.set_multiplier(0);
    window.surface.damage(0, 0, 200, 100);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let whole = middle(&mut fixture);
    assert!(half > 0 && whole > half, "half {half}, whole {whole}");
}
