//! The configuration changed while the desktop runs.

use std::fs;
use std::path::PathBuf;

use super::Fixture;
use crate::config::{Action, Theme, watch};

fn with_file() -> (Fixture, tempfile::TempDir, PathBuf) {
    let mut fixture = Fixture::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("compositor.toml");
    fixture.goblin.config_file.path.clone_from(&path);
    watch(&fixture.goblin.loop_handle.clone(), &fixture.goblin).unwrap();
    (fixture, folder, path)
}

#[test]
fn an_edit_is_in_force_at_once() {
    let (mut fixture, _folder, path) = with_file();
    let text = "theme = \"dark\"\n[outputs.headless-1]\nscale = 2\n[keyboard]\nlayout = \"de\"\n";
    fs::write(&path, text).unwrap();
    fixture.until("the dark theme", |goblin| {
        goblin.config.theme == Theme::Dark
    });
    assert!((fixture.goblin.outputs[0].scale() - 2.0).abs() < f64::EPSILON);
    assert_eq!(fixture.goblin.config.keyboard.layout, "de");
    fs::remove_file(&path).unwrap();
    fixture.until("the defaults", |goblin| goblin.config.theme == Theme::Light);
}

#[test]
fn an_editor_that_replaces_the_file_is_seen_too() {
    let (mut fixture, folder, path) = with_file();
    let fresh = folder.path().join("compositor.toml.new");
    fs::write(&fresh, "[keys]\n\"super\" = \"close\"\n").unwrap();
    fs::rename(&fresh, &path).unwrap();
    fixture.until("the new binding", |goblin| {
        goblin.config.super_tap == Some(Action::parse("close").unwrap())
    });
}

#[test]
fn a_faulty_edit_changes_nothing_and_is_told() {
    let (mut fixture, _folder, path) = with_file();
    fs::write(&path, "theme = \"dark\"\n").unwrap();
    fixture.until("the dark theme", |goblin| {
        goblin.config.theme == Theme::Dark
    });
    fs::write(&path, "theme = \"light\"\n[keys]\n\"super+q\" = 7\n").unwrap();
    fixture.until("a fault", |goblin| goblin.config_file.error.is_some());
    assert_eq!(fixture.goblin.config.theme, Theme::Dark);
    let fault = fixture.goblin.config_file.error.clone().unwrap();
    assert!(fault.contains("compositor.toml:3:"), "{fault}");
    fs::write(&path, "theme = \"light\"\n").unwrap();
    fixture.until("no fault", |goblin| goblin.config_file.error.is_none());
    assert_eq!(fixture.goblin.config.theme, Theme::Light);
}

#[test]
fn a_layout_that_xkb_does_not_know_is_refused() {
    let (mut fixture, _folder, path) = with_file();
    fs::write(
        &path,
        "theme = \"dark\"\n[keyboard]\nlayout = \"klingon\"\n",
    )
    .unwrap();
    fixture.until("a fault", |goblin| goblin.config_file.error.is_some());
    assert_eq!(fixture.goblin.config.theme, Theme::Light);
    assert!(
        fixture
            .goblin
            .config_file
            .error
            .clone()
            .unwrap()
            .contains("klingon")
    );
}
