//! Distances, radii and sizes, in logical pixels, on a grid of 4.

/// Distances between things.
pub mod space {
    /// Between an icon and its word: 4.
    pub const XS: f32 = 4.0;
    /// Within a component: 8.
    pub const S: f32 = 8.0;
    /// Between components of one group: 12.
    pub const M: f32 = 12.0;
    /// Inside a card, between groups: 16.
    pub const L: f32 = 16.0;
    /// Between sections, window margin: 24.
    pub const XL: f32 = 24.0;
    /// Around what stands alone: 40.
    pub const XXL: f32 = 40.0;
}

/// Corner radii.
pub mod radius {
    /// Badges, progress bars in rows: 6.
    pub const S: f32 = 6.0;
    /// Buttons, rows, inputs: 8.
    pub const M: f32 = 8.0;
    /// Cards, popups: 12.
    pub const L: f32 = 12.0;
    /// Round ends, whatever the height.
    pub const ROUND: f32 = 999.0;
}

/// Sizes of type.
pub mod font {
    /// Notes below a thing, badges: 12.
    pub const CAPTION: f32 = 12.0;
    /// All running text: 14.
    pub const BODY: f32 = 14.0;
    /// The name of a card or section: 15.
    pub const HEADING: f32 = 15.0;
    /// The name of a screen: 22.
    pub const TITLE: f32 = 22.0;
    /// The one figure a card is about: 28.
    pub const FIGURE: f32 = 28.0;
    /// Logs and commands: 13.
    pub const MONO: f32 = 13.0;
    /// Height of a line as a multiple of the size; tall enough for Chinese.
    pub const LINE: f32 = 1.45;
}

/// Sizes of icons.
pub mod icon {
    /// Beside caption text: 14.
    pub const S: f32 = 14.0;
    /// Beside body text, in buttons: 16.
    pub const M: f32 = 16.0;
    /// At the head of a row: 20.
    pub const L: f32 = 20.0;
    /// In an empty state: 40.
    pub const XL: f32 = 40.0;
}

/// Heights of controls.
pub mod control {
    /// Buttons and inputs: 36.
    pub const HEIGHT: f32 = 36.0;
    /// Buttons inside rows and in the bar: 28.
    pub const COMPACT: f32 = 28.0;
    /// A list row with one line: 44.
    pub const ROW: f32 = 44.0;
    /// Thickness of the focus ring: 2.
    pub const RING: f32 = 2.0;
    /// Thickness of a hairline: 1.
    pub const LINE: f32 = 1.0;
    /// Thickness of a progress bar: 8.
    pub const PROGRESS: f32 = 8.0;
    /// Thickness of a scroll bar: 6.
    pub const SCROLLER: f32 = 6.0;
}

/// Widths of columns.
pub mod width {
    /// A line of prose stays below this: 520.
    pub const PROSE: f32 = 520.0;
    /// The list beside a detail view: 300.
    pub const SIDEBAR: f32 = 300.0;
    /// A tooltip breaks its lines here: 320.
    pub const TOOLTIP: f32 = 320.0;
}
