//! `cargo bench -p goblin-ninep --bench against_diod`: our export and Debian's diod serve one folder, and one load generator,
//! which speaks 9P2000.L in frames of its own, drives both in turn. Reports, and judges nothing but the budgets beside the figures.
//!
//! `-- [--dir DIR] [--rounds N] [--only WORK] [--depth N] [--net unix|tcp] [--block BYTES]`: DIR is where the folder is made (`/dev/shm` unless given, so that
//! no disk is measured); the median of N rounds counts; the others pick lines of the table.

mod frames;
mod load;
mod report;
mod servers;
mod works;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use frames::{IO_HEADER, count_entries};
use load::{Connection, KEPT, ROOT, Until, Work};
use report::{Case, Report, Sample};
use servers::{Net, Running};
use works::{Create, Getattr, Read, ReadSmall, Remove, Stat, Write, file_name};

/// Small files in the folder `small`, of 4 KiB each.
const FILES: u64 = 10_000;
/// Bytes of the file `large`.
const LARGE: u64 = 256 << 20;
/// How long one figure is measured in one round.
const TIME: Duration = Duration::from_millis(50);
/// The same where bytes stream: the windows and buffers of a new connection have to grow first.
const STREAM_TIME: Duration = Duration::from_millis(200);
/// The works of which that holds.
const STREAMS: [&str; 2] = ["read", "write"];
/// How long servers are watched at rest.
const REST: Duration = Duration::from_secs(5);

struct Options {
    dir: PathBuf,
    rounds: usize,
    only: Option<String>,
    depth: Option<u16>,
    net: Option<String>,
    block: Option<u32>,
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, dir, socket] = words.as_slice()
        && word == "serve"
    {
        return servers::serve(Path::new(dir), Path::new(socket));
    }
    let options = parse(&words)?;
    let room = tempfile::tempdir_in(&options.dir)?;
    let sockets = tempfile::tempdir()?;
    let folder = room.path().join("folder");
    fill(&folder)?;
    let both = [
        Running::ours(&folder, sockets.path())?,
        Running::diod(&folder, sockets.path())?,
    ];
    let load = fs::read_to_string("/proc/loadavg")?;
    println!("load average before: {}", load.trim());
    let mut report = Report::default();
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for (net, name) in [(Net::Unix, "unix"), (Net::Tcp, "tcp")] {
            if options.net.as_deref().is_some_and(|only| only != name) {
                continue;
            }
            Round {
                servers: &both,
                net,
                name,
                options: &options,
                folder: &folder,
                report: &mut report,
            }
            .run()?;
        }
    }
    if options.only.is_none() && options.depth.is_none() && options.net.is_none() {
        rest(&both, &mut report)?;
    }
    report.print();
    Ok(())
}

fn parse(words: &[String]) -> Result<Options> {
    let mut options = Options {
        dir: PathBuf::from("/dev/shm"),
        rounds: 20,
        only: None,
        depth: None,
        net: None,
        block: None,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            // cargo says this to every bench.
            "--bench" => {}
            "--dir" => options.dir = value()?.into(),
            "--rounds" => options.rounds = value()?.parse().context("--rounds")?,
            "--only" => options.only = Some(value()?.clone()),
            "--depth" => options.depth = Some(value()?.parse().context("--depth")?),
            "--net" => options.net = Some(value()?.clone()),
            "--block" => options.block = Some(value()?.parse().context("--block")?),
            unknown => {
                bail!(
                    "there is no option {unknown}; --dir, --rounds, --only, --depth, --net and --block are"
                )
            }
        }
    }
    Ok(options)
}

fn fill(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("small"))?;
    fs::create_dir_all(folder.join("made"))?;
    for item in 0..FILES {
        fs::write(folder.join("small").join(file_name(item)), [b'x'; 4096])?;
    }
    fs::write(folder.join("large"), vec![b'y'; usize::try_from(LARGE)?])?;
    Ok(())
}

