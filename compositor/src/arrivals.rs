//! Which clients have sent something. wayland-rs knows it too, and does not say.
//!
//! A client that floods us with motions of a virtual pointer is looked at once in a while only; all
//! others are read from when they have sent something.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use smithay::reexports::wayland_server::DisplayHandle;
use smithay::reexports::wayland_server::backend::ClientId;
use tracing::warn;

use crate::input::{Flood, PAUSE};

/// Clients that are read from in one turn of the event loop; the others have the next one.
const BATCH: usize = 32;
/// The number of the timer among the clients'.
const TIMER: u64 = 0;

/// The clients' sockets.
pub(crate) struct Arrivals {
    /// Ready when one of the clients is, or the timer.
    poll: OwnedFd,
    /// Due when the clients that are left alone are to be read again.
    timer: OwnedFd,
    timer_runs: bool,
    clients: BTreeMap<u64, Arrival>,
    last: u64,
    /// What the times of floods count from.
    begun: Instant,
}

/// One client.
struct Arrival {
    id: ClientId,
    /// Has the socket alone in it, which is not ours to take out of a poll; and which leaves by itself
    /// when it is closed.
    poll: OwnedFd,
    flood: Flood,
    /// It is left alone until the timer is due.
    waits: bool,
}

/// A socket that is about to become a client's.
pub(crate) struct Followed(OwnedFd);

impl Arrivals {
    pub(crate) fn new() -> io::Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let data = epoll::EventData::new_u64(TIMER);
        epoll::add(&poll, &timer, data, epoll::EventFlags::IN)?;
        Ok(Self {
            poll,
            timer,
            timer_runs: false,
            clients: BTreeMap::new(),
            last: TIMER,
            begun: Instant::now(),
        })
    }

    /// Readable when [`Arrivals::ready`] is to be asked.
    pub(crate) fn wake(&self) -> io::Result<OwnedFd> {
        self.poll.as_fd().try_clone_to_owned()
    }

    /// Follows a socket that is about to become a client's.
    pub(crate) fn follow(stream: &UnixStream) -> io::Result<Followed> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let data = epoll::EventData::new_u64(0);
        epoll::add(&poll, stream, data, epoll::EventFlags::IN)?;
        Ok(Followed(poll))
    }

    /// The client of that socket is there now. Those that are gone are forgotten.
    pub(crate) fn belongs(
        &mut self,
        Followed(poll): Followed,
        client: ClientId,
        display: &DisplayHandle,
    ) -> io::Result<()> {
        let handle = display.backend_handle();
        self.clients
            .retain(|_, client| handle.get_client_data(client.id.clone()).is_ok());
        self.last += 1;
        attend(&self.poll, &poll, self.last)?;
        let arrival = Arrival {
            id: client,
            poll,
            flood: Flood::default(),
            waits: false,
        };
        self.clients.insert(self.last, arrival);
        Ok(())
    }

    /// Those that have sent something, by their number here.
    pub(crate) fn ready(&mut self) -> Vec<(u64, ClientId)> {
        let mut events = Vec::with_capacity(BATCH);
        let space = rustix::buffer::spare_capacity(&mut events);
        if let Err(error) = epoll::wait(&self.poll, space, Some(&Timespec::default())) {
            warn!("it is not known which clients have sent something: {error}");
        }
        let mut ready = Vec::new();
        for event in &events {
            let number = event.data.u64();
            if number == TIMER {
                self.stop_timer();
                let waiting = self.clients.iter().filter(|(_, client)| client.waits);
                ready.extend(waiting.map(|(number, client)| (*number, client.id.clone())));
            } else if let Some(client) = self.clients.get(&number) {
                ready.push((number, client.id.clone()));
            }
        }
        ready
    }

    /// A client was read from, and moved the pointer so often.
    pub(crate) fn gave(&mut self, number: u64, motions: u64) {
        let Some(client) = self.clients.get_mut(&number) else {
            return;
        };
        let floods = client.flood.add(motions, self.begun.elapsed());
        if floods != client.waits {
            let changed = if floods {
                epoll::delete(&self.poll, &client.poll).map_err(io::Error::from)
            } else {
                attend(&self.poll, &client.poll, number)
            };
            match changed {
                Ok(()) => client.waits = floods,
                // As it was: the timer sees to a client that waits.
                Err(error) => warn!("a client could not be held back or let go: {error}"),
            }
        }
        if client.waits && !self.timer_runs {
            self.set_timer(PAUSE);
            self.timer_runs = true;
        }
    }

    fn stop_timer(&mut self) {
        self.set_timer(Duration::ZERO);
        self.timer_runs = false;
    }

    /// Zero stops it. What it was due for before is forgotten.
    fn set_timer(&self, wait: Duration) {
        let zero = Timespec::default();
        let value = Timespec {
            tv_sec: 0,
            tv_nsec: wait.subsec_nanos().into(),
        };
        let once = Itimerspec {
            it_interval: zero,
            it_value: value,
        };
        if let Err(error) = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once) {
            warn!("the timer of clients that are held back: {error}");
        }
    }
}

fn attend(poll: &OwnedFd, client: &OwnedFd, number: u64) -> io::Result<()> {
    let data = epoll::EventData::new_u64(number);
    Ok(epoll::add(poll, client, data, epoll::EventFlags::IN)?)
}
