//! Byte-range locks between two processes, over two mounts of the same folder.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::Outcome;

/// A range of bytes; 0 bytes reach to the end.
#[derive(Clone, Copy)]
struct Range {
    first: u64,
    count: u64,
}

fn flock(kind: libc::c_int, range: Range) -> libc::flock {
    libc::flock {
        l_type: i16::try_from(kind).unwrap_or(0),
        l_whence: 0,
        l_start: range.first.cast_signed(),
        l_len: range.count.cast_signed(),
        l_pid: 0,
    }
}

fn set(file: &File, kind: libc::c_int, range: Range) -> String {
    match fcntl(file, FcntlArg::F_SETLK(&flock(kind, range))) {
        Ok(_) => "taken".to_owned(),
        Err(errno) => format!("{errno:?}"),
    }
}

/// Who stands in the way of a lock for writing.
fn test(file: &File, range: Range) -> String {
    let mut lock = flock(libc::F_WRLCK, range);
    match fcntl(file, FcntlArg::F_GETLK(&mut lock)) {
        Ok(_) if i32::from(lock.l_type) == libc::F_UNLCK => "nobody".to_owned(),
        Ok(_) => format!(
            "kind {} from {} for {}",
            lock.l_type, lock.l_start, lock.l_len
        ),
        Err(errno) => format!("{errno:?}"),
    }
}

fn open(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    file.map_err(|error| format!("{}: {error}", path.display()))
}

/// Holds one lock until standard input ends.
pub(crate) fn hold(path: &Path, kind: &str, first: u64, count: u64) -> Outcome {
    let file = open(path)?;
    let kind = if kind == "read" {
        libc::F_RDLCK
    } else {
        libc::F_WRLCK
    };
    let said = set(&file, kind, Range { first, count });
    let mut out = std::io::stdout();
    writeln!(out, "{said}")
        .and_then(|()| out.flush())
        .map_err(|error| error.to_string())?;
    let mut rest = Vec::new();
    std::io::stdin()
        .read_to_end(&mut rest)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The other process.
struct Holder(Child);

impl Holder {
    fn start(path: &Path, kind: &str, range: Range) -> Result<(Self, String), String> {
        let tell = |error: std::io::Error| format!("the holder: {error}");
        let mut child = Command::new("/proc/self/exe")
            .arg("hold")
            .arg(path)
            .args([kind, &range.first.to_string(), &range.count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(tell)?;
        let stdout = child.stdout.take().ok_or("the holder has no output")?;
        let mut said = String::new();
        BufReader::new(stdout).read_line(&mut said).map_err(tell)?;
        Ok((Self(child), said.trim_end().to_owned()))
    }

    /// Ends it: by itself, or by a signal that it cannot catch.
    fn end(mut self, kill: bool) -> Outcome {
        if kill {
            self.0.kill().map_err(|error| format!("kill: {error}"))?;
        }
        drop(self.0.stdin.take());
        self.0
            .wait()
            .map(drop)
            .map_err(|error| format!("wait: {error}"))
    }
}

/// Compares what every step comes to.
pub(crate) fn run(folder: &Path, same: &Path, oracle: &Path) -> Outcome {
    let (got, wanted) = (transcript(folder, same)?, transcript(oracle, oracle)?);
    for (got, wanted) in got.iter().zip(&wanted) {
        if got != wanted {
            return Err(format!("{got}, not {wanted}"));
        }
    }
    Ok(())
}

fn transcript(mine: &Path, theirs: &Path) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let whole = Range { first: 0, count: 0 };
    for (case, folder) in [("one mount", mine), ("two mounts", theirs)] {
        let name = format!("locked {case}");
        let file = open(&mine.join(&name))?;
        let other = folder.join(&name);
        let mut say = |what: &str, came: String| lines.push(format!("{case}: {what}: {came}"));

        let (holder, said) = Holder::start(
            &other,
            "write",
            Range {
                first: 10,
                count: 10,
            },
        )?;
        say("the other takes 10..20", said);
        say(
            "who has 0..15",
            test(
                &file,
                Range {
                    first: 0,
                    count: 15,
                },
            ),
        );
        say(
            "I take 5..15",
            set(
                &file,
                libc::F_WRLCK,
                Range {
                    first: 5,
                    count: 10,
                },
            ),
        );
        say(
            "I read 15..16",
            set(
                &file,
                libc::F_RDLCK,
                Range {
                    first: 15,
                    count: 1,
                },
            ),
        );
        say(
            "I take 20..",
            set(
                &file,
                libc::F_WRLCK,
                Range {
                    first: 20,
                    count: 0,
                },
            ),
        );
        say(
            "I take 0..10",
            set(
                &file,
                libc::F_WRLCK,
                Range {
                    first: 0,
                    count: 10,
                },
            ),
        );
        holder.end(false)?;
        say(
            "the other has ended: I take all",
            set(&file, libc::F_WRLCK, whole),
        );
        say(
            "I leave a hole",
            set(
                &file,
                libc::F_UNLCK,
                Range {
                    first: 100,
                    count: 50,
                },
            ),
        );
        let (holder, said) = Holder::start(
            &other,
            "read",
            Range {
                first: 100,
                count: 50,
            },
        )?;
        say("the other reads the hole", said);
        say(
            "I write in it",
            set(
                &file,
                libc::F_WRLCK,
                Range {
                    first: 149,
                    count: 1,
                },
            ),
        );
        say(
            "I read in it",
            set(
                &file,
                libc::F_RDLCK,
                Range {
                    first: 149,
                    count: 1,
                },
            ),
        );
        let (second, said) = Holder::start(
            &other,
            "write",
            Range {
                first: 150,
                count: 1,
            },
        )?;
        say("a third takes what I have", said);
        second.end(false)?;
        holder.end(true)?;
        say(
            "the other was killed: I take all",
            set(&file, libc::F_WRLCK, whole),
        );
        drop(file);
        let (holder, said) = Holder::start(&other, "write", whole)?;
        say("I have closed it: the other takes all", said);
        holder.end(false)?;
    }
    Ok(lines)
}