/// One round over one transport.
struct Round<'a> {
    servers: &'a [Running; 2],
    net: Net,
    name: &'static str,
    options: &'a Options,
    folder: &'a Path,
    report: &'a mut Report,
}

impl Round<'_> {
    fn run(&mut self) -> Result<()> {
        for depth in [1, 32] {
            self.each("getattr", 0, depth, "large", Some(0), |_| {
                Ok(Box::new(Getattr))
            })?;
            self.each("stat", 0, depth, "small", None, |_| {
                Ok(Box::new(Stat { files: FILES }))
            })?;
            self.each("read small", 0, depth, "small", None, |_| {
                Ok(Box::new(ReadSmall { files: FILES }))
            })?;
            self.create_and_remove(depth)?;
            self.each("read random", 4 << 10, depth, "large", Some(0), |size| {
                Ok(Box::new(Read {
                    size,
                    length: LARGE,
                    random: true,
                }))
            })?;
        }
        for block in [1 << 20, 64 << 10, 4 << 10] {
            for depth in [1, 16, 64] {
                self.each("read", block, depth, "large", Some(0), |size| {
                    Ok(Box::new(Read {
                        size,
                        length: LARGE,
                        random: false,
                    }))
                })?;
                self.each("write", block, depth, "large", Some(1), |size| {
                    Ok(Box::new(Write {
                        data: vec![b'z'; usize::try_from(size)?],
                        length: LARGE,
                    }))
                })?;
            }
        }
        self.list()
    }

    fn wanted(&self, work: &str, depth: u16) -> bool {
        self.options.only.as_deref().is_none_or(|only| only == work)
            && self.options.depth.is_none_or(|only| only == depth)
    }

    /// Measures one work at each server. `kept` is walked to and, with flags, opened first.
    fn each(
        &mut self,
        work: &'static str,
        block: u32,
        depth: u16,
        kept: &str,
        flags: Option<u32>,
        make: impl Fn(u32) -> Result<Box<dyn Work>>,
    ) -> Result<()> {
        let other_size = self.options.block.is_some_and(|only| only != block);
        if other_size || !self.wanted(work, depth) {
            return Ok(());
        }
        for (index, server) in self.servers.iter().enumerate() {
            let mut connection = server.connect(self.net)?;
            keep(&mut connection, kept, flags)?;
            let size = block.min(connection.msize - IO_HEADER);
            let doing = make(size)?;
            let until = Until {
                time: if STREAMS.contains(&work) {
                    STREAM_TIME
                } else {
                    TIME
                },
                items: u64::MAX,
            };
            let sample = measure(server, &mut connection, &*doing, depth, until, size)
                .with_context(|| format!("{work}, depth {depth}, {}", server.name))?;
            self.add(work, block, depth, index == 0, sample.0);
        }
        Ok(())
    }

    fn create_and_remove(&mut self, depth: u16) -> Result<()> {
        if !self.wanted("create", depth) && !self.wanted("unlink", depth) {
            return Ok(());
        }
        for (index, server) in self.servers.iter().enumerate() {
            let mut connection = server.connect(self.net)?;
            keep(&mut connection, "made", None)?;
            let create = Create {
                data: vec![b'n'; 4096],
            };
            let mut until = Until {
                time: TIME,
                items: u64::MAX,
            };
            let (sample, made) = measure(server, &mut connection, &create, depth, until, 0)
                .with_context(|| format!("create, depth {depth}, {}", server.name))?;
            self.add("create", 0, depth, index == 0, sample);
            until = Until {
                time: Duration::MAX,
                items: made,
            };
            let (sample, _) = measure(server, &mut connection, &Remove, depth, until, 0)
                .with_context(|| format!("unlink, depth {depth}, {}", server.name))?;
            self.add("unlink", 0, depth, index == 0, sample);
            let left = fs::read_dir(self.folder.join("made"))?.count();
            if left > 0 {
                bail!("{}: {left} of {made} files were not removed", server.name);
            }
        }
        Ok(())
    }

    /// Lists the folder of small files over and over.
    fn list(&mut self) -> Result<()> {
        if !self.wanted("readdir", 1) {
            return Ok(());
        }
        for (index, server) in self.servers.iter().enumerate() {
            let mut connection = server.connect(self.net)?;
            let count = connection.msize - IO_HEADER;
            let (begin, cpu) = (std::time::Instant::now(), server.cpu()?);
            let mut lists = 0.0;
            while begin.elapsed() < TIME {
                keep(&mut connection, "small", Some(0))?;
                let (mut offset, mut listed) = (0, 0);
                loop {
                    let body = connection.call(|out| out.readdir(0, KEPT, offset, count))?;
                    let (entries, last) = count_entries(body.get(4..).unwrap_or_default());
                    listed += entries;
                    let Some(last) = last else { break };
                    offset = last;
                }
                if (listed as u64) < FILES {
                    bail!("{}: {listed} of {FILES} files were listed", server.name);
                }
                connection.call(|out| out.clunk(0, KEPT))?;
                lists += 1.0;
            }
            let sample = Sample {
                units: lists,
                time: begin.elapsed().as_secs_f64(),
                cpu: server.cpu()? - cpu,
            };
            self.add("readdir", 0, 1, index == 0, sample);
        }
        Ok(())
    }

    fn add(&mut self, work: &'static str, block: u32, depth: u16, ours: bool, sample: Sample) {
        let case = Case {
            net: self.name,
            work,
            block,
            depth,
        };
        self.report.add(case, ours, sample);
    }
}

