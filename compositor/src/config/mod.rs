//! The configuration: one TOML file, read at the start and again whenever it changes.
//!
//! `$XDG_CONFIG_HOME/goblin/compositor.toml`; a missing file means the defaults. A faulty file
//! never stops the start and never takes anything away: what was in force stays, and the fault is
//! told with file, line and reason.
//!
//! `CONFIGURATION.md` beside the crate says what can be written in it.

mod bindings;
mod rules;
mod selections;
mod told;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use smithay::input::keyboard::XkbConfig;
use thiserror::Error;

use crate::domain::SelectionRule;
use crate::layout::Options;

pub(crate) use bindings::{Action, Bindings};
pub(crate) use rules::Rule;
pub(crate) use watch::watch;

/// The gaps that there can be between tiles, in logical pixels.
const GAPS: std::ops::RangeInclusive<i32> = 0..=256;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// As it is written in the configuration and in `/desktop`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The keyboard's layout and repeat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct KeyboardConfig {
    /// xkb layouts, separated by commas. Empty: the system's default.
    pub(crate) layout: String,
    /// One variant for each layout.
    pub(crate) variant: String,
    /// xkb options, separated by commas.
    pub(crate) options: Option<String>,
    /// Milliseconds until a held key repeats.
    pub(crate) repeat_delay: i32,
    /// Repeats in a second; 0 never repeats.
    pub(crate) repeat_rate: i32,
}

impl Default for KeyboardConfig {
    fn default() -> Self {
        Self {
            layout: String::new(),
            variant: String::new(),
            options: None,
            repeat_delay: 400,
            repeat_rate: 30,
        }
    }
}

impl KeyboardConfig {
    /// The same as xkb takes it.
    #[must_use]
    pub(crate) fn xkb(&self) -> XkbConfig<'_> {
        XkbConfig {
            layout: &self.layout,
            variant: &self.variant,
            options: self.options.clone(),
            ..XkbConfig::default()
        }
    }
}

/// The configuration in force.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) theme: Theme,
    /// None: the wallpaper that comes with goblin.
    pub(crate) wallpaper: Option<PathBuf>,
    pub(crate) keyboard: KeyboardConfig,
    pub(crate) bindings: Bindings,
    /// What Super does when it is tapped alone.
    pub(crate) super_tap: Option<Action>,
    /// How workspaces begin, and the gaps between tiles.
    pub(crate) layout: Options,
    /// How windows open.
    pub(crate) rules: Vec<Rule>,
    /// What may go from one domain to another.
    pub(crate) selections: Vec<SelectionRule>,
    scales: BTreeMap<String, f64>,
}

impl Default for Config {
    /// What is in force without a file.
    #[expect(
        clippy::expect_used,
        reason = "an empty file has no fault, and a test reads the default bindings"
    )]
    fn default() -> Self {
        parse(Path::new(""), "").expect("the defaults are well-formed")
    }
}

impl Config {
    /// The scale set for an output.
    pub(crate) fn scale_of(&self, output: &str) -> Option<f64> {
        self.scales.get(output).copied()
    }
}

/// Why a configuration file was not taken.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// It is there and cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It says something that cannot be.
    #[error("{path}:{line}: {reason}", path = path.display())]
    Fault {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    theme: Theme,
    wallpaper: Option<PathBuf>,
    keyboard: KeyboardConfig,
    outputs: BTreeMap<String, WrittenOutput>,
    keys: BTreeMap<toml::Spanned<String>, bindings::WrittenAction>,
    layout: WrittenLayout,
    rules: Vec<toml::Spanned<rules::WrittenRule>>,
    selections: Vec<toml::Spanned<selections::WrittenSelection>>,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenLayout {
    tiling: bool,
    gap: toml::Spanned<i32>,
}

impl Default for WrittenLayout {
    fn default() -> Self {
        let Options { tiling, gap } = Options::default();
        Self {
            tiling,
            gap: toml::Spanned::new(0..0, gap),
        }
    }
}

/// The default bindings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKeys {
    keys: BTreeMap<toml::Spanned<String>, bindings::WrittenAction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOutput {
    scale: toml::Spanned<f64>,
}

/// The configuration's file and what became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    /// Why the file as it is now was not taken.
    pub(crate) error: Option<String>,
}

impl ConfigFile {
    /// Where the configuration lies for this user.
    pub(crate) fn default_path() -> PathBuf {
        let variable = |name| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|p| p.is_absolute())
        };
        let home = || variable("HOME").map(|home| home.join(".config"));
        variable("XDG_CONFIG_HOME")
            .or_else(home)
            .unwrap_or_else(|| PathBuf::from("/etc/xdg"))
            .join("goblin/compositor.toml")
    }
}

