//! Which names a space may have.

/// Bytes of the longest name.
const LONGEST: usize = 64;

/// Checks the name of a space: it is a folder's name on disk and a word on a screen.
///
/// # Errors
/// What is wrong with it, for people.
pub(crate) fn check(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("a space needs a name");
    }
    if name.len() > LONGEST {
        return Err("the name of a space has at most 64 bytes");
    }
    if name.starts_with('.') {
        return Err("the name of a space does not begin with a dot");
    }
    if name.contains('/') || name.chars().any(char::is_control) {
        return Err("the name of a space holds neither slashes nor control characters");
    }
    if name.trim() != name {
        return Err("the name of a space neither begins nor ends with a blank");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_give_are_taken() {
        for name in [
            "home",
            "app.org.gnome.Maps",
            "照片",
            "a b",
            "Ünïcode-2026",
            &"x".repeat(64),
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_mislead_are_refused() {
        for name in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a\0b",
            "a\nb",
            "\u{7f}",
            " a",
            "a ",
            &"x".repeat(65),
        ] {
            assert!(check(name).is_err(), "{name:?}");
        }
    }
}
