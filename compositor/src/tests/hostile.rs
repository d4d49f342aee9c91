//! Clients that mean harm, or know no better. They may lose their own connection; nobody else may.

use smithay::reexports::wayland_protocols::wp::drm_lease::v1::server::wp_drm_lease_device_v1::WpDrmLeaseDeviceV1;
use smithay::reexports::wayland_server::{
    Client as ServerClient, DataInit, DisplayHandle, GlobalDispatch, New,
};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::{Client, Fixture};
use crate::goblin::Goblin;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const WILD: [i32; 6] = [i32::MIN, i32::MIN + 1, -1, 0, 1 << 30, i32::MAX];

/// Another client still gets its window.
fn others_live(fixture: &mut Fixture) {
    let mut witness = fixture.connect();
    let before = fixture.goblin.layout.windows().count();
    witness.open(fixture, (300, 200), BLUE);
    assert_eq!(fixture.goblin.layout.windows().count(), before + 1);
    fixture.goblin.layout.verify_invariants().unwrap();
    fixture.picture();
}

#[test]
fn a_protocol_error_costs_only_the_client_that_made_it() {
    let mut fixture = Fixture::new();
    let mut good = fixture.connect();
    good.open(&mut fixture, (640, 480), BLUE);
    let mut bad = fixture.connect();
    let window = bad.bare_window();
    window.surface.commit();
    bad.roundtrip(&mut fixture);
    window.xdg.ack_configure(0xdead_beef);
    assert!(bad.try_roundtrip(&mut fixture).is_err());
    assert!(bad.protocol_error().unwrap().contains("xdg_"));
    good.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.windows().count(), 1);
    others_live(&mut fixture);
}

#[test]
fn content_before_the_first_configure_is_shown_all_the_same() {
    let mut fixture = Fixture::new();
    let mut rash = fixture.connect();
    let window = rash.bare_window();
    let buffer = rash.buffer(10, 10, BLUE);
    window.surface.attach(Some(&buffer), 0, 0);
    window.surface.commit();
    rash.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.windows().count(), 1);
    assert!(!rash.heard.configures(&window.toplevel).is_empty());
    others_live(&mut fixture);
}

#[test]
fn a_subsurface_that_is_put_above_itself() {
    let mut fixture = Fixture::new();
    let mut good = fixture.connect();
    good.open(&mut fixture, (640, 480), BLUE);
    for above in [true, false] {
        let mut bad = fixture.connect();
        let window = bad.open(&mut fixture, (300, 200), BLUE);
        let handle = bad.handle();
        let child = bad.globals().compositor.create_surface(&handle, ());
        let subcompositor = &bad.globals().subcompositor;
        let subsurface = subcompositor.get_subsurface(&child, &window.surface, &handle, ());
        if above {
            subsurface.place_above(&child);
        } else {
            subsurface.place_below(&child);
        }
        assert!(bad.try_roundtrip(&mut fixture).is_err());
        assert!(bad.protocol_error().unwrap().contains("wl_subsurface"));
    }
    good.roundtrip(&mut fixture);
    others_live(&mut fixture);
}

#[test]
fn layer_surfaces_with_wild_numbers() {
    let mut fixture = Fixture::new();
    let anchors = [
        Anchor::Top | Anchor::Left | Anchor::Right,
        Anchor::Bottom | Anchor::Left | Anchor::Right,
        Anchor::Left | Anchor::Top | Anchor::Bottom,
        Anchor::all(),
        Anchor::empty(),
    ];
    for anchor in anchors {
        for wild in WILD {
            let mut client = fixture.connect();
            let bar = client.layer(Layer::Top, "wild");
            bar.layer.set_anchor(anchor);
            bar.layer
                .set_size(wild.unsigned_abs().max(1), wild.unsigned_abs().max(1));
            bar.layer.set_exclusive_zone(wild);
            bar.layer.set_margin(wild, wild, wild, wild);
            bar.surface.commit();
            // It may be refused; it must not be fatal to anybody else.
            let _ = client.try_roundtrip(&mut fixture);
            fixture.turn();
        }
    }
    others_live(&mut fixture);
}

#[test]
fn windows_with_wild_geometry_and_limits() {
    let mut fixture = Fixture::new();
    for wild in WILD {
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (64, 48), BLUE);
        window
            .xdg
            .set_window_geometry(wild, wild, wild.saturating_abs().max(1), 1);
        window.surface.damage(wild, wild, wild, wild);
        window.surface.damage_buffer(wild, wild, wild, wild);
        window.surface.commit();
        let _ = client.try_roundtrip(&mut fixture);
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (64, 48), BLUE);
        window.toplevel.set_max_size(wild, wild);
        window.toplevel.set_min_size(wild, wild);
        window.surface.commit();
        let _ = client.try_roundtrip(&mut fixture);
        fixture.turn();
    }
    others_live(&mut fixture);
}

