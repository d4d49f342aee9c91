//! What is settled before the first window: is there a compositor, and what draws.

use std::env;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use thiserror::Error;

/// Why no window can be opened.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NoDisplay {
    /// The environment names no compositor.
    #[error(
        "no compositor: WAYLAND_DISPLAY is not set. Start goblin-panels inside a session (goblin \
         session), or set WAYLAND_DISPLAY"
    )]
    Unset,
    /// The compositor that is named does not answer.
    #[error(
        "no compositor answers at {path}: {why}. Start a session (goblin session), or set \
         WAYLAND_DISPLAY to one that runs"
    )]
    Silent {
        /// Its socket.
        path: PathBuf,
        /// What the kernel said.
        why: String,
    },
}

/// Where the compositor's socket is, by the rules of `wl_display_connect(3)`.
fn socket(display: &str, runtime: Option<PathBuf>) -> Option<PathBuf> {
    if display.starts_with('/') {
        return Some(PathBuf::from(display));
    }
    runtime.map(|folder| folder.join(display))
}

/// Whether a compositor answers.
///
/// # Errors
/// What is missing, and what to do about it. The window library would only panic.
pub fn check() -> Result<(), NoDisplay> {
    if env::var_os("WAYLAND_SOCKET").is_some() {
        return Ok(());
    }
    let display = env::var("WAYLAND_DISPLAY")
        .ok()
        .filter(|name| !name.is_empty());
    let display = display.ok_or(NoDisplay::Unset)?;
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let path = socket(&display, runtime).ok_or(NoDisplay::Unset)?;
    match UnixStream::connect(&path) {
        Ok(_) => Ok(()),
        Err(error) => Err(NoDisplay::Silent {
            path,
            why: error.to_string(),
        }),
    }
}

/// Whether the machine has a GPU that can draw (a render node, `/dev/dri/renderD*`).
fn has_render_node() -> bool {
    let nodes = std::fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten();
    nodes
        .into_iter()
        .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

/// The variables to set before drawing starts, for what the environment leaves open.
///
/// Without a render node wgpu would find a software rasteriser, which costs over 100 MiB and is slower
/// than tiny-skia. Where there are two GPUs, the frugal one is enough for panels.
pub fn defaults() -> Vec<(&'static str, &'static str)> {
    let mut wanted = vec![("WGPU_POWER_PREF", "low")];
    if !has_render_node() {
        wanted.push(("ICED_BACKEND", "tiny-skia"));
    }
    wanted.retain(|(name, _)| env::var_os(name).is_none());
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_a_name_in_the_runtime_folder_or_a_path() {
        let runtime = || Some(PathBuf::from("/run/user/7"));
        assert_eq!(
            socket("wayland-1", runtime()),
            Some("/run/user/7/wayland-1".into())
        );
        assert_eq!(socket("/tmp/w", runtime()), Some("/tmp/w".into()));
        assert_eq!(socket("wayland-1", None), None);
    }
}