/// Reads a configuration file. A missing one is the defaults.
///
/// # Errors
/// File, line and reason of the first fault.
pub(crate) fn read(path: &Path) -> Result<Config, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => parse(path, ""),
        Err(source) => Err(ConfigError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Reads a configuration.
///
/// # Errors
/// The same.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let fault = |offset: Option<usize>, reason: String| {
        let before = text.get(..offset.unwrap_or(0)).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        ConfigError::Fault {
            path: path.to_owned(),
            line,
            reason,
        }
    };
    let written: Written = toml::from_str(text).map_err(|error| {
        fault(
            error.span().map(|span| span.start),
            error.message().to_owned(),
        )
    })?;
    let mut scales = BTreeMap::new();
    for (name, output) in written.outputs {
        let scale = *output.scale.get_ref();
        if !crate::outputs::SCALES.contains(&scale) {
            let reason = format!("the scale {scale} of {name} is not between 0.5 and 4");
            return Err(fault(Some(output.scale.span().start), reason));
        }
        scales.insert(name, scale);
    }
    let defaults: WrittenKeys = toml::from_str(bindings::DEFAULTS)
        .map_err(|error| fault(None, error.message().to_owned()))?;
    let mut bindings = Bindings::default();
    let mut super_tap = None;
    for (keys, action) in defaults.keys.into_iter().chain(written.keys) {
        let at = keys.span().start;
        let action = action.read().map_err(|reason| fault(Some(at), reason))?;
        if keys.get_ref().eq_ignore_ascii_case("super") {
            super_tap = action;
        } else {
            bindings
                .set(keys.get_ref(), action)
                .map_err(|reason| fault(Some(at), reason))?;
        }
    }
    let gap = *written.layout.gap.get_ref();
    if !GAPS.contains(&gap) {
        let reason = format!("the gap {gap} is not between 0 and 256");
        return Err(fault(Some(written.layout.gap.span().start), reason));
    }
    let mut rules = Vec::new();
    for rule in written.rules {
        let at = rule.span().start;
        let rule = rule.into_inner().read();
        rules.push(rule.map_err(|reason| fault(Some(at), reason))?);
    }
    let mut selections = Vec::new();
    for rule in written.selections {
        let at = rule.span().start;
        let rule = rule.into_inner().read();
        selections.push(rule.map_err(|reason| fault(Some(at), reason))?);
    }
    Ok(Config {
        theme: written.theme,
        wallpaper: written.wallpaper,
        keyboard: written.keyboard,
        bindings,
        super_tap,
        layout: Options {
            tiling: written.layout.tiling,
            gap,
        },
        rules,
        selections,
        scales,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Config, ConfigError> {
        parse(Path::new("compositor.toml"), text)
    }

    /// The blocks of configuration in the documentation, each with its line.
    fn documented() -> Vec<(usize, String)> {
        let docs = include_str!("../../CONFIGURATION.md");
        let mut blocks = Vec::new();
        let mut block: Option<(usize, String)> = None;
        for (number, line) in docs.lines().enumerate() {
            match (&mut block, line) {
                (None, "```toml") => block = Some((number + 1, String::new())),
                (Some(_), "```") => blocks.extend(block.take()),
                (Some((_, text)), line) => text.extend([line, "\n"]),
                (None, _) => {}
            }
        }
        blocks
    }

    #[test]
    fn every_block_in_the_documentation_is_taken() {
        let blocks = documented();
        assert!(blocks.len() > 5);
        for (line, text) in &blocks {
            if let Err(error) = parsed(text) {
                panic!("the block at line {line} of CONFIGURATION.md: {error}");
            }
        }
        let whole = parsed(&blocks[0].1).unwrap();
        assert_eq!(whole.theme, Theme::Dark);
        assert_eq!(whole.keyboard.layout, "us,de");
        assert_eq!(whole.scale_of("headless-1"), Some(1.25));
        let defaults = blocks.iter().any(|(_, text)| text == bindings::DEFAULTS);
        assert!(defaults, "the default bindings are documented as they are");
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let config = parsed("").unwrap();
        assert_eq!(config.theme, Theme::Light);
        assert_eq!(
            config.super_tap,
            Some(Action::parse("event launcher").unwrap())
        );
        assert!(!config.layout.tiling);
    }

    #[test]
    fn faults_name_file_line_and_reason() {
        for (text, line, word) in [
            ("theme = \"light\"\nthene = 3\n", 2, "thene"),
            ("\n[keys]\n\"super+q\" = \"explode\"\n", 3, "explode"),
            ("[keys]\n\"hyper+q\" = \"close\"\n", 2, "hyper"),
            ("[outputs.A]\nscale = 9\n", 2, "0.5"),
            ("[keys]\n\"super+x\" = \"snap\"\n", 2, "part"),
            ("[layout]\ngap = -1\n", 2, "gap"),
            ("\n[[rules]]\nopen = \"tiled\"\n", 2, "app_id"),
            ("[[rules]]\ntitle = \"*\"\nsnap = \"aside\"\n", 1, "aside"),
            ("[[selections]]\nthen = \"ask\"\n", 1, "from"),
            (
                "[[selections]]\nto = \"*\"\nkind = \"smell\"\nthen = \"ask\"\n",
                1,
                "smell",
            ),
            ("theme = ", 1, ""),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("compositor.toml:{line}:")),
                "{error}"
            );
            assert!(error.contains(word), "{error}");
        }
    }
}
