use anyhow::Result;
use ninep::client::Namespace;

use crate::cli::Get;
use crate::transfer;

/// Copies a file or folder out of a tree.
pub(crate) async fn run(ns: &Namespace, options: &Get) -> Result<()> {
    let (remote, local) = (&options.remote, &options.local);
    let local = match remote.name() {
        Some(name) if local.is_dir() => local.join(name),
        _ => local.clone(),
    };
    transfer::get(ns, remote, &local, options.resume).await
}
