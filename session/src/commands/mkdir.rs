use anyhow::Result;
use ninep::Errno;
use ninep::client::Namespace;

use crate::cli::Mkdir;
use crate::path::TreePath;

/// Makes folders.
pub(crate) async fn run(ns: &Namespace, options: &Mkdir) -> Result<()> {
    for path in &options.paths {
        if options.parents {
            with_parents(ns, path).await?;
        } else {
            ns.mkdir(path.as_str()).await?;
        }
    }
    Ok(())
}

async fn with_parents(ns: &Namespace, path: &TreePath) -> Result<()> {
    let mut missing = Vec::new();
    let mut at = Some(path.clone());
    while let Some(folder) = at.filter(|folder| !folder.is_root()) {
        match ns.stat(folder.as_str()).await {
            Ok(attr) if attr.qid.kind.is_dir() => break,
            Ok(_) => {
                let what = format!("{folder} is there, and no folder");
                return Err(ninep::Error::new(Errno::NOTDIR, what).into());
            }
            Err(error) if error.errno() == Errno::NOENT => {}
            Err(error) => return Err(error.into()),
        }
        at = folder.parent();
        missing.push(folder);
    }
    for folder in missing.iter().rev() {
        ns.mkdir(folder.as_str()).await?;
    }
    Ok(())
}
