use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use ninep::client::{CtlError, Namespace};
use ninep::tree::ctl::quote;
use serde_json::Value;
use tokio::io::AsyncReadExt;

use crate::cli::Write;
use crate::output::Output;

/// Gives an order, or replaces the content of a file.
pub(crate) async fn run(ns: &Namespace, options: &Write, out: &mut Output) -> Result<()> {
    let path = &options.path;
    if path.name() == Some("ctl") {
        let text = match options.words.as_slice() {
            [] => {
                String::from_utf8(standard_input().await?).context("an order is text in UTF-8")?
            }
            words => line(words),
        };
        let said = order(ns, path.as_str(), text.trim_end()).await?;
        if said != Value::Null {
            out.line(&said.to_string())?;
        }
        return Ok(());
    }
    let content = match options.words.as_slice() {
        [] => standard_input().await?,
        words => format!("{}\n", words.join(" ")).into_bytes(),
    };
    ns.put(path.as_str(), Bytes::from(content)).await?;
    Ok(())
}

/// One order. What was given as one word is a line already.
fn line(words: &[String]) -> String {
    match words {
        [line] => line.clone(),
        words => words
            .iter()
            .map(|word| quote(word))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Gives orders to a `ctl`; a refusal is an error with what would work.
pub(crate) async fn order(ns: &Namespace, path: &str, text: &str) -> Result<Value> {
    ns.ctl(path, text).await.map_err(|error| match error {
        CtlError::Refused {
            why, would_work, ..
        } if would_work.is_empty() => {
            anyhow!("{path} refused: {why}")
        }
        CtlError::Refused {
            why, would_work, ..
        } => {
            anyhow!("{path} refused: {why}. What would work: {would_work}")
        }
        CtlError::Failed(error) => error.into(),
    })
}

async fn standard_input() -> Result<Vec<u8>> {
    let mut content = Vec::new();
    tokio::io::stdin()
        .read_to_end(&mut content)
        .await
        .context("standard input")?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> String {
        line(
            &words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn words_are_quoted_and_a_line_is_left_alone() {
        assert_eq!(words(&["restart"]), "restart");
        assert_eq!(words(&["spawn foot -e 'ls -l'"]), "spawn foot -e 'ls -l'");
        assert_eq!(
            words(&["spawn", "sh", "-c", "echo it's me"]),
            "spawn sh -c 'echo it''s me'"
        );
    }
}
