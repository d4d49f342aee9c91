//! Errors as one line that names the thing and the way out.

use anyhow::{Error, anyhow};
use ninep::Errno;
use ninep::client::Namespace;

/// The error with its causes in one line.
pub(crate) fn line(error: &Error) -> String {
    let text = format!("{error:#}");
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

/// Adds the way out where a service is out of reach: whether there is a session at all.
pub(crate) fn explain(error: Error, ns: &Namespace) -> Error {
    let Some(refused) = error.downcast_ref::<ninep::Error>() else {
        return error;
    };
    let out_of_reach = refused.is_disconnect() || refused.errno() == Errno::NOENT;
    let Some(service) = service_in(refused.what()).filter(|_| out_of_reach) else {
        return error;
    };
    let services = names(ns);
    let place = ns
        .dir()
        .parent()
        .and_then(|goblin| goblin.parent())
        .unwrap_or(ns.dir());
    if services.is_empty() || !answers(ns, "subsystems") && !answers(ns, service) {
        return anyhow!(
            "/{service} is out of reach: no session is running in XDG_RUNTIME_DIR={}; start one with \
             `goblin session`",
            place.display()
        );
    }
    if answers(ns, service) {
        // Reached after all: the file is what is missing, and the error says so.
        return error;
    }
    let there: Vec<String> = services
        .iter()
        .filter(|name| answers(ns, name))
        .map(|name| format!("/{name}"))
        .collect();
    let there = there.join(" ");
    anyhow!(
        "/{service} is out of reach: no service of that name answers; there are {there}. What is stopped or \
         failed is in /subsystems/status"
    )
}

/// The service of the path that an error's story begins with.
fn service_in(what: &str) -> Option<&str> {
    let path = what.strip_prefix('/')?;
    let end = path.find(['/', ':', ' ', '@']).unwrap_or(path.len());
    Some(&path[..end]).filter(|name| !name.is_empty())
}

fn names(ns: &Namespace) -> Vec<String> {
    let entries = std::fs::read_dir(ns.dir()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// Whether somebody is behind the socket; one of a killed service may be left over.
pub(crate) fn answers(ns: &Namespace, service: &str) -> bool {
    std::os::unix::net::UnixStream::connect(ns.dir().join(service)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_found_in_the_story() {
        assert_eq!(
            service_in("/mirror/status: connect to /run/x"),
            Some("mirror")
        );
        assert_eq!(service_in("/mirror: there is no x"), Some("mirror"));
        assert_eq!(service_in("walk to x"), None);
        assert_eq!(service_in("/"), None);
    }

    #[test]
    fn without_a_session_the_way_out_is_to_start_one() {
        let runtime = tempfile::tempdir().unwrap();
        let ns = Namespace::new(runtime.path().join("goblin/srv"));
        let refused = ninep::Error::new(Errno::NOENT, "/mirror/status: connect to x");
        let told = line(&explain(refused.into(), &ns));
        assert!(told.contains("/mirror is out of reach"), "{told}");
        assert!(told.contains("`goblin session`"), "{told}");
        assert!(
            told.contains(&format!("XDG_RUNTIME_DIR={}", runtime.path().display())),
            "{told}"
        );
    }

    #[test]
    fn an_error_is_one_line() {
        let error = anyhow!("two\nlines").context("context");
        assert_eq!(line(&error), "context: two; lines");
    }
}
