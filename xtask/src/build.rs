//! `cargo xtask build`: every program as it ships, in one folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say::{self, Steps};
use crate::workspace::Workspace;

/// Programs that are built by one call of cargo.
///
/// Cargo unifies the features of everything that one call builds. The GUI programs must not meet: what
/// one of them wants of iced, wgpu before all, would end up in the others.
struct Group {
    what: &'static str,
    /// Package and binary.
    programs: &'static [(&'static str, &'static str)],
}

const GROUPS: &[Group] = &[
    Group {
        what: "the command goblin and the services",
        programs: &[
            ("goblin-session", "goblin"),
            ("goblin-manager", "goblin-manager"),
            ("goblin-mirror", "goblin-mirror"),
        ],
    },
    Group {
        what: "the compositor",
        programs: &[("goblin-compositor", "goblin-compositor")],
    },
    Group {
        what: "the shell",
        programs: &[("goblin-shell", "goblin-shell")],
    },
    Group {
        what: "the panels",
        programs: &[("goblin-panels", "goblin-panels")],
    },
];

/// How the programs are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Debug,
    /// Optimised, as a person gets them.
    Release,
}

impl Profile {
    /// The name of cargo's output folder.
    fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// The word `build`.
///
/// # Errors
/// On an unknown option, or when a package or program cannot be had.
pub(crate) fn main(words: &[String]) -> Outcome {
    let mut profile = Profile::Debug;
    for word in words {
        match word.as_str() {
            "--release" => profile = Profile::Release,
            unknown => {
                return Err(Fault::new(format!(
                    "`build` has no option `{unknown}`; it takes --release"
                )));
            }
        }
    }
    packages::ensure(Purpose::Run)?;
    let workspace = Workspace::find()?;
    let folder = programs(&workspace, profile)?;
    say::line(format_args!("the programs are in {}", folder.display()));
    Ok(())
}

/// Builds all programs and gives the folder they lie in together.
///
/// # Errors
/// When cargo fails, or a program cannot be put into the folder.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Outcome<PathBuf> {
    let folder = workspace.target("programs").join(profile.folder());
    fs::create_dir_all(&folder).map_err(|error| {
        Fault::new(format!(
            "the folder {} cannot be made: {error}",
            folder.display()
        ))
    })?;
    let mut steps = Steps::new(GROUPS.len());
    for group in GROUPS {
        steps.step(&format!("building {}", group.what), || {
            let mut command = workspace.cargo(["build", "--locked"]);
            if profile == Profile::Release {
                command.arg("--release");
            }
            for (package, _) in group.programs {
                command.args(["--package", package]);
            }
            exec::run(&mut command)?;
            for (_, binary) in group.programs {
                place(
                    &workspace.target(profile.folder()).join(binary),
                    &folder.join(binary),
                )?;
            }
            Ok(())
        })?;
    }
    Ok(folder)
}

/// Copies a program unless the very same is there. The old one is replaced, not overwritten: it may
/// be running.
fn place(from: &Path, to: &Path) -> Outcome {
    let fault = |error: std::io::Error| {
        Fault::new(format!(
            "{} cannot be copied to {}: {error}",
            from.display(),
            to.display()
        ))
    };
    let source = fs::metadata(from).map_err(fault)?;
    let same = fs::metadata(to).is_ok_and(|target| {
        target.len() == source.len()
            && matches!((target.modified(), source.modified()), (Ok(a), Ok(b)) if a == b)
    });
    if same {
        return Ok(());
    }
    let fresh = to.with_extension("new");
    fs::copy(from, &fresh).map_err(fault)?;
    let modified = source.modified().map_err(fault)?;
    fs::File::options()
        .append(true)
        .open(&fresh)
        .and_then(|file| file.set_modified(modified))
        .map_err(fault)?;
    fs::rename(&fresh, to).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gui_programs_are_built_one_by_one() {
        for alone in ["goblin-compositor", "goblin-shell", "goblin-panels"] {
            let group = GROUPS
                .iter()
                .find(|group| group.programs.iter().any(|(package, _)| *package == alone))
                .unwrap();
            assert_eq!(
                group.programs.len(),
                1,
                "{alone} shares its features with others"
            );
        }
    }

    #[test]
    fn a_program_is_replaced_only_when_it_changed() {
        use std::os::unix::fs::MetadataExt;
        let folder = std::env::temp_dir().join(format!("xtask-place-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (from, to) = (folder.join("from"), folder.join("to"));
        let inode = |path: &Path| fs::metadata(path).unwrap().ino();

        fs::write(&from, "one").unwrap();
        place(&from, &to).unwrap();
        let first = inode(&to);
        place(&from, &to).unwrap();
        assert_eq!(inode(&to), first);
        fs::write(&from, "another").unwrap();
        place(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "another");
        assert_ne!(
            inode(&to),
            first,
            "the running program would have been overwritten"
        );

        fs::remove_dir_all(&folder).unwrap();
    }
}
