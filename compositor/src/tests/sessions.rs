//! `xdg_session_manager_v1`: windows that come back as they were.

use std::path::Path;
use std::time::Duration;

use wayland_client::backend::protocol::{Argument, Message};
use wayland_client::backend::smallvec::smallvec;
use wayland_client::{Proxy, delegate_noop};
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::client::TestWindow;
use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};
use crate::domain::Domain;
use crate::layout::{Placement, Rect, WindowId};
use crate::protocols::xdg_session::client::xdg_session_manager_v1::{Reason, XdgSessionManagerV1};
use crate::protocols::xdg_session::client::xdg_session_v1::XdgSessionV1;
use crate::protocols::xdg_session::client::xdg_toplevel_session_v1::XdgToplevelSessionV1;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore XdgSessionManagerV1);
note_events!(XdgSessionV1, XdgToplevelSessionV1);

/// Asks for a session; what the client is told of it.
fn ask(
    client: &mut Client,
    fixture: &mut Fixture,
    id: Option<&str>,
    reason: Reason,
) -> (XdgSessionV1, String) {
    let manager: XdgSessionManagerV1 = client.bind();
    let session = manager.get_session(reason, id.map(str::to_owned), &client.handle(), ());
    client.roundtrip(fixture);
    let told = client.heard.take_notes(&session).join(" | ");
    (session, told)
}

/// A new session and its id.
fn begin(client: &mut Client, fixture: &mut Fixture) -> (XdgSessionV1, String) {
    let (session, told) = ask(client, fixture, None, Reason::Launch);
    let id = told
        .strip_prefix("Created { session_id: \"")
        .and_then(|rest| rest.strip_suffix("\" }"))
        .unwrap_or_else(|| panic!("{told}"));
    (session, id.to_owned())
}

/// A window that has its role and nothing more, restored by the name `main`; whether it was.
fn restore(
    client: &mut Client,
    fixture: &mut Fixture,
    session: &XdgSessionV1,
) -> (TestWindow, bool) {
    let window = client.bare_window();
    let object =
        session.restore_toplevel(&window.toplevel, "main".to_owned(), &client.handle(), ());
    window.surface.commit();
    client.roundtrip(fixture);
    let restored = client.heard.take_notes(&object) == ["Restored"];
    let (width, height) = client.heard.last_configure(&window.toplevel).size;
    let size = (width.max(1), height.max(1));
    client.draw(&window, size, BLUE);
    client.roundtrip(fixture);
    client.roundtrip(fixture);
    (window, restored)
}

/// A window of 640×480 with the name `main` in a new session; the session's id.
fn remembered(client: &mut Client, fixture: &mut Fixture) -> (WindowId, String) {
    let (session, id) = begin(client, fixture);
    let window = client.open(fixture, (640, 480), BLUE);
    session.add_toplevel(&window.toplevel, "main".to_owned(), &client.handle(), ());
    client.roundtrip(fixture);
    (fixture.only_window(), id)
}

fn change(fixture: &mut Fixture, change: impl FnOnce(&mut Fixture)) {
    change(fixture);
    fixture.goblin.layout_changed();
    fixture.turn();
}

#[test]
fn a_window_comes_back_to_its_place_and_size() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (window, id) = remembered(&mut client, &mut fixture);
    change(&mut fixture, |fixture| {
        fixture.goblin.layout.move_to(window, (333, 222).into());
    });
    drop(client);
    let mut client = fixture.connect();
    let (session, told) = ask(&mut client, &mut fixture, Some(&id), Reason::Launch);
    assert_eq!(told, "Restored");
    let (restored, was) = restore(&mut client, &mut fixture, &session);
    assert!(was);
    assert_eq!(
        client.heard.configures(&restored.toplevel)[0].size,
        (640, 480)
    );
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    assert_eq!(
        content,
        Some(Rect::new((333, 222).into(), (640, 480).into()))
    );
    // One of another name is a new one.
    let other = client.bare_window();
    let object =
        session.restore_toplevel(&other.toplevel, "other".to_owned(), &client.handle(), ());
    other.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&object).len(), 0);
    assert_eq!(client.heard.last_configure(&other.toplevel).size, (0, 0));
}

