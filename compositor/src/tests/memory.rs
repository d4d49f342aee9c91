//! Memory of a test's client that the server draws into, and what objects were told.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};

use wayland_client::protocol::wl_buffer::WlBuffer;
use wayland_client::protocol::wl_shm::Format;

use super::Client;

/// What one object was told, in order: it goes with the object.
#[derive(Debug)]
pub(super) struct Told<E>(Arc<Mutex<Vec<E>>>);

impl<E> Clone for Told<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E> Default for Told<E> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<E> Told<E> {
    pub(super) fn push(&self, event: E) {
        self.0.lock().unwrap().push(event);
    }

    /// What was told since the last call.
    pub(super) fn take(&self) -> Vec<E> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A buffer and the memory behind it.
pub(super) struct Memory {
    file: File,
    pub(super) buffer: WlBuffer,
    width: i32,
}

impl Memory {
    pub(super) fn new(client: &Client, width: i32, height: i32) -> Self {
        let file = tempfile::tempfile().unwrap();
        let size = width * height * 4;
        file.set_len(u64::try_from(size).unwrap()).unwrap();
        let (handle, shm) = (client.handle(), &client.globals().shm);
        let pool = shm.create_pool(file.as_fd(), size, &handle, ());
        let format = Format::Argb8888;
        let buffer = pool.create_buffer(0, width, height, width * 4, format, &handle, ());
        pool.destroy();
        Self {
            file,
            buffer,
            width,
        }
    }

    /// All pixels: red, green, blue, alpha.
    pub(super) fn pixels(&mut self) -> Vec<[u8; 4]> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0)).unwrap();
        self.file.read_to_end(&mut bytes).unwrap();
        let turned = |pixel: &[u8]| [pixel[2], pixel[1], pixel[0], pixel[3]];
        bytes.chunks_exact(4).map(turned).collect()
    }

    /// Bytes of it whose pages are mapped in this process, which is the server's too.
    pub(super) fn mapped(&self) -> usize {
        use std::os::unix::fs::MetadataExt;
        let inode = self.file.metadata().unwrap().ino().to_string();
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut ours = false;
        let mut kib = 0;
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("Rss:"), Some(size)) if ours => kib += size.parse::<usize>().unwrap(),
                (Some(name), _) if name.ends_with(':') => {}
                _ => ours = line.split_whitespace().nth(4) == Some(&inode),
            }
        }
        kib << 10
    }

    /// The colour of one pixel.
    pub(super) fn colour(&mut self, x: i32, y: i32) -> [u8; 3] {
        let index = usize::try_from(y * self.width + x).unwrap();
        let [r, g, b, _] = self.pixels()[index];
        [r, g, b]
    }
}

/// Has the events of an object pushed to the [`Told`] that it was made with.
macro_rules! tell {
    ($proxy:ty, $event:ty) => {
        impl wayland_client::Dispatch<$proxy, $crate::tests::memory::Told<$event>>
            for $crate::tests::dispatch::Heard
        {
            fn event(
                _: &mut Self,
                _: &$proxy,
                event: $event,
                told: &$crate::tests::memory::Told<$event>,
                _: &wayland_client::Connection,
                _: &wayland_client::QueueHandle<Self>,
            ) {
                told.push(event);
            }
        }
    };
}
pub(super) use tell;
