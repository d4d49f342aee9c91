//! The panels: storage, sync and subsystems, in one process that is started when one is wanted.
//!
//! A panel is a folder: its state, `Message`, `update` and `view`. A panel knows no socket: what the
//! trees say comes as [`feed`] messages, and what it wants done goes out as [`Action`]s. So every
//! figure on screen and every press of a button can be tested without a process.
//!
//! | part | is |
//! |---|---|
//! | [`storage`], [`sync`], [`subsystems`] | the panels |
//! | [`feed`], [`Action`], [`Reach`] | what goes in and out of them |
//! | [`link`] | the edge to 9P: follows trees, carries out actions |
//! | [`serve`] | `/panels`: screens, events and orders |
//! | [`app`] | the windows: which panel is in which |
//! | [`display`], [`handover`] | what is settled before the first window |

mod action;
pub mod app;
pub mod display;
pub mod feed;
pub mod handover;
mod keeper;
pub mod link;
mod panel;
mod reach;
pub mod serve;
pub mod storage;
pub mod subsystems;
pub mod sync;
#[cfg(test)]
mod testing;

pub use action::{Action, Order};
pub use keeper::Keeper;
pub use panel::Panel;
pub use reach::Reach;

use ui::text::Texts;

/// The texts of the panels.
pub static TEXTS: Texts = Texts::new("panels");

/// A text of the panels in the person's language, checked when compiled.
macro_rules! fl {
    ($($arguments:tt)*) => {
        i18n_embed_fl::fl!($crate::TEXTS.loader(), $($arguments)*)
    };
}
pub(crate) use fl;
