//! `/machine`: the machine that a manager runs on.
//!
//! ```text
//! /machine/{status,event}
//! /machine/disks/NAME/status
//! ```

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Name of the tree.
pub const NAME: &str = "machine";

/// `/machine/status`, read from the kernel when it is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle; measurements do not count.
    pub rev: u64,
    /// When the kernel was asked.
    pub measured: Millis,
    /// Host name.
    pub hostname: String,
    /// Since when it runs.
    pub booted: Millis,
    /// Processors online.
    pub cpus: u32,
    /// Load averages over 1, 5 and 15 minutes (*proc_loadavg(5)*).
    pub load: (f64, f64, f64),
    /// Memory.
    pub memory: Memory,
    /// Mounted disks.
    pub disks: Vec<Disk>,
}

/// Memory, in bytes (*proc_meminfo(5)*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Usable memory in all.
    pub total: u64,
    /// What programs can still get without swapping.
    pub available: u64,
    /// Swap space in all.
    pub swap_total: u64,
    /// Swap space unused.
    pub swap_free: u64,
}

/// A mounted disk: `/machine/disks/NAME/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Name in the tree, from the device.
    pub name: String,
    /// Device, such as `/dev/nvme0n1p2`.
    pub device: String,
    /// Where it is mounted first.
    pub mount: String,
    /// File system.
    pub filesystem: String,
    /// Bytes that hold data or may: what the system keeps back for itself is not in it, as in *df(1)*'s percentages.
    pub total: u64,
    /// Bytes free to ordinary users.
    pub available: u64,
}

/// The `total` of a disk of `blocks` of `unit` bytes (*statvfs(3)*): `free` are unused, and `available` of them to be had.
pub fn total(blocks: u64, free: u64, available: u64, unit: u64) -> u64 {
    let used = blocks.saturating_sub(free);
    used.saturating_add(available).saturating_mul(unit)
}

/// A line of `/machine/event`; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A disk was mounted or unmounted.
    Disks {
        /// The disks as they are now.
        disks: Vec<Disk>,
    },
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_the_system_keeps_back_is_neither_used_nor_free() {
        let (blocks, free, available) = (100, 60, 55);
        let total = super::total(blocks, free, available, 4096);
        assert_eq!(total, 95 * 4096);
        assert_eq!(total - available * 4096, 40 * 4096, "used");
        assert_eq!(
            super::total(1, 2, 0, 1),
            0,
            "a file system that counts badly"
        );
    }
}
