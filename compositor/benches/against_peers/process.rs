//! What the kernel says that a process used (*proc(5)*).

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

fn tasks(pid: u32) -> Result<Vec<PathBuf>> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))?;
    Ok(tasks.filter_map(|task| Some(task.ok()?.path())).collect())
}

/// Processor time of all threads that there are, exact to the nanosecond (`schedstat`).
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let mut sum = 0;
    for task in tasks(pid)? {
        let text = fs::read_to_string(task.join("schedstat"))?;
        let first = text.split_whitespace().next().context("schedstat")?;
        sum += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(sum))
}

/// How often its threads have been put on a processor after waiting.
fn wakeups(pid: u32) -> Result<u64> {
    let mut sum = 0;
    for task in tasks(pid)? {
        let text = fs::read_to_string(task.join("status"))?;
        sum += text
            .lines()
            .filter_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))
            .filter_map(|count| count.trim().parse::<u64>().ok())
            .sum::<u64>();
    }
    Ok(sum)
}

/// Memory that is its own, with its share of what it shares, in MB.
pub(crate) fn pss(pid: u32) -> Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kib = text
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .context("smaps_rollup has no Pss")?;
    Ok(kib.trim().parse::<f64>()? * 1024.0 / 1e6)
}

/// What a process did while it was watched.
pub(crate) struct Use {
    /// Percent of one processor.
    pub(crate) cpu: f64,
    /// For each second.
    pub(crate) wakeups: f64,
}

/// Runs `work`, and says what the process `pid` did meanwhile.
pub(crate) fn watch(pid: u32, work: impl FnOnce() -> Result<()>) -> Result<Use> {
    let (cpu_before, woken_before, begun) = (cpu(pid)?, wakeups(pid)?, Instant::now());
    work()?;
    let time = begun.elapsed().as_secs_f64();
    let used = cpu(pid)?.saturating_sub(cpu_before).as_secs_f64();
    let woken = wakeups(pid)?.saturating_sub(woken_before);
    Ok(Use {
        cpu: used / time * 100.0,
        wakeups: f64::from(u32::try_from(woken)?) / time,
    })
}
