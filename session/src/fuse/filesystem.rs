//! The kernel's side: each request becomes a task, and its answer goes out when the server's has come in. Nothing here
//! waits, so a slow tree holds up nobody who looks at another.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use fuser::{
    BsdFileFlags, Errno, FileHandle, FileType, Filesystem, Generation, INodeNo, InitFlags,
    KernelConfig, LockOwner, OpenFlags, PollEvents, PollFlags, PollNotifier, RenameFlags,
    ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyDirectoryPlus, ReplyEmpty, ReplyEntry,
    ReplyLock, ReplyOpen, ReplyPoll, ReplyStatfs, ReplyWrite, ReplyXattr, Request, TimeOrNow,
    WriteFlags,
};
use ninep::client::Namespace;
use tokio::runtime::Handle;

use super::answer::{Answer, answer_xattr, errno};
use super::attr::{self, Wanted};
use super::handles::Handles;
use super::inodes::Inodes;
use super::ops::{self, Known, Ops};

/// What *fcntl(2)* calls the kinds of locks, in the order of 9P's numbers.
const LOCK_KINDS: [i32; 3] = [0, 1, 2];

/// The trees, for FUSE.
#[derive(Debug)]
pub(super) struct Trees {
    ops: Arc<Ops>,
    runtime: Handle,
}

impl Trees {
    pub(super) fn new(ns: Namespace, root: &str, runtime: Handle) -> Self {
        let ops = Ops {
            inodes: Inodes::new(ns, root),
            handles: Handles::default(),
        };
        Self {
            ops: Arc::new(ops),
            runtime,
        }
    }

    /// Does `work` beside the reading of requests.
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, work: impl FnOnce(Arc<Ops>) -> F) {
        let _detached = self.runtime.spawn(work(Arc::clone(&self.ops)));
    }
}

/// The name, or the refusal of one that 9P cannot carry.
macro_rules! text {
    ($name:expr, $reply:expr) => {
        match $name.to_str() {
            Some(name) => name.to_owned(),
            None => return $reply.error(errno(&ops::not_text())),
        }
    };
}

/// The bytes of a lock from its ends as the kernel gives them, both included.
fn span(start: u64, end: u64) -> u64 {
    const TO_THE_END: u64 = i64::MAX.cast_unsigned();
    if end >= TO_THE_END {
        0
    } else {
        end - start + 1
    }
}

fn owner(owner: LockOwner) -> u32 {
    // The kernel's owners are hashes: half of one tells them apart as well.
    (owner.0 & u64::from(u32::MAX)) as u32
}

