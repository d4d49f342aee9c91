//! What the server must do: a model of its fids and of the requests that are not answered.

use std::collections::BTreeMap;

use super::compound::{Ledger, listed, put};
use super::op::Op;
use super::paths::{are_names, is_name, walk};
use super::reading::{Place, Reading};
use super::tree::{has, sort};

/// Fids at a time.
pub const MOST_FIDS: usize = 12;
/// Reads that wait for an event, at a time.
pub const MOST_PARKED: usize = 3;
/// Slow requests at a time: one below what makes the server stop reading.
pub const MOST_SLOW: usize = 7;
const NO_FID: u32 = u32::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Linux,
    Goblin,
    Plain,
}

/// How a fid is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub reads: bool,
    pub writes: bool,
    pub xattr: bool,
}

impl Open {
    fn by(mode: u8) -> Self {
        Self {
            reads: mode != 1,
            writes: mode != 0,
            xattr: false,
        }
    }
}

/// What a fid stands for.
#[derive(Debug, Clone)]
pub struct Fid {
    pub path: Vec<&'static str>,
    pub open: Option<Open>,
    /// How far a folder was read by 9P2000.
    pub reading: Reading,
    /// Tells it from what had the number before, or was at another place or not open.
    state: u64,
}

/// What a request changes when it succeeds.
#[derive(Debug, Clone)]
pub enum Change {
    Nothing,
    /// `newfid` comes to be.
    New(u32, Vec<&'static str>, Option<Open>),
    /// The fid, which must still be as it was, is now this.
    Changed {
        fid: u32,
        state: u64,
        path: Vec<&'static str>,
        open: Option<Open>,
    },
    /// The folder, if the fid is still as it was, has been read up to here.
    Read {
        fid: u32,
        state: u64,
        to: Place,
    },
}

/// What must come of a request.
#[derive(Debug, Clone)]
pub enum Must {
    Refuse,
    Succeed {
        change: Change,
        /// Names walked, or entries listed.
        count: Option<usize>,
        /// Writes and folders made.
        effects: usize,
    },
}

/// When it must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Now,
    Slow,
    /// When an event happens, or at once with an error when this fid is forgotten.
    Parked(u32),
}

#[derive(Debug, Default)]
pub struct Model {
    pub dialect: Option<Dialect>,
    pub fids: BTreeMap<u32, Fid>,
    /// By tag.
    pub pending: BTreeMap<u16, (When, Must)>,
    ledger: Ledger,
    /// Writes and folders made so far.
    pub effects: usize,
    states: u64,
}

fn refuse() -> (When, Must) {
    (When::Now, Must::Refuse)
}

/// Now, or when the slow is let go on.
pub fn when(slow: bool) -> When {
    if slow { When::Slow } else { When::Now }
}

/// Success that changes no fid.
fn fine(slow: bool) -> (When, Must) {
    effective(slow, 0)
}

/// The same, which has changed the tree so often.
pub fn effective(slow: bool, effects: usize) -> (When, Must) {
    (
        when(slow),
        Must::Succeed {
            change: Change::Nothing,
            count: None,
            effects,
        },
    )
}

impl Model {
    pub fn count(&self, slow: bool) -> usize {
        self.pending
            .values()
            .filter(|(when, _)| (*when == When::Slow) == slow)
            .count()
    }

    fn is_free(&self, fid: u32) -> bool {
        !self.fids.contains_key(&fid) && self.fids.len() < MOST_FIDS
    }

    fn state(&mut self) -> u64 {
        self.states += 1;
        self.states
    }

    /// What must come of `op`, as things are. Forgets the fid of a clunk and a remove.
    pub fn expect(&mut self, op: &Op) -> (When, Must) {
        self.try_expect(op).unwrap_or_else(refuse)
    }

