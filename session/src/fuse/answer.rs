//! Answers to the kernel: what a tree said, in the words of FUSE.

use bytes::Bytes;
use fuser::{
    Errno, FileHandle, FopenFlags, Generation, ReplyAttr, ReplyCreate, ReplyData, ReplyEmpty,
    ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, ReplyXattr,
};

use super::ops::{Known, Opened};

/// The errno of a refusal.
pub(super) fn errno(error: &ninep::Error) -> Errno {
    // A lost connection is an input error to who reads a file; the next try finds it again.
    if error.is_disconnect() {
        Errno::EIO
    } else {
        Errno::from_i32(error.errno().raw_os_error())
    }
}

/// Answers an entry, attributes and the like with what came of the work.
pub(super) trait Answer<T> {
    /// Sends the answer.
    fn answer(self, result: ninep::Result<T>);
}

macro_rules! answer {
    ($reply:ty, $value:ty, |$to:ident, $with:pat_param| $send:expr) => {
        impl Answer<$value> for $reply {
            fn answer(self, result: ninep::Result<$value>) {
                let $to = self;
                match result {
                    Ok($with) => $send,
                    Err(error) => $to.error(errno(&error)),
                }
            }
        }
    };
}

answer!(ReplyEntry, Known, |to, Known { attr, ttl }| to.entry(
    &ttl,
    &attr,
    Generation(0)
));
answer!(ReplyAttr, Known, |to, Known { attr, ttl }| to
    .attr(&ttl, &attr));
answer!(ReplyEmpty, (), |to, ()| to.ok());
answer!(ReplyData, Bytes, |to, data| to.data(&data));
answer!(ReplyData, String, |to, text| to.data(text.as_bytes()));
answer!(ReplyOpen, Opened, |to, opened| to
    .opened(FileHandle(opened.handle), fopen(opened)));
answer!(ReplyOpen, u64, |to, handle| to
    .opened(FileHandle(handle), FopenFlags::empty()));
answer!(ReplyWrite, u32, |to, written| to.written(written));
answer!(ReplyCreate, (Known, Opened), |to,
                                       (
    Known { attr, ttl },
    opened,
)| to.created(
    &ttl,
    &attr,
    Generation(0),
    FileHandle(opened.handle),
    fopen(opened)
));
answer!(ReplyStatfs, ninep::wire::Statfs, |to, fs| to.statfs(
    fs.blocks, fs.bfree, fs.bavail, fs.files, fs.ffree, fs.bsize, fs.namelen, fs.bsize
));

fn fopen(opened: Opened) -> FopenFlags {
    if opened.direct {
        FopenFlags::FOPEN_DIRECT_IO
    } else {
        FopenFlags::empty()
    }
}

/// Answers an extended attribute, or how large it is where nothing else is asked (*getxattr(2)*).
pub(super) fn answer_xattr(reply: ReplyXattr, size: u32, value: ninep::Result<Bytes>) {
    match value {
        Ok(value) if size == 0 => reply.size(u32::try_from(value.len()).unwrap_or(u32::MAX)),
        Ok(value) if value.len() > size as usize => reply.error(Errno::ERANGE),
        Ok(value) => reply.data(&value),
        Err(error) => reply.error(errno(&error)),
    }
}