#[test]
fn regions_and_subsurfaces_far_away() {
    let mut fixture = Fixture::new();
    for wild in WILD {
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (64, 48), BLUE);
        let handle = client.handle();
        let region = client.globals().compositor.create_region(&handle, ());
        region.add(wild, wild, i32::MAX, i32::MAX);
        region.subtract(wild, 0, i32::MAX, i32::MAX);
        window.surface.set_input_region(Some(&region));
        window.surface.set_opaque_region(Some(&region));
        let child = client.surface();
        let sub =
            client
                .globals()
                .subcompositor
                .get_subsurface(&child, &window.surface, &handle, ());
        sub.set_position(wild, wild);
        let grandchild = client.surface();
        let deeper =
            client
                .globals()
                .subcompositor
                .get_subsurface(&grandchild, &child, &handle, ());
        deeper.set_position(wild, wild);
        for surface in [&grandchild, &child] {
            let buffer = client.buffer(8, 8, BLUE);
            surface.attach(Some(&buffer), 0, 0);
            surface.commit();
        }
        window.surface.commit();
        let _ = client.try_roundtrip(&mut fixture);
        fixture.pointer_to(960, 540);
        fixture.settle();
    }
    others_live(&mut fixture);
}

#[test]
fn one_pixel_stretched_to_a_country() {
    let mut fixture = Fixture::new();
    for side in [1, 20_000, 1 << 24, i32::MAX] {
        let mut client = fixture.connect();
        let window = client.bare_window();
        let handle = client.handle();
        let decoration = &client.globals().decoration;
        let _ = decoration.get_toplevel_decoration(&window.toplevel, &handle, ());
        window.surface.commit();
        client.roundtrip(&mut fixture);
        let serial = client.heard.take_serial(&window.xdg).unwrap();
        window.xdg.ack_configure(serial);
        let pixel = client.globals().single_pixel.create_u32_rgba_buffer(
            u32::MAX,
            0,
            0,
            u32::MAX,
            &handle,
            (),
        );
        window.surface.attach(Some(&pixel), 0, 0);
        let viewport = client
            .globals()
            .viewporter
            .get_viewport(&window.surface, &handle, ());
        viewport.set_destination(side, side);
        window.surface.commit();
        let _ = client.try_roundtrip(&mut fixture);
        fixture.settle();
    }
    others_live(&mut fixture);
}

#[test]
fn popups_with_wild_positioners() {
    let mut fixture = Fixture::new();
    let popup_with = |client: &mut Client, fixture: &mut Fixture, wild: i32| {
        let window = client.open(fixture, (64, 48), BLUE);
        let positioner = client.positioner(wild.saturating_abs().max(1), 5);
        positioner.set_anchor_rect(wild, wild, wild.saturating_abs().max(1), i32::MAX);
        positioner.set_offset(wild, wild);
        positioner.set_constraint_adjustment(
            wayland_protocols::xdg::shell::client::xdg_positioner::ConstraintAdjustment::all(),
        );
        let popup = client.popup(&window, &positioner);
        popup.surface.commit();
        let _ = client.try_roundtrip(fixture);
        if let Some(serial) = client.heard.take_serial(&popup.xdg) {
            popup.xdg.ack_configure(serial);
        }
        let buffer = client.buffer(5, 5, BLUE);
        popup.surface.attach(Some(&buffer), 0, 0);
        popup.surface.commit();
        let _ = client.try_roundtrip(fixture);
    };
    for wild in WILD {
        let mut client = fixture.connect();
        popup_with(&mut client, &mut fixture, wild);
        fixture.pointer_to(960, 540);
        fixture.settle();
    }
    others_live(&mut fixture);
}

#[test]
fn a_window_that_is_its_own_ancestor_is_nobodys() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let a = client.open(&mut fixture, (64, 48), BLUE);
    let b = client.open(&mut fixture, (64, 48), BLUE);
    a.toplevel.set_parent(Some(&b.toplevel));
    b.toplevel.set_parent(Some(&a.toplevel));
    let _ = client.try_roundtrip(&mut fixture);
    others_live(&mut fixture);
}

