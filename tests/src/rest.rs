//! What a session costs when nobody touches it.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::processes::{self, Usage};
use crate::session::Session;

/// The second of a minute at which the measuring begins. The bar's clock moves when the minute turns; by
/// then that is over.
pub const FROM: u64 = 5;
/// The second of the same minute at which it ends.
pub const TO: u64 = 50;

/// What a session did while it was left alone.
#[derive(Clone, Debug)]
pub struct Report {
    /// Frames drawn, on all outputs together.
    pub frames: u64,
    /// Each process.
    pub processes: Vec<Row>,
}

/// What one process did meanwhile.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its program.
    pub name: String,
    /// Proportional set size at the end, in KiB.
    pub pss: u64,
    /// How often it woke.
    pub wakeups: u64,
    /// Time it spent on a CPU, in milliseconds.
    pub cpu: u64,
}

/// Leaves a session alone from second 5 to second 50 of a minute and says what it did. The real clock is
/// the subject of this measure: nothing happens whose event could be waited for.
///
/// # Errors
/// When the session cannot be asked.
pub async fn measure(session: &Session) -> Result<Report> {
    // What has to do with coming up is over when a second 5 comes that is that far away.
    tokio::time::sleep(Duration::from_secs(FROM)).await;
    tokio::time::sleep(until_second(FROM, SystemTime::now())).await;
    let frames_before = total(&session.frames().await?);
    // Asking wakes the compositor; it goes back to sleep before we count.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = usages(session);
    tokio::time::sleep(until_second(TO, SystemTime::now())).await;
    let after = usages(session);
    let frames_after = total(&session.frames().await?);
    let rows = after.into_iter().map(|(pid, after)| {
        let before = before
            .iter()
            .find(|(other, _)| *other == pid)
            .map(|(_, usage)| usage);
        Row {
            wakeups: after.wakeups_since(before),
            cpu: after.cpu - before.map_or(0, |usage| usage.cpu),
            pss: after.pss,
            name: after.name,
        }
    });
    Ok(Report {
        frames: frames_after - frames_before,
        processes: rows.collect(),
    })
}

/// How long it is until the clock shows this second of a minute again.
fn until_second(second: u64, now: SystemTime) -> Duration {
    let minute = Duration::from_secs(60);
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let shown = Duration::from_millis((since.as_millis() % minute.as_millis()) as u64);
    let wanted = Duration::from_secs(second);
    if wanted >= shown {
        wanted - shown
    } else {
        minute + wanted - shown
    }
}

fn total(frames: &[(String, u64)]) -> u64 {
    frames.iter().map(|(_, frames)| frames).sum()
}

fn usages(session: &Session) -> Vec<(i32, Usage)> {
    let mut all = processes::descendants(session.pid());
    all.insert(0, session.pid());
    all.into_iter()
        .filter_map(|pid| Some((pid, processes::usage(pid).ok()?)))
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} s without input: {} frames drawn",
            TO - FROM,
            self.frames
        )?;
        writeln!(
            f,
            "{:<18} {:>9} {:>9} {:>8}",
            "process", "PSS MiB", "wake-ups", "CPU ms"
        )?;
        for Row {
            name,
            pss,
            wakeups,
            cpu,
        } in &self.processes
        {
            let mib = *pss as f64 / 1024.0;
            writeln!(f, "{name:<18} {mib:>9.1} {wakeups:>9} {cpu:>8}")?;
        }
        let sum = self.processes.iter().map(|row| row.pss).sum::<u64>() as f64 / 1024.0;
        write!(f, "{:<18} {sum:>9.1}", "sum")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_that_is_past_comes_again_in_the_next_minute() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(until_second(5, at(120)), Duration::from_secs(5));
        assert_eq!(until_second(5, at(125)), Duration::ZERO);
        assert_eq!(until_second(5, at(126)), Duration::from_secs(59));
    }
}
