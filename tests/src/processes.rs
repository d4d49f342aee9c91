//! The processes of a session, as `/proc` shows them.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

/// What one process has used up to now.
#[derive(Clone, Debug)]
pub struct Usage {
    /// The name of its program.
    pub name: String,
    /// Proportional set size, in KiB: its memory, shared pages counted by their share.
    pub pss: u64,
    /// How often each of its threads, by number, went to sleep of its own accord, and so was woken again.
    threads: BTreeMap<i32, u64>,
    /// Time on a CPU, in milliseconds.
    pub cpu: u64,
}

impl Usage {
    /// How often the threads that are there now have woken since an earlier look.
    pub fn wakeups_since(&self, before: Option<&Self>) -> u64 {
        let earlier = |thread| before.and_then(|usage| usage.threads.get(thread).copied());
        self.threads
            .iter()
            .map(|(thread, count)| count.saturating_sub(earlier(thread).unwrap_or(0)))
            .sum()
    }
}

/// Takes over the orphans below us, so that none escapes [`descendants`].
pub fn adopt_orphans() {
    // It cannot fail on any kernel that has the call (Linux 3.4); on others, orphans escape.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// All processes below one, itself not among them, parents before their children.
pub fn descendants(root: i32) -> Vec<i32> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for pid in numbers("/proc") {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        let below = children.remove(&pid).unwrap_or_default();
        found.extend(&below);
        open.extend(below);
    }
    found
}

/// Kills one process at once, as a crash would. One that is gone already is no fault.
///
/// # Errors
/// When it is not ours to kill.
pub fn kill_now(pid: i32) -> Result<()> {
    signal(pid, Signal::KILL)
}

/// Stops a process where it is, until [`resume`].
///
/// # Errors
/// When it is not ours.
pub fn pause(pid: i32) -> Result<()> {
    signal(pid, Signal::STOP)
}

/// Lets a process go on after [`pause`].
///
/// # Errors
/// When it is not ours.
pub fn resume(pid: i32) -> Result<()> {
    signal(pid, Signal::CONT)
}

fn signal(pid: i32, signal: Signal) -> Result<()> {
    let Some(process) = Pid::from_raw(pid) else {
        return Ok(());
    };
    match kill_process(process, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("process {pid} takes no {signal:?}")),
    }
}

/// The name of a process's program, its first 15 bytes.
pub fn name(pid: i32) -> Option<String> {
    Some(Stat::of(pid)?.name)
}

/// What a process has used.
///
/// # Errors
/// When it is gone, or its memory is not ours to see.
pub fn usage(pid: i32) -> Result<Usage> {
    let memory = read(pid, "smaps_rollup")?;
    let stat = Stat::of(pid).with_context(|| format!("process {pid} is gone"))?;
    let mut threads = BTreeMap::new();
    for thread in numbers(&format!("/proc/{pid}/task")) {
        // One that ended since we listed it is not missed.
        let status = read(pid, &format!("task/{thread}/status")).unwrap_or_default();
        if let Some(count) = number_after(&status, "\nvoluntary_ctxt_switches:") {
            threads.insert(thread, count);
        }
    }
    Ok(Usage {
        name: stat.name,
        pss: number_after(&memory, "\nPss:").with_context(|| format!("no Pss of {pid}"))?,
        threads,
        cpu: stat.ticks * 1000 / rustix::param::clock_ticks_per_second().max(1),
    })
}

/// Waits until a process has ended, for at most `limit`. Says whether it has.
///
/// # Errors
/// When the kernel does not tell.
pub async fn ended(pid: i32, limit: Duration) -> Result<bool> {
    let Some(process) = Pid::from_raw(pid) else {
        return Ok(true);
    };
    let fd = match pidfd_open(process, PidfdFlags::empty()) {
        Ok(fd) => fd,
        Err(rustix::io::Errno::SRCH) => return Ok(true),
        Err(error) => return Err(error).with_context(|| format!("process {pid} gives no pidfd")),
    };
    let limit = Timespec::try_from(limit).context("a limit beyond all time")?;
    let waiting = move || poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&limit));
    let ready = tokio::task::spawn_blocking(waiting)
        .await
        .context("the wait was cut short")?;
    Ok(ready.with_context(|| format!("process {pid} cannot be waited for"))? > 0)
}

/// Whether a process is there and has not ended.
pub fn is_running(pid: i32) -> bool {
    Stat::of(pid).is_some_and(|stat| stat.state != 'Z' && stat.state != 'X')
}

/// The names in a folder that are numbers.
fn numbers(folder: &str) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn parent(pid: i32) -> Option<i32> {
    Some(Stat::of(pid)?.parent)
}

/// The fields of `/proc/PID/stat` that we use; proc_pid_stat(5).
struct Stat {
    name: String,
    state: char,
    parent: i32,
    /// User and system time, in clock ticks.
    ticks: u64,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The name stands in parentheses and may hold any character, these too.
    fn parse(text: &str) -> Option<Self> {
        let (before, after) = text.rsplit_once(')')?;
        let (_, name) = before.split_once('(')?;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        Some(Self {
            name: name.to_owned(),
            state: field(3)?.chars().next()?,
            parent: field(4)?.parse().ok()?,
            ticks: field(14)?.parse::<u64>().ok()? + field(15)?.parse::<u64>().ok()?,
        })
    }
}

fn read(pid: i32, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
}

/// The number that follows a label.
fn number_after(text: &str, label: &str) -> Option<u64> {
    text.split_once(label)?
        .1
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let line = "42 (a) (b) S 7 42 42 0 -1 4194304 1 0 0 0 30 12 0 0 20 0 1";
        let stat = Stat::parse(line).unwrap();
        assert_eq!(
            (stat.name.as_str(), stat.state, stat.parent),
            ("a) (b", 'S', 7)
        );
        assert_eq!(stat.ticks, 42);
    }

    #[test]
    fn we_are_a_process_with_memory() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(usage(own).unwrap().pss > 0);
        assert!(is_running(own));
        assert!(descendants(1).contains(&own) || parent(own) == Some(0));
    }
}
