use std::time::SystemTime;

use fuser::{FileAttr, FileType, INodeNo, TimeOrNow};
use ninep::wire::{Attr, SetAttr};

/// Type bits of a mode (*inode(7)*).
const FORMAT: u32 = 0o170_000;

/// What a file is.
pub(super) fn kind(attr: &Attr) -> FileType {
    match attr.mode & FORMAT {
        0o040_000 => FileType::Directory,
        0o120_000 => FileType::Symlink,
        0o010_000 => FileType::NamedPipe,
        0o140_000 => FileType::Socket,
        0o020_000 => FileType::CharDevice,
        0o060_000 => FileType::BlockDevice,
        _ => FileType::RegularFile,
    }
}

/// Attributes for the kernel.
pub(super) fn to_kernel(ino: u64, attr: &Attr) -> FileAttr {
    let mtime = attr.mtime.to_system_time();
    FileAttr {
        ino: INodeNo(ino),
        size: attr.size,
        blocks: attr.blocks,
        atime: attr.atime.to_system_time(),
        mtime,
        ctime: attr.ctime.to_system_time(),
        crtime: mtime,
        kind: kind(attr),
        // The mask leaves twelve bits.
        perm: u16::try_from(attr.mode & 0o7777).unwrap_or(0),
        nlink: u32::try_from(attr.nlink).unwrap_or(u32::MAX),
        uid: attr.uid,
        gid: attr.gid,
        rdev: u32::try_from(attr.rdev).unwrap_or(0),
        blksize: u32::try_from(attr.blksize).unwrap_or(4096),
        flags: 0,
    }
}

/// What *setattr* asks for, as the kernel names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) mode: Option<u32>,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) atime: Option<TimeOrNow>,
    pub(super) mtime: Option<TimeOrNow>,
}

/// The same for the server.
pub(super) fn to_server(wanted: Wanted) -> SetAttr {
    let mut change = SetAttr::none();
    if let Some(mode) = wanted.mode {
        change.valid |= SetAttr::MODE;
        change.mode = mode & 0o7777;
    }
    if let Some(uid) = wanted.uid {
        change.valid |= SetAttr::UID;
        change.uid = uid;
    }
    if let Some(gid) = wanted.gid {
        change.valid |= SetAttr::GID;
        change.gid = gid;
    }
    if let Some(size) = wanted.size {
        change.valid |= SetAttr::SIZE;
        change.size = size;
    }
    if let Some(atime) = wanted.atime {
        change.valid |= SetAttr::ATIME | given(atime, SetAttr::ATIME_SET);
        change.atime = time(atime).into();
    }
    if let Some(mtime) = wanted.mtime {
        change.valid |= SetAttr::MTIME | given(mtime, SetAttr::MTIME_SET);
        change.mtime = time(mtime).into();
    }
    change
}

fn given(time: TimeOrNow, bit: u32) -> u32 {
    match time {
        TimeOrNow::SpecificTime(_) => bit,
        TimeOrNow::Now => 0,
    }
}

fn time(time: TimeOrNow) -> SystemTime {
    match time {
        TimeOrNow::SpecificTime(time) => time,
        TimeOrNow::Now => SystemTime::now(),
    }
}
