//! The messages of 9P2000.L.

use bytes::Bytes;

use super::table::messages;
use super::{Attr, FileLock, Qid, SetAttr, Statfs, Str};

messages! {
    /// A request, from client to server.
    Tmsg {
        /// Disk below a file.
        8 Statfs { fid: u32 },
        /// Open for I/O, with the flags of *open(2)*.
        12 Lopen { fid: u32, flags: u32 },
        /// Create in the folder `fid` and open: `fid` becomes the new file.
        14 Lcreate { fid: u32, name: Str, flags: u32, mode: u32, gid: u32 },
        /// Make a symbolic link.
        16 Symlink { dfid: u32, name: Str, target: Str, gid: u32 },
        /// Make a device node, socket or fifo.
        18 Mknod { dfid: u32, name: Str, mode: u32, major: u32, minor: u32, gid: u32 },
        /// Rename the file of a fid.
        20 Rename { fid: u32, dfid: u32, name: Str },
        /// The target of a symbolic link.
        22 Readlink { fid: u32 },
        /// Attributes.
        24 Getattr { fid: u32, mask: u64 },
        /// Change attributes.
        26 Setattr { fid: u32, attr: SetAttr },
        /// Open an extended attribute (or, without a name, their list) as `newfid`.
        30 Xattrwalk { fid: u32, newfid: u32, name: Str },
        /// Turn `fid` into one that takes the value of an extended attribute.
        32 Xattrcreate { fid: u32, name: Str, size: u64, flags: u32 },
        /// Entries of a folder.
        40 Readdir { fid: u32, offset: u64, count: u32 },
        /// Make what was written durable.
        50 Fsync { fid: u32, datasync: u32 },
        /// Take or drop a byte-range lock. `flags`: 1 = would block, 2 = reclaim.
        52 Lock { fid: u32, kind: u8, flags: u32, start: u64, length: u64, proc_id: u32, client_id: Str },
        /// Who holds a lock.
        54 Getlock { fid: u32, lock: FileLock },
        /// Make a hard link.
        70 Link { dfid: u32, fid: u32, name: Str },
        /// Make a folder.
        72 Mkdir { dfid: u32, name: Str, mode: u32, gid: u32 },
        /// Rename by folder and name.
        74 Renameat { olddirfid: u32, oldname: Str, newdirfid: u32, newname: Str },
        /// Remove by folder and name. `flags`: 0x200 = a folder.
        76 Unlinkat { dirfid: u32, name: Str, flags: u32 },
        /// Agree on a dialect and a frame size; resets the connection.
        100 Version { msize: u32, version: Str },
        /// Begin authentication.
        102 Auth { afid: u32, uname: Str, aname: Str, n_uname: u32 },
        /// Get a fid for the root.
        104 Attach { fid: u32, afid: u32, uname: Str, aname: Str, n_uname: u32 },
        /// Cancel a request.
        108 Flush { oldtag: u16 },
        /// Walk names from `fid`; `newfid` stands for the end.
        110 Walk { fid: u32, newfid: u32, names: Vec<Str> },
        /// Read bytes.
        116 Read { fid: u32, offset: u64, count: u32 },
        /// Write bytes.
        118 Write { fid: u32, offset: u64, data: Bytes },
        /// Forget a fid.
        120 Clunk { fid: u32 },
        /// Remove the file of a fid and forget the fid.
        122 Remove { fid: u32 },
    }
}

messages! {
    /// An answer, from server to client.
    Rmsg {
        /// The request failed with this errno.
        7 Lerror { ecode: u32 },
        /// Answers `Tstatfs`.
        9 Statfs { statfs: Statfs },
        /// Answers `Tlopen`.
        13 Lopen { qid: Qid, iounit: u32 },
        /// Answers `Tlcreate`.
        15 Lcreate { qid: Qid, iounit: u32 },
        /// Answers `Tsymlink`.
        17 Symlink { qid: Qid },
        /// Answers `Tmknod`.
        19 Mknod { qid: Qid },
        /// Answers `Trename`.
        21 Rename {},
        /// Answers `Treadlink`.
        23 Readlink { target: Str },
        /// Answers `Tgetattr`.
        25 Getattr { attr: Attr },
        /// Answers `Tsetattr`.
        27 Setattr {},
        /// Answers `Txattrwalk`: the size of what `newfid` reads.
        31 Xattrwalk { size: u64 },
        /// Answers `Txattrcreate`.
        33 Xattrcreate {},
        /// Answers `Treaddir`.
        41 Readdir { data: Bytes },
        /// Answers `Tfsync`: it is durable.
        51 Fsync {},
        /// Answers `Tlock` with a [`LockStatus`](super::LockStatus).
        53 Lock { status: u8 },
        /// Answers `Tgetlock`.
        55 Getlock { lock: FileLock },
        /// Answers `Tlink`.
        71 Link {},
        /// Answers `Tmkdir`.
        73 Mkdir { qid: Qid },
        /// Answers `Trenameat`.
        75 Renameat {},
        /// Answers `Tunlinkat`.
        77 Unlinkat {},
        /// Answers `Tversion`.
        101 Version { msize: u32, version: Str },
        /// Answers `Tauth`.
        103 Auth { aqid: Qid },
        /// Answers `Tattach`.
        105 Attach { qid: Qid },
        /// Answers `Tflush`: the old request will get no answer after this.
        109 Flush {},
        /// Answers `Twalk`: one qid for each name that was walked.
        111 Walk { qids: Vec<Qid> },
        /// Answers `Tread`.
        117 Read { data: Bytes },
        /// Answers `Twrite`.
        119 Write { count: u32 },
        /// Answers `Tclunk`.
        121 Clunk {},
        /// Answers `Tremove`.
        123 Remove {},
    }
}
