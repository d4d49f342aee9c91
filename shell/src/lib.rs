//! The shell of goblin: the bar on each output, the launcher, and the notifications, in one process that draws
//! with tiny-skia and at rest wakes once a minute.
//!
//! The state and its rules are in [`shell`] and the modules it is made of ([`bar`], [`launcher`], [`notify`]); they do
//! no I/O and return [`effect`]s. The edges are thin and in files of their own: [`notify::server`] (D-Bus),
//! [`follow`] (trees of others), [`tree`] (our own), [`launcher::watch`] (applications), [`run`] (the
//! window loop).

pub mod bar;
mod beside;
pub mod effect;
pub mod follow;
pub mod icons;
pub mod launcher;
pub mod message;
pub mod notify;
pub mod picture;
pub mod reach;
pub mod reply;
pub mod run;
pub mod shell;
pub mod surfaces;
#[cfg(test)]
mod testing;
pub mod tree;
pub mod wayland;

/// The texts of the shell.
pub static TEXTS: ui::text::Texts = ui::text::Texts::new("goblin_shell");

/// A text of the shell in the person's language.
macro_rules! fl {
    ($($arguments:tt)*) => { i18n_embed_fl::fl!($crate::TEXTS.loader(), $($arguments)*) };
}
pub(crate) use fl;
