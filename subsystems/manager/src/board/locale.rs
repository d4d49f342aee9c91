//! A locale that the person asks for and the system does not have.
//!
//! goblin speaks the person's language all the same, but a program of theirs that asks the C library for the locale is
//! refused, and a terminal that does not know its character set ends at once (*setlocale(3)*, *locale(7)*). So the
//! session keeps the language and gives its programs a character set that is always there.

use std::ffi::OsString;
use std::process::Command;

/// The locale that the C library has built in.
const BUILT_IN: &str = "C.UTF-8";

/// What of the environment decides about characters, the strongest first (POSIX, *Environment Variables*).
const ASKED: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// Changes to the environment of the session's programs: none where the system has the locale that is asked for.
pub(super) fn changes() -> Vec<(OsString, Option<OsString>)> {
    let ask = |name: &str| std::env::var(name).ok();
    let wanted = asked(ask);
    // Asked only when there is something to be missed: the answer costs a process.
    if wanted.is_none_or(|(_, locale)| is_built_in(&locale)) {
        return Vec::new();
    }
    let Ok(listed) = Command::new("locale").arg("-a").output() else {
        return Vec::new();
    };
    let changes = without(ask, &String::from_utf8_lossy(&listed.stdout));
    if let Some((_, locale)) = asked(ask).filter(|_| !changes.is_empty()) {
        tracing::warn!(
            "the system has no locale {locale}: programs of this session run with the characters of {BUILT_IN}; to have \
             it, install the package `locales` and run `dpkg-reconfigure locales`"
        );
    }
    changes
}

/// The variable that decides, and the locale it names.
fn asked(ask: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    ASKED.into_iter().find_map(|name| {
        let locale = ask(name).filter(|locale| !locale.is_empty())?;
        Some((name, locale))
    })
}

/// The changes, where `listed` are the locales of the system, one to a line.
fn without(
    ask: impl Fn(&str) -> Option<String>,
    listed: &str,
) -> Vec<(OsString, Option<OsString>)> {
    let Some((name, locale)) = asked(ask) else {
        return Vec::new();
    };
    let there = listed
        .lines()
        .any(|line| normal(line.trim()) == normal(&locale));
    if there || is_built_in(&locale) {
        return Vec::new();
    }
    let mut changes = vec![("LC_CTYPE".into(), Some(BUILT_IN.into()))];
    if name == "LC_ALL" {
        // It would overrule the character set; the language it names stays.
        changes.push(("LC_ALL".into(), None));
        changes.push(("LANG".into(), Some(locale.clone().into())));
        changes.push(("LC_MESSAGES".into(), Some(locale.into())));
    }
    changes
}

fn is_built_in(locale: &str) -> bool {
    ["C", "POSIX"].contains(&locale) || normal(locale) == normal(BUILT_IN)
}

/// The name as the C library compares it: of the character set only letters and digits count, in lower case.
fn normal(locale: &str) -> String {
    let (name, modifier) = match locale.split_once('@') {
        Some((name, modifier)) => (name, format!("@{modifier}")),
        None => (locale, String::new()),
    };
    let Some((name, codeset)) = name.split_once('.') else {
        return locale.to_owned();
    };
    let codeset: String = codeset
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    format!("{name}.{codeset}{modifier}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = "C\nC.utf8\nPOSIX\nde_DE.utf8\nde_DE.iso885915@euro\n";

    fn changes(environment: &[(&str, &str)]) -> String {
        let ask = |name: &str| {
            let found = environment.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let words = |(name, value): (OsString, Option<OsString>)| match value {
            Some(value) => format!("{}={}", name.display(), value.display()),
            None => format!("-{}", name.display()),
        };
        let changes: Vec<_> = without(ask, SYSTEM).into_iter().map(words).collect();
        changes.join(" ")
    }

    #[test]
    fn a_locale_that_is_there_changes_nothing() {
        for locale in [
            "de_DE.UTF-8",
            "de_DE.utf8",
            "C",
            "POSIX",
            "C.UTF-8",
            "",
            "de_DE.ISO-8859-15@euro",
        ] {
            assert_eq!(changes(&[("LANG", locale)]), "", "{locale}");
        }
        assert_eq!(changes(&[]), "");
        assert_eq!(
            changes(&[("LC_CTYPE", "de_DE.UTF-8"), ("LANG", "zh_CN.UTF-8")]),
            ""
        );
    }

    #[test]
    fn one_that_is_missing_keeps_its_language_and_lends_its_characters() {
        assert_eq!(changes(&[("LANG", "zh_CN.UTF-8")]), "LC_CTYPE=C.UTF-8");
        assert_eq!(
            changes(&[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "de_DE.UTF-8")]),
            "LC_CTYPE=C.UTF-8 -LC_ALL LANG=zh_CN.UTF-8 LC_MESSAGES=zh_CN.UTF-8"
        );
        assert_eq!(changes(&[("LANG", "de_DE.UTF-8@euro")]), "LC_CTYPE=C.UTF-8");
    }
}
