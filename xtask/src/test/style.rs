//! What every source file must keep, besides what clippy sees.

use std::fs;
use std::path::{Path, PathBuf};

use super::Run;
use crate::exec::{self, Fault, Outcome};

/// No source file is longer.
const MOST_LINES: usize = 600;

/// What no source file may hold, and why. Written in halves, so that this file passes.
const NEVER: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "finish it, or open an issue"),
    (concat!("FIX", "ME"), "fix it, or open an issue"),
    (concat!("XX", "X:"), "say what is meant, or open an issue"),
    (concat!("todo", "!("), "no stub ships"),
    (concat!("unimplemented", "!("), "no stub ships"),
    (concat!("#[ig", "nore"), "a test runs or is removed"),
];

/// rustfmt, and the rules above.
///
/// # Errors
/// When a file breaks one; all of them are named.
pub(super) fn check(run: &Run) -> Outcome {
    exec::run(&mut run.workspace.cargo(["fmt", "--all", "--check"]))?;
    let root = run.workspace.root();
    let mut files = Vec::new();
    sources(root, &mut files)?;
    if files.is_empty() {
        return Err(Fault::new(format!(
            "no source file found below {}",
            root.display()
        )));
    }
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let name = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        faults.extend(faults_in(&name, &text));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Fault::new(faults.join("\n")))
    }
}

/// All Rust files below a folder, leaving out hidden folders and cargo's output.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry
            .file_type()
            .map_err(|error| unreadable(&path, &error))?;
        if kind.is_dir() && !name.starts_with('.') && name != "target" {
            sources(&path, found)?;
        } else if kind.is_file() && name.ends_with(".rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn faults_in(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        faults.push(format!(
            "{name}: {lines} lines; a file does one thing in at most {MOST_LINES}"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        for (word, remedy) in NEVER.iter().filter(|(word, _)| line.contains(word)) {
            faults.push(format!("{name}:{}: `{word}`: {remedy}", index + 1));
        }
    }
    faults
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_have_the_last_allowed_line_but_not_one_more() {
        let text = "x\n".repeat(MOST_LINES);
        assert!(faults_in("a.rs", &text).is_empty());
        let faults = faults_in("a.rs", &format!("{text}x\n"));
        assert_eq!(
            faults,
            ["a.rs: 601 lines; a file does one thing in at most 600"]
        );
    }

    #[test]
    fn unfinished_work_is_named_with_its_line() {
        let text = format!("fn a() {{\n    {}!()\n}}\n", concat!("to", "do"));
        let faults = faults_in("b.rs", &text);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("b.rs:2: "), "{faults:?}");
    }
}
