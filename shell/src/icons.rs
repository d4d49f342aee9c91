//! Icons by name, as the Icon Theme Specification finds them.

use std::path::{Path, PathBuf};

/// The theme that is asked first; `hicolor`, where applications put their own, follows by itself.
const THEME: &str = "Adwaita";

/// The file of an icon given as desktop entries and notifications give it: a name, a path or a `file://`
/// address. `size` is in pixels. Reads folders, so never on the drawing loop.
pub fn find(icon: &str, size: u16) -> Option<PathBuf> {
    if let Some(address) = icon.strip_prefix("file://") {
        return Some(PathBuf::from(percent_decoded(address)?)).filter(|path| path.is_file());
    }
    if icon.starts_with('/') {
        return Some(Path::new(icon))
            .filter(|path| path.is_file())
            .map(Path::to_path_buf);
    }
    if icon.is_empty() || icon.contains('/') {
        return None;
    }
    // Many entries carry the ending of the file that the theme wants left off.
    let name = icon
        .strip_suffix(".png")
        .or_else(|| icon.strip_suffix(".svg"))
        .unwrap_or(icon);
    freedesktop_icons::lookup(name)
        .with_size(size)
        .with_theme(THEME)
        .find()
        .filter(|path| {
            path.extension()
                .is_some_and(|ext| ext == "png" || ext == "svg")
        })
}

fn percent_decoded(address: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{find, percent_decoded};

    #[test]
    fn an_address_is_decoded_and_a_torn_one_is_none() {
        assert_eq!(
            percent_decoded("/a%20b/%E5%A5%BD").as_deref(),
            Some("/a b/好")
        );
        assert_eq!(percent_decoded("/a%2"), None);
        assert_eq!(percent_decoded("/a%zz"), None);
        assert_eq!(percent_decoded("/%ff"), None);
    }

    #[test]
    fn a_path_is_itself_if_it_is_there() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("an icon.png");
        let address = format!("file://{}", path.display()).replace(' ', "%20");
        assert_eq!(find(&address, 48), None);
        std::fs::write(&path, b"").expect("the file of the test");
        assert_eq!(find(&address, 48), Some(path.clone()));
        assert_eq!(find(&path.display().to_string(), 48), Some(path));
        assert_eq!(find("../../etc/hostname", 48), None);
        assert_eq!(find("", 48), None);
    }
}
