//! How memory is had and given back. The one place for it, because it takes `unsafe`: it is the C library's.
#![expect(
    unsafe_code,
    reason = "glibc and the kernel offer no other way to say this"
)]

use rustix::mm::{Advice, madvise};
use smithay::reexports::pixman::Image;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::wayland::shm::{BufferData, with_buffer_contents};

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

/// Has small pieces given back too, where whole pages of them are free. It looks at all of the heap: for after something large
/// is gone.
pub(crate) fn give_back_what_is_free() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim(3) touches no memory that is in use.
        unsafe { libc::malloc_trim(0) };
    }
}

/// The smallest page, in bytes: what *madvise(2)* wants its places to be multiples of.
const PAGE: usize = 4096;

/// Asks for large pages under an image's pixels, where nothing was drawn yet: a screen is then had from the kernel in a few
/// pieces, not in thousands, and drawing misses fewer of their addresses. Where there are none, nothing changes.
pub(crate) fn want_large_pages(image: &Image<'_, '_>) {
    let len = image.stride() * image.height();
    // SAFETY: nothing is read or written there; the pointer is that of the image's `len` bytes, which it owns.
    let memory = unsafe { image.data() }.cast::<u8>();
    let skipped = memory.align_offset(PAGE);
    let len = len.saturating_sub(skipped) / PAGE * PAGE;
    // SAFETY: `skipped` and `len` bytes lie within the image. The advice changes neither what is in them nor who may use them.
    let asked = unsafe {
        madvise(
            memory.wrapping_add(skipped).cast(),
            len,
            Advice::LinuxHugepage,
        )
    };
    if let Err(error) = asked {
        tracing::debug!("a screen lies in small pages: {error}");
    }
}

/// Lets go of the pages of a client's buffer, which count as ours too while we have looked at them. They are the client's as
/// before; who looks again has them back at the price of a page fault for each few.
pub(crate) fn let_go_of(buffer: &WlBuffer) {
    // What is no shared memory, or no longer there, has no pages here.
    let _ = with_buffer_contents(buffer, |pool, len, data| {
        let Some((start, end)) = extent(&data).filter(|(_, end)| *end <= len) else {
            return;
        };
        let skipped = pool.wrapping_add(start).align_offset(PAGE);
        let whole = (end - start).saturating_sub(skipped) / PAGE * PAGE;
        // SAFETY: `extent` and the check after it keep this within the `len` bytes of the pool, which smithay maps as shared with the
        // client (`MAP_SHARED`, smithay 0.7.0, wayland/shm/pool.rs): such pages are the file's, and are read from it again when
        // they are looked at (madvise(2), `MADV_DONTNEED`). Nothing in them is lost, and no reference to them may exist in any case.
        let let_go = unsafe {
            madvise(
                pool.wrapping_add(start + skipped).cast_mut().cast(),
                whole,
                Advice::LinuxDontNeed,
            )
        };
        if let Err(error) = let_go {
            tracing::debug!("pages of a client's buffer stay here: {error}");
        }
    });
}

/// The bytes of a pool, from and to, that are a buffer's.
fn extent(data: &BufferData) -> Option<(usize, usize)> {
    let start = usize::try_from(data.offset).ok()?;
    let (stride, height) = (
        usize::try_from(data.stride).ok()?,
        usize::try_from(data.height).ok()?,
    );
    Some((start, start.checked_add(stride.checked_mul(height)?)?))
}