impl Filesystem for Trees {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        for wanted in [
            InitFlags::FUSE_DO_READDIRPLUS,
            InitFlags::FUSE_POSIX_LOCKS,
            InitFlags::FUSE_ASYNC_READ,
            InitFlags::FUSE_PARALLEL_DIROPS,
        ] {
            // An old kernel that cannot is served all the same, with more requests.
            let _ = config.add_capabilities(wanted);
        }
        Ok(())
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let name = text!(name, reply);
        self.spawn(|ops| async move { reply.answer(ops.lookup(parent.0, &name).await) });
    }

    fn forget(&self, _: &Request, ino: INodeNo, times: u64) {
        // Dropping a fid sends its clunk, which needs the runtime.
        let _entered = self.runtime.enter();
        self.ops.inodes.forget(ino.0, times);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, handle: Option<FileHandle>, reply: ReplyAttr) {
        self.spawn(|ops| async move {
            reply.answer(ops.getattr(ino.0, handle.map(|handle| handle.0)).await);
        });
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let wanted = Wanted {
            mode,
            uid,
            gid,
            size,
            atime,
            mtime,
        };
        let handle = handle.map(|handle| handle.0);
        self.spawn(|ops| async move { reply.answer(ops.setattr(ino.0, handle, wanted).await) });
    }

    fn readlink(&self, _: &Request, ino: INodeNo, reply: ReplyData) {
        self.spawn(|ops| async move { reply.answer(ops.readlink(ino.0).await) });
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let name = text!(name, reply);
        self.spawn(
            |ops| async move { reply.answer(ops.mkdir(parent.0, &name, mode & !umask).await) },
        );
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let name = text!(name, reply);
        self.spawn(|ops| async move { reply.answer(ops.unlink(parent.0, &name, false).await) });
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let name = text!(name, reply);
        self.spawn(|ops| async move { reply.answer(ops.unlink(parent.0, &name, true).await) });
    }

    fn symlink(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        target: &Path,
        reply: ReplyEntry,
    ) {
        let (name, target) = (text!(name, reply), text!(target, reply));
        self.spawn(|ops| async move { reply.answer(ops.symlink(parent.0, &name, &target).await) });
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let (name, new_name) = (text!(name, reply), text!(new_name, reply));
        if flags.intersects(!RenameFlags::RENAME_NOREPLACE) {
            return reply.error(Errno::EINVAL);
        }
        let no_replace = flags.contains(RenameFlags::RENAME_NOREPLACE);
        self.spawn(|ops| async move {
            reply.answer(
                ops.rename((parent.0, &name), (new_parent.0, &new_name), no_replace)
                    .await,
            );
        });
    }

    fn link(&self, _: &Request, ino: INodeNo, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let name = text!(name, reply);
        self.spawn(|ops| async move { reply.answer(ops.link(ino.0, parent.0, &name).await) });
    }

    fn open(&self, _: &Request, ino: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        self.spawn(|ops| async move { reply.answer(ops.open(ino.0, flags.0).await) });
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        flags: i32,
        reply: ReplyCreate,
    ) {
        let name = text!(name, reply);
        self.spawn(|ops| async move {
            reply.answer(ops.create(parent.0, &name, mode & !umask, flags).await);
        });
    }

    fn read(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        self.spawn(|ops| async move {
            let read = async { ops.handles.file(handle.0)?.read(offset, size).await };
            reply.answer(read.await);
        });
    }

    fn write(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let data = Bytes::copy_from_slice(data);
        self.spawn(|ops| async move {
            // A request of the kernel is far below 4 GiB.
            let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
            let write = async {
                ops.handles
                    .file(handle.0)?
                    .file
                    .write_at(offset, data)
                    .await
            };
            reply.answer(write.await.map(|()| len));
        });
    }

    fn flush(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        lock_owner: LockOwner,
        reply: ReplyEmpty,
    ) {
        self.spawn(|ops| async move { reply.answer(ops.flush(handle.0, owner(lock_owner)).await) });
    }

    fn release(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        _flush: bool,
        reply: ReplyEmpty,
    ) {
        self.spawn(|ops| async move { reply.answer(ops.release(handle.0).await) });
    }

    fn fsync(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        _data_only: bool,
        reply: ReplyEmpty,
    ) {
        self.spawn(|ops| async move {
            let sync = async { ops.handles.file(handle.0)?.file.fsync().await };
            reply.answer(sync.await);
        });
    }

    fn opendir(&self, _: &Request, ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        self.spawn(|ops| async move { reply.answer(ops.opendir(ino.0).await) });
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let entries = match self.ops.handles.folder(handle.0) {
            Ok(entries) => entries,
            Err(error) => return reply.error(errno(&error)),
        };
        let dots = [".", ".."].map(|name| (name, ino, FileType::Directory));
        let named = entries.iter().map(|entry| {
            (
                entry.name.as_str(),
                INodeNo(entry.attr.qid.path),
                attr::kind(&entry.attr),
            )
        });
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        for (place, (name, ino, kind)) in dots.into_iter().chain(named).enumerate().skip(skip) {
            if reply.add(ino, place as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn readdirplus(
        &self,
        _: &Request,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectoryPlus,
    ) {
        let entries = match self.ops.handles.folder(handle.0) {
            Ok(entries) => entries,
            Err(error) => return reply.error(errno(&error)),
        };
        let _entered = self.runtime.enter();
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        for (place, entry) in entries.iter().enumerate().skip(skip) {
            let Known { attr, ttl } = self.ops.enter_listed(ino.0, entry);
            if reply.add(
                attr.ino,
                place as u64 + 1,
                &entry.name,
                &ttl,
                &attr,
                Generation(0),
            ) {
                // It did not fit, so the kernel has not come to know it.
                self.ops.inodes.forget(attr.ino.0, 1);
                break;
            }
        }
        reply.ok();
    }

    fn releasedir(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        _flags: OpenFlags,
        reply: ReplyEmpty,
    ) {
        self.ops.handles.remove(handle.0);
        reply.ok();
    }

    fn statfs(&self, _: &Request, ino: INodeNo, reply: ReplyStatfs) {
        self.spawn(|ops| async move { reply.answer(ops.statfs(ino.0).await) });
    }

    fn setxattr(
        &self,
        _: &Request,
        ino: INodeNo,
        name: &OsStr,
        value: &[u8],
        flags: i32,
        _position: u32,
        reply: ReplyEmpty,
    ) {
        let (name, value) = (text!(name, reply), Bytes::copy_from_slice(value));
        self.spawn(|ops| async move {
            reply.answer(
                ops.set_xattr(ino.0, &name, value, flags.cast_unsigned())
                    .await,
            );
        });
    }

    fn getxattr(&self, _: &Request, ino: INodeNo, name: &OsStr, size: u32, reply: ReplyXattr) {
        let name = text!(name, reply);
        self.spawn(|ops| async move { answer_xattr(reply, size, ops.xattr(ino.0, &name).await) });
    }

    fn listxattr(&self, _: &Request, ino: INodeNo, size: u32, reply: ReplyXattr) {
        self.spawn(|ops| async move { answer_xattr(reply, size, ops.xattr(ino.0, "").await) });
    }

    fn removexattr(&self, _: &Request, ino: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let name = text!(name, reply);
        self.spawn(|ops| async move {
            // An empty value removes; that there is something to remove is checked first, as removexattr(2) does.
            let remove = async {
                ops.xattr(ino.0, &name).await?;
                ops.set_xattr(ino.0, &name, Bytes::new(), 0).await
            };
            reply.answer(remove.await);
        });
    }

    fn getlk(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        lock_owner: LockOwner,
        start: u64,
        end: u64,
        kind: i32,
        _pid: u32,
        reply: ReplyLock,
    ) {
        self.spawn(|ops| async move {
            let wanted = ops::lock(
                u8::try_from(kind).unwrap_or(1),
                start,
                span(start, end),
                owner(lock_owner),
            );
            let asked = async { ops.handles.file(handle.0)?.file.getlock(wanted).await };
            match asked.await {
                Ok(held) => {
                    let last = if held.length == 0 {
                        u64::MAX >> 1
                    } else {
                        held.start + held.length - 1
                    };
                    let kind = LOCK_KINDS.get(usize::from(held.kind)).copied().unwrap_or(2);
                    reply.locked(held.start, last, kind, held.proc_id);
                }
                Err(error) => reply.error(errno(&error)),
            }
        });
    }

    fn setlk(
        &self,
        _: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        lock_owner: LockOwner,
        start: u64,
        end: u64,
        kind: i32,
        _pid: u32,
        sleep: bool,
        reply: ReplyEmpty,
    ) {
        self.spawn(|ops| async move {
            let wanted = ops::lock(
                u8::try_from(kind).unwrap_or(1),
                start,
                span(start, end),
                owner(lock_owner),
            );
            let taken = async {
                ops.set_lock(&*ops.handles.file(handle.0)?, wanted, sleep)
                    .await
            };
            reply.answer(taken.await);
        });
    }

    fn poll(
        &self,
        _: &Request,
        ino: INodeNo,
        handle: FileHandle,
        notifier: PollNotifier,
        _events: PollEvents,
        flags: PollFlags,
        reply: ReplyPoll,
    ) {
        let both = PollEvents::POLLIN | PollEvents::POLLOUT;
        self.spawn(|ops| async move {
            let open = match ops.handles.file(handle.0) {
                Ok(open) => open,
                Err(error) => return reply.error(errno(&error)),
            };
            let waits = ops
                .inodes
                .get(ino.0)
                .is_ok_and(|inode| inode.is_synthetic());
            if !waits || !flags.contains(PollFlags::FUSE_POLL_SCHEDULE_NOTIFY) {
                let ready = !waits || open.is_ready().await;
                return reply.poll(if ready { both } else { PollEvents::empty() });
            }
            // First the wait, then the look: an event between the two is not slept over.
            let more = Box::pin(async move {
                let more = ops.more(ino.0).await;
                (more, ops)
            });
            let mut more = more;
            let begun = futures_util::poll!(more.as_mut());
            if begun.is_ready() || open.is_ready().await {
                return reply.poll(both);
            }
            reply.poll(PollEvents::empty());
            let waiting = tokio::time::timeout(Duration::from_secs(24 * 3600), more);
            if waiting.await.is_ok() {
                // A process that closed the file in the meantime is not there to be told.
                let _ = notifier.notify();
            }
        });
    }
}
