//! The system packages that building, running and testing need, installed when they are missing.
//!
//! Debian 12 and 13. Elsewhere a person gets the list and installs what their system calls these.

use std::fs;
use std::process::{Command, Stdio};

use crate::exec::{self, Fault, Outcome};
use crate::say;

/// Needed to build the programs and to run a session.
const RUN: &[&str] = &[
    // Found by the build scripts of the compositor's libraries.
    "pkg-config",
    "libwayland-dev",
    "libxkbcommon-dev",
    "libpixman-1-dev",
    // Opened at run time, by the nested backend and by the panels' renderer where there is a GPU.
    "libegl1",
    "libgles2",
    "libgl1-mesa-dri",
    "libx11-xcb1",
    "libxcursor1",
    "libxi6",
    "libxkbcommon-x11-0",
    "libxrandr2",
    "libvulkan1",
    "mesa-vulkan-drivers",
    // What every desktop stands on.
    "dbus",
    // Lets people who are not root use `goblin mount`.
    "fuse3",
    "xkb-data",
    "adwaita-icon-theme",
    "hicolor-icon-theme",
    "fonts-noto-cjk",
    "fonts-noto-core",
    "fonts-noto-mono",
    // A terminal to start from the launcher.
    "foot",
    // The X server for programs that know no Wayland: started when the first of them is.
    "xwayland",
];

/// Needed by the tests besides: real clients, and a display for the nested backend.
const TEST: &[&str] = &[
    // The QEMU guest with Linux's own 9P client, and the other 9P server.
    "busybox-static",
    "diod",
    "e2fsprogs",
    "qemu-system-x86",
    "xz-utils",
    "featherpad",
    "focuswriter",
    "gnome-text-editor",
    "grim",
    "gtk-3-examples",
    "gtk-4-examples",
    "libnotify-bin",
    "qt6-wayland",
    "slurp",
    "wayland-utils",
    "weston",
    "wl-clipboard",
    "wlcs",
    "wlr-randr",
    "wtype",
    "xclip",
    "xvfb",
];

/// Needed by `journey` besides: an editor, tools, a browser, a film, an input method.
const JOURNEY: &[&str] = &[
    "fcitx5",
    "fcitx5-pinyin",
    "firefox-esr",
    "gnome-text-editor",
    "grim",
    "gtk-3-examples",
    "mpv",
    "wayland-utils",
    "weston",
    "wl-clipboard",
    "xclip",
];

/// Needed by `bench ninep` alone: the server that ours is measured against.
const BENCH_NINEP: &[&str] = &["diod"];

/// Needed by `bench compositor` besides: the compositors that ours is measured against, and a client of all three.
const BENCH_COMPOSITOR: &[&str] = &["grim", "sway", "weston"];

/// What the packages are to be installed for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Measuring our 9P server against another.
    BenchNinep,
    /// Measuring our compositor against others.
    BenchCompositor,
    /// Running a session, and the whole journey in it.
    Journey,
    /// Building the programs and running a session.
    Run,
    /// That, and running all tests.
    Test,
}

/// Makes sure that all packages for `purpose` are installed. Does nothing when they are.
///
/// # Errors
/// When the system is no Debian, when we are neither root nor have sudo, or when apt-get fails.
pub(crate) fn ensure(purpose: Purpose) -> Outcome {
    let Some(release) = debian_release() else {
        say::line(format_args!(
            "this is no Debian: nothing is installed. Needed is what Debian calls {}",
            wanted(purpose, 0).join(", ")
        ));
        return Ok(());
    };
    let missing = missing(&wanted(purpose, release))?;
    if missing.is_empty() {
        return Ok(());
    }
    let installer = Installer::find(&missing)?;
    say::line(format_args!(
        "installing {} Debian packages{}: {}",
        missing.len(),
        installer.manner(),
        missing.join(" ")
    ));
    if !lists_are_there() {
        installer.update()?;
        return installer.install(&missing);
    }
    installer.install(&missing).or_else(|_| {
        say::line("that failed, perhaps because the package lists are old: fetching new ones");
        installer.update()?;
        installer.install(&missing)
    })
}

