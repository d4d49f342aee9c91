use anyhow::Result;
use ninep::client::Namespace;

use crate::cli::Mount;

/// Mounts the trees, or one of them, as files of the kernel.
pub(crate) async fn run(ns: &Namespace, options: &Mount) -> Result<()> {
    crate::fuse::mount(ns, &options.tree, &options.folder).await
}
