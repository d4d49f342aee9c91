//! Dialogs of one program above the window of another.

use wayland_client::{Proxy, delegate_noop};
use wayland_protocols::xdg::foreign::zv1::client::{
    zxdg_exported_v1::ZxdgExportedV1, zxdg_exporter_v1::ZxdgExporterV1,
    zxdg_imported_v1::ZxdgImportedV1, zxdg_importer_v1::ZxdgImporterV1,
};
use wayland_protocols::xdg::foreign::zv2::client::{
    zxdg_exported_v2::ZxdgExportedV2, zxdg_exporter_v2::ZxdgExporterV2,
    zxdg_imported_v2::ZxdgImportedV2, zxdg_importer_v2::ZxdgImporterV2,
};

use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};
use crate::domain::Domain;
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore ZxdgExporterV1);
delegate_noop!(Heard: ignore ZxdgImporterV1);
delegate_noop!(Heard: ignore ZxdgExporterV2);
delegate_noop!(Heard: ignore ZxdgImporterV2);
note_events!(
    ZxdgExportedV1,
    ZxdgImportedV1,
    ZxdgExportedV2,
    ZxdgImportedV2
);

/// The handle that an object was given.
fn handle(client: &mut Client, exported: &impl Proxy) -> String {
    let notes = client.heard.take_notes(exported);
    let parts: Vec<&str> = notes[0].split('"').collect();
    assert!(parts[1].len() >= 32, "{notes:?}");
    parts[1].to_owned()
}

/// The window above which the layout keeps another.
fn parent(fixture: &Fixture, id: u64) -> Option<u64> {
    let window = fixture.goblin.windows.get(WindowId(id))?;
    let parent = window.shell.toplevel()?.parent()?;
    fixture.goblin.windows.id_of(&parent).map(|id| id.0)
}

#[test]
fn a_dialog_lies_above_the_window_of_another_program_in_either_version() {
    let mut fixture = Fixture::new();
    let (mut app, mut portal) = (fixture.connect(), fixture.connect());
    let window = app.open(&mut fixture, (400, 300), BLUE);
    let dialog = portal.open(&mut fixture, (100, 80), BLUE);
    let exporter: ZxdgExporterV2 = app.bind();
    let exported = exporter.export_toplevel(&window.surface, &app.handle(), ());
    app.roundtrip(&mut fixture);
    let secret = handle(&mut app, &exported);

    let importer: ZxdgImporterV1 = portal.bind();
    let imported = importer.import(secret.clone(), &portal.handle(), ());
    imported.set_parent_of(&dialog.surface);
    portal.roundtrip(&mut fixture);
    assert_eq!(parent(&fixture, 2), Some(1));
    imported.destroy();
    portal.roundtrip(&mut fixture);
    assert_eq!(parent(&fixture, 2), None, "the bond ends with the object");

    let importer: ZxdgImporterV2 = portal.bind();
    let imported = importer.import_toplevel(secret.clone(), &portal.handle(), ());
    imported.set_parent_of(&dialog.surface);
    portal.roundtrip(&mut fixture);
    assert_eq!(parent(&fixture, 2), Some(1));
    exported.destroy();
    app.roundtrip(&mut fixture);
    portal.roundtrip(&mut fixture);
    assert_eq!(parent(&fixture, 2), None, "or with the export");
    assert_eq!(portal.heard.take_notes(&imported), ["Destroyed"]);
    let late = importer.import_toplevel(secret, &portal.handle(), ());
    late.set_parent_of(&dialog.surface);
    portal.roundtrip(&mut fixture);
    assert_eq!(portal.heard.take_notes(&late), ["Destroyed"]);
    assert_eq!(parent(&fixture, 2), None);
}

