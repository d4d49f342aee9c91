//! Links the program so that less of it is written to when it starts.
//!
//! A program that may lie anywhere in memory has some hundred kilobytes of addresses in it that are corrected
//! at its start. `DT_RELR` says where these are in bits, not in 24 bytes each.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// What the linker is told, by way of the C compiler that Rust links with.
const FLAG: &str = "-Wl,-z,pack-relative-relocs";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    // What is made for another machine cannot be tried here.
    if std::env::var_os("TARGET") == std::env::var_os("HOST") && is_supported() {
        println!("cargo::rustc-link-arg-bins={FLAG}");
    }
}

/// Whether the linker knows the flag, and the C library here (glibc 2.36, musl 1.2.4) runs what it makes.
fn is_supported() -> bool {
    let Some(folder) = std::env::var_os("OUT_DIR").map(PathBuf::from) else {
        return false;
    };
    let linker = std::env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let (source, program) = (folder.join("relr.c"), folder.join("relr"));
    let text = "int n; int *at = &n; int main(void) { return *at; }\n";
    let linked = std::fs::write(&source, text).and_then(|()| {
        let mut command = Command::new(linker);
        command.args(["-fPIE", "-pie", FLAG, "-o"]);
        command.arg(&program).arg(&source).output()
    });
    // GNU ld says only a warning about a word after -z that it does not know.
    let taken = linked.is_ok_and(|output| output.status.success() && output.stderr.is_empty());
    taken && has_relr(&program) && run(&program).is_some_and(|status| status.success())
}

fn run(program: &Path) -> Option<ExitStatus> {
    Command::new(program).status().ok()
}

/// Whether the section is there.
fn has_relr(program: &Path) -> bool {
    const NAME: &[u8] = b".relr.dyn";
    std::fs::read(program).is_ok_and(|bytes| bytes.windows(NAME.len()).any(|window| window == NAME))
}
