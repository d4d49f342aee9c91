//! What is done to the compositor, and what must hold meanwhile.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use trees::desktop::{OutputVerb, OutputsVerb, WindowId, WindowVerb};

use crate::client::{Client, Window};
use crate::desktop::Desktop;
use crate::server::Server;

/// Windows that stay all the time: none of them may be lost.
const KEPT: u64 = 20;
/// Windows that open and close together.
const BATCH: u64 = 10;
/// The most outputs at a time.
const OUTPUTS: usize = 6;
/// How long clients may go on using an output that is gone, and a little longer.
const GRACE: Duration = Duration::from_secs(12);

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % end as u64).unwrap_or_default()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

pub(crate) struct Work<'a> {
    socket: PathBuf,
    desktop: &'a Desktop,
    random: Random,
    /// The client of the windows that stay; it has a bar on every output.
    keeper: Client,
    kept: Vec<Window>,
    ids: BTreeSet<WindowId>,
    /// The outputs that are there.
    outputs: Vec<String>,
    disabled: Vec<String>,
    named: u64,
}

impl<'a> Work<'a> {
    pub(crate) fn new(server: &Server, desktop: &'a Desktop, random: Random) -> Result<Self> {
        let socket = server.socket();
        let mut keeper = Client::connect(&socket)?;
        keeper.keep_bars()?;
        let window = |number| keeper.window(&format!("kept {number}"), (480, 320));
        let kept: Vec<_> = (0..KEPT).map(window).collect();
        keeper.show(&kept)?;
        keeper.roundtrip()?;
        let status = desktop.status()?;
        Ok(Self {
            socket,
            desktop,
            random,
            keeper,
            kept,
            ids: status.windows.into_iter().collect(),
            outputs: status.outputs,
            disabled: Vec::new(),
            named: 0,
        })
    }

    /// Windows of clients that come and go open and close, some with their client.
    pub(crate) fn windows(&mut self, count: u64) -> Result<()> {
        let mut opened = 0;
        while opened < count {
            let batch = BATCH.min(count - opened);
            let mut client = Client::connect(&self.socket)?;
            let mut size = || {
                let (width, height) = (self.random.below(600), self.random.below(400));
                (100 + width as i32, 80 + height as i32)
            };
            let window = |number| client.window(&format!("{}", opened + number), size());
            let mut windows: Vec<_> = (0..batch).map(window).collect();
            client.show(&windows)?;
            client.wait("the last window's first frame", |_| {
                windows.last().is_none_or(Window::is_shown)
            })?;
            let there = self.desktop.status()?.windows.len() as u64;
            ensure!(there == KEPT + batch, "{there} windows of {}", KEPT + batch);
            opened += batch;
            if self.random.below(4) > 0 {
                while !windows.is_empty() {
                    let next = self.random.below(windows.len());
                    windows.swap_remove(next).destroy();
                }
                client.roundtrip()?;
                self.all_are_there()?;
            }
            drop(client);
            self.keeper.roundtrip()?;
        }
        // The last client's windows go when the compositor hears of it.
        self.keeper.roundtrip()?;
        self.all_are_there()
    }

    /// Outputs come and go in any order, all of them at times, and are changed meanwhile.
    pub(crate) fn outputs(&mut self, count: u64) -> Result<()> {
        let (mut added, mut removed) = (0, 0);
        while added < count || removed < count {
            let there = self.outputs.len() + self.disabled.len();
            let add =
                added < count && (there == 0 || (there < OUTPUTS && self.random.below(2) == 0));
            if add || (there <= 1 && added < count) {
                self.add_output()?;
                added += 1;
            } else if removed < count && there > 0 {
                self.remove_output()?;
                removed += 1;
            }
            self.change_output()?;
            self.keeper.roundtrip()?;
            if self.random.below(10) == 0 {
                self.all_are_there()?;
            }
        }
        while let Some(name) = self.disabled.pop() {
            self.desktop
                .outputs(&OutputsVerb::Enable { name: name.clone() })?;
            self.outputs.push(name);
        }
        // As it was in the beginning: one output of the first one's size.
        while self.outputs.len() > 1 {
            self.remove_output()?;
        }
        if self.outputs.is_empty() {
            self.add_output()?;
        }
        let name = self.outputs[0].clone();
        let (width, height) = (1920, 1080);
        for verb in [
            OutputVerb::Power {
                to: "on".to_owned(),
            },
            OutputVerb::Turn {
                to: "normal".to_owned(),
            },
            OutputVerb::Mode {
                width,
                height,
                refresh: Some(60_000),
            },
            OutputVerb::Scale { factor: 1.0 },
        ] {
            self.desktop.output(&name, &verb)?;
        }
        self.keeper.roundtrip()?;
        self.all_are_there()
    }

