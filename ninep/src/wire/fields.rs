use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{Qid, QidKind, Str};

/// Why a frame is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body ended inside a field.
    #[error("message of type {kind} ends inside a field")]
    Short {
        /// Type of the message.
        kind: u8,
    },
    /// Bytes were left after the last field.
    #[error("message of type {kind} has {left} bytes too many")]
    Long {
        /// Type of the message.
        kind: u8,
        /// Bytes that no field claims.
        left: usize,
    },
    /// A string is not UTF-8.
    #[error("message of type {kind} holds a string that is not UTF-8 text")]
    Text {
        /// Type of the message.
        kind: u8,
    },
    /// The type belongs to the other direction, or to no message of this dialect.
    #[error("message type {kind} is not one that may be sent in this direction")]
    Kind {
        /// Type of the message.
        kind: u8,
    },
}

impl DecodeError {
    /// The type byte of the frame that was refused.
    pub fn kind(&self) -> u8 {
        match self {
            Self::Short { kind }
            | Self::Long { kind, .. }
            | Self::Text { kind }
            | Self::Kind { kind } => *kind,
        }
    }
}

/// Reads the fields of one body, in order.
#[derive(Debug)]
pub struct Decoder {
    kind: u8,
    rest: Bytes,
}

impl Decoder {
    /// Starts at the first byte after the header.
    pub fn new(kind: u8, body: Bytes) -> Self {
        Self { kind, rest: body }
    }

    /// Takes `n` bytes as they are.
    pub(super) fn take(&mut self, n: usize) -> Result<Bytes, DecodeError> {
        if n > self.rest.len() {
            return Err(DecodeError::Short { kind: self.kind });
        }
        Ok(self.rest.split_to(n))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let array = *self
            .rest
            .first_chunk::<N>()
            .ok_or(DecodeError::Short { kind: self.kind })?;
        self.rest.advance(N);
        Ok(array)
    }

    /// Whether every byte has been taken.
    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the decode: nothing may be left.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(DecodeError::Long {
                kind: self.kind,
                left,
            }),
        }
    }
}

/// A message in the form that goes out: fields in `head`, and the payload, never copied, in `tail`.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// Header and fields.
    pub head: Bytes,
    /// The payload of `Rread`, `Rreaddir` or `Twrite`, else empty.
    pub tail: Bytes,
}

impl Encoded {
    /// Bytes on the wire.
    pub fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// Never true of a message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        [self.head.as_ref(), self.tail.as_ref()].concat()
    }
}

/// Writes the fields of one message, in order.
#[derive(Debug)]
pub struct Encoder {
    head: BytesMut,
    /// Where in `head` the message begins.
    start: usize,
    tail: Bytes,
}

impl Encoder {
    /// Starts a message; its size is filled in at the end.
    pub fn new(kind: u8, tag: u16) -> Self {
        Self::behind(BytesMut::with_capacity(64), kind, tag)
    }

    /// Starts a message behind those that `head` holds.
    pub(crate) fn behind(mut head: BytesMut, kind: u8, tag: u16) -> Self {
        let start = head.len();
        head.put_u32_le(0);
        head.put_u8(kind);
        head.put_u16_le(tag);
        Self {
            head,
            start,
            tail: Bytes::new(),
        }
    }

    /// Appends bytes as they are.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.head.put_slice(bytes);
    }

    /// The finished message.
    pub fn finish(self) -> Encoded {
        let (head, tail) = self.finish_behind();
        Encoded {
            head: head.freeze(),
            tail,
        }
    }

    /// The head, with all that it held before, and the payload.
    pub(crate) fn finish_behind(mut self) -> (BytesMut, Bytes) {
        let tail = std::mem::take(&mut self.tail);
        (self.finish_before(tail.len()), tail)
    }

    /// The head, with all that it held before, for a payload of `tail` bytes that is kept elsewhere.
    pub(crate) fn finish_before(mut self, tail: usize) -> BytesMut {
        // A frame that no u32 can count cannot be built: payloads are bounded by msize before they come here.
        let len = self.head.len() - self.start + tail;
        let size = u32::try_from(len).unwrap_or(u32::MAX);
        self.head[self.start..self.start + 4].copy_from_slice(&size.to_le_bytes());
        self.head
    }
}

/// A value that has a place in a message.
pub trait Field: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Encoder);
    /// Takes the value off the front.
    fn get(from: &mut Decoder) -> Result<Self, DecodeError>;
}

macro_rules! integer {
    ($($int:ty),*) => {$(
        impl Field for $int {
            fn put(&self, out: &mut Encoder) {
                out.head.put_slice(&self.to_le_bytes());
            }
            fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
                Ok(Self::from_le_bytes(from.array()?))
            }
        }
    )*};
}
integer!(u8, u16, u32, u64);

impl Field for Str {
    fn put(&self, out: &mut Encoder) {
        // Longer text than the format can count is cut at a character, so that what arrives is still text.
        let mut end = self.len().min(usize::from(u16::MAX));
        while !self.is_char_boundary(end) {
            end -= 1;
        }
        out.head.put_u16_le(u16::try_from(end).unwrap_or(u16::MAX));
        out.head.put_slice(&self.as_bytes()[..end]);
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        let len = u16::get(from)?;
        let bytes = from.take(usize::from(len))?;
        Self::new(bytes).ok_or(DecodeError::Text { kind: from.kind })
    }
}

impl Field for Qid {
    fn put(&self, out: &mut Encoder) {
        self.kind.0.put(out);
        self.version.put(out);
        self.path.put(out);
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        Ok(Self {
            kind: QidKind(u8::get(from)?),
            version: u32::get(from)?,
            path: u64::get(from)?,
        })
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Encoder) {
        let count = u16::try_from(self.len()).unwrap_or(u16::MAX);
        count.put(out);
        for item in self.iter().take(usize::from(count)) {
            item.put(out);
        }
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        let count = u16::get(from)?;
        // No capacity from the wire: it grows by what is really there.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::get(from)?);
        }
        Ok(items)
    }
}

/// The payload: the last field of its message, counted by a `u32`.
impl Field for Bytes {
    fn put(&self, out: &mut Encoder) {
        u32::try_from(self.len()).unwrap_or(u32::MAX).put(out);
        out.tail = self.clone();
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        let len = u32::get(from)?;
        from.take(usize::try_from(len).unwrap_or(usize::MAX))
    }
}