#[test]
fn a_window_comes_back_in_its_state_on_its_workspace_and_output() {
    let mut fixture = Fixture::with_outputs(&["1920x1080@1", "1280x720@1"]);
    let mut client = fixture.connect();
    let (window, id) = remembered(&mut client, &mut fixture);
    let (mut other, second) = (fixture.connect(), fixture.goblin.outputs[1].id);
    // Something keeps the first workspace of the second output in use.
    other.open(&mut fixture, (100, 80), BLUE);
    let kept = fixture.goblin.layout.focused().unwrap();
    change(&mut fixture, |fixture| {
        let layout = &mut fixture.goblin.layout;
        let first = layout.workspaces(second)[0];
        layout.send_to_workspace(kept, first);
        let target = *layout.workspaces(second).last().unwrap();
        layout.send_to_workspace(window, target);
        layout.set_placement(window, Placement::Maximised);
        layout.set_on_top(window, true);
        layout.set_minimised(window, true);
    });
    drop(client);
    let mut client = fixture.connect();
    let (session, _) = ask(&mut client, &mut fixture, Some(&id), Reason::Recover);
    let (restored, was) = restore(&mut client, &mut fixture, &session);
    assert!(was);
    assert!(
        client
            .heard
            .last_configure(&restored.toplevel)
            .has(State::Maximized)
    );
    let layout = &fixture.goblin.layout;
    let model = layout.windows().find(|model| model.id() != kept).unwrap();
    assert_eq!(model.output(), Some(second));
    assert!(model.is_maximised() && model.is_on_top() && model.is_minimised());
    let workspace = layout.workspaces(second)[1];
    assert_eq!(
        layout.windows_in(workspace).collect::<Vec<_>>(),
        [model.id()]
    );

    // A person who starts it anew wants to see it, where they are.
    restored.toplevel.destroy();
    session.destroy();
    let (session, _) = ask(&mut client, &mut fixture, Some(&id), Reason::Launch);
    restore(&mut client, &mut fixture, &session);
    let layout = &fixture.goblin.layout;
    let model = layout.windows().find(|model| model.id() != kept).unwrap();
    assert!(model.is_maximised() && !model.is_minimised());
    assert_eq!(layout.focused(), Some(model.id()));
}

/// Lets what is to be written be written.
fn written(fixture: &mut Fixture) {
    fixture.rest(Duration::from_secs(3));
    fixture.goblin.finish_sessions();
}

fn with_file(path: &Path) -> Fixture {
    let mut fixture = Fixture::new();
    fixture.goblin.remember_in(path.to_owned());
    fixture
}

#[test]
fn it_is_remembered_over_a_restart_of_the_compositor_until_the_client_has_it_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("goblin/windows.json");
    let mut fixture = with_file(&path);
    let mut client = fixture.connect();
    let (window, id) = remembered(&mut client, &mut fixture);
    change(&mut fixture, |fixture| {
        fixture.goblin.layout.move_to(window, (10, 300).into());
    });
    written(&mut fixture);
    assert!(
        fixture.goblin.next_due().is_none(),
        "nothing is due at rest"
    );
    drop((client, fixture));

    let mut fixture = with_file(&path);
    let mut client = fixture.connect();
    let (session, told) = ask(&mut client, &mut fixture, Some(&id), Reason::Recover);
    assert_eq!(told, "Restored");
    assert!(restore(&mut client, &mut fixture, &session).1);
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    assert_eq!(content.unwrap().loc, (10, 300).into());
    session.remove_toplevel("main".to_owned());
    client.roundtrip(&mut fixture);
    written(&mut fixture);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("\"main\""));
    session.remove();
    client.roundtrip(&mut fixture);
    written(&mut fixture);
    assert!(!std::fs::read_to_string(&path).unwrap().contains(&id));
    let (_, told) = ask(&mut client, &mut fixture, Some(&id), Reason::Recover);
    assert!(told.starts_with("Created"), "{told}");

    std::fs::write(&path, b"{\"domains\":{\"boa").unwrap();
    let mut fixture = with_file(&path);
    let mut client = fixture.connect();
    remembered(&mut client, &mut fixture);
}

