//! The QEMU guest in which Linux's own 9P client meets our server: Debian's kernel, busybox, and the program
//! of `tests/guest`. Nothing of the machine's own kernel is touched or needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cpio::Archive;
use super::modules::Modules;
use crate::exec::{self, Fault, Outcome};
use crate::say;
use crate::workspace::Workspace;

/// What the guest needs of the kernel. Each brings what it depends on; `crc32c_generic` is one that ext4 needs and does not say.
const MODULES: &[&str] = &[
    "virtio_pci",
    "virtio_net",
    "virtio_blk",
    "crc32c_generic",
    "ext4",
    "9p",
    "9pnet_fd",
];

/// The first process of the guest.
const INIT: &str = "tests/guest/init.sh";
/// Debian's static busybox.
const BUSYBOX: &str = "/bin/busybox";
/// The size of the disk with the guest's own file system, the oracle. Most of it is a hole.
const DISK: u64 = 512 << 20;

/// The folder with the guest's `kernel`, `initrd` and `disk`. The kernel is fetched the first time; the rest is made anew.
///
/// # Errors
/// When the kernel cannot be fetched, or something cannot be built or written.
pub(crate) fn ensure(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target("guest9p");
    fs::create_dir_all(&folder).map_err(|error| wrote(&folder, &error))?;
    if !folder.join("modules").is_dir() {
        fetch_kernel(&folder)?;
    }
    if !folder.join("disk").exists() {
        make_disk(&folder)?;
    }
    let program = build_program(workspace, &folder)?;
    let archive = archive(workspace, &folder, &program)?;
    write(&folder.join("initrd"), &archive)?;
    Ok(folder)
}

/// Fetches Debian's kernel as a package, and keeps of it the kernel and the modules in the order of loading. It is not installed.
fn fetch_kernel(folder: &Path) -> Outcome {
    let package = kernel_package()?;
    say::line(format_args!("fetching {package} once, for the QEMU guest"));
    let work = folder.join("unpack");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|error| wrote(&work, &error))?;
    exec::run(
        Command::new("apt-get")
            .args(["-q", "download", &package])
            .current_dir(&work),
    )?;
    let deb = find(&work, |name| name.ends_with(".deb"))?;
    let tree = work.join("tree");
    exec::run(Command::new("dpkg-deb").arg("-x").arg(&deb).arg(&tree))?;

    let kernel = find(&tree.join("boot"), |name| name.starts_with("vmlinuz"))?;
    fs::copy(&kernel, folder.join("kernel")).map_err(|error| wrote(&kernel, &error))?;
    // Debian 13 keeps modules below /usr, 12 does not.
    let all = [tree.join("usr/lib/modules"), tree.join("lib/modules")];
    let version = all
        .iter()
        .find_map(|path| find(path, |_| true).ok())
        .ok_or_else(|| Fault::new(format!("{package} holds no modules")))?;
    // Complete before it has its name, so that what is there is whole.
    let (half, modules) = (work.join("modules"), folder.join("modules"));
    fs::create_dir_all(&half).map_err(|error| wrote(&half, &error))?;
    let mut order = String::new();
    for (name, content) in Modules::find(&version)?.in_order(MODULES)? {
        write(&half.join(format!("{name}.ko")), &content)?;
        order += &format!("{name}.ko\n");
    }
    write(&half.join("order"), order.as_bytes())?;
    fs::rename(&half, &modules).map_err(|error| wrote(&modules, &error))?;
    fs::remove_dir_all(&work).map_err(|error| wrote(&work, &error))
}

/// The package that Debian's newest kernel of this release is in.
fn kernel_package() -> Outcome<String> {
    let depends = exec::capture(Command::new("apt-cache").args(["depends", "linux-image-amd64"]))?;
    let kernel = depends
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with("linux-image-"));
    kernel.map(str::to_owned).ok_or_else(|| {
        Fault::new("apt knows no linux-image-amd64: the guest needs a Debian for x86-64 and its package lists")
    })
}

fn make_disk(folder: &Path) -> Outcome {
    let (half, disk) = (folder.join("disk.new"), folder.join("disk"));
    fs::File::create(&half)
        .and_then(|file| file.set_len(DISK))
        .map_err(|error| wrote(&half, &error))?;
    exec::run(
        Command::new("/sbin/mke2fs")
            .args(["-q", "-F", "-t", "ext4"])
            .arg(&half)
            .stdout(Stdio::null()),
    )?;
    fs::rename(&half, &disk).map_err(|error| wrote(&disk, &error))
}

/// Builds the program of the guest, without any shared library.
fn build_program(workspace: &Workspace, folder: &Path) -> Outcome<PathBuf> {
    let target = folder.join("build");
    let mut command = workspace.cargo([
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--package=goblin-guest",
    ]);
    command
        .arg("--target-dir")
        .arg(&target)
        .env("RUSTFLAGS", "-C target-feature=+crt-static");
    exec::run(&mut command)?;
    Ok(target.join("release/goblin-guest"))
}

fn archive(workspace: &Workspace, folder: &Path, program: &Path) -> Outcome<Vec<u8>> {
    let mut archive = Archive::default();
    archive.file("init", &read(&workspace.root().join(INIT))?);
    archive.folder("bin");
    archive.file("bin/busybox", &read(Path::new(BUSYBOX))?);
    archive.file("bin/goblin-guest", &read(program)?);
    archive.folder("modules");
    let modules = folder.join("modules");
    let order = read(&modules.join("order"))?;
    archive.file("modules/order", &order);
    for name in String::from_utf8_lossy(&order).lines() {
        archive.file(&format!("modules/{name}"), &read(&modules.join(name))?);
    }
    Ok(archive.finish())
}

/// The entry of `folder` whose name is as wanted.
fn find(folder: &Path, wanted: impl Fn(&str) -> bool) -> Outcome<PathBuf> {
    let entries = fs::read_dir(folder)
        .map_err(|error| Fault::new(format!("read {}: {error}", folder.display())))?;
    entries
        .flatten()
        .find(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .map(|entry| entry.path())
        .ok_or_else(|| Fault::new(format!("{} lacks what was looked for", folder.display())))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Fault::new(format!("read {}: {error}", path.display())))
}

fn write(path: &Path, content: &[u8]) -> Outcome {
    fs::write(path, content).map_err(|error| wrote(path, &error))
}

fn wrote(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("write {}: {error}", path.display()))
}
