//! The configuration: one TOML file, read at the start and again whenever it changes.
//!
//! `$XDG_CONFIG_HOME/goblin/compositor.toml`; a missing file means the defaults. A faulty file
//! never stops the start and never takes anything away: what was in force stays, and the fault is
//! told with file, line and reason.
//!
//! ```toml
//! theme = "dark"                     # or "light"
//! wallpaper = "/home/me/Pictures/lake.png"   # PNG
//!
//! [keyboard]
//! layout = "us,de"
//! variant = ""
//! options = "grp:win_space_toggle"
//! repeat_delay = 400                 # milliseconds
//! repeat_rate = 30                   # per second
//!
//! [outputs.headless-1]
//! scale = 1.25
//!
//! [keys]
//! "super+return" = { spawn = ["foot"] }
//! "super+q" = "close"
//! "super+p" = { event = "panels" }   # a line of /desktop/event
//! "super+escape" = "none"            # takes a default away
//! ```

mod bindings;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use smithay::input::keyboard::XkbConfig;
use thiserror::Error;

pub(crate) use bindings::{Action, Bindings};
pub(crate) use watch::watch;

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
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    pub(crate) theme: Theme,
    /// None: the wallpaper that comes with goblin.
    pub(crate) wallpaper: Option<PathBuf>,
    pub(crate) keyboard: KeyboardConfig,
    pub(crate) bindings: Bindings,
    /// What Super does when it is tapped alone.
    pub(crate) super_tap: Option<Action>,
    scales: BTreeMap<String, f64>,
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

fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
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
    let mut bindings = Bindings::default();
    let mut super_tap = Some(Action::Event("launcher".to_owned()));
    for (keys, action) in written.keys {
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
    Ok(Config {
        theme: written.theme,
        wallpaper: written.wallpaper,
        keyboard: written.keyboard,
        bindings,
        super_tap,
        scales,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Config, ConfigError> {
        parse(Path::new("compositor.toml"), text)
    }

    #[test]
    fn the_example_in_the_documentation_is_taken() {
        let docs = include_str!("mod.rs");
        let lines = docs.lines().map_while(|line| line.strip_prefix("//!"));
        let text: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .skip_while(|line| *line != "```toml")
            .skip(1)
            .take_while(|line| *line != "```")
            .collect();
        let config = parsed(&text.join("\n")).unwrap();
        assert_eq!(config.theme, Theme::Dark);
        assert_eq!(config.keyboard.layout, "us,de");
        assert_eq!(config.scale_of("headless-1"), Some(1.25));
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let config = parsed("").unwrap();
        assert_eq!(config.theme, Theme::Light);
        assert_eq!(config.super_tap, Some(Action::Event("launcher".to_owned())));
    }

    #[test]
    fn faults_name_file_line_and_reason() {
        for (text, line, word) in [
            ("theme = \"light\"\nthene = 3\n", 2, "thene"),
            ("\n[keys]\n\"super+q\" = \"explode\"\n", 3, "explode"),
            ("[keys]\n\"hyper+q\" = \"close\"\n", 2, "hyper"),
            ("[outputs.A]\nscale = 9\n", 2, "0.5"),
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
