//! Cuts what a process says into lines that a log can show.

/// The longest line; more of it is the next line.
const LONGEST: usize = 8 << 10;

/// Collects bytes until a line is whole.
#[derive(Debug, Default)]
pub(super) struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    /// Takes bytes as they came, and hands every line that is whole to `take`.
    pub(super) fn feed(&mut self, bytes: &[u8], mut take: impl FnMut(String)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            for piece in part.chunks(LONGEST) {
                if self.partial.len() + piece.len() > LONGEST {
                    self.rest(&mut take);
                }
                self.partial.extend_from_slice(piece);
            }
            if part.ends_with(b"\n") {
                self.rest(&mut take);
            }
        }
    }

    /// Hands over what came after the last newline: there will be no more.
    pub(super) fn rest(&mut self, mut take: impl FnMut(String)) {
        let line = plain(&String::from_utf8_lossy(&self.partial));
        self.partial.clear();
        if !line.is_empty() {
            take(line);
        }
    }
}

/// The line without what only a terminal understands: escape sequences (ECMA-48 CSI and OSC) and control characters.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.trim_end().chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                Some('[') => drop(chars.find(|c| ('@'..='~').contains(c))),
                Some(']') => drop(chars.find(|c| matches!(c, '\u{7}' | '\u{1b}'))),
                _ => {}
            },
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(parts: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut out = Vec::new();
        for part in parts {
            lines.feed(part, |line| out.push(line));
        }
        lines.rest(|line| out.push(line));
        out
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        assert_eq!(
            cut(&[b"one\ntw", b"o\n\nthr", b"ee"]),
            ["one", "two", "three"]
        );
        assert_eq!(cut(&[b"caf\xc3", b"\xa9\r\n"]), ["caf\u{e9}"]);
        assert!(cut(&[b"", b"\n\n"]).is_empty());
    }

    #[test]
    fn a_log_line_holds_no_terminal_codes() {
        assert_eq!(
            cut(&[b"\x1b[2m12:00\x1b[0m \x1b[31mERROR\x1b[0m no\tdisk\x07\n"]),
            ["12:00 ERROR no disk"]
        );
        assert_eq!(cut(&[b"\x1b]0;title\x07shown\n", b"\x1b["]), ["shown"]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let long = vec![b'x'; 3 * LONGEST + 5];
        let lengths: Vec<usize> = cut(&[&long, b"\nend\n"]).iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST, LONGEST, LONGEST, 5, 3]);
    }
}
