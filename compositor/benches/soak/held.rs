//! What the compositor holds, as the kernel and its own tree say.

use std::fs;

use anyhow::{Context, Result};

use crate::desktop::Desktop;

/// One look at it.
pub(crate) struct Held {
    /// Its memory with its share of what it shares, in KiB.
    pub(crate) pss: u64,
    /// What of it is no file's: heap and stacks, in KiB.
    pub(crate) anonymous: u64,
    pub(crate) descriptors: usize,
    pub(crate) threads: usize,
    pub(crate) windows: usize,
    outputs: usize,
}

impl Held {
    pub(crate) const HEAD: &str =
        "                          PSS KiB  heap KiB  descriptors  threads  windows  outputs";

    pub(crate) fn by(pid: u32, desktop: &Desktop) -> Result<Self> {
        let memory = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let kib = |label: &str| -> Result<u64> {
            let line = memory.lines().find_map(|line| line.strip_prefix(label));
            let number = line.and_then(|rest| rest.trim().strip_suffix(" kB"));
            let number = number.with_context(|| format!("smaps_rollup has no {label}"))?;
            Ok(number.trim().parse()?)
        };
        let count = |what: &str| -> Result<usize> {
            Ok(fs::read_dir(format!("/proc/{pid}/{what}"))?.count())
        };
        let status = desktop.status()?;
        Ok(Self {
            pss: kib("Pss:")?,
            anonymous: kib("Anonymous:")?,
            descriptors: count("fd")?,
            threads: count("task")?,
            windows: status.windows.len(),
            outputs: status.outputs.len(),
        })
    }

    pub(crate) fn print(&self, after: &str) {
        println!(
            "{after:<24} {:>8}  {:>8}  {:>11}  {:>7}  {:>7}  {:>7}",
            self.pss, self.anonymous, self.descriptors, self.threads, self.windows, self.outputs
        );
    }
}