/// Walks [`KEPT`] to `name` and opens it if there are flags.
fn keep(connection: &mut Connection, name: &str, flags: Option<u32>) -> Result<()> {
    connection.call(|out| out.walk(0, ROOT, KEPT, Some(name)))?;
    if let Some(flags) = flags {
        connection.call(|out| out.open(0, KEPT, flags))?;
    }
    Ok(())
}

/// Runs `work` and gives what the server did and how often it was done. With `size`, the rate is in MB.
fn measure(
    server: &Running,
    connection: &mut Connection,
    work: &dyn Work,
    depth: u16,
    until: Until,
    size: u32,
) -> Result<(Sample, u64)> {
    let before = server.cpu()?;
    let done = connection.run(work, depth, until)?;
    let used = server.cpu()? - before;
    // Exact up to 2^53, and nobody does more.
    let mut units = done.items as f64;
    if size > 0 {
        units *= f64::from(size) / 1e6;
    }
    let sample = Sample {
        units,
        time: done.time.as_secs_f64(),
        cpu: used,
    };
    Ok((sample, done.items))
}

/// What connections cost that do nothing, and reads that wait.
fn rest(servers: &[Running; 2], report: &mut Report) -> Result<()> {
    for server in servers {
        let idle = (0..100)
            .map(|_| server.connect(Net::Unix))
            .collect::<Result<Vec<_>>>()?;
        watch(server, "100 idle connections", report)?;
        drop(idle);
    }
    let ours = &servers[0];
    let mut parked = Vec::new();
    for _ in 0..2 {
        let mut connection = ours.connect_events()?;
        keep(&mut connection, "event", Some(0))?;
        for tag in 0..50 {
            connection.send(|out| out.read(tag, KEPT, 1 << 40, 4096))?;
        }
        parked.push(connection);
    }
    watch(ours, "100 parked reads on 2 connections", report)
}

fn watch(server: &Running, what: &str, report: &mut Report) -> Result<()> {
    // What the connecting set in motion comes to rest first; threads of a pool end after ten seconds.
    std::thread::sleep(REST * 3);
    let before = server.wakeups()?;
    std::thread::sleep(REST);
    let woken = server.wakeups()?.saturating_sub(before);
    let rate = f64::from(u32::try_from(woken)?) / REST.as_secs_f64();
    report.idle.push((format!("{}: {what}", server.name), rate));
    Ok(())
}
