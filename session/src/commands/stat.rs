use anyhow::Result;
use ninep::client::Namespace;
use ninep::wire::Attr;
use serde_json::json;

use super::ls::{mode, time};
use crate::cli::Stat;
use crate::output::Output;
use crate::path::TreePath;

/// Tells what is known of each file.
pub(crate) async fn run(ns: &Namespace, options: &Stat, out: &mut Output) -> Result<()> {
    for path in &options.paths {
        let attr = ns.stat(path.as_str()).await?;
        if options.json {
            out.line(&object(path, &attr).to_string())?;
        } else {
            out.bytes(text(path, &attr).as_bytes())?;
        }
    }
    Ok(())
}

fn kind(attr: &Attr) -> &'static str {
    match attr.mode & 0o170_000 {
        0o040_000 => "folder",
        0o120_000 => "symbolic link",
        _ => "file",
    }
}

fn text(path: &TreePath, attr: &Attr) -> String {
    let synthetic = if attr.qid.version == 0 {
        ", made when it is read"
    } else {
        ""
    };
    format!(
        "{path}\n  kind     {}{synthetic}\n  mode     {} ({:04o})\n  size     {}\n  changed  {}\n  owner    {}:{}\n  qid      {:#x} version {}\n",
        kind(attr),
        mode(attr.mode),
        attr.mode & 0o7777,
        attr.size,
        time(attr),
        attr.uid,
        attr.gid,
        attr.qid.path,
        attr.qid.version,
    )
}

fn object(path: &TreePath, attr: &Attr) -> serde_json::Value {
    json!({
        "path": path.as_str(),
        "kind": kind(attr),
        "mode": attr.mode & 0o7777,
        "size": attr.size,
        "mtime": attr.mtime.sec.saturating_mul(1000).saturating_add(attr.mtime.nsec / 1_000_000),
        "uid": attr.uid,
        "gid": attr.gid,
        "qid": { "kind": attr.qid.kind.0, "version": attr.qid.version, "path": attr.qid.path },
    })
}
