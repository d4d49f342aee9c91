//! Clipboard and primary selection between X11 and Wayland clients, with the real xclip on the X11
//! side.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wayland_client::protocol::wl_data_device::WlDataDevice;
use wayland_protocols::wp::primary_selection::zv1::client::zwp_primary_selection_device_manager_v1::ZwpPrimarySelectionDeviceManagerV1;

use crate::tests::dispatch::Heard;
use crate::tests::fixture::PATIENCE;
use crate::tests::selection::device;
use crate::tests::{Client, Fixture};

const UTF8: &str = "text/plain;charset=utf-8";

/// A fixture that offers X11, and a client of it that has the keyboard and a device for data.
fn fixture() -> (Fixture, Client, WlDataDevice) {
    let mut fixture = Fixture::new();
    fixture.goblin.offer_x11();
    let mut client = fixture.connect();
    let (device, source) = device(&client);
    source.offer("image/png".to_owned());
    client.open(&mut fixture, (300, 200), [0x30, 0x50, 0xc0]);
    client.roundtrip(&mut fixture);
    device.set_selection(Some(&source), 1);
    (fixture, client, device)
}

fn xclip(fixture: &Fixture, arguments: &[&str]) -> Command {
    let mut command = Command::new("xclip");
    command
        .args(arguments)
        .env("DISPLAY", fixture.goblin.x11_display().unwrap())
        .stderr(Stdio::null());
    command
}

/// What an X11 client pastes.
fn pasting(fixture: &Fixture, selection: &str, target: &str) -> JoinHandle<Vec<u8>> {
    let mut command = xclip(fixture, &["-selection", selection, "-t", target, "-o"]);
    thread::spawn(move || command.output().unwrap().stdout)
}

/// An X11 client that has copied something, and has it until another takes its place.
fn copying(fixture: &mut Fixture, selection: &str, target: &str, data: &[u8]) -> Child {
    let mut command = xclip(
        fixture,
        &["-quiet", "-selection", selection, "-t", target, "-i"],
    );
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(data).unwrap();
    child
}

/// What the client reads of the selection that it was offered last.
fn paste(fixture: &mut Fixture, client: &mut Client, mime: &str) -> Vec<u8> {
    let offer = client.heard.data.selection.clone().expect("an offer");
    let (mut reader, writer) = UnixStream::pair().unwrap();
    offer.receive(mime.to_owned(), writer.as_fd());
    client.roundtrip(fixture);
    drop(writer);
    let reading = thread::spawn(move || {
        let mut data = Vec::new();
        reader.read_to_end(&mut data).unwrap();
        data
    });
    until(fixture, client, "the end of the data", |_| {
        reading.is_finished()
    });
    reading.join().unwrap()
}

/// Turns until a client has heard something, without moving the clock: a transfer that stalls is given
/// up by it.
fn until(fixture: &mut Fixture, client: &mut Client, what: &str, heard: impl Fn(&Heard) -> bool) {
    let begun = Instant::now();
    loop {
        client.roundtrip(fixture);
        if heard(&client.heard) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for: {what}");
        fixture.turn_within(Duration::from_millis(20));
    }
}

/// Bytes that are no text, more than one piece of them.
fn much() -> Vec<u8> {
    (0..1_000_000_u32).map(|at| (at % 251) as u8).collect()
}

/// Lets the client answer what it is asked, with `data`.
fn answer(fixture: &mut Fixture, client: &mut Client, data: &[u8]) {
    until(fixture, client, "to be asked", |heard| {
        !heard.data.asked.is_empty()
    });
    let (mut file, data) = (
        File::from(client.heard.data.asked.pop().unwrap()),
        data.to_vec(),
    );
    // Much of it does not fit the pipe: it is written while the other reads.
    thread::spawn(move || file.write_all(&data));
}

