//! Texts in English and Simplified Chinese, and figures and times in the same words.
//!
//! A program has its own domain, `i18n/LANGUAGE/DOMAIN.ftl`, and says so once:
//!
//! ```text
//! // i18n.toml: fallback_language = "en", [fluent] assets_dir = "../i18n", domain = "shell"
//! pub static TEXTS: ui::text::Texts = ui::text::Texts::new("shell");
//! macro_rules! fl {
//!     ($($arguments:tt)*) => { i18n_embed_fl::fl!($crate::TEXTS.loader(), $($arguments)*) };
//! }
//! ```
//!
//! `fl!("key", name = value)` is then checked when the program is compiled.

mod format;
mod language;

use std::sync::OnceLock;

use i18n_embed::LanguageLoader;
use i18n_embed::fluent::FluentLanguageLoader;
use unic_langid::LanguageIdentifier;

pub use format::{
    ago, bytes, clock, date_time, local, moment, number, percent, set_zone, time_of_day,
};
pub use language::{Language, language, set_language, with_language};

#[derive(rust_embed::RustEmbed)]
#[folder = "../i18n/"]
struct Files;

static TEXTS: Texts = Texts::new("ui");

macro_rules! fl {
    ($($arguments:tt)*) => {
        i18n_embed_fl::fl!($crate::text::texts(), $($arguments)*)
    };
}
pub(crate) use fl;

pub(crate) fn texts() -> &'static FluentLanguageLoader {
    TEXTS.loader()
}

fn identifier(language: &str) -> LanguageIdentifier {
    // "und", were a name ever mistyped: then the tests of the texts fail.
    language.parse().unwrap_or_default()
}

/// The texts of one domain, in all languages, read on first use.
#[derive(Debug)]
pub struct Texts {
    domain: &'static str,
    english: OnceLock<FluentLanguageLoader>,
    chinese: OnceLock<FluentLanguageLoader>,
}

impl Texts {
    /// The texts in `i18n/LANGUAGE/DOMAIN.ftl`.
    pub const fn new(domain: &'static str) -> Self {
        Self {
            domain,
            english: OnceLock::new(),
            chinese: OnceLock::new(),
        }
    }

    /// The texts in the [`language`] of this thread, for `fl!`.
    pub fn loader(&self) -> &FluentLanguageLoader {
        let (cell, id) = match language() {
            Language::English => (&self.english, identifier("en")),
            Language::Chinese => (&self.chinese, identifier("zh-CN")),
        };
        cell.get_or_init(|| {
            let loader = FluentLanguageLoader::new(self.domain, identifier("en"));
            // The files are part of the program and parsed by the tests; if one were torn all the
            // same, the keys themselves are shown.
            let _loaded = loader.load_languages(&Files, &[id]);
            // Isolation marks are for mixed directions; both languages run left to right.
            loader.set_use_isolating(false);
            loader
        })
    }
}
