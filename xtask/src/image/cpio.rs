//! The archive that a kernel unpacks as its first file system: cpio's "newc" form
//! (`Documentation/driver-api/early-userspace/buffer-format.rst` of Linux).

/// An archive in the making.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

impl Archive {
    /// Adds a folder. Must come before what lies in it.
    pub(super) fn folder(&mut self, path: &str) {
        self.entry(path, FOLDER, &[]);
    }

    /// Adds a file that may be run.
    pub(super) fn file(&mut self, path: &str, content: &[u8]) {
        self.entry(path, PROGRAM, content);
    }

    /// The whole archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, content: &[u8]) {
        self.entries += 1;
        let (ino, links, size, name) = (self.entries, 1, content.len(), path.len() + 1);
        let head = format!(
            "070701{ino:08x}{mode:08x}{0:08x}{0:08x}{links:08x}{0:08x}{size:08x}{0:08x}{0:08x}{0:08x}{0:08x}{name:08x}{0:08x}",
            0
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(path.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(content);
        self.pad();
    }

    /// Every name and every content ends at a multiple of four.
    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_what_newc_says() {
        let mut archive = Archive::default();
        archive.folder("bin");
        archive.file("bin/x", b"abcde");
        let bytes = archive.finish();
        assert_eq!(bytes.len() % 4, 0);
        let text = String::from_utf8(bytes).unwrap();
        let heads: Vec<usize> = text.match_indices("070701").map(|(at, _)| at).collect();
        // 110 bytes of head, the name with its NUL, both padded.
        assert_eq!(heads, [0, 116, 116 + 116 + 8]);
        assert!(text[116..].starts_with("07070100000002000081ed"));
        assert_eq!(&text[116 + 54..116 + 62], "00000005", "the size");
        assert_eq!(&text[116 + 116..116 + 116 + 5], "abcde");
    }
}
