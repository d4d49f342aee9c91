use std::sync::Arc;

use super::fids::{Fid, Fids, Open, Way};
use super::reply::Reply;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, Pages};
use crate::wire::MAX_NAME;

/// What an answered request changes in the fid table, and what it says. Both happen in one step, when, and only when, the
/// answer goes out.
pub(super) enum Effect {
    /// Nothing changes.
    Say(Reply),
    /// Nothing changes; the answer to a read.
    Send(Pages),
    /// `number` now stands for `fid`.
    New { number: u32, fid: Fid, say: Reply },
    /// The fid `number` moves to `fid`.
    Moved { number: u32, fid: Fid, say: Reply },
    /// The file of the fid `number` has another name.
    Renamed {
        number: u32,
        stamp: u64,
        way: Arc<Way>,
        say: Reply,
    },
    /// The fid `number` is open.
    Opened {
        number: u32,
        stamp: u64,
        open: Open,
        say: Reply,
    },
}

/// What goes out.
pub(super) enum Said {
    Reply(Reply),
    /// Rread, of 9P2000 or 9P2000.L.
    Read(Pages),
}

impl Effect {
    /// Applies the change and gives the answer.
    pub(super) fn apply(self, fids: &mut Fids) -> Result<Said> {
        let say = match self {
            Self::Say(say) => say,
            Self::Send(pages) => return Ok(Said::Read(pages)),
            Self::New { number, fid, say } => {
                fids.insert(number, fid)?;
                say
            }
            Self::Moved { number, fid, say } => {
                let stamp = fids.stamp();
                *fids.unchanged(number, fid.stamp)? = Fid { stamp, ..fid };
                say
            }
            Self::Renamed {
                number,
                stamp,
                way,
                say,
            } => {
                // The file has its new name all the same.
                if let Ok(fid) = fids.unchanged(number, stamp) {
                    fid.way = Some(way);
                }
                say
            }
            Self::Opened {
                number,
                stamp,
                open,
                say,
            } => {
                let next = fids.stamp();
                let fid = fids.unchanged(number, stamp)?;
                (fid.open, fid.stamp) = (Some(open), next);
                say
            }
        };
        Ok(Said::Reply(say))
    }
}

/// An answer that only says something.
pub(super) fn say<T, R>(
    answer: Answer<T>,
    message: impl FnOnce(T) -> R + Send + 'static,
) -> Answer<Effect>
where
    T: Send + 'static,
    R: Into<Reply>,
{
    answer.map(|value| Effect::Say(message(value).into()))
}

/// The refusal to open a fid twice.
pub(super) fn already_open(number: u32) -> Error {
    Error::new(Errno::BUSY, format!("fid {number} is open already"))
}

/// Lets through a name that may reach a tree.
pub(super) fn check_name(name: &str) -> Result<()> {
    if name.len() > MAX_NAME {
        return Err(Error::new(
            Errno::NAMETOOLONG,
            "a name has at most 255 bytes",
        ));
    }
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(Error::new(
            Errno::INVAL,
            format!("{name:?} is not the name of a file"),
        ));
    }
    Ok(())
}
