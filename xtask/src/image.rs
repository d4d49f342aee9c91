//! `cargo xtask image NAME`: images that tests start, built once and kept in the target folder.

mod cpio;
pub(crate) mod guest9p;
mod modules;

use crate::exec::{Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// The word `image`.
///
/// # Errors
/// On an unknown name, or when the image cannot be built.
pub(crate) fn main(words: &[String]) -> Outcome {
    match words {
        [name] if name == "guest9p" => {
            packages::ensure(Purpose::Test)?;
            let folder = guest9p::ensure(&Workspace::find()?)?;
            say::line(format_args!("the guest lies in {}", folder.display()));
            Ok(())
        }
        _ => Err(Fault::new(
            "`cargo xtask image NAME`: there is guest9p, the QEMU guest with Linux's own 9P client",
        )),
    }
}
