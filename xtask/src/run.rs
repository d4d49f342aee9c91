//! `cargo xtask run`: a session, from nothing.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// The virtual screen of a headless session: width, height and scale.
const SCREEN: &str = "1920x1080@1";
/// How long a session may take to come up, or a panel to be drawn.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long we wait between two looks at something that we cannot be told of.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    headless: bool,
    picture: Option<PathBuf>,
    once: bool,
    profile: Profile,
}

impl Options {
    fn parse(words: &[String]) -> Outcome<Self> {
        let mut options = Self {
            headless: false,
            picture: None,
            once: false,
            profile: Profile::Debug,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--headless" => options.headless = true,
                "--once" => options.once = true,
                "--release" => options.profile = Profile::Release,
                "--screenshot" => {
                    let file = words.next().ok_or_else(|| {
                        Fault::new("`--screenshot` wants the name of the file to write")
                    })?;
                    options.picture = Some(file.into());
                }
                unknown => {
                    return Err(Fault::new(format!(
                        "`run` has no option `{unknown}`; it takes --headless, --screenshot FILE, \
                         --once and --release"
                    )));
                }
            }
        }
        Ok(options)
    }
}

/// Where the session can be shown.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// In a window of the display that there is.
    Window,
    /// On a console: one day for real, until then headless.
    Console,
    /// Nowhere.
    Headless,
}

impl Place {
    fn find(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if set("WAYLAND_DISPLAY") || set("DISPLAY") {
            Self::Window
        } else if variable("TERM").as_deref() == Some("linux") {
            Self::Console
        } else {
            Self::Headless
        }
    }
}

/// The word `run`.
///
/// # Errors
/// On an unknown option, when something needed cannot be had, or when the session does not come up.
pub(crate) fn main(words: &[String]) -> Outcome {
    let options = Options::parse(words)?;
    packages::ensure(Purpose::Run)?;
    let workspace = Workspace::find()?;
    let programs = build::programs(&workspace, options.profile)?;
    let goblin = programs.join("goblin");

    let place = Place::find(|name| std::env::var(name).ok());
    if place == Place::Window && !options.headless {
        say::line("starting the session in a window; close the window to end it");
        say::line(format_args!("look into it with: {} ls /", goblin.display()));
        // In our place, so that signals and the exit code are the session's own.
        let error = Command::new(&goblin).args(["session", "--nested"]).exec();
        return Err(Fault::new(format!(
            "{} cannot be started: {error}",
            goblin.display()
        )));
    }
    if place == Place::Console {
        say::line("goblin cannot take over a console yet: this session is headless");
    }
    let picture = options
        .picture
        .unwrap_or_else(|| workspace.target("goblin.png"));
    headless(&goblin, &picture, options.once)
}

/// Runs a headless session until it ends or, with `once`, until its picture is taken.
fn headless(goblin: &Path, picture: &Path, once: bool) -> Outcome {
    say::line(format_args!("starting a headless session, {SCREEN}"));
    let mut session = Command::new(goblin)
        // Only a session for testing has its picture taken without asking the person.
        .args(["session", "--headless", SCREEN, "--testing"])
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| Fault::new(format!("{} cannot be started: {error}", goblin.display())))?;
    let taken = take_picture(&mut session, goblin, picture);
    if taken.is_ok() {
        say::line(format_args!("a picture of it is in {}", picture.display()));
    }
    if once || taken.is_err() {
        let asked = exec::run(Command::new(goblin).args(["write", "/subsystems/ctl", "quit"]));
        if asked.is_err() {
            // It does not listen to us. It is our child, and must not outlive us.
            let _ = session.kill();
        }
    } else {
        say::line(format_args!("look into it with: {} ls /", goblin.display()));
        say::line("Ctrl-C ends it");
    }
    let status = session
        .wait()
        .map_err(|error| Fault::new(format!("the session cannot be waited for: {error}")))?;
    taken?;
    if status.success() {
        Ok(())
    } else {
        Err(Fault::new(format!("the session ended with {status}")))
    }
}

/// Waits for the shell, opens a panel, waits until its window is there, and takes the picture.
fn take_picture(session: &mut Child, goblin: &Path, picture: &Path) -> Outcome {
    let bar = |text: &str| text.contains("\"items\"");
    wait_for(
        session,
        goblin,
        &["cat", "/shell/bar/screen"],
        "the bar",
        bar,
    )?;
    exec::run(Command::new(goblin).args(["panel", "storage"]))?;
    wait_for(
        session,
        goblin,
        &["cat", "/panels/storage/screen"],
        "the storage panel",
        bar,
    )?;
    wait_for(
        session,
        goblin,
        &["ls", "/desktop/windows"],
        "its window",
        |text| !text.trim().is_empty(),
    )?;
    exec::run(Command::new(goblin).arg("screenshot").arg(picture))
}

/// Asks the session by the command `goblin` until the answer is as wanted.
fn wait_for(
    session: &mut Child,
    goblin: &Path,
    words: &[&str],
    what: &str,
    wanted: impl Fn(&str) -> bool,
) -> Outcome {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Ok(Some(status)) = session.try_wait() {
            return Err(Fault::new(format!(
                "the session ended with {status} before {what} came"
            )));
        }
        let answer = Command::new(goblin)
            .args(words)
            .stdin(Stdio::null())
            .output();
        if answer.is_ok_and(|answer| {
            answer.status.success() && wanted(&String::from_utf8_lossy(&answer.stdout))
        }) {
            return Ok(());
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Err(Fault::new(format!(
        "{what} did not come within {} s",
        PATIENCE.as_secs()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_read_in_any_order() {
        let options = Options::parse(&words("--once --screenshot a.png --headless")).unwrap();
        assert!(options.headless && options.once && options.profile == Profile::Debug);
        assert_eq!(options.picture, Some("a.png".into()));
    }

    #[test]
    fn a_faulty_option_is_named() {
        assert!(
            Options::parse(&words("--frob"))
                .unwrap_err()
                .to_string()
                .contains("`--frob`")
        );
        assert!(
            Options::parse(&words("--screenshot"))
                .unwrap_err()
                .to_string()
                .contains("file")
        );
    }

    #[test]
    fn a_display_goes_before_a_console() {
        let place = |pairs: &'static [(&str, &str)]| {
            Place::find(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(
            place(&[("DISPLAY", ":0"), ("TERM", "linux")]),
            Place::Window
        );
        assert_eq!(place(&[("WAYLAND_DISPLAY", "wayland-0")]), Place::Window);
        assert_eq!(place(&[("DISPLAY", ""), ("TERM", "linux")]), Place::Console);
        assert_eq!(place(&[("TERM", "xterm")]), Place::Headless);
    }
}
