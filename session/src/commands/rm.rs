use anyhow::Result;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use ninep::Errno;
use ninep::client::Namespace;

use crate::cli::Rm;
use crate::path::TreePath;

/// Removals that are in flight together.
const WINDOW: usize = 32;

/// Removes files, and with `-r` folders.
pub(crate) async fn run(ns: &Namespace, options: &Rm) -> Result<()> {
    for path in &options.paths {
        let folder = !path.is_root() && ns.stat(path.as_str()).await?.qid.kind.is_dir();
        match (folder, options.recursive) {
            (true, true) => tree(ns, path).await?,
            (true, false) => {
                let what =
                    format!("{path} is a folder; with all that is in it: goblin rm -r {path}");
                return Err(ninep::Error::new(Errno::ISDIR, what).into());
            }
            (false, _) => ns.remove(path.as_str()).await?,
        }
    }
    Ok(())
}

/// Removes a folder, what is in it first. Its depth is bounded by no stack: folders wait in a list.
async fn tree(ns: &Namespace, top: &TreePath) -> Result<()> {
    let mut folders = vec![top.clone()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).cloned() {
        next += 1;
        let mut files = Vec::new();
        for entry in ns.list(folder.as_str()).await? {
            let path = folder.join(&entry.name).map_err(anyhow::Error::msg)?;
            if entry.attr.qid.kind.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
        stream::iter(files)
            .map(|file| async move { ns.remove(file.as_str()).await })
            .buffer_unordered(WINDOW)
            .try_collect::<()>()
            .await?;
    }
    // Found from the top down, so the other way round each is empty when its turn comes.
    for folder in folders.iter().rev() {
        ns.remove(folder.as_str()).await?;
    }
    Ok(())
}
