use anyhow::{Context, Result, anyhow, bail};
use ninep::client::Namespace;
use trees::desktop::Status;

use crate::cli::Screenshot;
use crate::local;
use crate::output::Output;

/// Saves a picture.
pub(crate) async fn run(ns: &Namespace, options: &Screenshot, out: &mut Output) -> Result<()> {
    let status: Status = ns.read_json("/desktop/status").await?;
    if !status.testing {
        bail!(
            "this session takes no pictures: it was not started for testing. One that does: \
             goblin session --testing"
        );
    }
    if status.locked {
        bail!("the screen is locked: no pictures are taken before it is unlocked");
    }
    let path = match (options.window, &options.output) {
        (Some(window), _) => {
            if !status.windows.contains(&window) {
                bail!(
                    "there is no window {window}; there are: {}",
                    list(&status.windows)
                );
            }
            format!("/desktop/windows/{window}/picture.png")
        }
        (None, Some(output)) => {
            if !status.outputs.contains(output) {
                bail!(
                    "there is no output {output}; there are: {}",
                    list(&status.outputs)
                );
            }
            format!("/desktop/outputs/{output}/picture.png")
        }
        (None, None) => {
            let first = status.outputs.first();
            let output = first.ok_or_else(|| anyhow!("the desktop has no output to show"))?;
            format!("/desktop/outputs/{output}/picture.png")
        }
    };
    let picture = ns.read(&path).await?;
    if options.file.as_os_str() == "-" {
        return out.bytes(&picture);
    }
    local::replace(&options.file, &picture)
        .with_context(|| format!("{} cannot be written", options.file.display()))
}

fn list<T: ToString>(things: &[T]) -> String {
    if things.is_empty() {
        return "none".to_owned();
    }
    things
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}
