//! What is measured.

use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::Client;
use crate::process;
use crate::servers::Server;

/// How long a figure is watched.
const TIME: Duration = Duration::from_secs(3);
/// Time for what was started to come to rest.
const SETTLE: Duration = Duration::from_secs(2);
/// Terminals of the crowded session.
const CROWD: usize = 20;

/// One kind of figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// The budget, where it is a number of its own and not the better peer's.
    pub(crate) most: Option<f64>,
}

/// One measurement on a compositor that was just started.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) figures: &'static [Figure],
    /// Gives one value for each figure.
    pub(crate) measure: fn(&Server) -> Result<Vec<f64>>,
}

const fn figure(name: &'static str, unit: &'static str) -> Figure {
    Figure {
        name,
        unit,
        most: None,
    }
}

const fn at_most(name: &'static str, unit: &'static str, most: f64) -> Figure {
    Figure {
        name,
        unit,
        most: Some(most),
    }
}

pub(crate) const ALL: &[Row] = &[
    Row {
        name: "start",
        figures: &[
            figure("start to a client's first frame", "ms"),
            figure("processor time until then", "ms"),
        ],
        measure: start,
    },
    Row {
        name: "rest",
        figures: &[
            at_most("PSS at rest", "MB", 20.0),
            at_most("wake-ups at rest", "/s", 0.0),
            figure("processor at rest", "%"),
        ],
        measure: rest,
    },
    Row {
        name: "crowd",
        figures: &[
            figure("PSS with 20 foots", "MB"),
            figure("wake-ups with 20 foots at rest", "/s"),
        ],
        measure: crowd,
    },
    Row {
        name: "animate one",
        figures: &[figure("processor for a frame of 1 client", "µs")],
        measure: |server| animate(server, 1, Client::open),
    },
    Row {
        name: "animate ten",
        figures: &[figure("processor for a frame of 10 clients", "µs")],
        measure: |server| animate(server, 10, Client::open),
    },
    Row {
        name: "animate fullscreen",
        figures: &[figure("processor for a frame of a fullscreen client", "µs")],
        measure: |server| animate(server, 1, Client::open_fullscreen),
    },
    Row {
        name: "pacing",
        figures: &[
            figure("frame to frame, off 16.67 ms (median)", "ms"),
            figure("frame to frame, off 16.67 ms (worst of 100)", "ms"),
            figure("picture handed over to presented", "ms"),
        ],
        measure: pacing,
    },
    Row {
        name: "input",
        figures: &[
            figure("pointer moved to client told", "ms"),
            figure("pointer moved to presented answer", "ms"),
        ],
        measure: input,
    },
    Row {
        name: "mouse",
        figures: &[at_most("processor, mouse at 8 kHz", "%", 3.0)],
        measure: mouse,
    },
    Row {
        name: "screenshot",
        figures: &[figure("grim, a PNG of the whole output", "ms")],
        measure: screenshot,
    },
];

fn start(server: &Server) -> Result<Vec<f64>> {
    let mut client = Client::open(&server.socket)?;
    client.show()?;
    let taken = server.started.elapsed();
    let used = process::cpu(server.pid())?;
    Ok(vec![taken.as_secs_f64() * 1e3, used.as_secs_f64() * 1e3])
}

fn rest(server: &Server) -> Result<Vec<f64>> {
    thread::sleep(SETTLE);
    let used = process::watch(server.pid(), || {
        thread::sleep(TIME * 2);
        Ok(())
    })?;
    Ok(vec![process::pss(server.pid())?, used.wakeups, used.cpu])
}

/// Programs that end when this is dropped.
struct Crowd(Vec<Child>);

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn crowd(server: &Server) -> Result<Vec<f64>> {
    let mut crowd = Crowd(Vec::new());
    for _ in 0..CROWD {
        let mut foot = server.command("foot");
        // A program that waits and writes nothing.
        foot.args(["sleep", "1000"]);
        crowd
            .0
            .push(foot.spawn().context("foot; apt install foot")?);
    }
    thread::sleep(SETTLE * 3);
    for child in &mut crowd.0 {
        if let Some(status) = child.try_wait()? {
            bail!("a foot ended: {status}");
        }
    }
    let used = process::watch(server.pid(), || {
        thread::sleep(TIME);
        Ok(())
    })?;
    Ok(vec![process::pss(server.pid())?, used.wakeups])
}

