//! Which language the person reads.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

/// A language that goblin speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Chinese in simplified characters.
    Chinese,
}

const UNSET: u8 = 0;
const ENGLISH: u8 = 1;
const CHINESE: u8 = 2;

static CHOSEN: AtomicU8 = AtomicU8::new(UNSET);

thread_local! {
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

impl Language {
    /// The language of a POSIX locale name such as `zh_CN.UTF-8`; English for all that is not
    /// Chinese.
    pub fn of_locale(locale: &str) -> Language {
        let tongue = locale
            .split(['_', '-', '.', '@'])
            .next()
            .unwrap_or_default();
        if tongue.eq_ignore_ascii_case("zh") {
            Language::Chinese
        } else {
            Language::English
        }
    }

    /// The language the environment asks for: the first non-empty of `LC_ALL`, `LC_MESSAGES` and
    /// `LANG`, as POSIX has it.
    pub fn of_environment() -> Language {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .map_or(Language::English, |locale| Language::of_locale(&locale))
    }
}

/// The language of this thread: that of [`with_language`], else that of [`set_language`], else that
/// of the environment.
pub fn language() -> Language {
    if let Some(here) = HERE.get() {
        return here;
    }
    match CHOSEN.load(Ordering::Relaxed) {
        ENGLISH => Language::English,
        CHINESE => Language::Chinese,
        _ => {
            let found = Language::of_environment();
            set_language(found);
            found
        }
    }
}

/// Sets the language of the whole program.
pub fn set_language(language: Language) {
    let value = match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    };
    CHOSEN.store(value, Ordering::Relaxed);
}

/// Runs `work` with another language on this thread: how one test sees both.
pub fn with_language<T>(language: Language, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Language>);
    impl Drop for Restore {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _restore = Restore(HERE.replace(Some(language)));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_languages() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Language::Chinese);
        assert_eq!(Language::of_locale("zh"), Language::Chinese);
        assert_eq!(Language::of_locale("zh-Hans-CN"), Language::Chinese);
        assert_eq!(Language::of_locale("en_GB.UTF-8"), Language::English);
        assert_eq!(Language::of_locale("C"), Language::English);
        assert_eq!(Language::of_locale("zha_CN"), Language::English);
    }

    #[test]
    fn a_thread_may_differ_and_returns() {
        set_language(Language::English);
        let inside = with_language(Language::Chinese, language);
        assert_eq!((inside, language()), (Language::Chinese, Language::English));
    }
}
