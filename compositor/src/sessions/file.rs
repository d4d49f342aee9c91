//! The file of what is remembered: `$XDG_STATE_HOME/goblin/windows.json` (XDG base directories 0.8). It
//! is replaced as a whole or not at all; one that cannot be read is none.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::Book;

/// A file that is longer is not ours, in bytes.
const LONGEST: u64 = 16 << 20;

/// Where it lies for this user; `None` where there is no home.
pub(crate) fn default_path() -> Option<PathBuf> {
    let variable = |name| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let home = || variable("HOME").map(|home| home.join(".local/state"));
    let folder = variable("XDG_STATE_HOME").or_else(home)?;
    Some(folder.join("goblin/windows.json"))
}

/// Reads it. A missing one is empty.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(path: &Path) -> io::Result<Book> {
    let mut text = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(LONGEST).read_to_end(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Book::default()),
        Err(error) => return Err(error),
    };
    let book: Book = serde_json::from_slice(&text)?;
    Ok(book.bounded())
}

/// Writes it anew: whoever reads it meanwhile, or after the power failed, has the old one or the new.
///
/// # Errors
/// What could not be done.
pub(crate) fn write(path: &Path, book: &Book) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let fresh = path.with_extension("json.new");
    let mut file = File::create(&fresh)?;
    file.write_all(&serde_json::to_vec(book)?)?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::super::tests::key;
    use super::super::{Fills, Memory};
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_torn_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/windows.json");
        assert_eq!(read(&path).unwrap(), Book::default());
        let mut book = Book::default();
        let key = key("board", "a");
        book.begin(&key);
        let memory = Memory {
            size: (640, 480),
            fills: Fills::WorkArea,
            ..Memory::default()
        };
        book.remember(&key, "main", memory);
        write(&path, &book).unwrap();
        assert_eq!(read(&path).unwrap(), book);
        let text = std::fs::read(&path).unwrap();
        for end in 0..text.len() {
            std::fs::write(&path, &text[..end]).unwrap();
            assert!(read(&path).is_err(), "torn at {end}");
        }
    }

    #[test]
    fn numbers_that_no_screen_has_are_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("windows.json");
        let text = r#"{"domains":{"board":{"a":{"used":18446744073709551615,"windows":
            {"main":{"place":[-2147483648,2147483647],"size":[-5,2147483647]}}}}}}"#;
        std::fs::write(&path, text).unwrap();
        let mut book = read(&path).unwrap();
        let key = key("board", "a");
        let memory = book.window(&key, "main").unwrap();
        assert_eq!(
            (memory.place, memory.size),
            ((-16_384, 16_384), (1, 16_384))
        );
        assert!(book.take_up(&key));
    }
}
