//! The session's D-Bus, where nobody else has started one.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::lifecycle::{Policy, Temper};
use crate::supervisor::{Export, Ready, Source, Spec};

/// Where every D-Bus library looks when it is told no address.
fn socket(runtime: &Path) -> PathBuf {
    runtime.join("bus")
}

/// Whether the session has to bring its own bus: nobody names one, and nobody answers at the usual place.
pub fn needed(runtime: &Path) -> bool {
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none_or(|address| address.is_empty())
        && UnixStream::connect(socket(runtime)).is_err()
}

/// *dbus-daemon(1)* at the usual place. The address stays the same over its restarts.
pub(super) fn spec(runtime: &Path) -> Spec {
    let address = address(&socket(runtime));
    let arguments =
        ["--session", "--nofork", "--nopidfile", "--print-address=1"].map(OsString::from);
    Spec {
        name: super::BUS.to_owned(),
        program: "dbus-daemon".into(),
        arguments: arguments
            .into_iter()
            .chain([format!("--address={address}").into()])
            .collect(),
        environment: Vec::new(),
        ready: Ready::Says("unix:".to_owned()),
        exports: vec![Export {
            variable: "DBUS_SESSION_BUS_ADDRESS".to_owned(),
            value: Source::Fixed(address.into()),
        }],
        policy: Policy::new(Temper::Steady),
        needs: Vec::new(),
    }
}

/// The address of a socket, escaped as the *D-Bus Specification*, "Server Addresses", asks for.
fn address(path: &Path) -> String {
    let mut address = "unix:path=".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'/' | b'\\' | b'*' | b'.' => {
                address.push(char::from(*byte));
            }
            // Writing to a string cannot fail.
            other => drop(write!(address, "%{other:02x}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn odd_characters_of_an_address_are_escaped() {
        assert_eq!(
            address(Path::new("/run/user/7/bus")),
            "unix:path=/run/user/7/bus"
        );
        assert_eq!(
            address(Path::new("/t a,b/\u{e9}")),
            "unix:path=/t%20a%2cb/%c3%a9"
        );
    }

    #[test]
    fn a_bus_counts_only_if_it_answers() {
        let runtime = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(runtime.path())).unwrap();
        assert!(!needed(runtime.path()));
        drop(listener);
        // The dead socket is still there.
        assert!(socket(runtime.path()).exists());
        let named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
        assert_eq!(needed(runtime.path()), !named);
    }
}