/// Processor time for each frame: not every one of them keeps to 60 in a second, and who draws fewer must not look cheaper.
fn animate(server: &Server, count: usize, open: fn(&Path) -> Result<Client>) -> Result<Vec<f64>> {
    let clients = (0..count)
        .map(|_| {
            let socket = server.socket.clone();
            thread::spawn(move || -> Result<u64> {
                let mut client = open(&socket)?;
                client.show()?;
                client.animate(SETTLE / 2)?;
                let before = client.told.frames;
                client.animate(TIME)?;
                Ok(client.told.frames - before)
            })
        })
        .collect::<Vec<_>>();
    thread::sleep(SETTLE);
    let used = process::watch(server.pid(), || {
        thread::sleep(TIME / 2);
        Ok(())
    })?;
    let mut rates = Vec::new();
    for client in clients {
        let frames = client
            .join()
            .map_err(|_| anyhow::anyhow!("a client failed"))??;
        rates.push(frames as f64 / TIME.as_secs_f64());
    }
    let rate = rates.iter().sum::<f64>() / rates.len() as f64;
    if rate < 20.0 {
        bail!("the clients drew {rate:.0} frames in a second: they are not seen");
    }
    Ok(vec![used.cpu / 100.0 / rate * 1e6])
}

fn pacing(server: &Server) -> Result<Vec<f64>> {
    const REFRESH: f64 = 1000.0 / 60.0;
    let mut client = Client::open(&server.socket)?;
    client.show()?;
    client.animate(TIME)?;
    let shown = &client.told.shown;
    if shown.len() < 60 {
        bail!("{} pictures were presented", shown.len());
    }
    let mut off: Vec<f64> = shown
        .windows(2)
        .map(|two| {
            let between = two[1].presented.saturating_sub(two[0].presented);
            (between as f64 / 1e6 - REFRESH).abs()
        })
        .collect();
    off.sort_by(f64::total_cmp);
    // A compositor that says that a picture was seen before it had it says nothing.
    let wait = shown.iter().map(|shown| {
        let wait = shown.presented.checked_sub(shown.committed);
        wait.map_or(f64::NAN, |wait| wait as f64 / 1e6)
    });
    let mut wait: Vec<f64> = wait.collect();
    wait.sort_by(f64::total_cmp);
    Ok(vec![
        off[off.len() / 2],
        off[off.len() * 99 / 100],
        wait[wait.len() / 2],
    ])
}

fn input(server: &Server) -> Result<Vec<f64>> {
    let mut client = Client::open(&server.socket)?;
    client.show()?;
    let mouse = client.mouse()?;
    let (mut told, mut answered) = (Vec::new(), Vec::new());
    for turn in 0..60_u32 {
        // Out of step with the refresh, so that all phases are met.
        thread::sleep(Duration::from_millis(u64::from(7 + turn % 11 * 3)));
        client.wait(Instant::now(), |_| false)?;
        client.told.motions.clear();
        client.told.shown.clear();
        let begun = crate::client::now();
        mouse.put(955 + turn % 10, 540)?;
        let until = Instant::now() + Duration::from_secs(1);
        if !client.wait(until, |told| !told.motions.is_empty())? {
            bail!("the window does not lie in the middle, or is not told of the pointer");
        }
        told.push(client.told.motions[0].saturating_sub(begun) as f64 / 1e6);
        client.draw()?;
        if client.wait(until, |told| !told.shown.is_empty())? {
            let presented = client.told.shown[0].presented;
            answered.push(presented.saturating_sub(begun) as f64 / 1e6);
        }
    }
    if answered.is_empty() {
        bail!("no answer was presented");
    }
    told.sort_by(f64::total_cmp);
    answered.sort_by(f64::total_cmp);
    Ok(vec![told[told.len() / 2], answered[answered.len() / 2]])
}

fn mouse(server: &Server) -> Result<Vec<f64>> {
    let mut client = Client::open(&server.socket)?;
    client.show()?;
    let mouse = client.mouse()?;
    mouse.put(960, 540)?;
    let used = process::watch(server.pid(), || {
        let begun = Instant::now();
        let mut count = 0_u32;
        while begun.elapsed() < TIME {
            mouse.shift(if count % 64 < 32 { 1.0 } else { -1.0 }, 0.0)?;
            count += 1;
            let next = begun + Duration::from_micros(125) * count;
            thread::sleep(next.saturating_duration_since(Instant::now()));
            // What nobody reads fills the way to this client, and the compositor lets go of it.
            if count.is_multiple_of(16) {
                client.wait(Instant::now() + Duration::from_micros(50), |_| false)?;
            }
        }
        Ok(())
    })?;
    Ok(vec![used.cpu])
}

fn screenshot(server: &Server) -> Result<Vec<f64>> {
    // It covers the output: how long a PNG takes depends on what is in it, and every desktop has its own wallpaper.
    let mut client = Client::open_fullscreen(&server.socket)?;
    client.show()?;
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let status = server
            .command("grim")
            .arg("picture.png")
            .status()
            .context("grim; apt install grim")?;
        if !status.success() {
            bail!("grim cannot take a picture here");
        }
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(vec![times[times.len() / 2]])
}
