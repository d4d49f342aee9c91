//! Where a client comes from, and what it is shown of the session for that.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};

use wayland_client::delegate_noop;
use wayland_protocols::wp::security_context::v1::client::wp_security_context_manager_v1::WpSecurityContextManagerV1;
use wayland_protocols::wp::security_context::v1::client::wp_security_context_v1::WpSecurityContextV1;

use super::dispatch::Heard;
use super::{Client, Fixture};
use crate::domain::{self, Domain};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore WpSecurityContextManagerV1);
delegate_noop!(Heard: ignore WpSecurityContextV1);

fn subsystem() -> Domain {
    Domain::of_sandbox(Some("goblin"), Some("debian"), None)
}

/// The globals a client is told of, each with its version, sorted.
fn told(client: &Client) -> String {
    let globals = client.heard.globals.iter();
    let mut lines: Vec<String> = globals
        .map(|(name, (_, version))| format!("{name} {version}\n"))
        .collect();
    lines.sort();
    lines.concat()
}

#[test]
fn the_board_is_told_of_all_globals_and_a_subsystem_of_the_harmless_ones() {
    let mut fixture = Fixture::new();
    let board = fixture.connect();
    let restricted = fixture.connect_from(subsystem());
    assert_eq!(told(&board), include_str!("globals/board.txt"));
    assert_eq!(told(&restricted), include_str!("globals/subsystem.txt"));
}

#[test]
fn one_function_decides_what_a_domain_is_told_of() {
    let mut fixture = Fixture::new();
    let board = fixture.connect();
    let restricted = fixture.connect_from(subsystem());
    for name in board.heard.globals.keys() {
        let told = restricted.heard.globals.contains_key(name);
        assert_eq!(told, domain::sees(&subsystem(), name), "{name}");
        assert!(domain::sees(&Domain::Board, name), "{name}");
    }
}

#[test]
fn a_global_that_is_not_told_of_cannot_be_bound() {
    let mut fixture = Fixture::new();
    let board = fixture.connect();
    let mut restricted = fixture.connect_from(subsystem());
    let hidden = board.heard.globals["zwlr_layer_shell_v1"];
    let known = &mut restricted.heard.globals;
    known.insert("zwlr_layer_shell_v1".to_owned(), hidden);
    let _guessed: wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::ZwlrLayerShellV1 =
        restricted.bind();
    assert!(restricted.try_roundtrip(&mut fixture).is_err());
}

/// A socket with a security context, and the end whose closing ends it.
struct Sandbox {
    path: std::path::PathBuf,
    _dir: tempfile::TempDir,
    close: UnixStream,
}

impl Sandbox {
    fn new(fixture: &mut Fixture, by: &mut Client) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("wayland");
        let listener = UnixListener::bind(&path).unwrap();
        let (close, theirs) = UnixStream::pair().unwrap();
        let handle = by.handle();
        let manager: WpSecurityContextManagerV1 = by.bind();
        let context = manager.create_listener(listener.as_fd(), theirs.as_fd(), &handle, ());
        context.set_sandbox_engine("goblin".to_owned());
        context.set_app_id("debian".to_owned());
        context.set_instance_id("1".to_owned());
        context.commit();
        by.roundtrip(fixture);
        Self {
            path,
            _dir: dir,
            close,
        }
    }
}

#[test]
fn who_comes_through_a_security_context_belongs_to_its_subsystem() {
    let mut fixture = Fixture::new();
    let mut manager = fixture.connect();
    let sandbox = Sandbox::new(&mut fixture, &mut manager);
    let stream = UnixStream::connect(&sandbox.path).unwrap();
    let mut client = fixture.introduce(stream);
    assert_eq!(told(&client), include_str!("globals/subsystem.txt"));
    client.open(&mut fixture, (300, 200), BLUE);
    let window = fixture.only_window();
    let domain = &fixture.goblin.windows.get(window).unwrap().domain;
    assert_eq!(*domain, subsystem());

    drop(sandbox.close);
    fixture.turn();
    fixture.turn();
    assert!(
        UnixStream::connect(&sandbox.path).is_err(),
        "nobody listens any more"
    );
    client.roundtrip(&mut fixture);
}

#[test]
fn a_socket_that_is_none_costs_nobody_the_session() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let handle = client.handle();
    let manager: WpSecurityContextManagerV1 = client.bind();
    let (close, theirs) = UnixStream::pair().unwrap();
    // A connected socket with something to read, the end of a pipe, and a file.
    let (connected, peer) = UnixStream::pair().unwrap();
    std::io::Write::write_all(&mut &peer, b"x").unwrap();
    let (pipe, _writer) = std::io::pipe().unwrap();
    let none: [OwnedFd; 3] = [
        connected.into(),
        pipe.into(),
        tempfile::tempfile().unwrap().into(),
    ];
    for fd in none {
        let context = manager.create_listener(fd.as_fd(), theirs.as_fd(), &handle, ());
        context.commit();
        context.destroy();
    }
    let _ = client.try_roundtrip(&mut fixture);
    drop(close);
    fixture.turn();
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (300, 200), BLUE);
}