    /// None where the request is refused at once.
    fn try_expect(&mut self, op: &Op) -> Option<(When, Must)> {
        let fids = &self.fids;
        let at = |fid: &u32| fids.get(fid).map(|fid| sort(&fid.path));
        Some(match op {
            Op::Attach { fid, afid } => {
                (!afid && self.is_free(*fid)).then_some(())?;
                let change = Change::New(*fid, Vec::new(), None);
                (
                    When::Now,
                    Must::Succeed {
                        change,
                        count: None,
                        effects: 0,
                    },
                )
            }
            Op::Walk { fid, newfid, names } => {
                let from = fids.get(fid).filter(|_| are_names(names))?;
                if fid == newfid {
                    from.open.is_none().then_some(())?;
                } else {
                    self.is_free(*newfid).then_some(())?;
                }
                let walked = walk(&from.path, names);
                let must = if walked.count == names.len() {
                    let change = if fid == newfid {
                        Change::Changed {
                            fid: *fid,
                            state: from.state,
                            path: walked.end,
                            open: None,
                        }
                    } else {
                        Change::New(*newfid, walked.end, None)
                    };
                    Must::Succeed {
                        change,
                        count: Some(walked.count),
                        effects: 0,
                    }
                } else if walked.count == 0 {
                    Must::Refuse
                } else {
                    Must::Succeed {
                        change: Change::Nothing,
                        count: Some(walked.count),
                        effects: 0,
                    }
                };
                (when(walked.slow), must)
            }
            Op::WalkAttr { fid, newfid, names } => {
                let from = fids.get(fid).filter(|_| are_names(names))?;
                (*newfid == NO_FID || self.is_free(*newfid)).then_some(())?;
                let walked = walk(&from.path, names);
                if walked.count < names.len() {
                    return Some((when(walked.slow), Must::Refuse));
                }
                let late = walked.slow || sort(&walked.end).slow;
                let change = match *newfid {
                    NO_FID => Change::Nothing,
                    new => Change::New(new, walked.end, None),
                };
                (
                    when(late),
                    Must::Succeed {
                        change,
                        count: None,
                        effects: 0,
                    },
                )
            }
            Op::Get { fid, names } => {
                let walked = walk(&fids.get(fid).filter(|_| are_names(names))?.path, names);
                let end = sort(&walked.end);
                // A read that would wait for an event is given up.
                if walked.count < names.len() || end.dir || end.waits || end.broken {
                    return Some((when(walked.slow), Must::Refuse));
                }
                fine(walked.slow || end.slow)
            }
            Op::Open { fid: number, mode } => {
                let fid = fids.get(number).filter(|fid| fid.open.is_none())?;
                let (here, open) = (sort(&fid.path), Open::by(*mode));
                (!(here.dir && open.writes)).then_some(())?;
                let (path, open) = (fid.path.clone(), Some(open));
                let change = Change::Changed {
                    fid: *number,
                    state: fid.state,
                    path,
                    open,
                };
                (
                    when(here.slow),
                    Must::Succeed {
                        change,
                        count: None,
                        effects: 0,
                    },
                )
            }
            Op::Create {
                fid: number,
                name,
                mode,
            } => {
                let fid = fids
                    .get(number)
                    .filter(|fid| fid.open.is_none() && is_name(name))?;
                let here = sort(&fid.path);
                here.dir.then_some(())?;
                if self.dialect == Some(Dialect::Plain) && has(name) {
                    return Some((when(here.slow), Must::Refuse));
                }
                let (mut path, open) = (fid.path.clone(), Some(Open::by(*mode)));
                path.push("made");
                let change = Change::Changed {
                    fid: *number,
                    state: fid.state,
                    path,
                    open,
                };
                (
                    when(here.slow),
                    Must::Succeed {
                        change,
                        count: None,
                        effects: 0,
                    },
                )
            }
            Op::Read { fid: number } => {
                let fid = fids.get(number)?;
                let open = fid.open.filter(|open| open.reads)?;
                let here = sort(&fid.path);
                if open.xattr {
                    return Some(fine(false));
                }
                (!here.dir && !here.broken).then_some(())?;
                if here.waits {
                    (self.count(false) < MOST_PARKED).then_some(())?;
                    let must = Must::Succeed {
                        change: Change::Nothing,
                        count: None,
                        effects: 0,
                    };
                    return Some((When::Parked(*number), must));
                }
                fine(here.slow)
            }
            Op::Write { fid } => {
                fids.get(fid)?.open.filter(|open| open.writes)?;
                let here = at(fid).filter(|here| !here.broken)?;
                effective(here.slow, 1)
            }
            Op::Clunk { fid } => {
                self.fids.remove(fid)?;
                fine(false)
            }
            Op::Remove { fid } => {
                let mut path = self.fids.remove(fid)?.path;
                path.pop()?;
                fine(sort(&path).slow)
            }
            Op::Attr { fid } | Op::SetAttr { fid } => fine(at(fid)?.slow),
            Op::Mkdir { fid, name } => {
                let here = at(fid).filter(|here| here.dir && is_name(name))?;
                effective(here.slow, 1)
            }
            Op::Unlink { fid, name } => {
                let here = at(fid).filter(|here| here.dir && is_name(name))?;
                fine(here.slow)
            }
            Op::Rename { from, to, name } => {
                fids.get(to)?;
                let here = at(from).filter(|here| here.dir && is_name(name))?;
                fine(here.slow)
            }
            Op::List { fid } => {
                let open = fids.get(fid)?.open.filter(|open| open.reads && !open.xattr);
                let here = at(fid).filter(|here| here.dir && open.is_some())?;
                fine(here.slow)
            }
            Op::Sync { fid } => {
                let open = fids.get(fid)?.open?;
                let here = at(fid).filter(|here| open.xattr || !here.broken)?;
                fine(here.slow && !open.xattr)
            }
            Op::Disk { fid } => {
                fids.get(fid)?;
                fine(false)
            }
            Op::Xattr { fid, newfid } => {
                self.is_free(*newfid).then_some(())?;
                let (path, here) = (fids.get(fid)?.path.clone(), at(fid)?);
                let open = Open {
                    reads: true,
                    writes: false,
                    xattr: true,
                };
                let change = Change::New(*newfid, path, Some(open));
                (
                    when(here.slow),
                    Must::Succeed {
                        change,
                        count: None,
                        effects: 0,
                    },
                )
            }
            Op::Put {
                fid,
                names,
                sync,
                data,
            } => {
                let from = fids.get(fid).filter(|_| are_names(names))?;
                let (name, folders) = names.split_last().filter(|(name, _)| is_name(name))?;
                put(&from.path, folders, name, *sync, data.len())
            }
            // In 9P2000 it is a read like any other, and of a file it gives bytes.
            Op::Folder { fid, .. }
                if self.dialect == Some(Dialect::Plain)
                    && !at(fid).is_some_and(|here| here.dir) =>
            {
                return self.try_expect(&Op::Read { fid: *fid });
            }
            Op::Folder { fid, offset, room } => {
                let found = fids.get(fid)?;
                let open = found.open.filter(|open| open.reads && !open.xattr);
                let here = at(fid).filter(|here| here.dir && open.is_some())?;
                if self.dialect == Some(Dialect::Goblin) {
                    return Some(listed(*offset, *room, here.slow));
                }
                let (late, read) = found.reading.read(*offset, (*room).into(), here.slow)?;
                let must = read.map_or(Must::Refuse, |read| Must::Succeed {
                    change: Change::Read {
                        fid: *fid,
                        state: found.state,
                        to: read.to,
                    },
                    count: Some(read.count),
                    effects: 0,
                });
                (when(late), must)
            }
            Op::Once { number, op } => {
                op.fits_once().then_some(())?;
                return Some(self.once(*number, op));
            }
            Op::Unknown => return None,
        })
    }

