//! Where programs are found: beside our own, then along `PATH`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// The folders that are looked into, in order.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    folders: Vec<PathBuf>,
}

impl Programs {
    /// The folder of the running executable, then those of `PATH`.
    pub fn of_this_process() -> Self {
        let own = std::env::current_exe()
            .ok()
            .and_then(|exe| exe.parent().map(Path::to_owned));
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self {
            folders: own
                .into_iter()
                .chain(std::env::split_paths(&path))
                .collect(),
        }
    }

    /// These folders only.
    pub fn in_folders(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            folders: folders.into_iter().collect(),
        }
    }

    /// The file to run for `program`; one that holds a `/` is a path already.
    ///
    /// # Errors
    /// Where it was looked for, in one line.
    pub fn find(&self, program: &OsStr) -> Result<PathBuf, String> {
        let runs = |path: &Path| path.is_file() && access(path, Access::EXEC_OK).is_ok();
        let name = Path::new(program);
        if name.components().count() > 1 {
            return if runs(name) {
                Ok(name.to_owned())
            } else {
                Err(format!("{} is no program that can be run", name.display()))
            };
        }
        let found = self
            .folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| runs(path));
        found.ok_or_else(|| {
            let beside = self
                .folders
                .first()
                .map(|folder| format!("in {} ", folder.display()));
            let beside = beside.unwrap_or_default();
            format!(
                "the program {} was not found: neither {beside}nor along PATH",
                name.display()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_folder_with_a_program_that_can_be_run_wins() {
        let root = tempfile::tempdir().unwrap();
        let folders = ["own", "bin"].map(|name| root.path().join(name));
        for folder in &folders {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("tool"), "#!/bin/sh\n").unwrap();
        }
        fs::create_dir(folders[0].join("folder")).unwrap();
        let programs = Programs::in_folders(folders.clone());
        let run =
            |file: &Path| fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();

        let why = programs.find(OsStr::new("tool")).unwrap_err();
        assert!(
            why.contains("tool was not found: neither in") && why.contains("own"),
            "{why}"
        );
        run(&folders[1].join("tool"));
        assert_eq!(
            programs.find(OsStr::new("tool")).unwrap(),
            folders[1].join("tool")
        );
        run(&folders[0].join("tool"));
        assert_eq!(
            programs.find(OsStr::new("tool")).unwrap(),
            folders[0].join("tool")
        );
        assert!(programs.find(OsStr::new("folder")).is_err());
        assert!(
            programs
                .find(folders[0].join("none").as_os_str())
                .unwrap_err()
                .contains("none")
        );
    }
}
