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
    /// Bytes in all.
    pub total: u64,
    /// Bytes free to ordinary users.
    pub available: u64,
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
