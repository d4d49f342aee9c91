//! An answer on its way into the dialect of its connection.

use bytes::{Bytes, BytesMut};

use crate::error::{Errno, Error};
use crate::wire::{Encoder, Field, Rmsg, Str, compound, legacy};

/// The dialect that a connection agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// 9P2000.L.
    Linux,
    /// 9P2000.L.goblin1.
    Goblin,
    /// 9P2000.
    Plain,
}

/// An answer, before it is known in which dialect it goes out.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// What 9P2000.L has a message for.
    Linux(Rmsg),
    /// What only 9P2000.L.goblin1 has.
    Compound(compound::Rmsg),
    /// What only 9P2000 has.
    Plain(legacy::Rmsg),
}

impl From<Rmsg> for Reply {
    fn from(message: Rmsg) -> Self {
        Self::Linux(message)
    }
}

impl Reply {
    /// The refusal for `error`: a number, or in 9P2000 its words.
    pub(super) fn refusal(dialect: Dialect, error: &Error) -> Self {
        if dialect == Dialect::Plain {
            return Self::Plain(legacy::Rmsg::Error {
                ename: if error.is_told() {
                    error.to_string().into()
                } else {
                    words(error.errno())
                },
            });
        }
        let ecode = u32::try_from(error.errno().raw_os_error()).unwrap_or(5);
        Self::Linux(Rmsg::Lerror { ecode })
    }

    /// Encodes the frame with `tag` behind those that `head` holds, and gives its payload. `None`, with nothing done, when
    /// `dialect` has no such answer, which is a fault of this server.
    pub(super) fn encode(&self, dialect: Dialect, tag: u16, head: &mut BytesMut) -> Option<Bytes> {
        Some(match (self, dialect) {
            (Self::Linux(message), Dialect::Linux | Dialect::Goblin) => {
                message.encode_behind(tag, head)
            }
            (Self::Linux(message), Dialect::Plain) => plain(message)?.encode_behind(tag, head),
            (Self::Compound(message), Dialect::Goblin) => message.encode_behind(tag, head),
            (Self::Plain(message), Dialect::Plain) => message.encode_behind(tag, head),
            _ => return None,
        })
    }
}

/// The head of `Rread`, which is the same in 9P2000 and 9P2000.L, for `count` bytes that follow.
pub(super) fn read_head(tag: u16, count: usize, head: &mut BytesMut) {
    let kind = Rmsg::Read { data: Bytes::new() }.kind();
    let mut out = Encoder::behind(std::mem::take(head), kind, tag);
    // A read's count is bounded by msize.
    u32::try_from(count).unwrap_or(u32::MAX).put(&mut out);
    *head = out.finish_before(count);
}

/// The words of *strerror(3)* for `errno`, and nothing else: by these very words Linux's client knows which number is meant.
fn words(errno: Errno) -> Str {
    let text = errno.to_string();
    text.split(" (os error").next().unwrap_or_default().into()
}

/// The answer of 9P2000 that says the same.
fn plain(message: &Rmsg) -> Option<legacy::Rmsg> {
    Some(match message.clone() {
        Rmsg::Lerror { ecode } => {
            let errno = Errno::from_raw_os_error(i32::try_from(ecode).unwrap_or(5));
            legacy::Rmsg::Error {
                ename: words(errno),
            }
        }
        Rmsg::Version { msize, version } => legacy::Rmsg::Version { msize, version },
        Rmsg::Attach { qid } => legacy::Rmsg::Attach { qid },
        Rmsg::Flush {} => legacy::Rmsg::Flush {},
        Rmsg::Walk { qids } => legacy::Rmsg::Walk { qids },
        Rmsg::Lopen { qid, iounit } => legacy::Rmsg::Open { qid, iounit },
        Rmsg::Lcreate { qid, iounit } => legacy::Rmsg::Create { qid, iounit },
        Rmsg::Read { data } => legacy::Rmsg::Read { data },
        Rmsg::Write { count } => legacy::Rmsg::Write { count },
        Rmsg::Clunk {} => legacy::Rmsg::Clunk {},
        Rmsg::Remove {} => legacy::Rmsg::Remove {},
        Rmsg::Setattr {} | Rmsg::Fsync {} => legacy::Rmsg::Wstat {},
        _ => return None,
    })
}
