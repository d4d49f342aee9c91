//! What the machine says of itself: figures of *proc(5)* and *statvfs(3)*, read when somebody asks.

mod disks;
mod memory;
mod mounts;
mod watch;

use std::fs;
use std::io;

use ninep::{Errno, Error, Result};
use trees::machine::{Disk, Status};
use trees::time::Millis;

pub use disks::disks;
pub use mounts::{Mount, parse as parse_mounts, real as real_mounts};
pub use watch::MountWatch;

/// Asks the kernel for everything in `/machine/status`.
///
/// # Errors
/// Which file of `/proc` cannot be read, or holds something else than it should.
pub fn status(rev: u64) -> Result<Status> {
    let load = read("/proc/loadavg")?;
    let mut loads = load
        .split_whitespace()
        .map_while(|word| word.parse::<f64>().ok());
    let (Some(one), Some(five), Some(fifteen)) = (loads.next(), loads.next(), loads.next()) else {
        return Err(strange("/proc/loadavg", &load));
    };
    let stat = read("/proc/stat")?;
    let booted = stat
        .lines()
        .find_map(|line| line.strip_prefix("btime "))
        .and_then(|seconds| seconds.trim().parse::<u64>().ok())
        .ok_or_else(|| strange("/proc/stat", "no line btime"))?;
    let memory = read("/proc/meminfo")?;
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Status {
        rev,
        measured: Millis::now(),
        hostname: rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned(),
        booted: Millis(booted * 1000),
        cpus: u32::try_from(cpus).unwrap_or(u32::MAX),
        load: (one, five, fifteen),
        memory: memory::parse(&memory)
            .ok_or_else(|| strange("/proc/meminfo", "MemTotal is missing"))?,
        disks: mounted_disks()?,
    })
}

/// The disks that are mounted now, with their free space.
///
/// # Errors
/// When `/proc/self/mountinfo` cannot be read.
pub fn mounted_disks() -> Result<Vec<Disk>> {
    Ok(disks(&real_mounts(parse_mounts(&read(mounts::FILE)?))))
}

fn read(path: &str) -> Result<String> {
    // The name of a mount point may be anything but NUL.
    let tell = |error: io::Error| Error::from(error).context(path.to_owned());
    fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(tell)
}

fn strange(path: &str, what: &str) -> Error {
    Error::new(
        Errno::IO,
        format!("{path} is not as proc(5) says: {}", what.trim()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_a_processor_memory_and_a_past() {
        let status = status(7).unwrap();
        assert_eq!(status.rev, 7);
        assert!(status.cpus >= 1 && status.memory.total > 0);
        assert!(status.memory.available <= status.memory.total);
        assert!(status.booted < status.measured);
        assert!(!status.hostname.is_empty());
        for disk in &status.disks {
            assert!(disk.total > 0 && disk.available <= disk.total, "{disk:?}");
        }
    }
}
