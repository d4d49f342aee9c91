use anyhow::{Result, anyhow};
use ninep::Errno;
use ninep::client::Namespace;

use crate::cli::Mv;

/// Renames, or moves into a folder.
pub(crate) async fn run(ns: &Namespace, options: &Mv) -> Result<()> {
    let (from, to) = (&options.from, &options.to);
    let into = match ns.stat(to.as_str()).await {
        Ok(attr) => attr.qid.kind.is_dir(),
        Err(error) if error.errno() == Errno::NOENT => false,
        Err(error) => return Err(error.into()),
    };
    let name = from
        .name()
        .ok_or_else(|| anyhow!("/ is where the services are: it does not move"))?;
    let to = if into {
        to.join(name).map_err(|why| anyhow!(why))?
    } else {
        to.clone()
    };
    ns.rename(from.as_str(), to.as_str()).await?;
    Ok(())
}
