use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cli::Session;

/// The program that is the root of a session.
const MANAGER: &str = "goblin-manager";

/// Becomes the manager of a new session. Returns only when it cannot.
pub(crate) fn run(options: &Session) -> Result<()> {
    let mut command = Command::new(manager());
    if !options.headless.is_empty() {
        command.args(["--backend", "headless"]);
        for screen in &options.headless {
            command.args(["--size", screen]);
        }
    } else if options.nested || has_display() {
        command.args(["--backend", "nested"]);
    } else {
        bail!(
            "there is no display (neither WAYLAND_DISPLAY nor DISPLAY is set) to show a session in a window, and \
             goblin cannot take over a console yet; without a screen: \
             goblin session --headless 1920x1080@1"
        );
    }
    if options.testing {
        command.arg("--testing");
    }
    if let Some(store) = &options.store {
        command.arg("--store").arg(store);
    }
    let program = command.get_program().to_owned();
    let error = command.exec();
    Err(error).with_context(|| {
        format!(
            "the session's manager, {}, cannot be run",
            program.display()
        )
    })
}

/// Beside our own program, else wherever `PATH` has it.
fn manager() -> PathBuf {
    let beside = env::current_exe()
        .ok()
        .map(|own| own.with_file_name(MANAGER));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| MANAGER.into())
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Reads `WIDTHxHEIGHT` or `WIDTHxHEIGHT@SCALE`; gives the second form.
///
/// # Errors
/// What is wrong with it, with an example that is not.
pub(crate) fn screen(text: &str) -> Result<String, String> {
    let wrong = || format!("{text} is no screen; one is 1920x1080@1, or 2880x1800@1.5");
    let (size, scale) = text.split_once('@').unwrap_or((text, "1"));
    let (width, height) = size.split_once('x').ok_or_else(wrong)?;
    for side in [width, height] {
        let pixels: u32 = side.parse().map_err(|_| wrong())?;
        if !(64..=16_384).contains(&pixels) {
            return Err(format!(
                "a screen is 64 to 16384 pixels wide and high, not {pixels}"
            ));
        }
    }
    let factor: f64 = scale.parse().map_err(|_| wrong())?;
    if !(0.5..=4.0).contains(&factor) {
        return Err(format!("a scale is 0.5 to 4, not {scale}"));
    }
    Ok(format!("{width}x{height}@{scale}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_has_a_size_and_a_scale() {
        assert_eq!(screen("1920x1080@1.5").unwrap(), "1920x1080@1.5");
        assert_eq!(screen("800x600").unwrap(), "800x600@1");
        for wrong in [
            "",
            "1920",
            "1920x",
            "0x600",
            "99999x600",
            "800x600@0",
            "800x600@x",
            "800x600@NaN",
        ] {
            assert!(screen(wrong).is_err(), "{wrong}");
        }
    }
}
