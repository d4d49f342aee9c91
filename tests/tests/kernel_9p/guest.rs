//! The guest as a process: QEMU in software, for the processor's own virtualisation is not to be had everywhere.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const INIT: &str = include_str!("../../guest/init.sh");

/// Random operations of the main run: as many as leave the whole test below four minutes on two busy cores.
const COUNT: u32 = 2500;

/// A running guest; it ends when this is dropped.
pub(crate) struct Guest {
    // Killed with it.
    _qemu: Child,
    lines: Lines<BufReader<ChildStdout>>,
    console: Vec<String>,
}

/// What came of one step.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    /// The whole line of a step that failed.
    pub(crate) fault: Option<String>,
}

impl Guest {
    /// Boots the guest, which will mount what is served at `port` of this machine's loopback.
    pub(crate) fn start(port: u16) -> Self {
        let image = PathBuf::from(std::env::var_os("GOBLIN_GUEST_DIR").expect(
            "GOBLIN_GUEST_DIR is not set: `cargo xtask test system` builds the guest and says where it lies, \
             `cargo xtask image guest9p` does the first half",
        ));
        let file = |name: &str| image.join(name).display().to_string();
        let mut qemu = Command::new("qemu-system-x86_64")
            .args([
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max",
                "-M",
                "q35",
                "-m",
                "512",
                "-smp",
                "1",
            ])
            .args([
                "-nographic",
                "-no-reboot",
                "-nodefaults",
                "-serial",
                "stdio",
            ])
            .args(["-kernel", &file("kernel"), "-initrd", &file("initrd")])
            .args([
                "-append",
                &format!("console=ttyS0 quiet panic=-1 goblin.port={port} goblin.count={COUNT}"),
            ])
            .args([
                "-drive",
                &format!("file={},if=virtio,format=raw,snapshot=on", file("disk")),
            ])
            .args([
                "-netdev",
                "user,id=n0",
                "-device",
                "virtio-net-pci,netdev=n0,romfile=",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("qemu-system-x86_64 starts (Debian: qemu-system-x86)");
        let stdout = qemu.stdout.take().unwrap();
        Self {
            _qemu: qemu,
            lines: BufReader::new(stdout).lines(),
            console: Vec::new(),
        }
    }

    /// All steps that the guest reports until its end.
    pub(crate) async fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(line) = self.lines.next_line().await.expect("the console is text") {
            println!("{line}");
            self.console.push(line.clone());
            let Some((_, said)) = line.split_once("guest: ") else {
                continue;
            };
            if said.trim_end() == "end" {
                break;
            }
            let mut words = said.split([' ', ':']);
            let (kind, name) = (
                words.next(),
                words.next().unwrap_or_default().trim_end().to_owned(),
            );
            let fault = (kind != Some("ok")).then(|| said.to_owned());
            steps.push(Step { name, fault });
        }
        steps
    }

    /// All that the guest wrote to its console.
    pub(crate) fn console(&self) -> String {
        self.console.join("\n")
    }
}

/// The steps of the guest's script, in order.
pub(crate) fn steps_of_init() -> Vec<&'static str> {
    let step = |line: &'static str| line.strip_prefix("step ")?.split(' ').next();
    INIT.lines().filter_map(step).collect()
}
