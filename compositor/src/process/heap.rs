//! Memory that is given back. The one place for it, because it takes `unsafe`: it is the C library's.
#![expect(unsafe_code, reason = "glibc offers no other way to set this")]

/// Pieces of memory from this size on are the kernel's again as soon as they are free, in bytes: the
/// pixels of outputs and windows.
#[cfg(target_env = "gnu")]
const LARGE: std::ffi::c_int = 1 << 20;

/// Has large pieces of memory given back when they are free.
///
/// glibc raises the size from which it does so to that of the largest piece that was ever freed, up to
/// 32 MiB. After an output had come and gone, all pixels would lie in the heap, and the holes between them
/// would stay ours: `cargo xtask soak compositor` saw 20 MiB more after a few outputs, and some more or less with
/// each. A size that was set stays.
pub(crate) fn give_back_large_pieces() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: mallopt(3) takes two numbers and reads no memory of ours.
        let taken = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
        if taken == 0 {
            tracing::warn!("free memory may be kept: the C library takes no threshold");
        }
    }
}
