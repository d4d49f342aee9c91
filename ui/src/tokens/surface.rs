//! Sizes of the surfaces that the shell puts on a screen, in logical pixels.

/// Height of the bar: 40.
pub const BAR: u32 = 40;
/// Width of the launcher: 480.
pub const LAUNCHER_WIDTH: u32 = 480;
/// Height of the launcher: 560.
pub const LAUNCHER_HEIGHT: u32 = 560;
/// Width of a notification: 380.
pub const NOTIFICATION_WIDTH: u32 = 380;
/// Distance of launcher and notifications from the edge, and between notifications: 12.
pub const GAP: u32 = 12;
/// Lines of a notification's text that are shown: 6.
pub const NOTIFICATION_LINES: f32 = 6.0;
