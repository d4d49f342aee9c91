use ninep::tree::ctl::{Verb, split};

/// A line written to a `ctl` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The file, from the root of the namespace.
    pub path: String,
    /// The line.
    pub line: String,
}

impl Order {
    /// An order made of a verb.
    pub fn new(path: impl Into<String>, verb: &impl Verb) -> Self {
        Self {
            path: path.into(),
            line: verb.line(),
        }
    }

    /// The command that does the same from a terminal, its words quoted for a shell.
    pub fn command(&self) -> String {
        // A line that was made from a verb always splits; any other is one word.
        let words = split(&self.line).unwrap_or_else(|_| vec![self.line.clone()]);
        std::iter::once(&self.path)
            .chain(&words)
            .fold("goblin write".to_owned(), |command, word| {
                format!("{command} {}", shell(word))
            })
    }
}

/// What a panel wants done outside itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write a line to a `ctl`; the panel is told how it went.
    Write(Order),
    /// List a folder; the panel is told what is in it.
    List {
        /// The folder, from the root of the namespace.
        path: String,
    },
    /// Read the mirror's status again, a moment from now.
    Measure,
    /// Put a text on the clipboard.
    Copy(String),
    /// Scroll a list to its beginning.
    ToTop(&'static str),
    /// Give the keyboard to a field.
    Focus(&'static str),
}

/// A word as a POSIX shell reads it: quoted where it has to be.
pub(crate) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./@:+,%=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_a_shell() {
        for (word, said) in [
            ("/mirror/spaces/home", "/mirror/spaces/home"),
            ("照片", "照片"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$HOME;rm", "'$HOME;rm'"),
        ] {
            assert_eq!(shell(word), said);
        }
    }
}
