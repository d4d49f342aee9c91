//! Hostile clients: random requests, well formed and not, on every global there is.
//!
//! The same seed gives the same requests: a failure names it. `cargo xtask fuzz compositor` runs as
//! many as one likes, from `GOBLIN_FUZZ_SEED` and `GOBLIN_FUZZ_REQUESTS`.

mod random;
mod script;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use smithay::backend::input::{ButtonState, KeyState};

use super::Fixture;
use super::leftovers::{Leftovers, take_devices};
use crate::layers::layer_map_for_output;
pub(super) use random::Random;
use script::{Lessons, STEPS};
pub(super) use wire::{Known, WireClient, put_bytes};

/// Requests in a test that nobody waits for.
const SHORT: u64 = 6_000;
/// Requests to one server, before the next begins anew.
const ROUND: u64 = 3_000;
/// Hostile clients at a time.
const CLIENTS: usize = 3;
/// A turn of the server's loop that takes longer hangs everybody.
const TURN: Duration = Duration::from_secs(5);

/// Says how to get here again when a test fails.
struct Replay {
    seed: u64,
    round: u64,
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (seed, requests) = (self.seed.wrapping_add(self.round), ROUND);
            eprintln!(
                "to see it again: GOBLIN_FUZZ_SEED={seed} GOBLIN_FUZZ_REQUESTS={requests} cargo test -p goblin-compositor fuzz"
            );
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_clients_send_nobody_else_is_hurt() {
    let seed = number("GOBLIN_FUZZ_SEED").unwrap_or(1);
    let requests = number("GOBLIN_FUZZ_REQUESTS").unwrap_or(SHORT);
    let mut replay = Replay { seed, round: 0 };
    let mut known = Known::default();
    let mut grown = None;
    let (mut lives, mut deaths) = (0, 0);
    while replay.round * ROUND < requests {
        let before = descriptors();
        let (lived, died) = round(seed.wrapping_add(replay.round), &mut known);
        (lives, deaths) = (lives + lived, deaths + died);
        // The first round opens what stays: a font, a log.
        if requests > SHORT && replay.round > 0 {
            nothing_stays_open(&before);
        }
        replay.round += 1;
        // The first rounds fill caches and pools; from then on it must stay as it is.
        if replay.round == 20 {
            grown = Some(held());
        }
        if replay.round.is_multiple_of(20) {
            println!("{} requests, {:?}", replay.round * ROUND, held());
        }
    }
    println!("{lives} clients, {deaths} of them ended for what they sent");
    assert!(lives > 0 && deaths > 0, "it is hostile");
    if let Some((memory, descriptors)) = grown {
        let (memory_now, descriptors_now) = held();
        assert!(descriptors_now <= descriptors + 8, "descriptors are leaked");
        assert!(
            memory_now <= memory + 16_384,
            "memory is leaked: KiB {memory} → {memory_now}"
        );
    }
}

/// Requests to one server, and a look at what is left of them.
fn round(seed: u64, known: &mut Known) -> (u64, u64) {
    let mut random = Random::new(seed);
    let mut fixture = Fixture::with_outputs(&["400x300@1", "200x150@1.25"]);
    let mut good = fixture.connect();
    let mut clients: Vec<WireClient> = Vec::new();
    let mut left = Leftovers::default();
    let (mut lives, mut deaths) = (0, 0);
    let mut lessons = Lessons::default();
    for sent in 0..ROUND {
        if clients.len() < CLIENTS {
            let mut client = WireClient::new(&mut fixture);
            for index in 0..client.globals.len() {
                if !random.one_in(5) {
                    client.bind(&mut fixture, index, known);
                }
            }
            lives += 1;
            clients.push(client);
        }
        let index = random.below(clients.len());
        let client = &mut clients[index];
        if random.one_in(12) {
            let steps = *random.pick(STEPS);
            for step in steps {
                client.step(step, &mut random);
            }
        } else {
            // One of them is an attacker.
            let lessons = (index > 0).then_some(&lessons);
            client.anything(lessons, &mut random);
        }
        if random.one_in(4) {
            turn(&mut fixture);
            clients.iter_mut().for_each(WireClient::hear);
        }
        if random.one_in(10) {
            touch_devices(&mut fixture, &mut random);
        }
        if sent.is_multiple_of(40) {
            for client in &clients {
                left.note(&fixture, client.server_side());
            }
        }
        let before = clients.len();
        let dead = clients.iter().filter(|client| client.dead);
        dead.for_each(|client| lessons.learn(client));
        clients.retain(|client| !client.dead);
        deaths += (before - clients.len()) as u64;
        if random.one_in(300) {
            clients.pop();
        }
        if sent % 500 == 0 {
            good.roundtrip(&mut fixture);
        }
    }
    clients.clear();
    fixture.turn();
    take_devices(&mut fixture, known, true, &mut Leftovers::default());
    good.roundtrip(&mut fixture);
    turn(&mut fixture);
    fixture.goblin.advance(Duration::from_secs(120));
    turn(&mut fixture);
    nothing_is_left(&mut fixture);
    assert_eq!(
        left.kept(),
        BTreeSet::new(),
        "objects of clients that are gone"
    );
    good.roundtrip(&mut fixture);
    (lives, deaths)
}

fn turn(fixture: &mut Fixture) {
    let begun = Instant::now();
    fixture.turn();
    assert!(begun.elapsed() < TURN, "a turn took {:?}", begun.elapsed());
}

/// A person goes on using the desktop meanwhile.
fn touch_devices(fixture: &mut Fixture, random: &mut Random) {
    let time = fixture.goblin.now_ms();
    let place = (random.below(560) as f64, random.below(300) as f64).into();
    let goblin = &mut fixture.goblin;
    let state = |down| {
        if down {
            ButtonState::Pressed
        } else {
            ButtonState::Released
        }
    };
    match random.below(6) {
        0 | 1 => goblin.pointer_moved(place, time),
        2 => goblin.pointer_button(0x110, state(random.one_in(2)), time),
        3 => {
            // Letters and Escape: none that a binding of ours takes.
            let key = *random.pick(&[9u32, 24, 38, 52]);
            goblin.key(key.into(), KeyState::Pressed, time);
            goblin.key(key.into(), KeyState::Released, time);
        }
        4 => {
            let slot = Some(random.below(3) as u32).into();
            match random.below(3) {
                0 => goblin.touch_down(slot, place, time),
                1 => goblin.touch_moved(slot, place, time),
                _ => goblin.touch_up(slot, time),
            }
            goblin.touch_frame();
        }
        _ => goblin.advance(Duration::from_millis(17)),
    }
}

/// Clients that are gone leave nothing behind.
fn nothing_is_left(fixture: &mut Fixture) {
    let goblin = &fixture.goblin;
    assert_eq!(goblin.layout.windows().count(), 0, "windows");
    assert_eq!(goblin.layout.verify_invariants(), Ok(()));
    for state in &goblin.outputs {
        assert_eq!(
            layer_map_for_output(&state.output).layers().count(),
            0,
            "layers"
        );
    }
    assert!(goblin.input.dnd_icon.is_none() && goblin.input.menu.is_none());
}

/// The descriptors of this process by number, and what each is.
fn descriptors() -> BTreeMap<OsString, PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    // The folder's own is gone when it is looked at.
    let what = |path: PathBuf| Some((path.file_name()?.into(), std::fs::read_link(path).ok()?));
    entries
        .filter_map(|entry| what(entry.unwrap().path()))
        .collect()
}

/// Descriptors that were opened since are closed again. smithay has a thread for those of shared memory.
fn nothing_stays_open(before: &BTreeMap<OsString, PathBuf>) {
    let begun = Instant::now();
    loop {
        let mut after = descriptors();
        after.retain(|fd, what| before.get(fd) != Some(what));
        if after.is_empty() {
            return;
        }
        assert!(begun.elapsed() < TURN, "descriptors are leaked: {after:?}");
        std::thread::yield_now();
    }
}

/// What this process holds: memory in KiB, descriptors.
fn held() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let memory = line.and_then(|line| line.split_whitespace().nth(1));
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count();
    (memory.unwrap().parse().unwrap(), descriptors as u64)
}
