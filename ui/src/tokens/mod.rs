//! The literal values of the design: nothing outside this module names a colour or a size.

mod colour;
mod scale;
pub mod surface;

pub use colour::{DARK, LIGHT, Meaning, Palette, Shades};
pub use scale::{control, font, icon, radius, space, width};
