use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use ninep::Errno;
use ninep::client::Namespace;

use crate::cli::Put;
use crate::path::TreePath;
use crate::transfer;

/// Copies files and folders into a tree.
pub(crate) async fn run(ns: &Namespace, options: &Put) -> Result<()> {
    let remote = &options.remote;
    let into = match ns.stat(remote.as_str()).await {
        Ok(attr) => attr.qid.kind.is_dir(),
        Err(error) if error.errno() == Errno::NOENT && options.local.len() == 1 => {
            // Only the last name may be new; what its folder is missing is told by name.
            if let Some(folder) = remote.parent().filter(|folder| !folder.is_root()) {
                ns.stat(folder.as_str()).await?;
            }
            false
        }
        Err(error) => return Err(error.into()),
    };
    if !into && options.local.len() > 1 {
        bail!("{remote} is no folder: many files need one to lie in");
    }
    let mut tops: Vec<(&Path, TreePath)> = Vec::new();
    for local in &options.local {
        let to = if into {
            remote.join(&own_name(local)?).map_err(|why| anyhow!(why))?
        } else {
            remote.clone()
        };
        if tops.iter().any(|(_, taken)| *taken == to) {
            bail!("two of the files would be {to}");
        }
        tops.push((local, to));
    }
    transfer::put(ns, &tops, options.resume).await
}

/// The name that a copy of `local` gets in a folder. `.` and `..` have one too: that of the folder they mean.
fn own_name(local: &Path) -> Result<String> {
    let name = match local.file_name() {
        Some(name) => name.to_owned(),
        None => {
            let whole = fs::canonicalize(local).with_context(|| local.display().to_string())?;
            whole
                .file_name()
                .context("/ has no name: name the copy")?
                .to_owned()
        }
    };
    name.into_string()
        .map_err(|name| anyhow!("{} is no UTF-8, as names in a tree are", name.display()))
}
