use anyhow::Result;
use ninep::Errno;
use ninep::client::{Followed, From, Namespace};
use ninep::tree::OpenFlags;
use serde_json::Value;

use super::last_lines;
use crate::output::Output;
use crate::path::TreePath;

/// One read of what is kept.
const READ: u32 = 64 << 10;

/// Prints the last events that are kept, then those that come, over restarts of the service.
pub(super) async fn tail(
    ns: &Namespace,
    path: &TreePath,
    lines: usize,
    follow: bool,
    out: &mut Output,
) -> Result<()> {
    let kept = kept(ns, path).await?;
    out.bytes(last_lines(&kept, lines).as_bytes())?;
    if !follow {
        return Ok(());
    }
    // Following begins at the oldest event: those that came between the two looks are not missed, and those that were
    // shown are known by their number, which begins anew only with a new run of the service.
    let mut shown = kept.lines().next_back().and_then(seq);
    let mut events = ns.follow::<Value>(path.as_str(), From::Oldest);
    let mut up = false;
    while let Some(followed) = events.next().await {
        match followed {
            Followed::Up => {
                if up {
                    eprintln!("goblin: {path} answers again");
                }
                up = true;
            }
            Followed::Event(event) => {
                let number = event.get("seq").and_then(Value::as_u64);
                if shown.is_some() && number <= shown {
                    continue;
                }
                shown = None;
                out.line(&event.to_string())?;
            }
            Followed::Lost => eprintln!("goblin: {path}: some events are no longer kept"),
            Followed::Down { why, .. } => {
                shown = None;
                eprintln!("goblin: {path} is out of reach ({why}); waiting for it");
            }
        }
    }
    Ok(())
}

fn seq(line: &str) -> Option<u64> {
    serde_json::from_str::<Value>(line)
        .ok()?
        .get("seq")?
        .as_u64()
}

/// Everything that is kept, without waiting for more.
async fn kept(ns: &Namespace, path: &TreePath) -> Result<String> {
    let file = ns
        .open(path.as_str(), OpenFlags::RDONLY | OpenFlags::NONBLOCK)
        .await?;
    let mut text = Vec::new();
    loop {
        match file.read_at(text.len() as u64, READ).await {
            Ok(data) if data.is_empty() => break,
            Ok(data) => text.extend_from_slice(&data),
            Err(error) if error.errno() == Errno::AGAIN => break,
            Err(error) => return Err(error.context(path).into()),
        }
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    // The line that tells where the oldest event lies is none itself.
    Ok(match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("{\"lost\":") => rest.to_owned(),
        _ => text,
    })
}
