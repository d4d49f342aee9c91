//! What the session of a board consists of: which programs, in which order, with which environment.

mod bus;
mod locale;

use std::ffi::OsString;
use std::path::Path;

use trees::{desktop, mirror, panels, shell};

use crate::fleet::{Bond, Need};
use crate::lifecycle::{Policy, Temper};
use crate::options::{Backend, Options};
use crate::supervisor::{Export, Ready, Source, Spec};

pub use bus::needed as bus_needed;

/// The subsystem that is the session's D-Bus.
pub const BUS: &str = "bus";

/// Who starts with the address of the bus in its environment. The bus keeps its address when it is started again, and they
/// connect to it anew by themselves, so its end is not theirs.
const ON_BUS: [&str; 3] = [desktop::NAME, shell::NAME, panels::NAME];

/// The subsystems in starting order. `runtime` is the user's runtime folder; a bus is among them if `with_bus`.
pub fn specs(options: &Options, runtime: &Path, with_bus: bool) -> Vec<Spec> {
    let mut specs = vec![
        mirror(options),
        desktop(options),
        client(shell::NAME),
        client(panels::NAME),
    ];
    if with_bus {
        specs.insert(0, bus::spec(runtime));
        for spec in specs
            .iter_mut()
            .filter(|spec| ON_BUS.contains(&spec.name.as_str()))
        {
            spec.needs.push(Need {
                on: BUS.to_owned(),
                bond: Bond::After,
            });
        }
    }
    let locale = locale::changes();
    for spec in &mut specs {
        spec.policy.answer_within = options.answer_within;
        spec.environment
            .push(("XDG_RUNTIME_DIR".into(), Some(runtime.into())));
        spec.environment.extend(locale.iter().cloned());
    }
    specs
}

fn mirror(options: &Options) -> Spec {
    let mut arguments = Vec::new();
    if let Some(store) = &options.store {
        arguments.extend([OsString::from("--store"), store.into()]);
    }
    Spec {
        name: mirror::NAME.to_owned(),
        program: "goblin-mirror".into(),
        arguments,
        environment: Vec::new(),
        ready: Ready::Serves,
        exports: Vec::new(),
        policy: Policy::new(Temper::Steady),
        needs: Vec::new(),
    }
}

fn desktop(options: &Options) -> Spec {
    let mut arguments: Vec<OsString> = vec!["--backend".into(), options.backend.word().into()];
    let mut environment = desktop_environment();
    if options.backend == Backend::Headless {
        for size in &options.sizes {
            arguments.extend(["--size".into(), OsString::from(size)]);
        }
        // A headless session must not be found out to sit inside another one.
        for outer in ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"] {
            environment.push((outer.into(), None));
        }
    }
    if options.testing {
        arguments.push("--testing".into());
    }
    Spec {
        name: desktop::NAME.to_owned(),
        program: "goblin-compositor".into(),
        arguments,
        environment,
        ready: Ready::Serves,
        exports: [
            ("WAYLAND_DISPLAY", "wayland_display"),
            ("DISPLAY", "x11_display"),
        ]
        .map(|(variable, field)| Export {
            variable: variable.to_owned(),
            value: Source::Status(field.to_owned()),
        })
        .to_vec(),
        policy: Policy::new(Temper::EndsSession),
        needs: Vec::new(),
    }
}

/// A program that shows itself on the desktop: the shell runs always, the panels when they are asked for.
fn client(name: &str) -> Spec {
    let temper = if name == panels::NAME {
        Temper::OnDemand
    } else {
        Temper::Steady
    };
    let mut environment = desktop_environment();
    for outer in ["WAYLAND_SOCKET", "DISPLAY"] {
        environment.push((outer.into(), None));
    }
    Spec {
        name: name.to_owned(),
        program: format!("goblin-{name}").into(),
        arguments: Vec::new(),
        environment,
        ready: Ready::Serves,
        exports: Vec::new(),
        policy: Policy::new(temper),
        needs: vec![Need {
            on: desktop::NAME.to_owned(),
            bond: Bond::Needs,
        }],
    }
}

/// What programs of a session look at to know where they are (*XDG desktop-entry*, *pam_systemd(8)*).
fn desktop_environment() -> Vec<(OsString, Option<OsString>)> {
    let set = [
        ("XDG_CURRENT_DESKTOP", "goblin"),
        ("XDG_SESSION_TYPE", "wayland"),
    ];
    set.into_iter()
        .map(|(name, value)| (name.into(), Some(value.into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn options(words: &[&str]) -> Options {
        Options::try_parse_from(std::iter::once(&"goblin-manager").chain(words)).unwrap()
    }

    fn words(spec: &Spec) -> String {
        let words: Vec<_> = spec
            .arguments
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        words.join(" ")
    }

    #[test]
    fn a_headless_session_for_testing() {
        let options = options(&[
            "--backend",
            "headless",
            "--size",
            "800x600@1.5",
            "--testing",
            "--store",
            "/s",
        ]);
        let specs = specs(&options, Path::new("/run/user/7"), true);
        let names: Vec<_> = specs.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(names, ["bus", "mirror", "desktop", "shell", "panels"]);
        assert_eq!(words(&specs[1]), "--store /s");
        assert_eq!(
            words(&specs[2]),
            "--backend headless --size 800x600@1.5 --testing"
        );
        assert!(specs[2].environment.contains(&("DISPLAY".into(), None)));
        let bonds: Vec<_> = specs[3]
            .needs
            .iter()
            .map(|need| (need.on.as_str(), need.bond))
            .collect();
        assert_eq!(bonds, [("desktop", Bond::Needs), ("bus", Bond::After)]);
        assert_eq!(specs[4].policy.temper, Temper::OnDemand);
    }

    #[test]
    fn a_nested_session_keeps_the_display_it_is_in_and_the_bus_that_is_there() {
        let options = options(&["--backend", "nested"]);
        let specs = specs(&options, Path::new("/run/user/7"), false);
        assert_eq!(specs.len(), 4);
        assert_eq!(words(&specs[1]), "--backend nested");
        assert!(
            specs[1]
                .environment
                .iter()
                .all(|(_, value)| value.is_some())
        );
        assert!(
            specs
                .iter()
                .all(|spec| spec.needs.iter().all(|need| need.on != BUS))
        );
    }
}
