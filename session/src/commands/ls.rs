use anyhow::Result;
use ninep::Errno;
use ninep::client::{Entry, Namespace};
use ninep::wire::Attr;

use crate::cli::Ls;
use crate::fault::answers;
use crate::output::Output;
use crate::path::TreePath;

/// Prints names, one to a line.
pub(crate) async fn run(ns: &Namespace, options: &Ls, out: &mut Output) -> Result<()> {
    let many = options.paths.len() > 1;
    for (nth, path) in options.paths.iter().enumerate() {
        let entries = entries(ns, path).await?;
        if many {
            let gap = if nth > 0 { "\n" } else { "" };
            out.line(&format!("{gap}{path}:"))?;
        }
        let width = entries
            .iter()
            .map(|entry| entry.attr.size.to_string().len())
            .max()
            .unwrap_or(1);
        let mut text = String::new();
        for entry in &entries {
            if options.long {
                text.push_str(&long(&entry.attr, width));
            }
            text.push_str(&shown(&entry.name));
            text.push('\n');
        }
        out.bytes(text.as_bytes())?;
    }
    Ok(())
}

async fn entries(ns: &Namespace, path: &TreePath) -> Result<Vec<Entry>> {
    match ns.list(path.as_str()).await {
        // A socket that a killed service left behind is no service.
        Ok(mut entries) if path.is_root() => {
            entries.retain(|entry| answers(ns, &entry.name));
            if entries.is_empty() {
                return Err(ninep::Error::new(Errno::NOENT, "/subsystems").into());
            }
            Ok(entries)
        }
        Ok(entries) => Ok(entries),
        Err(error) if path.is_root() && error.errno() == Errno::NOENT => {
            Err(ninep::Error::new(Errno::NOENT, "/subsystems").into())
        }
        Err(error) if error.errno() == Errno::NOTDIR => Ok(vec![Entry {
            name: path.to_string(),
            attr: ns.stat(path.as_str()).await?,
        }]),
        Err(error) => Err(error.into()),
    }
}

/// A name on one line of a terminal, whatever is in it.
fn shown(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

fn long(attr: &Attr, width: usize) -> String {
    format!("{} {:>width$} {} ", mode(attr.mode), attr.size, time(attr))
}

/// When it was last changed, in local time.
pub(crate) fn time(attr: &Attr) -> String {
    jiff::Timestamp::try_from(attr.mtime.to_system_time()).map_or_else(
        |_| "-".to_owned(),
        |time| {
            time.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

/// Kind and permissions as *ls(1)* writes them.
pub(crate) fn mode(mode: u32) -> String {
    let kind = match mode & 0o170_000 {
        0o040_000 => 'd',
        0o120_000 => 'l',
        0o010_000 => 'p',
        0o140_000 => 's',
        _ => '-',
    };
    let bits = "rwxrwxrwx".chars().zip((0..9).rev());
    let bits = bits.map(|(letter, bit)| if mode & (1 << bit) == 0 { '-' } else { letter });
    std::iter::once(kind).chain(bits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_look_as_in_ls() {
        assert_eq!(mode(0o040_755), "drwxr-xr-x");
        assert_eq!(mode(0o100_600), "-rw-------");
        assert_eq!(mode(0o120_777), "lrwxrwxrwx");
    }

    #[test]
    fn a_name_cannot_write_to_the_terminal() {
        assert_eq!(shown("a\nb\u{1b}[31m"), "a?b?[31m");
    }
}
