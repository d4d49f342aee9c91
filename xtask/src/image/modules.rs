//! Which modules of a kernel a guest loads, and in which order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exec::{Fault, Outcome};

/// The modules of one kernel, by name, with `_` for `-`.
pub(super) struct Modules {
    files: BTreeMap<String, PathBuf>,
    /// Names of those that the kernel itself holds.
    built_in: Vec<String>,
}

impl Modules {
    /// Those below `folder`, a `lib/modules/VERSION`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(super) fn find(folder: &Path) -> Outcome<Self> {
        let mut files = BTreeMap::new();
        walk(folder, &mut files)?;
        let list = fs::read_to_string(folder.join("modules.builtin")).unwrap_or_default();
        let built_in = list
            .lines()
            .filter_map(|line| name(Path::new(line)))
            .collect();
        Ok(Self { files, built_in })
    }

    /// The modules `wanted` and all that they depend on, each after what it needs, with their content.
    ///
    /// # Errors
    /// When one is missing or cannot be read.
    pub(super) fn in_order(&self, wanted: &[&str]) -> Outcome<Vec<(String, Vec<u8>)>> {
        let mut loaded = Vec::new();
        for name in wanted {
            self.add(name, &mut loaded)?;
        }
        Ok(loaded)
    }

    fn add(&self, name: &str, loaded: &mut Vec<(String, Vec<u8>)>) -> Outcome {
        if loaded.iter().any(|(known, _)| known == name)
            || self.built_in.iter().any(|known| known == name)
        {
            return Ok(());
        }
        let path = self
            .files
            .get(name)
            .ok_or_else(|| Fault::new(format!("the kernel has no module {name}")))?;
        let content = content(path)?;
        for needed in depends(&content) {
            self.add(&needed, loaded)?;
        }
        loaded.push((name.to_owned(), content));
        Ok(())
    }
}

fn walk(folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> Outcome {
    let tell = |error| Fault::new(format!("read {}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(tell)? {
        let path = entry.map_err(tell)?.path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, files)?;
        } else if let Some(name) = name(&path) {
            files.insert(name, path);
        }
    }
    Ok(())
}

/// The name of the module in the file at `path`, if it is one.
fn name(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (name, _) = file.split_once(".ko")?;
    Some(name.replace('-', "_"))
}

fn content(path: &Path) -> Outcome<Vec<u8>> {
    let tell = |error| Fault::new(format!("read {}: {error}", path.display()));
    if path.extension().is_none_or(|extension| extension != "xz") {
        return fs::read(path).map_err(tell);
    }
    let unpacked = Command::new("xz")
        .arg("-dc")
        .arg(path)
        .output()
        .map_err(tell)?;
    if unpacked.status.success() {
        Ok(unpacked.stdout)
    } else {
        Err(Fault::new(format!("`xz -dc {}` failed", path.display())))
    }
}

/// What a module says that it needs (`depends=` of its section `.modinfo`).
fn depends(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(at) = module.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let value = module[at + KEY.len()..].split(|byte| *byte == 0).next();
    String::from_utf8_lossy(value.unwrap_or_default())
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_names_what_it_needs() {
        assert_eq!(
            depends(b"ELF\0license=GPL\0depends=9pnet,net-failover\0x"),
            ["9pnet", "net_failover"]
        );
        assert!(depends(b"ELF\0depends=\0x").is_empty());
        assert!(depends(b"ELF").is_empty());
    }

    #[test]
    fn names_are_told_from_files() {
        assert_eq!(
            name(Path::new("kernel/fs/9p/9p.ko.xz")).as_deref(),
            Some("9p")
        );
        assert_eq!(
            name(Path::new("crc32c-intel.ko")).as_deref(),
            Some("crc32c_intel")
        );
        assert_eq!(name(Path::new("modules.dep")), None);
    }
}
