//! Where the person is in a space, and what is known to be there.

use std::cmp::Ordering;

use jiff::Timestamp;

/// A folder in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The space.
    pub space: String,
    /// The names from its root down to the folder.
    pub names: Vec<String>,
}

impl Place {
    /// The root of a space.
    pub fn root(space: &str) -> Self {
        Self {
            space: space.to_owned(),
            names: Vec::new(),
        }
    }

    /// Reads `SPACE` or `SPACE/PATH`; none if there is no space in it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut names = text
            .split('/')
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        let space = names.next()?;
        Some(Self {
            space,
            names: names.collect(),
        })
    }

    /// The folder `name` in this one.
    #[must_use]
    pub fn enter(&self, name: &str) -> Self {
        let mut inner = self.clone();
        inner.names.push(name.to_owned());
        inner
    }

    /// The folder that is `depth` names below the root, on the way to this one.
    #[must_use]
    pub fn climb(&self, depth: usize) -> Self {
        let mut outer = self.clone();
        outer.names.truncate(depth);
        outer
    }

    /// Its path in the namespace.
    pub fn path(&self) -> String {
        let mut path = format!("/mirror/spaces/{}/data", self.space);
        for name in &self.names {
            path.push('/');
            path.push_str(name);
        }
        path
    }

    /// Whether `path`, from the root of the space, lies directly in this folder.
    pub fn holds(&self, path: &str) -> bool {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folder == self.names.join("/")
    }
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A symbolic link.
    Link,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file.
    pub bytes: u64,
    /// When it last changed.
    pub changed: Timestamp,
}

/// What is known of the folder one is in.
#[derive(Debug, Default)]
pub(super) enum Folder {
    /// Nothing.
    #[default]
    Unknown,
    /// The first answer is awaited; `again` if it will be out of date.
    Asked { again: bool },
    /// What is in it, folders first; `asked` while a newer answer is awaited, `again` as above.
    Listed {
        entries: Vec<Entry>,
        asked: bool,
        again: bool,
    },
    /// Why it cannot be listed.
    Failed(String),
}

impl Folder {
    /// Notes that the folder is to be listed. True if somebody has to be asked now: one question at a
    /// time, and one more when the answer is known to be late.
    pub(super) fn ask(&mut self) -> bool {
        match self {
            Folder::Unknown | Folder::Failed(_) => {
                *self = Folder::Asked { again: false };
                true
            }
            Folder::Asked { again } => {
                *again = true;
                false
            }
            Folder::Listed { asked, again, .. } => {
                let free = !*asked;
                *again = *asked;
                *asked = true;
                free
            }
        }
    }

    /// Takes the answer. True if it is out of date already.
    pub(super) fn answer(&mut self, result: Result<Vec<Entry>, String>) -> bool {
        let late = matches!(
            self,
            Folder::Asked { again: true } | Folder::Listed { again: true, .. }
        );
        *self = match result {
            Ok(mut entries) => {
                entries.sort_by(|a, b| {
                    let folders = (a.kind != Kind::Folder).cmp(&(b.kind != Kind::Folder));
                    folders.then_with(|| natural(&a.name, &b.name))
                });
                Folder::Listed {
                    entries,
                    asked: false,
                    again: false,
                }
            }
            Err(cause) => Folder::Failed(cause),
        };
        late
    }
}

/// The order in which a person looks for names: letters whatever their case, numbers by their value.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut a, mut b) = (one, other);
    loop {
        let (digits_a, digits_b) = (number(a), number(b));
        let order = if digits_a > 0 && digits_b > 0 {
            let (x, y) = (
                a[..digits_a].trim_start_matches('0'),
                b[..digits_b].trim_start_matches('0'),
            );
            (a, b) = (&a[digits_a..], &b[digits_b..]);
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            match (a.chars().next(), b.chars().next()) {
                // Alike but for case or leading zeros: any fixed order will do.
                (None, None) => return one.cmp(other),
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(x), Some(y)) => {
                    (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
                    x.to_lowercase().cmp(y.to_lowercase())
                }
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// How many digits a text begins with.
fn number(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_a_person_looks_for_them() {
        let sorted = [
            "", "1", "2", "010", "10", "a", "B", "file 2", "file 10", "File 11", "照片",
        ];
        for (at, name) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                assert_eq!(
                    natural(name, other),
                    at.cmp(&other_at),
                    "{name:?} and {other:?}"
                );
            }
        }
    }

    #[test]
    fn a_place_holds_what_lies_directly_in_it() {
        let place = Place::parse("home/a/b").unwrap();
        assert_eq!(place.path(), "/mirror/spaces/home/data/a/b");
        assert!(place.holds("a/b/c"));
        assert!(!place.holds("a/b/c/d") && !place.holds("a/b") && !place.holds("b/c"));
        assert!(Place::root("home").holds("c") && !Place::root("home").holds("a/c"));
        assert_eq!(Place::parse("//"), None);
    }
}
