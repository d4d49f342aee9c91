//! Random operations, in the manner of fsx: each is done to both folders, and must come to the same.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::{Outcome, difference};

/// Numbers that are the same for the same seed (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end
    }

    pub(crate) fn bytes(&mut self, count: u64) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

/// How much is done and compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything.
    Full,
    /// Without links and attributes: for a client that caches them.
    Content,
    /// What 9P2000 can say: also without links, and with renames within a folder.
    Plain,
}

impl Scope {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "full" => Some(Self::Full),
            "content" => Some(Self::Content),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Op {
    Write {
        path: String,
        at: u64,
        data: Vec<u8>,
        create: bool,
    },
    Append {
        path: String,
        data: Vec<u8>,
    },
    Replace {
        path: String,
        data: Vec<u8>,
        exclusive: bool,
    },
    Cut {
        path: String,
        size: u64,
    },
    Read {
        path: String,
        at: u64,
        count: u64,
    },
    Mkdir {
        path: String,
    },
    Remove {
        path: String,
    },
    Rmdir {
        path: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Link {
        from: String,
        to: String,
    },
    Symlink {
        target: String,
        path: String,
    },
    Chmod {
        path: String,
        mode: u32,
    },
    Times {
        path: String,
        at: u64,
    },
    List {
        path: String,
    },
    Stat {
        path: String,
    },
    /// Opens a file and keeps it open, in the place of the one kept before; it may lose its name meanwhile.
    Hold {
        path: String,
    },
    HeldWrite {
        at: u64,
        data: Vec<u8>,
    },
    HeldRead {
        at: u64,
        count: u64,
    },
    HeldCut {
        size: u64,
    },
    HeldSync,
}

const NAMES: [&str; 5] = ["a", "b", "c", "数据", "with space"];
/// Files stay below this, so that holes and cuts overlap often; it is more than two frames of the mounts.
const REACH: u64 = 300_000;

fn roll(dice: &mut Dice, scope: Scope) -> Op {
    let path = |dice: &mut Dice| {
        let depth = 1 + dice.below(3);
        let names: Vec<&str> = (0..depth).map(|_| NAMES[dice.below(5) as usize]).collect();
        names.join("/")
    };
    let p = path(dice);
    let at = dice.below(REACH);
    let some = 1 + if dice.below(8) == 0 {
        dice.below(150_000)
    } else {
        dice.below(5000)
    };
    let kinds = if scope == Scope::Full { 24 } else { 19 };
    match dice.below(kinds) {
        0 | 1 => Op::Write {
            path: p,
            at,
            data: dice.bytes(some),
            create: dice.below(2) == 0,
        },
        2 => Op::Append {
            path: p,
            data: dice.bytes(some),
        },
        3 | 4 => Op::Replace {
            path: p,
            data: dice.bytes(some),
            exclusive: dice.below(2) == 0,
        },
        5 => Op::Cut { path: p, size: at },
        6 | 7 => Op::Read {
            path: p,
            at,
            count: some,
        },
        8 | 9 => Op::Mkdir { path: p },
        10 => Op::Remove { path: p },
        11 => Op::Rmdir { path: p },
        12 => Op::Rename {
            to: match scope {
                // 9P2000 renames within a folder.
                Scope::Plain => beside(&p, NAMES[dice.below(5) as usize]),
                _ => path(dice),
            },
            from: p,
        },
        13 => Op::List { path: p },
        14 => Op::Hold { path: p },
        15 => Op::HeldWrite {
            at,
            data: dice.bytes(some),
        },
        16 => Op::HeldRead { at, count: some },
        17 => Op::HeldCut { size: at },
        18 => Op::HeldSync,
        19 => Op::Link {
            from: p,
            to: path(dice),
        },
        20 => Op::Symlink {
            target: path(dice),
            path: p,
        },
        21 => Op::Chmod {
            path: p,
            mode: 0o600 | u32::try_from(dice.below(0o200)).unwrap_or(0),
        },
        22 => Op::Times {
            path: p,
            at: dice.below(2_000_000_000),
        },
        _ => Op::Stat { path: p },
    }
}

/// The path of `name` in the folder of `path`.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// One of the two folders, and the file that is kept open in it.
struct Side {
    root: PathBuf,
    held: Option<File>,
    scope: Scope,
}

impl Side {
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// What an operation came to: its bytes, or the number of its error.
    fn apply(&mut self, op: &Op) -> Result<Vec<u8>, i32> {
        self.try_apply(op)
            .map_err(|error| error.raw_os_error().unwrap_or(-1))
    }

    fn try_apply(&mut self, op: &Op) -> io::Result<Vec<u8>> {
        match op {
            Op::Write {
                path,
                at,
                data,
                create,
            } => {
                let file = OpenOptions::new()
                    .write(true)
                    .create(*create)
                    .truncate(false)
                    .open(self.at(path))?;
                file.write_all_at(data, *at)?;
            }
            Op::Append { path, data } => {
                OpenOptions::new()
                    .append(true)
                    .open(self.at(path))?
                    .write_all(data)?;
            }
            Op::Replace {
                path,
                data,
                exclusive,
            } => {
                let mut how = OpenOptions::new();
                how.write(true).mode(0o640);
                if *exclusive {
                    how.create_new(true);
                } else {
                    how.create(true).truncate(true);
                }
                how.open(self.at(path))?.write_all(data)?;
            }
            Op::Cut { path, size } => {
                rustix::fs::ftruncate(OpenOptions::new().write(true).open(self.at(path))?, *size)?;
            }
            Op::Read { path, at, count } => {
                let mut file = File::open(self.at(path))?;
                file.seek(SeekFrom::Start(*at))?;
                let mut data = Vec::new();
                file.take(*count).read_to_end(&mut data)?;
                return Ok(data);
            }
            Op::Mkdir { path } => fs::create_dir(self.at(path))?,
            Op::Remove { path } => fs::remove_file(self.at(path))?,
            Op::Rmdir { path } => fs::remove_dir(self.at(path))?,
            Op::Rename { from, to } => fs::rename(self.at(from), self.at(to))?,
            Op::Link { from, to } => fs::hard_link(self.at(from), self.at(to))?,
            Op::Symlink { target, path } => symlink(target, self.at(path))?,
            Op::Chmod { path, mode } => {
                fs::set_permissions(self.at(path), fs::Permissions::from_mode(*mode))?;
            }
            Op::Times { path, at } => {
                let time = SystemTime::UNIX_EPOCH + Duration::from_secs(*at);
                let times = FileTimes::new().set_modified(time).set_accessed(time);
                File::open(self.at(path))?.set_times(times)?;
                let meta = fs::metadata(self.at(path))?;
                return Ok(meta.mtime().to_string().into_bytes());
            }
            Op::List { path } => {
                let names = fs::read_dir(self.at(path))?
                    .map(|entry| Ok(entry?.file_name().into_encoded_bytes()));
                let mut names = names.collect::<io::Result<Vec<_>>>()?;
                names.sort();
                return Ok(names.join(&b'/'));
            }
            Op::Stat { path } => {
                let meta = fs::symlink_metadata(self.at(path))?;
                // What a folder counts as its links and its size is each file system's own.
                let (links, size) = if meta.is_dir() {
                    (0, 0)
                } else {
                    (meta.nlink(), meta.size())
                };
                return Ok(format!("{:o} {links} {size}", meta.mode()).into_bytes());
            }
            Op::Hold { path } => {
                self.held = None;
                self.held = Some(
                    OpenOptions::new()
                        .read(true)
                        .write(true)
                        .open(self.at(path))?,
                );
            }
            Op::HeldWrite { at, data } => {
                if let Some(file) = &self.held {
                    file.write_all_at(data, *at)?;
                }
            }
            Op::HeldRead { at, count } => {
                if let Some(file) = &self.held {
                    let mut data = vec![0; usize::try_from(*count).unwrap_or(0)];
                    let mut have = 0;
                    while have < data.len() {
                        match file.read_at(&mut data[have..], at + have as u64)? {
                            0 => break,
                            more => have += more,
                        }
                    }
                    data.truncate(have);
                    return Ok(data);
                }
            }
            Op::HeldCut { size } => {
                if let Some(file) = &self.held {
                    rustix::fs::ftruncate(file, *size)?;
                    if self.scope == Scope::Full {
                        return Ok(file.metadata()?.len().to_string().into_bytes());
                    }
                }
            }
            Op::HeldSync => {
                if let Some(file) = &self.held {
                    file.sync_all()?;
                }
            }
        }
        Ok(Vec::new())
    }
}

/// Does `count` random operations to both folders, which are made first.
pub(crate) fn run(folder: &Path, oracle: &Path, seed: u64, count: u64, scope: Scope) -> Outcome {
    for root in [folder, oracle] {
        fs::create_dir(root).map_err(|error| format!("mkdir {}: {error}", root.display()))?;
    }
    let side = |root: &Path| Side {
        root: root.to_owned(),
        held: None,
        scope,
    };
    let (mut ours, mut theirs) = (side(folder), side(oracle));
    let mut dice = Dice::new(seed);
    let mut done = 0;
    for n in 0..count {
        let op = roll(&mut dice, scope);
        let (got, wanted) = (ours.apply(&op), theirs.apply(&op));
        if got != wanted {
            let mut what = format!("{op:?}");
            what.truncate(what.floor_char_boundary(200));
            return Err(format!(
                "seed {seed}, operation {n}: {what}: {}, not {}",
                shown(&got),
                shown(&wanted)
            ));
        }
        done += u64::from(got.is_ok());
        if n % 500 == 499 {
            difference::between(folder, oracle, false)
                .map_err(|what| format!("seed {seed}, after {n}: {what}"))?;
        }
    }
    difference::between(folder, oracle, false)?;
    if done * 5 < count {
        return Err(format!("only {done} of {count} operations did anything"));
    }
    Ok(())
}

fn shown(result: &Result<Vec<u8>, i32>) -> String {
    match result {
        Ok(data) if data.len() <= 60 => format!("{:?}", String::from_utf8_lossy(data)),
        Ok(data) => format!("{} bytes", data.len()),
        Err(errno) => format!("{:?}", io::Error::from_raw_os_error(*errno)),
    }
}