/// The packages for a purpose on the given release of Debian.
fn wanted(purpose: Purpose, release: u32) -> Vec<&'static str> {
    if purpose == Purpose::BenchNinep {
        return BENCH_NINEP.to_vec();
    }
    let mut names = RUN.to_vec();
    if purpose == Purpose::BenchCompositor {
        names.extend(BENCH_COMPOSITOR);
    }
    if purpose == Purpose::Journey {
        names.extend(JOURNEY);
    }
    if purpose == Purpose::Test {
        names.extend(TEST);
        // Featherpad is of Qt 5 there, which needs a Wayland plugin of its own.
        if release < 13 {
            names.push("qtwayland5");
        }
    }
    names
}

/// The major version of the Debian (or derivative that calls itself one) we are on. A release
/// without a number is the one in the making, newer than all.
fn debian_release() -> Option<u32> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    parse_os_release(&text)
}

fn parse_os_release(text: &str) -> Option<u32> {
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
    };
    if value("ID") != Some("debian") {
        return None;
    }
    Some(
        value("VERSION_ID")
            .and_then(|version| version.parse().ok())
            .unwrap_or(u32::MAX),
    )
}

/// Those of the packages that are not installed.
fn missing(names: &[&'static str]) -> Outcome<Vec<&'static str>> {
    // It fails when it knows nothing of one of the names, and still lists the others.
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Abbrev} ${Package}\\n"])
        .args(names)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Fault::new(format!("`dpkg-query` cannot be started: {error}")))?;
    Ok(not_installed(
        names,
        &String::from_utf8_lossy(&output.stdout),
    ))
}

fn not_installed(names: &[&'static str], listing: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = listing
        .lines()
        .filter_map(|line| line.strip_prefix("ii "))
        .map(str::trim)
        .collect();
    names
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// Whether apt has ever fetched its lists of packages: a fresh image has none.
fn lists_are_there() -> bool {
    fs::read_dir("/var/lib/apt/lists").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
    })
}

/// How apt-get is run: as root, or by sudo.
enum Installer {
    Root,
    Sudo,
}

impl Installer {
    fn find(missing: &[&str]) -> Outcome<Self> {
        if exec::capture(Command::new("id").arg("-u"))?.trim() == "0" {
            Ok(Self::Root)
        } else if exec::succeeds(Command::new("sudo").arg("--version")) {
            Ok(Self::Sudo)
        } else {
            Err(Fault::new(format!(
                "packages are missing, and we are neither root nor is there sudo. \
                 Have someone run: apt-get install {}",
                missing.join(" ")
            )))
        }
    }

    fn manner(&self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Sudo => " by sudo (it may ask for your password)",
        }
    }

    fn apt_get(&self) -> Command {
        let mut command = match self {
            Self::Root => Command::new("env"),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.arg("env");
                command
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]);
        command.args(["-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"]);
        command
    }

    fn update(&self) -> Outcome {
        exec::run(self.apt_get().arg("update"))
    }

    fn install(&self, names: &[&str]) -> Outcome {
        exec::run(
            self.apt_get()
                .args(["install", "--no-install-recommends"])
                .args(names),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_debian_is_taken_for_one() {
        assert_eq!(parse_os_release("ID=debian\nVERSION_ID=\"12\"\n"), Some(12));
        assert_eq!(parse_os_release("VERSION_ID=13\nID=debian\n"), Some(13));
        assert_eq!(
            parse_os_release("ID=debian\nPRETTY_NAME=\"sid\"\n"),
            Some(u32::MAX)
        );
        assert_eq!(
            parse_os_release("ID=fedora\nID_LIKE=debian\nVERSION_ID=42\n"),
            None
        );
    }

    #[test]
    fn a_package_counts_only_when_it_is_fully_installed() {
        let listing = "ii  foot\nrc  weston\nun  xvfb\n";
        assert_eq!(
            not_installed(&["foot", "weston", "xvfb", "dbus"], listing),
            ["weston", "xvfb", "dbus"]
        );
    }

    #[test]
    fn tests_need_all_that_a_run_needs() {
        let test = wanted(Purpose::Test, 12);
        assert!(
            wanted(Purpose::Run, 12)
                .iter()
                .all(|name| test.contains(name))
        );
        assert!(test.contains(&"qtwayland5"));
        assert!(!wanted(Purpose::Test, 13).contains(&"qtwayland5"));
    }
}
