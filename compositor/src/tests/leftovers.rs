//! What is left of the objects of clients that are gone: nothing.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use smithay::reexports::wayland_server::Client as ServerClient;

use super::Fixture;
use super::fuzz::{Known, Random, WireClient};

type Step = (&'static str, &'static str, &'static [u32]);

/// What the server keeps lists of: devices, and a window with all that hangs on it.
const DEVICES: &[Step] = &[
    ("wl_seat", "get_pointer", &[]),
    ("wl_seat", "get_keyboard", &[]),
    ("wl_seat", "get_touch", &[]),
    ("wl_data_device_manager", "get_data_device", &[]),
    ("zwp_primary_selection_device_manager_v1", "get_device", &[]),
    ("ext_data_control_manager_v1", "get_data_device", &[]),
    ("zwlr_data_control_manager_v1", "get_data_device", &[]),
    ("zwp_tablet_manager_v2", "get_tablet_seat", &[]),
    ("zwp_pointer_gestures_v1", "get_swipe_gesture", &[]),
    ("zwp_pointer_gestures_v1", "get_pinch_gesture", &[]),
    ("zwp_pointer_gestures_v1", "get_hold_gesture", &[]),
    (
        "zwp_relative_pointer_manager_v1",
        "get_relative_pointer",
        &[],
    ),
    ("wp_cursor_shape_manager_v1", "get_pointer", &[]),
    ("zwp_text_input_manager_v3", "get_text_input", &[]),
    ("zwp_input_method_manager_v2", "get_input_method", &[]),
    (
        "zwp_virtual_keyboard_manager_v1",
        "create_virtual_keyboard",
        &[],
    ),
    (
        "zwlr_virtual_pointer_manager_v1",
        "create_virtual_pointer",
        &[],
    ),
    ("ext_idle_notifier_v1", "get_idle_notification", &[1000]),
    ("zwlr_output_power_manager_v1", "get_output_power", &[]),
    ("zwlr_gamma_control_manager_v1", "get_gamma_control", &[]),
    ("zxdg_output_manager_v1", "get_xdg_output", &[]),
    ("ext_foreign_toplevel_list_v1", "stop", &[]),
    ("wl_compositor", "create_surface", &[]),
    ("xdg_wm_base", "get_xdg_surface", &[]),
    ("xdg_surface", "get_toplevel", &[]),
    ("xdg_wm_dialog_v1", "get_xdg_dialog", &[]),
    ("wl_shm", "create_pool", &[4096]),
    ("wl_shm_pool", "create_buffer", &[0, 16, 16, 64, 0]),
    ("xdg_toplevel_icon_manager_v1", "create_icon", &[]),
    ("xdg_toplevel_icon_v1", "add_buffer", &[1]),
    ("xdg_toplevel_icon_manager_v1", "set_icon", &[]),
];

/// What a client that tidies up says of those that smithay forgets only when it is told to.
const RELEASED: &[Step] = &[
    ("wl_data_device", "release", &[]),
    ("zwp_primary_selection_device_v1", "destroy", &[]),
    ("ext_data_control_device_v1", "destroy", &[]),
    ("zwlr_data_control_device_v1", "destroy", &[]),
    ("xdg_dialog_v1", "destroy", &[]),
];

/// Objects of clients, by interface, for as long as anything keeps them.
#[derive(Default)]
pub(super) struct Leftovers(Vec<(&'static str, Weak<dyn Any + Send + Sync>)>);

impl Leftovers {
    /// Notes the objects that a client has now.
    pub(super) fn note(&mut self, fixture: &Fixture, client: &ServerClient) {
        let handle = fixture.goblin.display.backend_handle();
        let mut ids = Vec::new();
        // One that is gone has none.
        let _ = handle.with_all_objects_for(client.id(), |id| ids.push(id));
        let data = |id: smithay::reexports::wayland_server::backend::ObjectId| {
            let data = handle.get_object_data_any(id.clone()).ok()?;
            Some((id.interface().name, Arc::downgrade(&data)))
        };
        self.0.extend(ids.into_iter().filter_map(data));
    }

    /// The interfaces of those that something still keeps.
    pub(super) fn kept(&mut self) -> BTreeSet<&'static str> {
        self.0.retain(|(_, data)| data.strong_count() > 0);
        self.0.iter().map(|(interface, _)| *interface).collect()
    }
}

/// A client comes and takes a device of each kind. Before it goes it may tidy up.
pub(super) fn take_devices(
    fixture: &mut Fixture,
    known: &mut Known,
    tidies: bool,
    left: &mut Leftovers,
) {
    let mut random = Random::new(7);
    let mut client = WireClient::new(fixture);
    for index in 0..client.globals.len() {
        client.bind(fixture, index, known);
    }
    for step in DEVICES {
        client.step(step, &mut random);
    }
    fixture.turn();
    left.note(fixture, client.server_side());
    if tidies {
        RELEASED
            .iter()
            .for_each(|step| client.step(step, &mut random));
        fixture.turn();
    }
    client.hear();
    assert_eq!(client.error, None);
    drop(client);
    fixture.turn();
}

#[test]
fn devices_of_clients_that_died_are_forgotten_when_the_next_client_takes_its_own() {
    let mut fixture = Fixture::new();
    let (mut known, mut left) = (Known::default(), Leftovers::default());
    for _ in 0..3 {
        take_devices(&mut fixture, &mut known, false, &mut left);
    }
    // The last ones wait for the next client.
    take_devices(&mut fixture, &mut known, true, &mut Leftovers::default());
    assert_eq!(left.kept(), BTreeSet::new());
}

#[test]
fn a_locker_that_died_leaves_its_lock_and_nothing_else() {
    let mut fixture = Fixture::new();
    let (mut known, mut left) = (Known::default(), Leftovers::default());
    let mut random = Random::new(7);
    let mut client = WireClient::new(&mut fixture);
    for index in 0..client.globals.len() {
        client.bind(&mut fixture, index, &mut known);
    }
    for step in [
        ("ext_session_lock_manager_v1", "lock", [].as_slice()),
        ("wl_compositor", "create_surface", &[]),
        ("ext_session_lock_v1", "get_lock_surface", &[]),
    ] {
        client.step(&step, &mut random);
    }
    fixture.turn();
    fixture.settle();
    left.note(&fixture, client.server_side());
    client.hear();
    assert_eq!(client.error, None);
    drop(client);
    fixture.turn();
    assert!(fixture.goblin.globals.lock.is_on());
    // A device of its own is forgotten when the next client takes one.
    take_devices(&mut fixture, &mut known, true, &mut Leftovers::default());
    assert_eq!(left.kept(), BTreeSet::new());
}