    fn add_output(&mut self) -> Result<()> {
        let size =
            *self
                .random
                .pick(&["800x600@1", "1280x800@1.25", "1920x1080@2", "1024x768@1.5"]);
        // A few names that come again, so that windows return, and new ones.
        let name = if self.random.below(3) > 0 {
            format!("desk-{}", self.random.below(OUTPUTS))
        } else {
            self.named += 1;
            format!("guest-{}", self.named)
        };
        let name = if self.outputs.contains(&name) || self.disabled.contains(&name) {
            self.named += 1;
            format!("guest-{}", self.named)
        } else {
            name
        };
        self.desktop.outputs(&OutputsVerb::Add {
            size: size.to_owned(),
            name: Some(name.clone()),
        })?;
        self.outputs.push(name);
        Ok(())
    }

    fn remove_output(&mut self) -> Result<()> {
        let list = if self.outputs.is_empty() {
            &mut self.disabled
        } else {
            &mut self.outputs
        };
        let name = list.swap_remove(self.random.below(list.len()));
        self.desktop.outputs(&OutputsVerb::Remove { name })
    }

    /// Something else is done to an output, or to a window on it.
    fn change_output(&mut self) -> Result<()> {
        if self.outputs.is_empty() {
            return Ok(());
        }
        let name = self.random.pick(&self.outputs).clone();
        let verb = match self.random.below(8) {
            0 => OutputVerb::Scale {
                factor: *self.random.pick(&[1.0, 1.25, 1.5, 2.0]),
            },
            1 => OutputVerb::Turn {
                to: (*self.random.pick(&["normal", "90", "flipped-180"])).to_owned(),
            },
            2 => {
                let (width, height) = *self.random.pick(&[(800, 600), (1920, 1080), (1366, 768)]);
                OutputVerb::Mode {
                    width,
                    height,
                    refresh: None,
                }
            }
            3 => OutputVerb::Power {
                to: (*self.random.pick(&["on", "off"])).to_owned(),
            },
            4 if self.outputs.len() > 1 => {
                self.outputs.retain(|other| *other != name);
                self.disabled.push(name.clone());
                return self.desktop.outputs(&OutputsVerb::Disable { name });
            }
            5 if !self.disabled.is_empty() => {
                let name = self
                    .disabled
                    .swap_remove(self.random.below(self.disabled.len()));
                self.outputs.push(name.clone());
                return self.desktop.outputs(&OutputsVerb::Enable { name });
            }
            6 => {
                let ids: Vec<_> = self.ids.iter().copied().collect();
                let id = *self.random.pick(&ids);
                return self
                    .desktop
                    .tell(id, &WindowVerb::SendToOutput { to: name });
            }
            _ => return Ok(()),
        };
        self.desktop.output(&name, &verb)
    }

    /// The focus goes from window to window. Gives how many of these changes a client was told of.
    pub(crate) fn focuses(&mut self, count: u64) -> Result<u64> {
        let ids: Vec<_> = self.ids.iter().copied().collect();
        let mut last = self.desktop.status()?.focus;
        self.keeper.roundtrip()?;
        let before = self.keeper.heard.enters;
        for _ in 0..count {
            let others: Vec<_> = ids.iter().copied().filter(|id| Some(*id) != last).collect();
            let next = *self.random.pick(&others);
            self.desktop.tell(next, &WindowVerb::Focus {})?;
            last = Some(next);
            // Two in one turn of the compositor are one.
            let told = self.keeper.heard.enters;
            self.keeper.wait("the focus", |heard| heard.enters > told)?;
        }
        self.keeper.roundtrip()?;
        let focus = self.desktop.status()?.focus;
        ensure!(focus == last, "the focus is on {focus:?}, not on {last:?}");
        self.all_are_there()?;
        Ok(self.keeper.heard.enters - before)
    }

    /// Waits until what goes by time is gone.
    pub(crate) fn rest(&mut self) -> Result<()> {
        self.keeper.roundtrip()?;
        std::thread::sleep(GRACE);
        self.keeper.roundtrip()
    }

    /// The windows that stay are there, and no others; where there is an output, each is on one.
    fn all_are_there(&mut self) -> Result<()> {
        let status = self.desktop.status()?;
        let there: BTreeSet<_> = status.windows.iter().copied().collect();
        ensure!(
            there == self.ids,
            "windows {:?}, and now {there:?}",
            self.ids
        );
        ensure!(
            !self.kept.iter().any(Window::is_closed),
            "a window was asked to close"
        );
        for id in &self.ids {
            let window = self.desktop.window(*id)?;
            let lost = window.output.is_none() && !status.outputs.is_empty();
            ensure!(!lost, "window {id} is on no output: {window:?}");
        }
        let outputs: BTreeSet<_> = status.outputs.iter().collect();
        let known: BTreeSet<_> = self.outputs.iter().collect();
        ensure!(outputs == known, "outputs {known:?}, and now {outputs:?}");
        Ok(())
    }
}
