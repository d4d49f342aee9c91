//! A picture into a client's shared memory. The one place for it, because it takes `unsafe`: the
//! client may write there at the same time, and so no reference to that memory may exist.
#![expect(
    unsafe_code,
    reason = "memory shared with a client can only be written by pointer"
)]

use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::reexports::wayland_server::protocol::wl_shm::Format;
use smithay::utils::{Buffer, Size};
use smithay::wayland::shm::{BufferData, with_buffer_contents, with_buffer_contents_mut};

use super::Failure;
use crate::render::{Drawn, PIXEL};

/// The formats that a picture can be copied into, the best one first.
pub(crate) const FORMATS: [Format; 4] = [
    Format::Xrgb8888,
    Format::Argb8888,
    Format::Xbgr8888,
    Format::Abgr8888,
];

/// Whether a picture of a size can be copied into a buffer.
pub(crate) fn fits(buffer: &WlBuffer, size: Size<i32, Buffer>) -> bool {
    buffer.is_alive()
        && with_buffer_contents(buffer, |_, len, data| {
            (data.width, data.height) == (size.w, size.h) && Rows::of(len, &data).is_some()
        })
        .unwrap_or(false)
}

/// Copies a picture into a buffer.
pub(super) fn write(buffer: &WlBuffer, picture: &Drawn<'_>) -> Result<(), Failure> {
    if !buffer.is_alive() {
        return Err(Failure::Buffer);
    }
    let written = with_buffer_contents_mut(buffer, |memory, len, data| {
        let rows = Rows::of(len, &data)?;
        if (data.width, data.height) != (picture.size.w, picture.size.h) {
            return None;
        }
        let swapped = matches!(data.format, Format::Xbgr8888 | Format::Abgr8888);
        let mut turned = vec![0; rows.width * PIXEL];
        for (index, source) in picture.rows().take(rows.height).enumerate() {
            let row = if swapped || picture.opaque {
                turned.copy_from_slice(source);
                for pixel in turned.chunks_exact_mut(PIXEL) {
                    if swapped {
                        pixel.swap(0, 2);
                    }
                    if picture.opaque {
                        pixel[PIXEL - 1] = u8::MAX;
                    }
                }
                turned.as_slice()
            } else {
                source
            };
            // SAFETY: `Rows::of` has checked that `height` rows of `width` pixels, `stride` bytes
            // apart from `offset` on, end within the `len` bytes that `memory` points at; no more than `height` are
            // taken, and each is `width` pixels long, as the picture is. `row` is memory of ours, so the two do not
            // overlap. No reference to the shared memory is made. smithay catches the SIGBUS of a pool that was cut short.
            unsafe {
                let start = memory.add(rows.offset + index * rows.stride);
                std::ptr::copy_nonoverlapping(row.as_ptr(), start, row.len());
            }
        }
        Some(())
    });
    match written {
        Ok(Some(())) => Ok(()),
        Ok(None) | Err(_) => Err(Failure::Buffer),
    }
}

/// Where the rows of a buffer lie in its pool, in bytes.
struct Rows {
    offset: usize,
    stride: usize,
    width: usize,
    height: usize,
}

impl Rows {
    /// `None` where the format is none of ours or a row lies outside the pool.
    fn of(pool: usize, data: &BufferData) -> Option<Self> {
        let number = |value: i32| usize::try_from(value).ok();
        let rows = Self {
            offset: number(data.offset)?,
            stride: number(data.stride)?,
            width: number(data.width)?,
            height: number(data.height)?,
        };
        let row = rows.width.checked_mul(PIXEL)?;
        let end = rows
            .stride
            .checked_mul(rows.height.checked_sub(1)?)?
            .checked_add(row)?
            .checked_add(rows.offset)?;
        let holds = FORMATS.contains(&data.format) && row <= rows.stride && end <= pool;
        holds.then_some(rows)
    }
}
