//! The program itself, where it cannot run: one line that names the thing and the way out, and exit code 1.

#![cfg(test)]

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

fn shell(runtime: &Path, display: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_goblin-shell"))
        .env_clear()
        .env("XDG_RUNTIME_DIR", runtime)
        .env("WAYLAND_DISPLAY", display)
        .output()
        .expect("the program was built")
}

fn one_line(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn without_a_compositor_it_says_so() {
    let runtime = tempfile::tempdir().expect("a folder for the test");
    let said = one_line(&shell(runtime.path(), "no-such-display"));
    assert!(said.contains("WAYLAND_DISPLAY=no-such-display"), "{said}");
    assert!(said.contains("goblin session"), "the way out: {said}");
    assert!(
        !runtime.path().join("goblin").exists(),
        "nothing was posted"
    );
}

#[test]
fn a_compositor_that_hangs_up_is_no_compositor() {
    let runtime = tempfile::tempdir().expect("a folder for the test");
    let listener = UnixListener::bind(runtime.path().join("torn")).expect("a socket");
    let hangs_up = std::thread::spawn(move || drop(listener.accept()));
    let said = one_line(&shell(runtime.path(), "torn"));
    assert!(said.contains("WAYLAND_DISPLAY=torn"), "{said}");
    hangs_up.join().expect("it was connected to");
}
