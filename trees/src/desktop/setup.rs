//! `/desktop/config`: the configuration in force.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `/desktop/config`: the configuration in force, whatever its file says by now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Its file, and what is wrong with that.
    #[serde(flatten)]
    pub file: super::Config,
    /// `light` or `dark`, as it begins.
    pub theme: String,
    /// The picture behind everything; without one, goblin's own.
    pub wallpaper: Option<String>,
    /// Layout and repeat of the keyboard.
    pub keyboard: KeyboardSetup,
    /// New workspaces are tiling ones.
    pub tiling: bool,
    /// The space between tiles and around them, in logical pixels.
    pub gap: i32,
    /// The scale of outputs that have one set, by their names.
    pub scales: BTreeMap<String, f64>,
    /// What keys do, as it would be written to a `ctl`; `super` is that key tapped alone.
    pub keys: BTreeMap<String, String>,
    /// How windows open.
    pub rules: Vec<Rule>,
    /// What may go from one domain to another.
    pub selections: Vec<SelectionRule>,
}

/// The keyboard as it is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyboardSetup {
    /// xkb layouts, separated by commas. Empty: the system's default.
    pub layout: String,
    /// One variant for each layout.
    pub variant: String,
    /// xkb options, separated by commas.
    pub options: Option<String>,
    /// Milliseconds until a held key repeats.
    pub repeat_delay: i32,
    /// Repeats in a second; 0 never repeats.
    pub repeat_rate: i32,
}

/// A rule for what is copied, marked or dragged from one domain to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionRule {
    /// Pattern of the domain that has the data.
    pub from: String,
    /// Pattern of the domain that would get it.
    pub to: String,
    /// The kinds it is about; none means all.
    pub kinds: Vec<String>,
    /// `allow`, `ask` or `deny`.
    pub then: String,
}

/// A rule: which windows, and how they open. What it does not say stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Pattern of the `app_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// Pattern of the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Pattern of the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `floating`, `tiled`, `maximized`, `fullscreen` or `minimized`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// The name of the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The number of the workspace, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace: Option<u32>,
    /// Width and height, in logical pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<(i32, i32)>,
    /// The part of the work area it fills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snap: Option<String>,
    /// On all workspaces of its output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<bool>,
    /// Above all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_top: Option<bool>,
    /// On the scratch workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scratch: Option<bool>,
}
