//! The shell draws by tiny-skia alone: measured, wgpu would cost it ten times its memory.

use std::fs;
use std::path::Path;

use crate::exec::{self, Fault, Outcome};
use crate::workspace::Workspace;

/// The crates of wgpu. Each leaves its name in the symbols of a program that holds it.
const CRATES: &[&str] = &["wgpu_core", "wgpu_hal", "naga"];

/// Checks that no crate of wgpu is in what the shell is built from when it is built by itself, nor
/// in the program in `folder`.
///
/// # Errors
/// When one is.
pub(super) fn absent_from_shell(workspace: &Workspace, folder: &Path) -> Outcome {
    let tree = exec::capture(&mut workspace.cargo([
        "tree",
        "--locked",
        "--package=goblin-shell",
        "--edges=normal",
        "--prefix=none",
        "--format={lib}",
    ]))?;
    if let Some(found) = crate_in_tree(&tree) {
        return Err(Fault::new(format!(
            "goblin-shell is built with {found}: `cargo tree -p goblin-shell -e normal -i {}` shows \
             by whom",
            found.replace('_', "-")
        )));
    }
    let program = folder.join("goblin-shell");
    let bytes = fs::read(&program)
        .map_err(|error| Fault::new(format!("{} cannot be read: {error}", program.display())))?;
    match symbol_in(&bytes) {
        Some(found) => Err(Fault::new(format!(
            "{} holds {found}: it was not built by itself",
            program.display()
        ))),
        None => Ok(()),
    }
}

fn crate_in_tree(tree: &str) -> Option<&'static str> {
    CRATES
        .iter()
        .copied()
        .find(|name| tree.lines().any(|line| line.trim() == *name))
}

/// The first of the crates that has a symbol in the program. Symbols of both manglings carry the
/// length of the crate's name before it, so that a mere mention in a text is not one.
fn symbol_in(program: &[u8]) -> Option<&'static str> {
    CRATES.iter().copied().find(|name| {
        let symbol = format!("{}{name}", name.len());
        program
            .windows(symbol.len())
            .any(|bytes| bytes == symbol.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_of_its_own_is_a_crate_of_the_tree() {
        assert_eq!(crate_in_tree("iced_core\nwgpu_hal\n"), Some("wgpu_hal"));
        assert_eq!(crate_in_tree("my_naga_friend\niced_core\n"), None);
    }

    #[test]
    fn a_symbol_is_found_and_a_mention_is_not() {
        assert_eq!(
            symbol_in(b"\0_ZN9wgpu_core6device17h0E\0"),
            Some("wgpu_core")
        );
        assert_eq!(symbol_in(b"_RNvCs1_4naga5front"), Some("naga"));
        assert_eq!(symbol_in(b"set ICED_BACKEND to wgpu_core or naga"), None);
    }
}
