use anyhow::Result;
use ninep::Errno;
use ninep::client::Namespace;
use ninep::tree::OpenFlags;

use crate::cli::Cat;
use crate::output::Output;

/// The most that one read asks for.
const READ: u32 = 1 << 20;

/// Prints files, each piece as it comes: an `event` file never ends.
pub(crate) async fn run(ns: &Namespace, options: &Cat, out: &mut Output) -> Result<()> {
    for path in &options.paths {
        let name = path.as_str();
        if ns.fid(name).await?.qid().kind.is_dir() {
            let what = format!("{path} is a folder: goblin ls {path}");
            return Err(ninep::Error::new(Errno::ISDIR, what).into());
        }
        let file = ns.open(name, OpenFlags::RDONLY).await?;
        let mut offset = 0;
        loop {
            let data = file
                .read_at(offset, READ)
                .await
                .map_err(|error| error.context(path))?;
            if data.is_empty() {
                break;
            }
            offset += data.len() as u64;
            out.bytes(&data)?;
        }
    }
    Ok(())
}
