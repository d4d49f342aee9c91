//! Extended attributes: one list of steps, done to both folders.

use std::fs;
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::{XattrFlags, getxattr, listxattr, removexattr, setxattr};

use crate::Outcome;

/// Compares what every step comes to.
pub(crate) fn run(folder: &Path, oracle: &Path) -> Outcome {
    let (got, wanted) = (transcript(folder)?, transcript(oracle)?);
    for (got, wanted) in got.iter().zip(&wanted) {
        if got != wanted {
            return Err(format!("{got}, not {wanted}"));
        }
    }
    Ok(())
}

fn transcript(root: &Path) -> Result<Vec<String>, String> {
    let tell = |error: std::io::Error| format!("{}: {error}", root.display());
    fs::create_dir(root).map_err(tell)?;
    let mut lines = Vec::new();
    for name in ["file", "folder"] {
        let path = root.join(name);
        if name == "file" {
            fs::write(&path, "data").map_err(tell)?;
        } else {
            fs::create_dir(&path).map_err(tell)?;
        }
        let mut set = |attribute: &str, value: &[u8], flags| {
            let done = setxattr(&path, attribute, value, flags);
            lines.push(format!(
                "{name}: set {attribute} ({} bytes, {flags:?}): {done:?}",
                value.len()
            ));
        };
        set("user.kind", b"text", XattrFlags::empty());
        set("user.kind", b"binary", XattrFlags::CREATE);
        set("user.kind", b"other", XattrFlags::REPLACE);
        set("user.none", b"x", XattrFlags::REPLACE);
        set("user.empty", b"", XattrFlags::empty());
        set("user.long", &[7; 3000], XattrFlags::CREATE);
        set("user.数据", b"utf-8", XattrFlags::empty());
        for attribute in [
            "user.kind",
            "user.none",
            "user.empty",
            "user.long",
            "user.数据",
        ] {
            let mut value = Vec::with_capacity(4096);
            let got = getxattr(&path, attribute, spare_capacity(&mut value));
            lines.push(format!("{name}: get {attribute}: {got:?} {value:?}"));
        }
        for attribute in ["user.empty", "user.none"] {
            lines.push(format!(
                "{name}: remove {attribute}: {:?}",
                removexattr(&path, attribute)
            ));
        }
        let mut list = Vec::with_capacity(4096);
        let listed = listxattr(&path, spare_capacity(&mut list));
        let mut names: Vec<_> = list
            .split(|byte| *byte == 0)
            .map(String::from_utf8_lossy)
            .collect();
        names.sort();
        lines.push(format!("{name}: list: {listed:?} {names:?}"));
        let short = getxattr(&path, "user.kind", &mut [0_u8; 2][..]);
        lines.push(format!("{name}: get into 2 bytes: {short:?}"));
    }
    Ok(lines)
}