#[test]
fn an_export_ends_with_its_window_or_its_client() {
    let mut fixture = Fixture::new();
    let (mut app, mut portal) = (fixture.connect(), fixture.connect());
    let dialog = portal.open(&mut fixture, (100, 80), BLUE);
    let importer: ZxdgImporterV2 = portal.bind();
    let exporter: ZxdgExporterV1 = app.bind();
    let window = app.open(&mut fixture, (400, 300), BLUE);
    let exported = exporter.export(&window.surface, &app.handle(), ());
    app.roundtrip(&mut fixture);
    let secret = handle(&mut app, &exported);
    let imported = importer.import_toplevel(secret, &portal.handle(), ());
    imported.set_parent_of(&dialog.surface);
    portal.roundtrip(&mut fixture);
    window.toplevel.destroy();
    window.xdg.destroy();
    window.surface.destroy();
    app.roundtrip(&mut fixture);
    portal.roundtrip(&mut fixture);
    assert_eq!(portal.heard.take_notes(&imported), ["Destroyed"]);

    let window = app.open(&mut fixture, (400, 300), BLUE);
    let exported = exporter.export(&window.surface, &app.handle(), ());
    app.roundtrip(&mut fixture);
    let secret = handle(&mut app, &exported);
    let imported = importer.import_toplevel(secret, &portal.handle(), ());
    imported.set_parent_of(&dialog.surface);
    portal.roundtrip(&mut fixture);
    drop(app);
    fixture.until("one window", |goblin| goblin.layout.windows().count() == 1);
    portal.roundtrip(&mut fixture);
    assert_eq!(portal.heard.take_notes(&imported), ["Destroyed"]);
    assert_eq!(parent(&fixture, 1), None);
}

/// smithay 0.7.0 exports anything.
#[test]
fn what_is_no_window_is_not_exported_and_gets_no_parent() {
    let mut fixture = Fixture::new();
    for version in [1, 2] {
        let mut client = fixture.connect();
        let (bare, handle) = (client.surface(), client.handle());
        if version == 1 {
            let exporter: ZxdgExporterV1 = client.bind();
            exporter.export(&bare, &handle, ());
        } else {
            let exporter: ZxdgExporterV2 = client.bind();
            exporter.export_toplevel(&bare, &handle, ());
        }
        assert!(
            client.try_roundtrip(&mut fixture).is_err(),
            "version {version}"
        );
    }
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (400, 300), BLUE);
    let exporter: ZxdgExporterV2 = client.bind();
    let importer: ZxdgImporterV2 = client.bind();
    let exported = exporter.export_toplevel(&window.surface, &client.handle(), ());
    client.roundtrip(&mut fixture);
    let secret = handle(&mut client, &exported);
    let imported = importer.import_toplevel(secret, &client.handle(), ());
    client.roundtrip(&mut fixture);
    // A window above itself.
    imported.set_parent_of(&window.surface);
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (400, 300), BLUE);
}

#[test]
fn a_subsystems_window_is_no_dialog_of_another_domains() {
    let inside = |name| Domain::of_sandbox(Some("goblin"), Some(name), None);
    for (over, under, may) in [
        (inside("debian"), Domain::Board, false),
        (inside("debian"), inside("arch"), false),
        (inside("debian"), inside("debian"), true),
        // A portal of the board's asks on a program's behalf.
        (Domain::Board, inside("debian"), true),
    ] {
        let mut fixture = Fixture::new();
        let (mut app, mut other) = (fixture.connect_from(under), fixture.connect_from(over));
        let window = app.open(&mut fixture, (400, 300), BLUE);
        let dialog = other.open(&mut fixture, (100, 80), BLUE);
        let exporter: ZxdgExporterV2 = app.bind();
        let exported = exporter.export_toplevel(&window.surface, &app.handle(), ());
        app.roundtrip(&mut fixture);
        let secret = handle(&mut app, &exported);
        let importer: ZxdgImporterV2 = other.bind();
        let imported = importer.import_toplevel(secret, &other.handle(), ());
        imported.set_parent_of(&dialog.surface);
        other.roundtrip(&mut fixture);
        assert_eq!(parent(&fixture, 2), may.then_some(1));
    }
}
