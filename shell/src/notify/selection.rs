//! The card that asks a person whether what was copied, marked or dragged may go to another domain.
//!
//! The compositor holds what was asked for until there is an answer, so the card is never hidden behind
//! others, and it goes when the compositor no longer asks.

use ninep::tree::ctl::Verb as _;
use trees::desktop::{self, SelectionAnswer, SelectionQuestion, Verb};

use super::own::APP;
use super::{Action, Notification, Timeout, Urgency, markup};
use crate::effect::{Effect, Order, Purpose};
use crate::fl;

/// How `/desktop` names the domain of the machine itself.
const BOARD: &str = "board";
/// Names of types that a card has room for.
const TYPES: usize = 4;

/// The card of a question.
pub fn card(question: &SelectionQuestion) -> Notification {
    let (from, to) = (domain(&question.from), domain(&question.to));
    let summary = match question.kind.as_str() {
        "drag" => fl!("selection-drag", from = from.clone(), to = to.clone()),
        "primary" => fl!("selection-primary", from = from.clone(), to = to.clone()),
        _ => fl!("selection-clipboard", from = from.clone(), to = to.clone()),
    };
    let what = fl!("selection-what", what = kinds(&question.types));
    let hint = match question.kind.as_str() {
        "drag" => fl!("selection-hint-drag"),
        _ => fl!("selection-hint"),
    };
    Notification {
        app: APP.to_owned(),
        summary: sentence(&summary),
        body: format!("{what}\n{hint}"),
        urgency: Urgency::Critical,
        timeout: Timeout::Never,
        actions: vec![
            action(SelectionAnswer::Once, fl!("selection-once")),
            action(SelectionAnswer::Allow, fl!("selection-allow")),
            action(SelectionAnswer::Deny, fl!("selection-deny")),
        ],
        asks: true,
        ..Notification::default()
    }
}

/// What gives the compositor an answer. What is none of the three is a no, as closing the card is.
pub fn answer(question: u64, key: &str) -> Effect {
    let answers = SelectionAnswer::ALL.iter().copied();
    let answer = answers.into_iter().find(|answer| answer.word() == key);
    Effect::Order(Order {
        path: format!("/{}/ctl", desktop::NAME),
        line: Verb::Selection {
            id: question,
            answer: answer.unwrap_or(SelectionAnswer::Deny),
        }
        .line(),
        purpose: Purpose::Answer,
    })
}

fn action(answer: SelectionAnswer, label: String) -> Action {
    Action {
        key: answer.word().to_owned(),
        label,
    }
}

/// A domain in words. A subsystem's name stands in quotation marks: it cannot pass for a word of ours.
fn domain(name: &str) -> String {
    if name == BOARD {
        fl!("domain-board")
    } else {
        fl!("domain-subsystem", name = markup::one_line(name))
    }
}

/// A sentence that may begin with a domain of ours begins with a capital all the same.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// What kinds of data there are, each once, in words where there are words for it.
fn kinds(types: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    for name in types {
        let word = match name.as_str() {
            "text/uri-list" => fl!("type-files"),
            "TEXT" | "STRING" | "UTF8_STRING" => fl!("type-text"),
            name if name.starts_with("text/html") => fl!("type-html"),
            name if name.starts_with("text/") => fl!("type-text"),
            name if name.starts_with("image/") => fl!("type-image"),
            other => markup::one_line(other).chars().take(40).collect(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(TYPES);
    words.join(&fl!("list-comma"))
}

#[cfg(test)]
mod tests {
    use trees::time::Millis;
    use ui::text::{Language, with_language};

    use super::*;

    fn question(kind: &str, types: &[&str]) -> SelectionQuestion {
        SelectionQuestion {
            id: 7,
            from: "board".to_owned(),
            to: "debian".to_owned(),
            kind: kind.to_owned(),
            types: types.iter().map(|&name| name.to_owned()).collect(),
            since: Millis(1),
        }
    }

    #[test]
    fn a_card_says_who_wants_what_of_whom() {
        let types = [
            "text/plain",
            "UTF8_STRING",
            "image/png",
            "application/x-odd",
        ];
        let card = |language| with_language(language, || card(&question("clipboard", &types)));
        let english = card(Language::English);
        assert_eq!(
            english.summary,
            "“debian” wants to paste from this computer"
        );
        assert!(
            english
                .body
                .starts_with("text, an image, application/x-odd\n"),
            "{}",
            english.body
        );
        let chinese = card(Language::Chinese);
        assert!(chinese.summary.contains("“debian”") && chinese.summary.contains("本机"));
        let keys: Vec<&str> = english
            .actions
            .iter()
            .map(|action| action.key.as_str())
            .collect();
        assert_eq!(keys, ["once", "allow", "deny"]);
        assert!(english.asks, "it looks like a question");
        assert!(
            !english.has_default(),
            "a click beside the buttons answers nothing"
        );
    }

    #[test]
    fn what_this_computer_wants_is_a_sentence_too() {
        let mut out = question("clipboard", &[]);
        (out.from, out.to) = ("debian".to_owned(), "board".to_owned());
        let card = with_language(Language::English, || card(&out));
        assert_eq!(card.summary, "This computer wants to paste from “debian”");
    }

    #[test]
    fn a_subsystem_cannot_call_itself_by_a_word_of_ours() {
        let mut odd = question("drag", &[]);
        odd.from = "this computer".to_owned();
        let card = with_language(Language::English, || card(&odd));
        assert!(card.summary.contains("“this computer”"), "{}", card.summary);
    }

    #[test]
    fn whatever_is_no_yes_is_a_no() {
        let line = |key| match answer(7, key) {
            Effect::Order(order) => order.line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("allow"), "selection 7 allow");
        assert_eq!(line("default"), "selection 7 deny");
    }
}
