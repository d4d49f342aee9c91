//! Clients that send what nobody should send: they are cut off, and nobody else feels it.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use goblin_tests::{LIMIT, Options, Session};
use serde_json::Value;

/// Sends bytes to a socket and gives all that comes back until the other end hangs up.
fn send(socket: &Path, bytes: &[u8]) -> Result<Vec<u8>> {
    let talk = || -> std::io::Result<Vec<u8>> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(LIMIT))?;
        // It may hang up before it has read all; what it said before is still there.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => Err(error),
            _ => Ok(answer),
        }
    };
    talk().with_context(|| format!("{} did not hang up on bad bytes", socket.display()))
}

/// Messages that no 9P client sends.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let version = b"\x15\0\0\0\x64\xff\xff\0\x20\0\0\x08\09P2000.L".to_vec();
    let after = |bytes: &[u8]| [&version[..], bytes].concat();
    vec![
        (
            "a web request",
            b"GET / HTTP/1.1\r\nHost: goblin\r\n\r\n".to_vec(),
        ),
        ("a message of 4 GiB", b"\xff\xff\xff\xff\x64\0\0".to_vec()),
        (
            "a message shorter than its head",
            b"\x03\0\0\0\x64\0\0".to_vec(),
        ),
        (
            "noise",
            (0..4096_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
        ),
        (
            "an answer instead of a request",
            after(b"\x0b\0\0\0\x7d\x01\0\0\0\0\0"),
        ),
        (
            "a walk with a name longer than it",
            after(b"\x15\0\0\0\x6e\x01\0\0\0\0\0\x01\0\0\0\x01\0\xff\xffab"),
        ),
    ]
}

#[tokio::test]
async fn garbage_on_any_tree_costs_its_sender_the_connection_and_nobody_else_anything() -> Result<()>
{
    let session = Session::start("hostile-9p", Options::default()).await?;
    for tree in ["subsystems", "machine", "mirror", "desktop", "shell"] {
        let status = format!("/{tree}/status");
        let before: Value = session.namespace().read_json(&status).await?;
        for (what, bytes) in garbage() {
            let socket = session.home().sockets().join(tree);
            tokio::task::spawn_blocking(move || send(&socket, &bytes))
                .await?
                .with_context(|| format!("/{tree}: {what}"))?;
        }
        // Over the connection that was there all the while.
        let after: Value = session.namespace().read_json(&status).await?;
        ensure!(
            before["since"] == after["since"],
            "/{tree} was started again"
        );
    }
    for name in ["mirror", "desktop", "shell"] {
        ensure!(
            session.subsystem(name).await?.restarts == 0,
            "{name} died of it"
        );
    }
    session.quit().await?;
    Ok(())
}

/// Requests that violate the Wayland protocol: object, opcode and size, arguments.
fn violations() -> Vec<(&'static str, Vec<u8>)> {
    let message = |object: u32, opcode: u32, args: &[u8]| {
        let size = 8 + args.len() as u32;
        [
            &object.to_ne_bytes()[..],
            &(size << 16 | opcode).to_ne_bytes(),
            args,
        ]
        .concat()
    };
    vec![
        ("a request to no object", message(4_000, 0, &[])),
        ("a request that wl_display has not", message(1, 99, &[])),
        (
            "an object number out of turn",
            message(1, 1, &70_000_u32.to_ne_bytes()),
        ),
        (
            "a size below that of a head",
            [1_u32.to_ne_bytes(), (2_u32 << 16).to_ne_bytes()].concat(),
        ),
    ]
}

#[tokio::test]
async fn a_client_that_violates_the_protocol_is_told_and_cut_off_alone() -> Result<()> {
    let options = Options {
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    let session = Session::start("hostile-wayland", options).await?;
    let other = session.launch("foot", &["foot", "cat"]).await?;

    let display: Value = session.namespace().read_json("/desktop/status").await?;
    let display = display["wayland_display"]
        .as_str()
        .context("no display")?
        .to_owned();
    // One that says half of a request and nothing more, all the while.
    let socket = session.home().runtime().join(&display);
    let mut half = UnixStream::connect(&socket).context("the compositor takes a client")?;
    half.write_all(&[1, 0, 0, 0, 1])
        .context("half of a request")?;
    for (what, bytes) in violations() {
        let socket = socket.clone();
        let answer = tokio::task::spawn_blocking(move || send(&socket, &bytes)).await?;
        answer.with_context(|| what.to_owned())?;
    }

    let windows = session.windows().await?;
    ensure!(
        windows.iter().any(|window| window.id == other.window.id),
        "foot died of it"
    );
    ensure!(
        session.subsystem("desktop").await?.restarts == 0,
        "the compositor died of it"
    );
    ensure!(
        session.subsystem("shell").await?.restarts == 0,
        "the shell died of it"
    );
    other.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}
