//! The list of windows as docks and switchers see it, and what they do with it.

use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, event_created_child};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::{
    Event, State, ZwlrForeignToplevelHandleV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::{
    self, ZwlrForeignToplevelManagerV1,
};

use super::dispatch::Heard;
use super::memory::Told;
use super::{Client, Fixture};
use crate::layout::Pos;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

thread_local! {
    /// What all handles of a test are told.
    static NEWS: Told<(ZwlrForeignToplevelHandleV1, Event)> = Told::default();
}

type News = Told<(ZwlrForeignToplevelHandleV1, Event)>;

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Heard {
    fn event(
        _: &mut Self,
        _: &ZwlrForeignToplevelManagerV1,
        _: zwlr_foreign_toplevel_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }

    event_created_child!(Heard, ZwlrForeignToplevelManagerV1, [
        zwlr_foreign_toplevel_manager_v1::EVT_TOPLEVEL_OPCODE =>
            (ZwlrForeignToplevelHandleV1, NEWS.with(Told::clone)),
    ]);
}

impl Dispatch<ZwlrForeignToplevelHandleV1, News> for Heard {
    fn event(
        _: &mut Self,
        handle: &ZwlrForeignToplevelHandleV1,
        event: Event,
        told: &News,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        told.push((handle.clone(), event));
    }
}

/// What a dock knows of a window.
#[derive(Debug, Default, Clone, PartialEq)]
struct Seen {
    title: String,
    app_id: String,
    states: Vec<u32>,
    outputs: Vec<WlOutput>,
    parent: Option<ZwlrForeignToplevelHandleV1>,
    closed: bool,
    done: u32,
}

impl Seen {
    fn is(&self, state: State) -> bool {
        self.states.contains(&u32::from(state))
    }
}

/// A dock.
struct Dock {
    client: Client,
    _manager: ZwlrForeignToplevelManagerV1,
    windows: Vec<(ZwlrForeignToplevelHandleV1, Seen)>,
}

impl Dock {
    fn new(fixture: &mut Fixture) -> Self {
        let client = fixture.connect();
        let manager = client.bind();
        let mut dock = Self {
            client,
            _manager: manager,
            windows: Vec::new(),
        };
        dock.look(fixture);
        dock
    }

    fn look(&mut self, fixture: &mut Fixture) {
        self.client.roundtrip(fixture);
        for (handle, event) in NEWS.with(Told::take) {
            if self.windows.iter().all(|(known, _)| *known != handle) {
                self.windows.push((handle.clone(), Seen::default()));
            }
            let known = self.windows.iter_mut().find(|(known, _)| *known == handle);
            let (_, seen) = known.unwrap();
            match event {
                Event::Title { title } => seen.title = title,
                Event::AppId { app_id } => seen.app_id = app_id,
                Event::State { state } => {
                    let numbers = state.chunks_exact(4);
                    seen.states = numbers
                        .map(|bytes| u32::from_ne_bytes(bytes.try_into().unwrap()))
                        .collect();
                }
                Event::OutputEnter { output } => seen.outputs.push(output),
                Event::OutputLeave { output } => seen.outputs.retain(|on| *on != output),
                Event::Parent { parent } => seen.parent = parent,
                Event::Closed => seen.closed = true,
                Event::Done => seen.done += 1,
                _ => {}
            }
        }
    }

    fn seen(&self, index: usize) -> &Seen {
        &self.windows[index].1
    }

    fn handle(&self, index: usize) -> &ZwlrForeignToplevelHandleV1 {
        &self.windows[index].0
    }
}

#[test]
fn windows_are_listed_with_what_they_are_and_as_they_change() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = client.open(&mut fixture, (300, 200), BLUE);
    first.toplevel.set_title("one".to_owned());
    first.toplevel.set_app_id("org.test".to_owned());
    client.roundtrip(&mut fixture);
    let mut dock = Dock::new(&mut fixture);
    let seen = dock.seen(0).clone();
    assert_eq!(
        (&*seen.title, &*seen.app_id, seen.done),
        ("one", "org.test", 1)
    );
    assert!(seen.is(State::Activated));
    assert_eq!(seen.outputs.len(), 1);

    let second = client.open(&mut fixture, (300, 200), BLUE);
    second.toplevel.set_parent(Some(&first.toplevel));
    first.toplevel.set_title("two".to_owned());
    client.roundtrip(&mut fixture);
    dock.look(&mut fixture);
    assert_eq!(dock.windows.len(), 2);
    assert_eq!(dock.seen(0).title, "two");
    assert!(!dock.seen(0).is(State::Activated) && dock.seen(1).is(State::Activated));
    assert_eq!(dock.seen(1).parent.as_ref(), Some(dock.handle(0)));

    let told = dock.seen(0).done;
    client.draw(&first, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    dock.look(&mut fixture);
    assert_eq!(
        dock.seen(0).done,
        told,
        "what is the same is not told again"
    );

    second.toplevel.destroy();
    client.roundtrip(&mut fixture);
    dock.look(&mut fixture);
    assert!(dock.seen(1).closed && !dock.seen(0).closed);
    dock.handle(1).close();
    dock.handle(1).destroy();
    dock.look(&mut fixture);
}

#[test]
fn a_dock_maximises_minimises_activates_and_closes() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = client.open(&mut fixture, (300, 200), BLUE);
    client.open(&mut fixture, (300, 200), BLUE);
    let id = *fixture.goblin.layout.stacking().first().unwrap();
    let mut dock = Dock::new(&mut fixture);
    let model = |fixture: &Fixture| fixture.goblin.layout.window(id).unwrap().clone();

    dock.handle(0).set_maximized();
    dock.look(&mut fixture);
    assert!(model(&fixture).is_maximised() && dock.seen(0).is(State::Maximized));
    dock.handle(0).unset_maximized();
    dock.look(&mut fixture);
    assert!(!model(&fixture).is_maximised() && !dock.seen(0).is(State::Maximized));

    dock.handle(0).set_minimized();
    dock.look(&mut fixture);
    assert!(model(&fixture).is_minimised() && dock.seen(0).is(State::Minimized));
    assert!(dock.seen(0).outputs.is_empty(), "it is seen on none");
    dock.handle(0).activate(&dock.client.globals().seat);
    dock.look(&mut fixture);
    assert_eq!(fixture.goblin.layout.focused(), Some(id));
    assert!(!dock.seen(0).is(State::Minimized) && dock.seen(0).is(State::Activated));
    assert!(!dock.seen(1).is(State::Activated));

    dock.handle(0).set_fullscreen(None);
    dock.look(&mut fixture);
    assert!(model(&fixture).is_fullscreen() && dock.seen(0).is(State::Fullscreen));
    dock.handle(0).unset_fullscreen();
    dock.handle(0).close();
    dock.look(&mut fixture);
    assert!(!dock.seen(0).is(State::Fullscreen));
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [first.toplevel.id()]);
}

