mod event;
mod log;

use anyhow::Result;
use ninep::client::Namespace;

use crate::cli::Tail;
use crate::output::Output;

/// Prints the end of a file, and what comes.
pub(crate) async fn run(ns: &Namespace, options: &Tail, out: &mut Output) -> Result<()> {
    let follow = !options.no_follow;
    match options.path.name() {
        Some("event") => event::tail(ns, &options.path, options.lines, follow, out).await,
        _ => log::tail(ns, &options.path, options.lines, follow, out).await,
    }
}

/// The last `count` lines of a text, with their newlines.
fn last_lines(text: &str, count: usize) -> &str {
    let ends = text.trim_end_matches('\n');
    let from = match count.checked_sub(1) {
        None => text.len(),
        Some(before) => ends
            .rmatch_indices('\n')
            .nth(before)
            .map_or(0, |(newline, _)| newline + 1),
    };
    text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_whole() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc\n");
        assert_eq!(last_lines("a\nb\nc", 1), "c");
        assert_eq!(last_lines("a\n", 5), "a\n");
        assert_eq!(last_lines("a\n", 0), "");
        assert_eq!(last_lines("", 3), "");
    }
}
