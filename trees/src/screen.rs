//! `NAME/screen`: what a view shows, read off the view that was drawn.
//!
//! It is computed when the file is opened, by a walk over the drawn widgets, never from the model: what a test or a screen
//! reader finds here is what a person sees.

use serde::{Deserialize, Serialize};

/// One drawn surface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screen {
    /// Counts redraws whose content differs.
    pub rev: u64,
    /// The surface: a window's `app_id`, or a layer surface's namespace.
    pub surface: String,
    /// The output that it is on, where the program knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Width of the surface in logical pixels.
    pub width: f32,
    /// Height of the surface in logical pixels.
    pub height: f32,
    /// What is on it, in drawing order.
    pub items: Vec<Item>,
}

/// One thing on a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// What it is for a person: `button`, `text`, `heading`, `light`, `row`, `field`, `progress`, …
    pub role: String,
    /// Its label or its text.
    pub text: String,
    /// Left edge, in logical pixels of the surface.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// What else can be seen of it, such as `disabled`, `selected`, `checked`, or the state of a light.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<String>,
}

impl Item {
    /// The middle, where a click goes.
    pub fn center(&self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

impl Screen {
    /// The first thing with this role whose text contains `text`.
    pub fn find(&self, role: &str, text: &str) -> Option<&Item> {
        self.items
            .iter()
            .find(|item| item.role == role && item.text.contains(text))
    }
}