#[test]
fn a_session_belongs_to_the_domain_that_began_it() {
    let mut fixture = Fixture::new();
    let mut board = fixture.connect();
    let (_window, id) = remembered(&mut board, &mut fixture);
    let mut inside = fixture.connect_from(Domain::of_sandbox(Some("goblin"), Some("debian"), None));
    let (session, told) = ask(&mut inside, &mut fixture, Some(&id), Reason::Recover);
    assert!(told.starts_with("Created") && !told.contains(&id), "{told}");
    assert!(!restore(&mut inside, &mut fixture, &session).1);
}

#[test]
fn another_client_takes_a_session_over() {
    let mut fixture = Fixture::new();
    let mut first = fixture.connect();
    let (old, id) = begin(&mut first, &mut fixture);
    let mut second = fixture.connect();
    let (_session, told) = ask(&mut second, &mut fixture, Some(&id), Reason::Recover);
    assert_eq!(told, "Restored");
    first.roundtrip(&mut fixture);
    assert_eq!(first.heard.take_notes(&old), ["Replaced"]);
    // What it does with the old one is heard by nobody.
    let window = first.bare_window();
    let handle = first.handle();
    let object = old.restore_toplevel(&window.toplevel, "main".to_owned(), &handle, ());
    object.rename("other".to_owned());
    old.remove_toplevel("main".to_owned());
    old.remove();
    first.roundtrip(&mut fixture);
    second.roundtrip(&mut fixture);
}

#[test]
fn a_window_is_renamed_and_keeps_what_is_remembered() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let (session, id) = begin(&mut client, &mut fixture);
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let object = session.add_toplevel(&window.toplevel, "first".to_owned(), &client.handle(), ());
    client.roundtrip(&mut fixture);
    object.rename("main".to_owned());
    object.rename("main".to_owned());
    client.roundtrip(&mut fixture);
    drop(client);
    let mut client = fixture.connect();
    let (session, _) = ask(&mut client, &mut fixture, Some(&id), Reason::Launch);
    assert!(restore(&mut client, &mut fixture, &session).1);
}

/// What a client is told that breaks the protocol in one way.
fn broken(what: impl FnOnce(&mut Client, &mut Fixture)) -> String {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    what(&mut client, &mut fixture);
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (100, 80), BLUE);
    client.protocol_error().unwrap()
}

#[test]
fn who_breaks_the_protocol_is_told() {
    let main = || "main".to_owned();
    let in_use = broken(|client, fixture| {
        let (_session, id) = begin(client, fixture);
        let manager: XdgSessionManagerV1 = client.bind();
        manager.get_session(Reason::Launch, Some(id), &client.handle(), ());
    });
    assert!(in_use.starts_with("xdg_session_manager_v1: 1 "), "{in_use}");
    let no_reason = broken(|client, _| {
        let manager: XdgSessionManagerV1 = client.bind();
        let args = smallvec![
            Argument::NewId(wayland_client::backend::ObjectId::null()),
            Argument::Uint(77),
            Argument::Str(None),
        ];
        let message = Message {
            sender_id: manager.id(),
            opcode: 1,
            args,
        };
        let session = client.bind::<XdgSessionManagerV1>();
        let data = client.connection().backend().get_data(session.id());
        let interface = Some((XdgSessionV1::interface(), 1));
        let backend = client.connection().backend();
        backend.send_request(message, data.ok(), interface).unwrap();
    });
    assert!(
        no_reason.starts_with("xdg_session_manager_v1: 3 "),
        "{no_reason}"
    );
    let name = broken(|client, fixture| {
        let (session, _) = begin(client, fixture);
        for _ in 0..2 {
            let window = client.bare_window();
            session.add_toplevel(&window.toplevel, main(), &client.handle(), ());
        }
    });
    assert!(name.starts_with("xdg_session_v1: 1 "), "{name}");
    let twice = broken(|client, fixture| {
        let (session, _) = begin(client, fixture);
        let window = client.bare_window();
        session.add_toplevel(&window.toplevel, main(), &client.handle(), ());
        session.restore_toplevel(&window.toplevel, "b".to_owned(), &client.handle(), ());
    });
    assert!(twice.starts_with("xdg_session_v1: 4 "), "{twice}");
    let late = broken(|client, fixture| {
        let (session, _) = begin(client, fixture);
        let window = client.open(fixture, (100, 80), BLUE);
        session.restore_toplevel(&window.toplevel, main(), &client.handle(), ());
    });
    assert!(late.starts_with("xdg_session_v1: 2 "), "{late}");
}
