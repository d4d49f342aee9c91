//! Frames of 9P2000.L, written byte by byte: the load must not lean on the codec of one of the two that are measured.

/// Bytes of `size[4] type[1] tag[2]`.
pub(crate) const HEADER: usize = 7;
/// Bytes of an `Rread` before its payload.
pub(crate) const READ_HEADER: usize = 11;
/// What a frame needs beside a payload (`P9_IOHDRSZ`).
pub(crate) const IO_HEADER: u32 = 24;

pub(crate) const RLERROR: u8 = 7;
pub(crate) const RREAD: u8 = 117;

const TLOPEN: u8 = 12;
const TLCREATE: u8 = 14;
const TGETATTR: u8 = 24;
const TREADDIR: u8 = 40;
const TVERSION: u8 = 100;
const TATTACH: u8 = 104;
const TWALK: u8 = 110;
const TREAD: u8 = 116;
const TWRITE: u8 = 118;
const TCLUNK: u8 = 120;
const TREMOVE: u8 = 122;

const NO_FID: u32 = u32::MAX;
/// `P9_GETATTR_BASIC`.
const BASIC: u64 = 0x7ff;

/// Where requests are put together.
#[derive(Default)]
pub(crate) struct Frames {
    pub(crate) bytes: Vec<u8>,
    start: usize,
}

impl Frames {
    fn begin(&mut self, kind: u8, tag: u16) -> &mut Self {
        self.start = self.bytes.len();
        self.u32(0).u8(kind).u16(tag)
    }

    /// Fills in the size; `payload` more bytes follow that are sent from where they lie.
    fn end(&mut self, payload: usize) {
        let size = u32::try_from(self.bytes.len() - self.start + payload).unwrap_or(u32::MAX);
        self.bytes[self.start..self.start + 4].copy_from_slice(&size.to_le_bytes());
    }

    fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.u16(u16::try_from(text.len()).unwrap_or(u16::MAX));
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    pub(crate) fn version(&mut self, msize: u32) {
        self.begin(TVERSION, u16::MAX)
            .u32(msize)
            .text("9P2000.L")
            .end(0);
    }

    pub(crate) fn attach(&mut self, fid: u32, aname: &str) {
        self.begin(TATTACH, 0)
            .u32(fid)
            .u32(NO_FID)
            .text("root")
            .text(aname)
            .u32(0)
            .end(0);
    }

    pub(crate) fn walk(&mut self, tag: u16, fid: u32, newfid: u32, name: Option<&str>) {
        self.begin(TWALK, tag).u32(fid).u32(newfid);
        match name {
            Some(name) => self.u16(1).text(name).end(0),
            None => self.u16(0).end(0),
        }
    }

    pub(crate) fn getattr(&mut self, tag: u16, fid: u32) {
        self.begin(TGETATTR, tag).u32(fid).u64(BASIC).end(0);
    }

    pub(crate) fn open(&mut self, tag: u16, fid: u32, flags: u32) {
        self.begin(TLOPEN, tag).u32(fid).u32(flags).end(0);
    }

    pub(crate) fn create(&mut self, tag: u16, fid: u32, name: &str) {
        const O_WRONLY: u32 = 1;
        self.begin(TLCREATE, tag)
            .u32(fid)
            .text(name)
            .u32(O_WRONLY)
            .u32(0o644)
            .u32(0)
            .end(0);
    }

    pub(crate) fn read(&mut self, tag: u16, fid: u32, offset: u64, count: u32) {
        self.begin(TREAD, tag)
            .u32(fid)
            .u64(offset)
            .u32(count)
            .end(0);
    }

    /// The head of a `Twrite`; `len` bytes of payload must follow.
    pub(crate) fn write(&mut self, tag: u16, fid: u32, offset: u64, len: usize) {
        let count = u32::try_from(len).unwrap_or(u32::MAX);
        self.begin(TWRITE, tag)
            .u32(fid)
            .u64(offset)
            .u32(count)
            .end(len);
    }

    pub(crate) fn readdir(&mut self, tag: u16, fid: u32, offset: u64, count: u32) {
        self.begin(TREADDIR, tag)
            .u32(fid)
            .u64(offset)
            .u32(count)
            .end(0);
    }

    pub(crate) fn clunk(&mut self, tag: u16, fid: u32) {
        self.begin(TCLUNK, tag).u32(fid).end(0);
    }

    pub(crate) fn remove(&mut self, tag: u16, fid: u32) {
        self.begin(TREMOVE, tag).u32(fid).end(0);
    }
}

/// Entries of the payload of an `Rreaddir`: how many, and the offset after the last.
pub(crate) fn count_entries(mut payload: &[u8]) -> (usize, Option<u64>) {
    const QID: usize = 13;
    let (mut count, mut last) = (0, None);
    while let Some((entry, rest)) = payload.split_first_chunk::<{ QID + 8 + 1 + 2 }>() {
        let (offset, tail) = entry[QID..].split_at(8);
        last = offset.try_into().ok().map(u64::from_le_bytes);
        let name = usize::from(u16::from_le_bytes([tail[1], tail[2]]));
        payload = rest.get(name..).unwrap_or_default();
        count += 1;
    }
    (count, last)
}
