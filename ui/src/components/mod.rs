//! What programs put on screen. A component knows what a thing means; colours and sizes follow.
//!
//! Everything here reports itself to [`semantics`](crate::semantics), and everything that can be
//! pressed can be reached and pressed by keyboard.

mod banner;
mod button;
mod card;
mod crumbs;
mod ellipsis;
mod empty;
mod field;
mod light;
mod log;
mod long_list;
mod press;
mod progress;
mod row;
mod scroll;
mod surface;
mod table;
mod tabs;
mod tip;
mod words;

pub use banner::{banner, unreachable};
pub use button::{Button, button, copy_command, icon_button};
pub use card::{card, divider, section};
pub use crumbs::crumbs;
pub use ellipsis::{Ellipsis, ellipsis};
pub use empty::empty;
pub use field::field;
pub use light::{Light, light, status};
pub use log::log;
pub use long_list::long_list;
pub use press::{Kind, Press, press};
pub use progress::progress;
pub use row::{ListRow, badge, list_row};
pub use scroll::{scroll_across, scroll_down};
pub use surface::{bar, line_height, popup, strong_height, text_height};
pub use table::{Column, table};
pub use tabs::tabs;
pub use tip::tip;
pub use words::{body, caption, figure, heading, mono, strong, tabular, title, tone};
