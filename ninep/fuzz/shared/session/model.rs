//! What the server must do: a model of its fids and of the requests that are not answered.

use std::collections::BTreeMap;

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

/// A request, whatever the dialect.
#[derive(Debug, Clone)]
pub enum Op {
    Attach {
        fid: u32,
        afid: bool,
    },
    Walk {
        fid: u32,
        newfid: u32,
        names: Vec<&'static str>,
    },
    Open {
        fid: u32,
        mode: u8,
    },
    Create {
        fid: u32,
        name: &'static str,
        mode: u8,
    },
    Read {
        fid: u32,
    },
    Write {
        fid: u32,
    },
    Clunk {
        fid: u32,
    },
    Remove {
        fid: u32,
    },
    Attr {
        fid: u32,
    },
    SetAttr {
        fid: u32,
    },
    Mkdir {
        fid: u32,
        name: &'static str,
    },
    Unlink {
        fid: u32,
        name: &'static str,
    },
    Rename {
        from: u32,
        to: u32,
        name: &'static str,
    },
    List {
        fid: u32,
    },
    Sync {
        fid: u32,
    },
    Disk {
        fid: u32,
    },
    Xattr {
        fid: u32,
        newfid: u32,
    },
    WalkAttr {
        fid: u32,
        newfid: u32,
        names: Vec<&'static str>,
    },
    Get {
        fid: u32,
        names: Vec<&'static str>,
    },
    /// A request that no dialect has.
    Unknown,
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
}

/// What must come of a request.
#[derive(Debug, Clone)]
pub enum Must {
    Refuse,
    Succeed {
        change: Change,
        walked: Option<usize>,
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
    states: u64,
}

fn refuse() -> (When, Must) {
    (When::Now, Must::Refuse)
}

/// Success that changes nothing.
fn fine(slow: bool) -> (When, Must) {
    let when = if slow { When::Slow } else { When::Now };
    (
        when,
        Must::Succeed {
            change: Change::Nothing,
            walked: None,
        },
    )
}

fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\0'])
}

/// Where a walk leads: how many names it came to, where it ended, and whether that is slow.
struct Walked {
    count: usize,
    end: Vec<&'static str>,
    slow: bool,
}

fn walk(from: &[&'static str], names: &[&'static str]) -> Walked {
    let mut walked = Walked {
        count: 0,
        end: from.to_vec(),
        slow: false,
    };
    for name in names {
        if *name == ".." {
            walked.end.pop();
        } else {
            let here = sort(&walked.end);
            walked.slow |= here.dir && here.slow;
            if !here.dir || !has(name) {
                break;
            }
            walked.end.push(name);
        }
        walked.count += 1;
    }
    walked
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
        let slow = |slow: bool| if slow { When::Slow } else { When::Now };
        Some(match op {
            Op::Attach { fid, afid } => {
                (!afid && self.is_free(*fid)).then_some(())?;
                let change = Change::New(*fid, Vec::new(), None);
                (
                    When::Now,
                    Must::Succeed {
                        change,
                        walked: None,
                    },
                )
            }
            Op::Walk { fid, newfid, names } => {
                let good =
                    names.len() <= 16 && names.iter().all(|name| *name == ".." || is_name(name));
                let from = fids.get(fid).filter(|_| good)?;
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
                        walked: Some(walked.count),
                    }
                } else if walked.count == 0 {
                    Must::Refuse
                } else {
                    Must::Succeed {
                        change: Change::Nothing,
                        walked: Some(walked.count),
                    }
                };
                (slow(walked.slow), must)
            }
            Op::WalkAttr { fid, newfid, names } => {
                let good =
                    names.len() <= 16 && names.iter().all(|name| *name == ".." || is_name(name));
                let from = fids.get(fid).filter(|_| good)?;
                (*newfid == NO_FID || self.is_free(*newfid)).then_some(())?;
                let walked = walk(&from.path, names);
                if walked.count < names.len() {
                    return Some((slow(walked.slow), Must::Refuse));
                }
                let late = walked.slow || sort(&walked.end).slow;
                let change = match *newfid {
                    NO_FID => Change::Nothing,
                    new => Change::New(new, walked.end, None),
                };
                (
                    slow(late),
                    Must::Succeed {
                        change,
                        walked: None,
                    },
                )
            }
            Op::Get { fid, names } => {
                let good =
                    names.len() <= 16 && names.iter().all(|name| *name == ".." || is_name(name));
                let walked = walk(&fids.get(fid).filter(|_| good)?.path, names);
                let end = sort(&walked.end);
                if walked.count < names.len() || end.dir {
                    return Some((slow(walked.slow), Must::Refuse));
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
                    slow(here.slow),
                    Must::Succeed {
                        change,
                        walked: None,
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
                let (mut path, open) = (fid.path.clone(), Some(Open::by(*mode)));
                path.push("made");
                let change = Change::Changed {
                    fid: *number,
                    state: fid.state,
                    path,
                    open,
                };
                (
                    slow(here.slow),
                    Must::Succeed {
                        change,
                        walked: None,
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
                (!here.dir).then_some(())?;
                if here.waits {
                    (self.count(false) < MOST_PARKED).then_some(())?;
                    let must = Must::Succeed {
                        change: Change::Nothing,
                        walked: None,
                    };
                    return Some((When::Parked(*number), must));
                }
                fine(here.slow)
            }
            Op::Write { fid } => {
                fids.get(fid)?.open.filter(|open| open.writes)?;
                fine(at(fid)?.slow)
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
            Op::Mkdir { fid, name } | Op::Unlink { fid, name } => {
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
                fine(at(fid)?.slow && !open.xattr)
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
                    slow(here.slow),
                    Must::Succeed {
                        change,
                        walked: None,
                    },
                )
            }
            Op::Unknown => return None,
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
                    self.fids.insert(number, Fid { path, open, state });
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
                    *fid = Fid { path, open, state };
                    true
                }
                _ => false,
            },
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
