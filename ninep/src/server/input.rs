use std::pin::pin;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::error::{Errno, Error, Result};
use crate::wire::{HEADER, Header};

/// Room for received bytes that an idle connection keeps.
const IDLE: usize = 16 << 10;
/// Room that a busy connection grows to, so that one read takes many frames; a larger frame gets as much as it needs.
const BUSY: usize = 256 << 10;

/// The bytes that have come and are not yet taken as frames.
pub(super) struct Input {
    buffer: BytesMut,
    /// Room to have before a read: more while reads fill it.
    room: usize,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            buffer: BytesMut::new(),
            room: IDLE,
        }
    }
}

impl Input {
    /// Whether every byte has been taken.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Reads what has come, or waits for more; gives how many bytes it was, 0 at the end.
    ///
    /// # Errors
    /// Those of the transport.
    pub(super) async fn fill<R: AsyncRead + Unpin>(&mut self, reader: &mut R) -> Result<usize> {
        if self.buffer.capacity() - self.buffer.len() < self.room / 2 {
            // Where the frames before are done with, this takes their room and allocates nothing.
            self.buffer.reserve(self.room);
        }
        let spare = self.buffer.capacity() - self.buffer.len();
        let read = match futures_util::poll!(pin!(reader.read_buf(&mut self.buffer))) {
            Poll::Ready(read) => read?,
            Poll::Pending => {
                if self.buffer.is_empty() && self.buffer.capacity() > IDLE {
                    self.buffer = BytesMut::with_capacity(IDLE);
                }
                reader.read_buf(&mut self.buffer).await?
            }
        };
        if read >= spare {
            self.room = (self.room * 2).min(BUSY);
        } else if read < self.room / 4 {
            self.room = (self.room / 2).max(IDLE);
        }
        Ok(read)
    }

    /// The first whole frame, if there is one.
    ///
    /// # Errors
    /// `EPROTO` when it says that it is longer than `most` bytes, or shorter than its header.
    pub(super) fn next_frame(&mut self, most: u32) -> Result<Option<Bytes>> {
        let Some(head) = self.buffer.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let size = Header::parse(*head).size;
        if size > most || size < HEADER as u32 {
            return Err(Error::new(
                Errno::PROTO,
                format!("a message of {size} bytes; 7 to {most} are allowed"),
            ));
        }
        let size = size as usize;
        if self.buffer.len() < size {
            self.buffer.reserve(size - self.buffer.len());
            return Ok(None);
        }
        Ok(Some(self.buffer.split_to(size).freeze()))
    }
}
