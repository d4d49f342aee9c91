//! The configuration in force, as `/desktop/config` tells it.

use trees::desktop::{Config as File, Configuration, KeyboardSetup};

use super::{Config, ConfigFile};
use crate::domain::{SelectionRule, Verdict};

impl ConfigFile {
    /// The file as `/desktop` tells of it.
    pub(crate) fn told(&self) -> File {
        File {
            path: self.path.display().to_string(),
            error: self.error.clone(),
        }
    }
}

fn selection(rule: &SelectionRule) -> trees::desktop::SelectionRule {
    let then = match rule.verdict {
        Verdict::Allow => "allow",
        Verdict::Ask => "ask",
        Verdict::Deny => "deny",
    };
    trees::desktop::SelectionRule {
        from: rule.from.pattern(),
        to: rule.to.pattern(),
        kinds: rule
            .kinds
            .iter()
            .map(|kind| kind.word().to_owned())
            .collect(),
        then: then.to_owned(),
    }
}

impl Config {
    /// All of it that a file could have set.
    pub(crate) fn told(&self, file: &ConfigFile) -> Configuration {
        let keyboard = &self.keyboard;
        let mut keys = self.bindings.told();
        if let Some(action) = &self.super_tap {
            keys.insert("super".to_owned(), action.line());
        }
        Configuration {
            file: file.told(),
            theme: self.theme.name().to_owned(),
            wallpaper: self
                .wallpaper
                .as_ref()
                .map(|path| path.display().to_string()),
            keyboard: KeyboardSetup {
                layout: keyboard.layout.clone(),
                variant: keyboard.variant.clone(),
                options: keyboard.options.clone(),
                repeat_delay: keyboard.repeat_delay,
                repeat_rate: keyboard.repeat_rate,
            },
            tiling: self.layout.tiling,
            gap: self.layout.gap,
            scales: self.scales.clone(),
            keys,
            rules: self.rules.iter().map(super::Rule::told).collect(),
            selections: self.selections.iter().map(selection).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::parse;

    #[test]
    fn what_a_file_sets_is_told() {
        let text = "theme = \"dark\"\n[keyboard]\nlayout = \"us,de\"\n[outputs.A]\nscale = 1.25\n\
                    [layout]\ntiling = true\ngap = 3\n[keys]\n\"ctrl+shift+super+q\" = \"close\"\n\
                    \"super+Return\" = { spawn = [\"foot\", \"a b\"] }\n\"super+1\" = \"none\"\n\
                    [[selections]]\nfrom = \"debian\"\nthen = \"deny\"\n[[rules]]\napp_id = \"org.*\"\nopen = \"tiled\"\nsnap = \"left\"\n";
        let config = parse(Path::new("x"), text).unwrap();
        let file = ConfigFile {
            path: "/x".into(),
            error: Some("/x:1: no".to_owned()),
        };
        let told = config.told(&file);
        assert_eq!(told.file.path, "/x");
        assert_eq!(told.file.error.as_deref(), Some("/x:1: no"));
        assert_eq!((&*told.theme, told.tiling, told.gap), ("dark", true, 3));
        assert_eq!(told.keyboard.layout, "us,de");
        assert_eq!(told.scales["A"], 1.25);
        assert_eq!(told.keys["ctrl+shift+super+q"], "close");
        assert_eq!(told.keys["super+Return"], "spawn foot 'a b'");
        assert_eq!(told.keys["super"], "event launcher");
        assert!(!told.keys.contains_key("super+1"));
        let selection = &told.selections[0];
        assert_eq!((&*selection.from, &*selection.to), ("debian", "*"));
        assert_eq!(selection.then, "deny");
        assert_eq!(told.rules[0].app_id.as_deref(), Some("org.*"));
        assert_eq!(told.rules[0].open.as_deref(), Some("tiled"));
        assert_eq!(told.rules[0].snap.as_deref(), Some("left"));
    }

    /// What is told of the keys, written into a file, is the same configuration.
    #[test]
    fn the_keys_that_are_told_can_be_written() {
        let told = Config::default().told(&ConfigFile::default());
        let mut text = "[keys]\n".to_owned();
        for (keys, action) in &told.keys {
            text.push_str(&format!("{keys:?} = {action:?}\n"));
        }
        let again = parse(Path::new("x"), &text).unwrap();
        assert_eq!(again.told(&ConfigFile::default()), told);
    }
}