#[test]
fn a_client_that_dies_in_the_middle_of_a_drag() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let frame = fixture
        .goblin
        .layout
        .frame_rect(fixture.only_window())
        .unwrap();
    fixture.pointer_to(frame.loc.x + 100, frame.loc.y + 15);
    fixture.press();
    fixture.pointer_to(frame.loc.x + 150, frame.loc.y + 55);
    drop(client);
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
    fixture.pointer_to(500, 500);
    fixture.release();
    others_live(&mut fixture);
}

#[test]
fn popups_that_are_each_others_parents() {
    let mut fixture = Fixture::new();
    for loops in [1, 2] {
        let mut bad = fixture.connect();
        let handle = bad.handle();
        let wm_base = bad.globals().wm_base.clone();
        let positioner = wm_base.create_positioner(&handle, ());
        positioner.set_size(10, 10);
        positioner.set_anchor_rect(0, 0, 1, 1);
        let surfaces: Vec<_> = (0..loops)
            .map(|_| wm_base.get_xdg_surface(&bad.surface(), &handle, ()))
            .collect();
        for (index, surface) in surfaces.iter().enumerate() {
            let parent = &surfaces[(index + 1) % loops];
            surface.get_popup(Some(parent), &positioner, &handle, ());
        }
        assert!(bad.try_roundtrip(&mut fixture).is_err(), "{loops}");
        others_live(&mut fixture);
    }
}

#[test]
fn a_string_that_is_null_costs_its_client_the_connection() {
    let mut fixture = Fixture::new();
    let mut wire = super::fuzz::WireClient::new(&mut fixture);
    let mut known = super::fuzz::Known::default();
    let shell = wire
        .globals
        .iter()
        .position(|(_, name, _)| name == "xdg_activation_v1");
    wire.bind(&mut fixture, shell.unwrap(), &mut known);
    let activation = wire.objects[0].id;
    let token = wire.new_id();
    wire.send(activation, 1, &token.to_ne_bytes(), &[]);
    // xdg_activation_token_v1.set_app_id with null for the string, which the protocol forbids.
    wire.send(token, 1, &0u32.to_ne_bytes(), &[]);
    fixture.turn();
    fixture.turn();
    wire.hear();
    let error = wire
        .error
        .as_ref()
        .map(|(of, code, text)| (*of, *code, &**text));
    assert_eq!(error, Some((1, 1, "null where the protocol has none")));
    others_live(&mut fixture);
}

impl GlobalDispatch<WpDrmLeaseDeviceV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &ServerClient,
        _: New<WpDrmLeaseDeviceV1>,
        (): &(),
        _: &mut DataInit<'_, Self>,
    ) {
        panic!("a handler with a fault");
    }
}

#[test]
fn a_fault_of_ours_costs_its_client_the_connection_and_is_counted() {
    let mut fixture = Fixture::new();
    let display = fixture.goblin.display.clone();
    display.create_global::<Goblin, WpDrmLeaseDeviceV1, ()>(1, ());
    let mut wire = super::fuzz::WireClient::new(&mut fixture);
    let name = "wp_drm_lease_device_v1";
    let number = wire.globals.iter().find(|(_, of, _)| of == name).unwrap().0;
    let mut body = number.to_ne_bytes().to_vec();
    super::fuzz::put_bytes(&mut body, &[name.as_bytes(), b"\0"].concat());
    body.extend(1_u32.to_ne_bytes());
    body.extend(wire.new_id().to_ne_bytes());
    wire.send(2, 0, &body, &[]);
    fixture.turn();
    wire.hear();
    let error = wire
        .error
        .as_ref()
        .map(|(of, code, text)| (*of, *code, &**text));
    assert_eq!(error, Some((1, 3, "the compositor failed at a request")));
    let faults = std::mem::take(&mut fixture.goblin.faults);
    assert_eq!(faults.count, 1);
    assert!(faults.last.contains("tests/hostile.rs"), "{}", faults.last);
    others_live(&mut fixture);
}

#[test]
fn a_pool_that_shrinks_to_nothing() {
    let mut fixture = Fixture::new();
    for size in [0, -1, i32::MIN] {
        let mut bad = fixture.connect();
        let file = tempfile::tempfile().unwrap();
        file.set_len(4096).unwrap();
        let handle = bad.handle();
        let shm = bad.globals().shm.clone();
        let pool = shm.create_pool(std::os::fd::AsFd::as_fd(&file), 4096, &handle, ());
        pool.resize(size);
        assert!(bad.try_roundtrip(&mut fixture).is_err(), "{size}");
        others_live(&mut fixture);
    }
}