#[test]
fn a_hidden_window_that_a_dock_shows_again_has_the_keyboard() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    client.open(&mut fixture, (300, 200), BLUE);
    let mut dock = Dock::new(&mut fixture);
    for show in [
        ZwlrForeignToplevelHandleV1::unset_minimized,
        ZwlrForeignToplevelHandleV1::set_maximized,
        |handle: &ZwlrForeignToplevelHandleV1| handle.set_fullscreen(None),
    ] {
        dock.handle(0).set_minimized();
        dock.look(&mut fixture);
        assert!(dock.seen(0).is(State::Minimized) && !dock.seen(0).is(State::Activated));
        show(dock.handle(0));
        dock.look(&mut fixture);
        assert!(!dock.seen(0).is(State::Minimized));
    }
    dock.handle(0).unset_fullscreen();
    dock.handle(0).set_minimized();
    dock.handle(0).unset_minimized();
    dock.look(&mut fixture);
    assert!(dock.seen(0).is(State::Activated));
    let id = fixture.goblin.layout.focused();
    dock.handle(1).unset_minimized();
    dock.look(&mut fixture);
    assert_eq!(fixture.goblin.layout.focused(), id, "it was shown already");
}

#[test]
fn a_window_is_told_on_the_outputs_that_show_it() {
    let mut fixture = Fixture::with_outputs(&["400x300@1", "400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, Pos::from((10, 100)));
    fixture.goblin.layout_changed();
    let mut dock = Dock::new(&mut fixture);
    assert_eq!(
        dock.seen(0).outputs.len(),
        1,
        "of the first output only one is bound"
    );
    fixture.goblin.layout.move_to(id, Pos::from((500, 100)));
    fixture.goblin.layout_changed();
    dock.look(&mut fixture);
    assert!(dock.seen(0).outputs.is_empty(), "the second is not bound");

    let first = fixture.goblin.outputs[0].id;
    fixture.goblin.layout.move_to(id, Pos::from((10, 100)));
    fixture.goblin.layout_changed();
    dock.look(&mut fixture);
    let _late: WlOutput = dock.client.bind();
    dock.look(&mut fixture);
    assert_eq!(
        dock.seen(0).outputs.len(),
        2,
        "one that is bound late is told too"
    );
    fixture.goblin.remove_output(first);
    dock.look(&mut fixture);
    assert!(dock.seen(0).outputs.is_empty());
}

#[test]
fn an_impossible_rectangle_is_the_clients_fault() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    drop(window);
    let mut dock = Dock::new(&mut fixture);
    let surface = dock.client.surface();
    dock.handle(0).set_rectangle(&surface, 0, 0, 10, 10);
    dock.look(&mut fixture);
    dock.handle(0).set_rectangle(&surface, 0, 0, -1, 10);
    assert!(dock.client.try_roundtrip(&mut fixture).is_err());
}