#[test]
fn an_x11_client_pastes_what_a_wayland_client_copied_little_and_much() {
    let (mut fixture, mut client, _device) = fixture();
    client.roundtrip(&mut fixture);
    let targets = pasting(&fixture, "clipboard", "TARGETS");
    until(&mut fixture, &mut client, "the targets", |_| {
        targets.is_finished()
    });
    let targets = String::from_utf8(targets.join().unwrap()).unwrap();
    let targets: Vec<&str> = targets.lines().collect();
    assert!(
        targets.contains(&"UTF8_STRING") && targets.contains(&"image/png"),
        "{targets:?}"
    );

    let text = pasting(&fixture, "clipboard", "UTF8_STRING");
    answer(&mut fixture, &mut client, "schön".as_bytes());
    until(&mut fixture, &mut client, "the text", |_| {
        text.is_finished()
    });
    assert_eq!(text.join().unwrap(), "schön".as_bytes());

    let picture = pasting(&fixture, "clipboard", "image/png");
    answer(&mut fixture, &mut client, &much());
    until(&mut fixture, &mut client, "the picture", |_| {
        picture.is_finished()
    });
    assert!(picture.join().unwrap() == much());
}

#[test]
fn a_wayland_client_pastes_what_an_x11_client_copied_little_and_much() {
    let (mut fixture, mut client, _device) = fixture();
    client.roundtrip(&mut fixture);
    let mut text = copying(&mut fixture, "clipboard", "UTF8_STRING", "schön".as_bytes());
    until(&mut fixture, &mut client, "text", |heard| {
        heard.data.types == [UTF8]
    });
    assert_eq!(paste(&mut fixture, &mut client, UTF8), "schön".as_bytes());

    let mut picture = copying(&mut fixture, "clipboard", "image/png", &much());
    until(&mut fixture, &mut client, "a picture", |heard| {
        heard.data.types == ["image/png"]
    });
    assert!(paste(&mut fixture, &mut client, "image/png") == much());
    assert!(
        text.wait().unwrap().success(),
        "it lost the clipboard and so ended"
    );

    // With its owner the clipboard goes.
    picture.kill().unwrap();
    picture.wait().unwrap();
    until(&mut fixture, &mut client, "nothing to paste", |heard| {
        heard.data.selection.is_none()
    });
}

#[test]
fn a_source_that_says_nothing_holds_up_nobody() {
    let (mut fixture, mut client, _device) = fixture();
    client.roundtrip(&mut fixture);
    let text = pasting(&fixture, "clipboard", "image/png");
    until(&mut fixture, &mut client, "to be asked", |heard| {
        !heard.data.asked.is_empty()
    });
    // The pipe stays open, and nothing comes.
    fixture.rest(Duration::from_secs(31));
    until(&mut fixture, &mut client, "an answer", |_| {
        text.is_finished()
    });
    assert_eq!(text.join().unwrap(), b"");
}

#[test]
fn the_primary_selection_goes_both_ways() {
    let (mut fixture, mut client, _device) = fixture();
    let manager: ZwpPrimarySelectionDeviceManagerV1 = client.bind();
    let marked = manager.get_device(&client.globals().seat, &client.handle(), ());
    client.roundtrip(&mut fixture);
    let mut copied = copying(&mut fixture, "primary", "UTF8_STRING", b"marked");
    until(&mut fixture, &mut client, "an offer", |heard| {
        heard.marked.offer.is_some()
    });
    let offer = client.heard.marked.offer.clone().unwrap();
    let (mut reader, writer) = UnixStream::pair().unwrap();
    offer.receive(UTF8.to_owned(), writer.as_fd());
    client.roundtrip(&mut fixture);
    drop(writer);
    let reading = thread::spawn(move || {
        let mut data = String::new();
        reader.read_to_string(&mut data).unwrap();
        data
    });
    until(&mut fixture, &mut client, "the end of the data", |_| {
        reading.is_finished()
    });
    assert_eq!(reading.join().unwrap(), "marked");

    let source = manager.create_source(&client.handle(), ());
    source.offer(UTF8.to_owned());
    marked.set_selection(Some(&source), 1);
    client.roundtrip(&mut fixture);
    let text = pasting(&fixture, "primary", "UTF8_STRING");
    answer(&mut fixture, &mut client, b"marked in turn");
    until(&mut fixture, &mut client, "the text", |_| {
        text.is_finished()
    });
    assert_eq!(text.join().unwrap(), b"marked in turn");
    assert!(copied.wait().unwrap().success());
}
