use anyhow::{Result, bail};
use ninep::client::{Followed, From, Namespace};
use serde_json::Value;

use super::last_lines;
use crate::output::Output;
use crate::path::TreePath;

/// Prints the last lines, then what is added. A log has nothing to wait on; the `event` beside it tells when to look.
pub(super) async fn tail(
    ns: &Namespace,
    path: &TreePath,
    lines: usize,
    follow: bool,
    out: &mut Output,
) -> Result<()> {
    let event = path.parent().and_then(|folder| folder.join("event").ok());
    let events = match &event {
        Some(event) if follow && ns.stat(event.as_str()).await.is_ok() => {
            Some(ns.follow::<Value>(event.as_str(), From::Now))
        }
        _ => None,
    };
    let mut seen = read(ns, path).await?;
    out.bytes(last_lines(&seen, lines).as_bytes())?;
    let Some(mut events) = events else {
        if follow {
            bail!(
                "{path} has no event file beside it that tells when it grows: this is what is there now"
            );
        }
        return Ok(());
    };
    while let Some(followed) = events.next().await {
        if let Followed::Down { why, .. } = followed {
            eprintln!("goblin: {path} is out of reach ({why}); waiting for it");
            continue;
        }
        // Gone again already: the follower tells.
        let Ok(now) = read(ns, path).await else {
            continue;
        };
        out.bytes(added(&seen, &now).as_bytes())?;
        seen = now;
    }
    Ok(())
}

async fn read(ns: &Namespace, path: &TreePath) -> Result<String> {
    let bytes = ns.read(path.as_str()).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What `now` has after what was `seen`. A log that is cut loses its oldest lines: then the end of what was seen is the
/// beginning of what is there. All of it when it is another text.
fn added<'a>(seen: &str, now: &'a str) -> &'a str {
    let lines = std::iter::once(0).chain(seen.match_indices('\n').map(|(newline, _)| newline + 1));
    lines
        .map(|from| &seen[from..])
        .find_map(|kept| now.strip_prefix(kept))
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_printed() {
        assert_eq!(added("a\n", "a\nb\n"), "b\n");
        assert_eq!(added("a\nb\n", "a\nb\n"), "");
        assert_eq!(added("", "a\n"), "a\n");
        assert_eq!(added("old\n", "new\n"), "new\n");
        let long: String = (0..200).map(|n| format!("line {n}\n")).collect();
        let second_half = &long[long.find("line 100\n").unwrap()..];
        let cut = format!("{second_half}line 200\n");
        assert_eq!(added(&long, &cut), "line 200\n");
    }
}
