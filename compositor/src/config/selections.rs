//! Rules for what is copied, marked or dragged from one domain to another.

use serde::Deserialize;
use wildmatch::WildMatch;

use crate::domain::{SelectionKind, SelectionRule, Verdict};

/// A rule as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSelection {
    from: Option<String>,
    to: Option<String>,
    kind: Option<Kinds>,
    then: Then,
}

/// One kind, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Kinds {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Then {
    Allow,
    Ask,
    Deny,
}

impl WrittenSelection {
    pub(super) fn read(self) -> Result<SelectionRule, String> {
        if self.from.is_none() && self.to.is_none() {
            return Err(
                "the rule says of no domain: it needs from or to; to = \"*\" is all".to_owned(),
            );
        }
        let kinds = match self.kind {
            None => Vec::new(),
            Some(Kinds::One(word)) => vec![kind_of(&word)?],
            Some(Kinds::Several(words)) => words
                .iter()
                .map(|word| kind_of(word))
                .collect::<Result<_, _>>()?,
        };
        let pattern = |text: Option<String>| WildMatch::new(text.as_deref().unwrap_or("*"));
        Ok(SelectionRule {
            from: pattern(self.from),
            to: pattern(self.to),
            kinds,
            verdict: match self.then {
                Then::Allow => Verdict::Allow,
                Then::Ask => Verdict::Ask,
                Then::Deny => Verdict::Deny,
            },
        })
    }
}

fn kind_of(word: &str) -> Result<SelectionKind, String> {
    let known = SelectionKind::ALL
        .into_iter()
        .find(|kind| kind.word() == word);
    known.ok_or_else(|| {
        let words = SelectionKind::ALL.map(SelectionKind::word).join(", ");
        format!("there is no selection {word:?}: it is one of {words}")
    })
}
