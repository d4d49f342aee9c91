//! Small steps of the guest's script that no shell can do.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

use crate::Outcome;
use crate::random::Dice;

/// Makes `count` files of up to 4 KiB in folders of a hundred, with a symbolic link in each folder.
pub(crate) fn populate(folder: &Path, count: u64) -> Outcome {
    let mut dice = Dice::new(9);
    let mut make = || -> std::io::Result<()> {
        for n in 0..count {
            let inner = folder.join(format!("d{:03}", n / 100));
            if n % 100 == 0 {
                fs::create_dir_all(&inner)?;
                symlink("f00000", inner.join("link"))?;
            }
            let file = inner.join(format!("f{n:05}"));
            let size = dice.below(4096);
            fs::write(&file, dice.bytes(size))?;
            let mode = if n % 7 == 0 { 0o755 } else { 0o640 };
            fs::set_permissions(&file, fs::Permissions::from_mode(mode))?;
        }
        Ok(())
    };
    make().map_err(|error| format!("populate {}: {error}", folder.display()))
}

/// Prints what an `event` file has. Opened so that Linux's client gives what one answer holds, instead of waiting until
/// its buffer is full.
pub(crate) fn events(path: &Path) -> Outcome {
    let tell = |error: std::io::Error| format!("{}: {error}", path.display());
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(tell)?;
    let mut data = vec![0; 4096];
    loop {
        let count = match file.read(&mut data) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            read => read.map_err(tell)?,
        };
        std::io::stdout().write_all(&data[..count]).map_err(tell)?;
    }
}
