use bytes::{Buf, Bytes};

use super::effect::Effect;
use super::fids::Fids;
use super::reply::Dialect;
use super::{compound, ops, plain};
use crate::error::{Errno, Error, Result};
use crate::tree::Answer;
use crate::wire::{self, DecodeError, Str, Tmsg, legacy};

/// A request of any dialect, sorted by who sees to it.
pub(super) enum Request {
    Version {
        msize: u32,
        version: Str,
    },
    Attach {
        fid: u32,
        afid: u32,
        uname: Str,
        aname: Str,
    },
    Flush {
        oldtag: u16,
    },
    /// Not twice under this number.
    Once {
        client: u64,
        number: u64,
        request: Box<Request>,
    },
    /// For the fids and the tree.
    Op(Op),
}

/// Bytes that a request under way holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    /// Of the payload that came with it.
    pub(super) payload: usize,
    /// Of the answer that it may come to.
    pub(super) answer: usize,
}

/// What carries the answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carrier {
    /// The largest frame, in bytes.
    pub(super) msize: u32,
    /// Whether a file's pages can be sent.
    pub(super) pages: bool,
}

/// A request that the fids and the tree see to.
pub(super) enum Op {
    Linux(Tmsg),
    Plain(legacy::Tmsg),
    Compound(wire::compound::Tmsg),
}

impl Request {
    /// Decodes the body of message `kind`; before a dialect is agreed on, as 9P2000.L.
    ///
    /// # Errors
    /// [`DecodeError::Kind`] for a number that the dialect has no request for; any other for a body that is none.
    pub(super) fn decode(
        dialect: Option<Dialect>,
        kind: u8,
        body: Bytes,
    ) -> Result<Self, DecodeError> {
        match dialect {
            Some(Dialect::Plain) => legacy::Tmsg::decode(kind, body).map(Self::from_plain),
            Some(Dialect::Goblin) if kind >= 200 => {
                Self::from_compound(wire::compound::Tmsg::decode(kind, body)?)
            }
            _ => Tmsg::decode(kind, body).map(Self::from_linux),
        }
    }

    fn from_linux(request: Tmsg) -> Self {
        match request {
            Tmsg::Version { msize, version } => Self::Version { msize, version },
            Tmsg::Attach {
                fid,
                afid,
                uname,
                aname,
                n_uname: _,
            } => Self::Attach {
                fid,
                afid,
                uname,
                aname,
            },
            Tmsg::Flush { oldtag } => Self::Flush { oldtag },
            other => Self::Op(Op::Linux(other)),
        }
    }

    fn from_plain(request: legacy::Tmsg) -> Self {
        match request {
            legacy::Tmsg::Version { msize, version } => Self::Version { msize, version },
            legacy::Tmsg::Attach {
                fid,
                afid,
                uname,
                aname,
            } => Self::Attach {
                fid,
                afid,
                uname,
                aname,
            },
            legacy::Tmsg::Flush { oldtag } => Self::Flush { oldtag },
            other => Self::Op(Op::Plain(other)),
        }
    }

    fn from_compound(request: wire::compound::Tmsg) -> Result<Self, DecodeError> {
        let wire::compound::Tmsg::Once {
            client,
            number,
            mut request,
        } = request
        else {
            return Ok(Self::Op(Op::Compound(request)));
        };
        if request.is_empty() {
            return Err(DecodeError::Short { kind: 208 });
        }
        let kind = request.get_u8();
        let request = Box::new(Self::decode(Some(Dialect::Goblin), kind, request)?);
        Ok(Self::Once {
            client,
            number,
            request,
        })
    }

    /// The fid of a read: if it has to wait for an event, it waits on that.
    pub(super) fn reads(&self) -> Option<u32> {
        match self {
            Self::Op(
                Op::Linux(Tmsg::Read { fid, .. }) | Op::Plain(legacy::Tmsg::Read { fid, .. }),
            ) => Some(*fid),
            _ => None,
        }
    }

    /// What the request may hold on to while it is under way; `msize` bounds its answer.
    pub(super) fn weight(&self, msize: u32) -> Weight {
        use wire::compound::Tmsg as Compound;
        let mut weight = Weight::default();
        match self {
            Self::Op(
                Op::Linux(Tmsg::Read { count, .. } | Tmsg::Readdir { count, .. })
                | Op::Plain(legacy::Tmsg::Read { count, .. })
                | Op::Compound(Compound::Get { count, .. } | Compound::Readdirattr { count, .. }),
            ) => weight.answer = usize::try_from(*count.min(&msize)).unwrap_or(usize::MAX),
            Self::Op(
                Op::Linux(Tmsg::Write { data, .. })
                | Op::Plain(legacy::Tmsg::Write { data, .. })
                | Op::Compound(Compound::Put { data, .. }),
            ) => weight.payload = data.len(),
            Self::Once { request, .. } => return request.weight(msize),
            _ => {}
        }
        weight
    }

    /// The fid that is forgotten.
    pub(super) fn clunks(&self) -> Option<u32> {
        match self {
            Self::Op(
                Op::Linux(Tmsg::Clunk { fid } | Tmsg::Remove { fid })
                | Op::Plain(legacy::Tmsg::Clunk { fid } | legacy::Tmsg::Remove { fid }),
            ) => Some(*fid),
            _ => None,
        }
    }
}

impl Op {
    /// Starts the request.
    pub(super) fn start(self, fids: &mut Fids, carrier: Carrier) -> Answer<Effect> {
        let started = match self {
            Self::Linux(request) => ops::start(fids, carrier, request),
            Self::Plain(request) => plain::start(fids, carrier, request),
            Self::Compound(request) => compound::start(fids, carrier.msize, request),
        };
        started.unwrap_or_else(|error| Answer::Now(Err(error)))
    }

    /// Lets through what changes something and leaves no fid: only that can be answered again without doing it again.
    pub(super) fn check_once(&self) -> Result<()> {
        let fits = match self {
            Self::Linux(request) => matches!(
                request,
                Tmsg::Write { .. }
                    | Tmsg::Setattr { .. }
                    | Tmsg::Mkdir { .. }
                    | Tmsg::Symlink { .. }
                    | Tmsg::Link { .. }
                    | Tmsg::Rename { .. }
                    | Tmsg::Renameat { .. }
                    | Tmsg::Unlinkat { .. }
            ),
            Self::Compound(request) => matches!(request, wire::compound::Tmsg::Put { .. }),
            Self::Plain(_) => false,
        };
        if fits {
            Ok(())
        } else {
            Err(Error::new(
                Errno::INVAL,
                "Tonce: this request is not one to be done once",
            ))
        }
    }
}
