//! Extended attributes of what is exported: those of users (`user.*`, *xattr(7)*), and no others. What the kernel keeps
//! beside them, capabilities and security labels, would let a client give rights to a file on the machine that serves it.

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, XattrFlags};

use super::Shared;
use super::handle::Handle;
use crate::error::{Errno, Error, Result};
use crate::tree::Peer;

/// The names that are served.
const USER: &str = "user.";
/// The longest name (`XATTR_NAME_MAX`).
const MAX_NAME: usize = 255;
/// Attributes change between asking for a size and for the bytes; who changes them without end is not waited for.
const TRIES: usize = 16;

impl Shared {
    /// The value of the attribute `name`, or the NUL-separated names of all when `name` is empty.
    pub(super) fn xattr(&self, handle: &Handle, name: &str) -> Result<Bytes> {
        if name.is_empty() {
            let Some(fd) = self.attributed(handle)? else {
                return Ok(Bytes::new());
            };
            let all = whole("list attributes", |room| {
                rustix::fs::flistxattr(&fd, spare_capacity(room))
            })?;
            return Ok(served(&all));
        }
        check(name)?;
        let fd = self
            .attributed(handle)?
            .ok_or_else(|| Error::new(Errno::NODATA, format!("there is no attribute {name}")))?;
        let tell = format!("attribute {name}");
        whole(&tell, |room| {
            rustix::fs::fgetxattr(&fd, name, spare_capacity(room))
        })
        .map(Bytes::from)
    }

    /// Sets the attribute `name` (flags of *setxattr(2)*). An empty value that must replace one removes it: so Linux says
    /// *removexattr(2)*.
    pub(super) fn set_xattr(
        &self,
        peer: &Peer,
        handle: &Handle,
        name: &str,
        value: &[u8],
        flags: u32,
    ) -> Result<()> {
        check(name)?;
        let tell = |errno: Errno| Error::new(errno, format!("set attribute {name}"));
        let flags = XattrFlags::from_bits(flags).ok_or_else(|| tell(Errno::INVAL))?;
        let fd = self.attributed(handle)?.ok_or_else(|| tell(Errno::PERM))?;
        if value.is_empty() && flags == XattrFlags::REPLACE {
            rustix::fs::fremovexattr(&fd, name).map_err(tell)?;
        } else {
            rustix::fs::fsetxattr(&fd, name, value, flags).map_err(tell)?;
        }
        self.tell_touched(peer, handle)
    }

    /// A descriptor to reach attributes through; none for what has none of a user's: links and devices.
    fn attributed(&self, handle: &Handle) -> Result<Option<OwnedFd>> {
        let opened = match handle.reopen(&self.proc, OFlags::RDONLY) {
            // Its owner may have made it one that is only written.
            Err(error) if error.errno() == Errno::ACCESS => {
                handle.reopen(&self.proc, OFlags::WRONLY)
            }
            opened => opened,
        };
        match opened {
            Ok(fd) => Ok(Some(fd)),
            Err(error) if matches!(error.errno(), Errno::LOOP | Errno::PERM) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn check(name: &str) -> Result<()> {
    if name.len() > MAX_NAME || name.contains('\0') {
        return Err(Error::new(
            Errno::RANGE,
            "the name of an attribute has at most 255 bytes, and no NUL",
        ));
    }
    match name.strip_prefix(USER) {
        Some(rest) if !rest.is_empty() => Ok(()),
        _ => Err(Error::new(
            Errno::OPNOTSUPP,
            format!("attribute {name}: only those of users (user.*) are served"),
        )),
    }
}

/// The names of `all` that are served.
fn served(all: &[u8]) -> Bytes {
    let names = all.split_inclusive(|byte| *byte == 0);
    let served = names.filter(|name| name.starts_with(USER.as_bytes()));
    served.flatten().copied().collect()
}

/// What `fetch` gives, with room made until it fits.
fn whole(what: &str, fetch: impl Fn(&mut Vec<u8>) -> rustix::io::Result<usize>) -> Result<Vec<u8>> {
    let mut room = Vec::with_capacity(256);
    for _ in 0..TRIES {
        match fetch(&mut room) {
            Ok(_) => return Ok(room),
            Err(Errno::RANGE) => {
                let more = room.capacity() * 4;
                room.clear();
                room.reserve(more);
            }
            Err(errno) => return Err(Error::new(errno, what.to_owned())),
        }
    }
    Err(Error::new(Errno::TOOBIG, what.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_attributes_of_users_have_names() {
        assert!(check("user.mime_type").is_ok());
        for name in [
            "user.",
            "security.capability",
            "system.posix_acl_access",
            "trusted.x",
            "user",
        ] {
            assert_eq!(check(name).unwrap_err().errno(), Errno::OPNOTSUPP, "{name}");
        }
        assert_eq!(check("user.a\0b").unwrap_err().errno(), Errno::RANGE);
        let all = b"security.selinux\0user.a\0trusted.b\0user.c\0";
        assert_eq!(&served(all)[..], b"user.a\0user.c\0");
    }
}