    /// What must come of a request under a number: what came of the first under that number, if it is not the first.
    fn once(&mut self, number: u8, op: &Op) -> (When, Must) {
        if let Some(known) = self.ledger.find(number) {
            return known;
        }
        let (when, must) = self.expect(op);
        let (must, effects) = self.ledger.enter(number, when, must);
        self.effects += effects;
        (when, must)
    }

    /// All that is slow has come to its end.
    pub fn settle(&mut self) {
        self.effects += self.ledger.settle();
    }

    /// Gives a read of a folder by 9P2000 an offset: mostly one that it may be read on from.
    pub fn aim(&self, op: &mut Op) {
        if let Op::Folder { fid, offset, .. } = op
            && self.dialect == Some(Dialect::Plain)
        {
            let at = self.fids.get(fid).map_or(0, |fid| fid.reading.now.at);
            *offset = match *offset {
                0 => 0,
                99 => at + 1,
                5 => self.fids.get(fid).map_or(0, |fid| fid.reading.before.at),
                _ => at,
            };
        }
    }

    /// Whether a read of the folder of `fid` is under way: which of two ends first is not told.
    pub fn reads_folder(&self, fid: u32) -> bool {
        self.pending.values().any(|(_, must)| {
            matches!(must, Must::Succeed { change: Change::Read { fid: of, .. }, .. } if *of == fid)
        })
    }

    /// Applies what a request changes at its answer. False if, by then, it cannot be: the request is then refused.
    pub fn apply(&mut self, change: &Change) -> bool {
        let state = self.state();
        match change.clone() {
            Change::Nothing => true,
            Change::New(number, path, open) => {
                let free = self.is_free(number);
                if free {
                    let reading = Reading::default();
                    self.fids.insert(
                        number,
                        Fid {
                            path,
                            open,
                            reading,
                            state,
                        },
                    );
                }
                free
            }
            Change::Changed {
                fid: number,
                state: was,
                path,
                open,
            } => match self.fids.get_mut(&number) {
                Some(fid) if fid.state == was => {
                    *fid = Fid {
                        path,
                        open,
                        reading: Reading::default(),
                        state,
                    };
                    true
                }
                _ => false,
            },
            Change::Read {
                fid: number,
                state: was,
                to,
            } => {
                if let Some(fid) = self.fids.get_mut(&number)
                    && fid.state == was
                {
                    fid.reading.moved(to);
                }
                true
            }
        }
    }

    /// The tags of the reads that wait on `fid`.
    pub fn parked_on(&self, fid: u32) -> Vec<u16> {
        let on =
            |(tag, (when, _)): (&u16, &(When, Must))| (*when == When::Parked(fid)).then_some(*tag);
        self.pending.iter().filter_map(on).collect()
    }

    /// A `Tversion` that is agreed to, or that ends all agreement.
    pub fn reset(&mut self, dialect: Option<Dialect>) {
        self.dialect = dialect;
        self.fids.clear();
        self.pending.clear();
    }
}
