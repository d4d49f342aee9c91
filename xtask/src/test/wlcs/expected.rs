//! The list of cases that are known to fail, and why.

use crate::exec::{Fault, Outcome};

/// The list: one case to a line, then the reason. A name that ends in `*` stands for all that begin
/// so. Lines that begin with `#` are for people.
#[derive(Debug)]
pub(super) struct Expected(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    name: String,
    reason: String,
}

impl Entry {
    fn is_of(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == self.name,
        }
    }
}

impl Expected {
    /// Reads the list.
    ///
    /// # Errors
    /// When a line gives no reason.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let lines = text.lines().map(str::trim);
        let entry = |line: &str| match line.split_once(char::is_whitespace) {
            Some((name, reason)) => Ok(Entry {
                name: name.to_owned(),
                reason: reason.trim().to_owned(),
            }),
            None => Err(Fault::new(format!(
                "{line} is expected to fail, but no reason is given: write it behind the name"
            ))),
        };
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(entry)
            .collect::<Outcome<_>>()
            .map(Self)
    }

    /// Why a case is expected to fail, if it is.
    pub(super) fn reason(&self, name: &str) -> Option<&str> {
        let entry = self.0.iter().find(|entry| entry.is_of(name))?;
        Some(&entry.reason)
    }

    /// A line for each entry that names no case there is.
    pub(super) fn unknown(&self, names: &[String]) -> Vec<String> {
        let unknown = |entry: &&Entry| !names.iter().any(|name| entry.is_of(name));
        let say = |entry: &Entry| {
            format!(
                "{} is expected to fail, but there is no such case",
                entry.name
            )
        };
        self.0.iter().filter(unknown).map(say).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_families_have_their_reasons() {
        let list = Expected::parse("# a remark\n\nA.one  because\nB.*  of\tthat\n").unwrap();
        assert_eq!(list.reason("A.one"), Some("because"));
        assert_eq!(list.reason("A.one/2"), None);
        assert_eq!(list.reason("B.any/7"), Some("of\tthat"));
        assert_eq!(list.unknown(&["A.one".to_owned()]).len(), 1);
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        let fault = Expected::parse("A.one\n").unwrap_err();
        assert!(fault.to_string().contains("A.one"), "{fault}");
    }
}
