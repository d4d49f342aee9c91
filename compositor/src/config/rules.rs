//! Window rules: how a window opens, by its application, its title and its domain.
//!
//! Rules apply when a window opens, in the order of the file; a later one overrules an earlier one.
//! In a pattern `*` stands for any text and `?` for one character. An edit of the rules changes no
//! window that is open.

use serde::Deserialize;
use trees::desktop::{Snap, WorkspaceTarget};
use wildmatch::WildMatch;

use crate::goblin::Goblin;
use crate::layout::NewWindow;
use crate::windows::Window;

/// The largest side of a window that a rule can ask for.
const MAX_SIDE: i32 = 16_384;

/// How a window opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Open {
    /// It floats, also above tiles.
    Floating,
    /// It is a tile, also where it could not be one by itself.
    Tiled,
    /// It fills the work area.
    Maximized,
    /// It fills the output.
    Fullscreen,
    /// It is not shown.
    Minimized,
}

impl Open {
    /// As it is written.
    fn word(self) -> &'static str {
        match self {
            Open::Floating => "floating",
            Open::Tiled => "tiled",
            Open::Maximized => "maximized",
            Open::Fullscreen => "fullscreen",
            Open::Minimized => "minimized",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    app_id: Option<WildMatch>,
    title: Option<WildMatch>,
    domain: Option<WildMatch>,
    open: Option<Open>,
    output: Option<String>,
    workspace: Option<u32>,
    size: Option<(i32, i32)>,
    snap: Option<Snap>,
    sticky: Option<bool>,
    on_top: Option<bool>,
    scratch: Option<bool>,
}

/// A rule as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenRule {
    app_id: Option<String>,
    title: Option<String>,
    domain: Option<String>,
    open: Option<Open>,
    output: Option<String>,
    workspace: Option<u32>,
    size: Option<(i32, i32)>,
    snap: Option<String>,
    sticky: Option<bool>,
    on_top: Option<bool>,
    scratch: Option<bool>,
}

impl WrittenRule {
    pub(super) fn read(self) -> Result<Rule, String> {
        if self.app_id.is_none() && self.title.is_none() && self.domain.is_none() {
            return Err(
                "the rule says of no window: it needs app_id, title or domain; app_id = \"*\" is all"
                    .to_owned(),
            );
        }
        if self.workspace == Some(0) {
            return Err("workspaces are numbered from 1".to_owned());
        }
        let side = 1..=MAX_SIDE;
        if let Some((width, height)) = self.size
            && !(side.contains(&width) && side.contains(&height))
        {
            return Err(format!(
                "a window of {width}×{height} cannot be: a side has 1 to {MAX_SIDE} pixels"
            ));
        }
        let snap = match &self.snap {
            None => None,
            Some(word) => Some(snap_of(word)?),
        };
        let pattern = |text: Option<String>| text.as_deref().map(WildMatch::new);
        Ok(Rule {
            app_id: pattern(self.app_id),
            title: pattern(self.title),
            domain: pattern(self.domain),
            open: self.open,
            output: self.output,
            workspace: self.workspace,
            size: self.size,
            snap,
            sticky: self.sticky,
            on_top: self.on_top,
            scratch: self.scratch,
        })
    }
}

fn snap_of(word: &str) -> Result<Snap, String> {
    let known = Snap::ALL.iter().copied().find(|snap| snap.word() == word);
    known.ok_or_else(|| {
        let words: Vec<&str> = Snap::ALL.iter().map(|snap| snap.word()).collect();
        format!(
            "there is no part {word:?}: it is one of {}",
            words.join(", ")
        )
    })
}

impl Rule {
    /// The rule as `/desktop/config` tells it.
    pub(super) fn told(&self) -> trees::desktop::Rule {
        let text = |pattern: &Option<WildMatch>| pattern.as_ref().map(|of| of.pattern());
        trees::desktop::Rule {
            app_id: text(&self.app_id),
            title: text(&self.title),
            domain: text(&self.domain),
            open: self.open.map(|open| open.word().to_owned()),
            output: self.output.clone(),
            workspace: self.workspace,
            size: self.size,
            snap: self.snap.map(|snap| snap.word().to_owned()),
            sticky: self.sticky,
            on_top: self.on_top,
            scratch: self.scratch,
        }
    }

    fn says_of(&self, app_id: &str, title: &str, domain: &str) -> bool {
        let says = |pattern: &Option<WildMatch>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
        };
        says(&self.app_id, app_id) && says(&self.title, title) && says(&self.domain, domain)
    }
}

impl Goblin {
    /// What the rules make of a window that opens.
    pub(crate) fn ruled(&self, mut new: NewWindow, window: &Window) -> NewWindow {
        let domain = window.domain.name();
        let mut workspace = None;
        let rules = self.config.rules.iter();
        for rule in rules.filter(|rule| rule.says_of(&window.app_id, &window.title, domain)) {
            if let Some(open) = rule.open {
                new.maximised = open == Open::Maximized;
                new.fullscreen = open == Open::Fullscreen;
                new.opening.minimised = open == Open::Minimized;
                new.opening.tiled = match open {
                    Open::Floating => Some(false),
                    Open::Tiled => Some(true),
                    Open::Maximized | Open::Fullscreen | Open::Minimized => None,
                };
            }
            let named = rule
                .output
                .as_deref()
                .and_then(|name| self.output_named(name));
            new.output = named.map(|output| output.id).or(new.output);
            workspace = rule.workspace.or(workspace);
            new.opening.size = rule.size.map(Into::into).or(new.opening.size);
            new.opening.snap = rule.snap.or(new.opening.snap);
            new.opening.sticky = rule.sticky.unwrap_or(new.opening.sticky);
            new.opening.on_top = rule.on_top.unwrap_or(new.opening.on_top);
            new.opening.scratch = rule.scratch.unwrap_or(new.opening.scratch);
        }
        if let (Some(number), Some(output)) = (workspace, new.output) {
            let target = WorkspaceTarget::Number(number);
            new.opening.workspace = self.layout.workspace_at(output, target);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(app_id: Option<&str>, title: Option<&str>, domain: Option<&str>) -> Rule {
        let written = WrittenRule {
            app_id: app_id.map(str::to_owned),
            title: title.map(str::to_owned),
            domain: domain.map(str::to_owned),
            ..WrittenRule::default()
        };
        written.read().unwrap()
    }

    #[test]
    fn a_rule_says_of_what_all_its_patterns_match() {
        let both = rule(Some("org.*.App"), Some("*draft*"), None);
        assert!(both.says_of("org.example.App", "a draft", "board"));
        assert!(!both.says_of("org.example.App", "a letter", "board"));
        assert!(!both.says_of("org.example.Other", "a draft", "board"));
        let domain = rule(None, None, Some("debian"));
        assert!(domain.says_of("", "", "debian"));
        assert!(!domain.says_of("debian", "debian", "board"));
    }

    #[test]
    fn a_rule_that_says_of_nothing_is_refused() {
        assert!(WrittenRule::default().read().is_err());
    }
}
