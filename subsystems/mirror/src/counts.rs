//! What a space holds, as sums: pure arithmetic.

use ninep::export::Kind;
use ninep::wire::Time;
use trees::mirror::Space;
use trees::time::Millis;

/// The sums of one space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Everything that is no folder.
    pub(crate) files: u64,
    pub(crate) folders: u64,
    /// Bytes of the plain files.
    pub(crate) bytes: u64,
    /// The newest `ctime`: the kernel's own evidence of change, which no client can set.
    pub(crate) changed: Time,
}

impl Counts {
    /// A thing with `bytes` is there.
    pub(crate) fn add(&mut self, kind: Kind, bytes: u64) {
        match kind {
            Kind::Folder => self.folders += 1,
            Kind::File | Kind::Link | Kind::Other => self.files += 1,
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// A thing with `bytes` is gone. What another program removed from under the mirror may be missing already.
    pub(crate) fn take(&mut self, kind: Kind, bytes: u64) {
        match kind {
            Kind::Folder => self.folders = self.folders.saturating_sub(1),
            Kind::File | Kind::Link | Kind::Other => self.files = self.files.saturating_sub(1),
        }
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// A file of `from` bytes has `to`.
    pub(crate) fn resize(&mut self, from: u64, to: u64) {
        self.bytes = self.bytes.saturating_sub(from).saturating_add(to);
    }

    /// Something changed at `when`.
    pub(crate) fn touch(&mut self, when: Time) {
        self.changed = self.changed.max(when);
    }

    /// The status of the space `name`.
    pub(crate) fn status(&self, name: &str) -> Space {
        let empty = self.files == 0 && self.folders == 0;
        let Time { sec, nsec } = self.changed;
        Space {
            // Nothing is decided about a space after it was made.
            rev: 1,
            name: name.to_owned(),
            files: self.files,
            folders: self.folders,
            bytes: self.bytes,
            changed: (!empty).then_some(Millis(sec.saturating_mul(1000) + nsec / 1_000_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sec: u64) -> Time {
        Time {
            sec,
            nsec: 5_000_000,
        }
    }

    #[test]
    fn what_is_added_and_taken_leaves_nothing() {
        let mut counts = Counts::default();
        counts.add(Kind::File, 10);
        counts.add(Kind::Link, 0);
        counts.add(Kind::Folder, 0);
        counts.resize(10, 4);
        assert_eq!((counts.files, counts.folders, counts.bytes), (2, 1, 4));
        counts.take(Kind::File, 4);
        counts.take(Kind::Link, 0);
        counts.take(Kind::Folder, 0);
        assert_eq!(counts, Counts::default());
        counts.take(Kind::File, 4);
        assert_eq!(counts, Counts::default(), "never below nothing");
    }

    #[test]
    fn the_newest_change_counts_and_an_empty_space_has_none() {
        let mut counts = Counts::default();
        counts.touch(at(7));
        counts.touch(at(3));
        assert_eq!(counts.status("home").changed, None);
        counts.add(Kind::File, 1);
        assert_eq!(counts.status("home").changed, Some(Millis(7005)));
    }
}
