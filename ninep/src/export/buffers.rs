use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// From here on a read takes its buffer from the stock: fresh memory would have to be mapped and cleared.
const LARGE: usize = 32 << 10;
/// Bytes that are kept for later reads.
const KEPT: usize = 4 << 20;

/// Buffers for large reads, used again. The one given back last is given out first, while it is in the processor's cache.
#[derive(Debug, Default)]
pub(super) struct Buffers(Mutex<Stock>);

#[derive(Debug, Default)]
struct Stock {
    free: Vec<Vec<u8>>,
    bytes: usize,
}

/// A buffer of the stock; goes back when it is dropped.
pub(super) struct Buffer {
    stock: Arc<Buffers>,
    bytes: Vec<u8>,
    /// Bytes that were read into it.
    filled: usize,
}

impl Buffers {
    /// A buffer for a read of `count` bytes.
    pub(super) fn take(self: &Arc<Self>, count: usize) -> Buffer {
        let mut bytes = Vec::new();
        if count >= LARGE {
            let mut stock = self.lock();
            if let Some(free) = stock.free.pop() {
                stock.bytes -= free.len();
                bytes = free;
            }
        }
        if bytes.len() < count {
            // Not grown: that would copy what nobody needs.
            bytes = vec![0; count];
        }
        Buffer {
            stock: Arc::clone(self),
            bytes,
            filled: 0,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffer {
    /// Bytes that were read so far.
    pub(super) fn filled(&self) -> usize {
        self.filled
    }

    /// Room for the rest of a read of `count` bytes.
    pub(super) fn rest(&mut self, count: usize) -> &mut [u8] {
        &mut self.bytes[self.filled..count]
    }

    /// `more` bytes were read into the rest.
    pub(super) fn advance(&mut self, more: usize) {
        self.filled += more;
    }

    /// What was read.
    pub(super) fn into_bytes(mut self) -> Bytes {
        if self.bytes.len() < LARGE {
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.truncate(self.filled);
            return bytes.into();
        }
        if self.filled < LARGE {
            // A few bytes must not hold on to much memory while they wait to be sent.
            return Bytes::copy_from_slice(self.as_ref());
        }
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.len() < LARGE {
            return;
        }
        let mut stock = self.stock.lock();
        if stock.bytes + bytes.len() <= KEPT {
            stock.bytes += bytes.len();
            stock.free.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(buffers: &Arc<Buffers>, count: usize, text: &[u8]) -> Bytes {
        let mut buffer = buffers.take(count);
        buffer.rest(count)[..text.len()].copy_from_slice(text);
        buffer.advance(text.len());
        buffer.into_bytes()
    }

    #[test]
    fn a_buffer_is_used_again_only_when_nobody_has_its_bytes() {
        let buffers = Arc::new(Buffers::default());
        let text = vec![b'a'; LARGE];
        let first = read(&buffers, LARGE, &text);
        let other = first.slice(1..3);
        drop(first);
        let second = read(&buffers, LARGE, &vec![b'b'; LARGE]);
        assert_eq!(other, &b"aa"[..]);
        assert_eq!(second.len(), LARGE);
        drop((other, second));
        assert_eq!(buffers.lock().free.len(), 2);
        // What was in it does not come out again.
        assert_eq!(read(&buffers, LARGE, b"c"), &b"c"[..]);
    }

    #[test]
    fn few_bytes_hold_little_memory_and_the_stock_is_bounded() {
        let buffers = Arc::new(Buffers::default());
        let held = read(&buffers, KEPT, b"few");
        assert_eq!(
            buffers.lock().bytes,
            KEPT,
            "the large buffer went back at once"
        );
        drop(held);
        let two: Vec<Bytes> = (0..2)
            .map(|_| read(&buffers, KEPT, &vec![b'x'; KEPT]))
            .collect();
        drop(two);
        assert_eq!(buffers.lock().bytes, KEPT);
    }
}
