//! What is measured.

use crate::frames::Frames;
use crate::load::{KEPT, Place, Work};

/// `Tgetattr` of one open fid.
pub(crate) struct Getattr;

impl Work for Getattr {
    fn stages(&self) -> usize {
        1
    }
    fn request(&self, _: usize, _: u64, at: Place, out: &mut Frames) -> &[u8] {
        out.getattr(at.tag, KEPT);
        &[]
    }
}

/// Walk to a file of the folder, stat it, let it go.
pub(crate) struct Stat {
    pub(crate) files: u64,
}

impl Work for Stat {
    fn stages(&self) -> usize {
        3
    }
    fn request(&self, stage: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        match stage {
            0 => out.walk(at.tag, KEPT, at.fid, Some(&file_name(item % self.files))),
            1 => out.getattr(at.tag, at.fid),
            _ => out.clunk(at.tag, at.fid),
        }
        &[]
    }
}

/// Walk to a small file, open, read, let go.
pub(crate) struct ReadSmall {
    pub(crate) files: u64,
}

impl Work for ReadSmall {
    fn stages(&self) -> usize {
        4
    }
    fn request(&self, stage: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        match stage {
            0 => out.walk(at.tag, KEPT, at.fid, Some(&file_name(item % self.files))),
            1 => out.open(at.tag, at.fid, 0),
            2 => out.read(at.tag, at.fid, 0, 4096),
            _ => out.clunk(at.tag, at.fid),
        }
        &[]
    }
}

/// Make a file of 4 KiB.
pub(crate) struct Create {
    pub(crate) data: Vec<u8>,
}

impl Work for Create {
    fn stages(&self) -> usize {
        4
    }
    fn request(&self, stage: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        match stage {
            0 => out.walk(at.tag, KEPT, at.fid, None),
            1 => out.create(at.tag, at.fid, &file_name(item)),
            2 => {
                out.write(at.tag, at.fid, 0, self.data.len());
                return &self.data;
            }
            _ => out.clunk(at.tag, at.fid),
        }
        &[]
    }
}

/// Walk to a file and remove it. (`Tunlinkat` would be shorter; diod 1.0.24 does not have it.)
pub(crate) struct Remove;

impl Work for Remove {
    fn stages(&self) -> usize {
        2
    }
    fn request(&self, stage: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        match stage {
            0 => out.walk(at.tag, KEPT, at.fid, Some(&file_name(item))),
            _ => out.remove(at.tag, at.fid),
        }
        &[]
    }
}

/// Reads of one large file that is open.
pub(crate) struct Read {
    pub(crate) size: u32,
    pub(crate) length: u64,
    /// Blocks in no order, instead of one after the other.
    pub(crate) random: bool,
}

impl Work for Read {
    fn stages(&self) -> usize {
        1
    }
    fn request(&self, _: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        let item = if self.random { scattered(item) } else { item };
        let offset = offset(item, self.size, self.length);
        out.read(at.tag, KEPT, offset, self.size);
        &[]
    }
}

/// Writes of one large file that is open, one after the other.
pub(crate) struct Write {
    pub(crate) data: Vec<u8>,
    pub(crate) length: u64,
}

impl Work for Write {
    fn stages(&self) -> usize {
        1
    }
    fn request(&self, _: usize, item: u64, at: Place, out: &mut Frames) -> &[u8] {
        let size = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        let offset = offset(item, size, self.length);
        out.write(at.tag, KEPT, offset, self.data.len());
        &self.data
    }
}

/// File `item` of a folder.
pub(crate) fn file_name(item: u64) -> String {
    format!("file-{item:06}")
}

fn offset(item: u64, size: u32, length: u64) -> u64 {
    let size = u64::from(size);
    item % (length / size).max(1) * size
}

/// Numbers without an order that a server or a disk could guess (a step of SplitMix64).
fn scattered(item: u64) -> u64 {
    let mixed = item.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ (mixed >> 27)
}
