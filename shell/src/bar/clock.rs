//! The clock wakes once a minute, when the minute turns, and when somebody sets the clock. A kernel timer on
//! the wall clock does both, also over a suspend; a sleep would be late by what was slept.

use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// Calls `turned` at the turn of each minute and whenever the clock was set, on a thread of its own, until
/// it says that nobody listens any more.
///
/// # Errors
/// If the kernel gives no timer or no thread.
pub fn follow(turned: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC)?;
    let wait = move || loop {
        if let Err(error) = next_turn(&timer) {
            tracing::error!("the clock stands still: its timer failed: {error}");
            return;
        }
        if !turned() {
            return;
        }
    };
    thread::Builder::new()
        .name("clock".to_owned())
        .spawn(wait)
        .map(|_| ())
}

fn next_turn(timer: &OwnedFd) -> io::Result<()> {
    let next = next_minute(jiff::Timestamp::now().as_second());
    let at = Itimerspec {
        it_interval: Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: Timespec {
            tv_sec: next,
            tv_nsec: 0,
        },
    };
    timerfd_settime(
        timer,
        TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET,
        &at,
    )?;
    loop {
        match rustix::io::read(timer, &mut [0; 8]) {
            Ok(_) | Err(rustix::io::Errno::CANCELED) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn next_minute(second: i64) -> i64 {
    (second.div_euclid(60) + 1) * 60
}

#[cfg(test)]
mod tests {
    use super::next_minute;

    #[test]
    fn the_next_minute_is_never_now() {
        assert_eq!(next_minute(0), 60);
        assert_eq!(next_minute(59), 60);
        assert_eq!(next_minute(60), 120);
        assert_eq!(next_minute(-1), 0);
    }
}
