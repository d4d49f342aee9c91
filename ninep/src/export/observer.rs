use crate::tree::Peer;
use crate::wire::Time;

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device node, fifo or socket, which an export shows and never opens.
    Other,
}

/// A name that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Path before.
    pub from: String,
    /// Path now.
    pub to: String,
    /// What moved.
    pub kind: Kind,
    /// Its size in bytes, of a plain file.
    pub bytes: u64,
    /// Kind and bytes of what had the name before and is gone.
    pub replaced: Option<(Kind, u64)>,
}

/// Hears of every change made through an export, so that a service can count and announce.
///
/// It is told after the change is on its way to the disk and before the client has its answer. Changes of names come one at a time, in
/// the order they were done; so do the changes of one file. Paths are relative to the root of the export, without a
/// leading slash. `when` is the `ctime` that the change left on the file or, for a name, on its folder. `peer` asked for it.
///
/// The sizes add up: `made` counts nothing, each `written` from `from` to `to`, and `removed` or
/// [`Renamed::replaced`] takes away what is left. What happens to a file after its last name is gone is not told.
///
/// An observer must be quick and must not call the export it observes. Every method does nothing unless overridden;
/// `()` is an observer that does not care.
pub trait Observer: Send + Sync + 'static {
    /// Whether it hears anything at all. An export that nobody listens to finds out nothing for it, and is faster.
    fn listens(&self) -> bool {
        true
    }

    /// A name was made: an empty file, a folder, or a link.
    fn made(&self, peer: &Peer, path: &str, kind: Kind, when: Time) {
        let _ = (peer, path, kind, when);
    }

    /// A file was written or cut; it had `from` bytes and has `to`.
    fn written(&self, peer: &Peer, from: u64, to: u64, when: Time) {
        let _ = (peer, from, to, when);
    }

    /// The last fid through which a file was made or written was closed (or it was cut without being open); once for
    /// each time that this is so. `created` if the file was made through one of them.
    fn closed(&self, peer: &Peer, path: &str, created: bool, bytes: u64, when: Time) {
        let _ = (peer, path, created, bytes, when);
    }

    /// A name moved, within one folder or to another.
    fn renamed(&self, peer: &Peer, renamed: &Renamed, when: Time) {
        let _ = (peer, renamed, when);
    }

    /// A name is gone; `bytes` of a plain file went with it.
    fn removed(&self, peer: &Peer, path: &str, kind: Kind, bytes: u64, when: Time) {
        let _ = (peer, path, kind, bytes, when);
    }

    /// Mode, owner or times of something changed.
    fn touched(&self, peer: &Peer, when: Time) {
        let _ = (peer, when);
    }
}

impl Observer for () {
    fn listens(&self) -> bool {
        false
    }
}
