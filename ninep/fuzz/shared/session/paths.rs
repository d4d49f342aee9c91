//! Names, and where they lead in the tree that is served.

use super::tree::{has, sort};

/// Whether a file can have the name.
pub fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\0'])
}

/// Where a walk leads: how many names it came to, where it ended, and whether that is slow.
pub struct Walked {
    pub count: usize,
    pub end: Vec<&'static str>,
    pub slow: bool,
}

/// Walks `names` from `from`.
pub fn walk(from: &[&'static str], names: &[&'static str]) -> Walked {
    let mut walked = Walked {
        count: 0,
        end: from.to_vec(),
        slow: false,
    };
    for name in names {
        if *name == ".." {
            walked.end.pop();
        } else {
            let here = sort(&walked.end);
            walked.slow |= here.dir && here.slow;
            if !here.dir || !has(name) {
                break;
            }
            walked.end.push(name);
        }
        walked.count += 1;
    }
    walked
}

/// Whether a request may walk `names`.
pub fn are_names(names: &[&'static str]) -> bool {
    names.len() <= 16 && names.iter().all(|name| *name == ".." || is_name(name))
}
