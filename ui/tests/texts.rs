//! The two languages say the same things: same files, same keys, same variables.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// Key to the variables that its text uses.
type Keys = BTreeMap<String, BTreeSet<String>>;

fn inline(expression: &InlineExpression<String>, found: &mut BTreeSet<String>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.clone());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments
                .positional
                .iter()
                .for_each(|argument| inline(argument, found));
        }
        InlineExpression::Placeable { expression } => self::expression(expression, found),
        _ => {}
    }
}

fn expression(expression: &Expression<String>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inner) => inline(inner, found),
        Expression::Select { selector, variants } => {
            inline(selector, found);
            variants
                .iter()
                .for_each(|variant| pattern(&variant.value, found));
        }
    }
}

fn pattern(pattern: &Pattern<String>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            self::expression(expression, found);
        }
    }
}

fn texts(language: &str) -> BTreeMap<String, Keys> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../i18n")
        .join(language);
    let mut files = BTreeMap::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let resource = parser::parse(fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        let mut keys = Keys::new();
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut found = BTreeSet::new();
                let value = message.value.expect("a key has a text");
                pattern(&value, &mut found);
                let name = message.id.name;
                assert!(
                    keys.insert(name.clone(), found).is_none(),
                    "{}: {name} twice",
                    path.display()
                );
            }
        }
        files.insert(
            path.file_name().unwrap().to_string_lossy().into_owned(),
            keys,
        );
    }
    files
}

#[test]
fn english_and_chinese_have_the_same_keys_and_variables() {
    let (english, chinese) = (texts("en"), texts("zh-CN"));
    assert!(
        english.values().map(Keys::len).sum::<usize>() > 0,
        "no texts found"
    );
    assert_eq!(english, chinese);
}

/// The Rust sources below a folder, as one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    text
}

#[test]
fn every_text_is_used_by_its_program() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut unused = Vec::new();
    for (file, keys) in texts("en") {
        // A file is named after its crate, with or without the name of the house.
        let program = file.trim_end_matches(".ftl").trim_start_matches("goblin_");
        let code = sources(&root.join(program).join("src"));
        unused.extend(
            keys.into_keys()
                .filter(|key| !code.contains(&format!("\"{key}\"")))
                .map(|key| format!("{file}: {key}")),
        );
    }
    assert!(unused.is_empty(), "texts that nobody says: {unused:#?}");
}
