//! Whether what a program copied, marked or drags may go to another domain.

use std::collections::BTreeSet;

use wildmatch::WildMatch;

use super::Domain;

/// A way in which data goes from one program to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SelectionKind {
    /// What was copied (`wl_data_device`, and the two data-control protocols).
    Clipboard,
    /// What is marked, for the middle button (`zwp_primary_selection_v1`).
    Primary,
    /// What is dragged with the pointer or a finger (`wl_data_device`).
    Drag,
}

impl SelectionKind {
    /// All of them.
    pub const ALL: [SelectionKind; 3] = [Self::Clipboard, Self::Primary, Self::Drag];

    /// As it is written in the configuration and in `/desktop`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Clipboard => "clipboard",
            Self::Primary => "primary",
            Self::Drag => "drag",
        }
    }
}

/// What becomes of a selection that would go from one domain to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes.
    Allow,
    /// The other domain is told what types there are; a person says whether it goes.
    Ask,
    /// The other domain is not told that there is anything.
    Deny,
}

/// From where to where, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Way {
    /// The name of the domain that has the data.
    pub from: String,
    /// The name of the domain that would get it.
    pub to: String,
    /// How it would go.
    pub kind: SelectionKind,
}

impl Way {
    /// The way from one domain to another.
    #[must_use]
    pub fn new(from: &Domain, to: &Domain, kind: SelectionKind) -> Self {
        Self {
            from: from.name().to_owned(),
            to: to.name().to_owned(),
            kind,
        }
    }
}

/// One rule. In a pattern `*` stands for any text and `?` for one character.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionRule {
    /// The domain that has the data.
    pub from: WildMatch,
    /// The domain that would get it.
    pub to: WildMatch,
    /// The kinds it is about; none means all.
    pub kinds: Vec<SelectionKind>,
    /// What it says.
    pub verdict: Verdict,
}

impl SelectionRule {
    fn is_about(&self, way: &Way) -> bool {
        self.from.matches(&way.from)
            && self.to.matches(&way.to)
            && (self.kinds.is_empty() || self.kinds.contains(&way.kind))
    }
}

/// The rules in force, and what a person has said in this session.
#[derive(Debug, Clone, Default)]
pub struct SelectionPolicy {
    /// In the order of the configuration: a later one overrules an earlier one.
    rules: Vec<SelectionRule>,
    allowed: BTreeSet<Way>,
}

impl SelectionPolicy {
    /// What becomes of a selection. Within a domain it goes, whatever the rules say. Between domains a
    /// person's word comes first, then the rules; where none is about it, a person is asked, but not for
    /// what is only marked: the mouse marks things all day long.
    #[must_use]
    pub fn verdict(&self, way: &Way) -> Verdict {
        if way.from == way.to {
            return Verdict::Allow;
        }
        let rule = self.rules.iter().rev().find(|rule| rule.is_about(way));
        let verdict = rule.map_or_else(
            || match way.kind {
                SelectionKind::Clipboard | SelectionKind::Drag => Verdict::Ask,
                SelectionKind::Primary => Verdict::Deny,
            },
            |rule| rule.verdict,
        );
        match verdict {
            Verdict::Ask if self.allowed.contains(way) => Verdict::Allow,
            other => other,
        }
    }

    /// Other rules. What a person has said stays, where the rules leave it to a person.
    pub fn set_rules(&mut self, rules: Vec<SelectionRule>) {
        self.rules = rules;
    }

    /// A person lets everything of a kind go from one domain to another until the session ends.
    pub fn allow(&mut self, way: Way) {
        self.allowed.insert(way);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn way(from: &str, to: &str, kind: SelectionKind) -> Way {
        Way {
            from: from.to_owned(),
            to: to.to_owned(),
            kind,
        }
    }

    fn rule(from: &str, to: &str, kinds: &[SelectionKind], verdict: Verdict) -> SelectionRule {
        SelectionRule {
            from: WildMatch::new(from),
            to: WildMatch::new(to),
            kinds: kinds.to_vec(),
            verdict,
        }
    }

    #[test]
    fn without_rules_a_person_is_asked_and_marks_stay_where_they_are() {
        let policy = SelectionPolicy::default();
        let verdict = |kind| policy.verdict(&way("board", "debian", kind));
        assert_eq!(verdict(SelectionKind::Clipboard), Verdict::Ask);
        assert_eq!(verdict(SelectionKind::Drag), Verdict::Ask);
        assert_eq!(verdict(SelectionKind::Primary), Verdict::Deny);
    }

    #[test]
    fn a_later_rule_overrules_an_earlier_one() {
        let mut policy = SelectionPolicy::default();
        policy.set_rules(vec![
            rule("*", "bank", &[], Verdict::Deny),
            rule("board", "*", &[SelectionKind::Clipboard], Verdict::Allow),
            rule("board", "bank", &[SelectionKind::Clipboard], Verdict::Ask),
        ]);
        let clipboard = |from, to| policy.verdict(&way(from, to, SelectionKind::Clipboard));
        assert_eq!(clipboard("board", "debian"), Verdict::Allow);
        assert_eq!(clipboard("board", "bank"), Verdict::Ask);
        assert_eq!(clipboard("debian", "bank"), Verdict::Deny);
        assert_eq!(
            policy.verdict(&way("board", "bank", SelectionKind::Drag)),
            Verdict::Deny
        );
    }

    #[test]
    fn a_persons_word_holds_for_its_way_alone_and_never_against_a_rule() {
        let mut policy = SelectionPolicy::default();
        let there = way("board", "debian", SelectionKind::Clipboard);
        policy.allow(there.clone());
        assert_eq!(policy.verdict(&there), Verdict::Allow);
        let back = way("debian", "board", SelectionKind::Clipboard);
        assert_eq!(policy.verdict(&back), Verdict::Ask);
        let dragged = way("board", "debian", SelectionKind::Drag);
        assert_eq!(policy.verdict(&dragged), Verdict::Ask);
        policy.set_rules(vec![rule("*", "*", &[], Verdict::Deny)]);
        assert_eq!(policy.verdict(&there), Verdict::Deny);
    }

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop::sample::select(vec![Verdict::Allow, Verdict::Ask, Verdict::Deny])
    }

    proptest! {
        #[test]
        fn no_rule_parts_a_domain_from_itself_and_the_last_that_fits_decides(
            rules in prop::collection::vec(("[ab*?]{1,3}", "[ab*?]{1,3}", verdict()), 0..6),
            from in "[ab]{1,2}",
            to in "[ab]{1,2}",
        ) {
            let mut policy = SelectionPolicy::default();
            let made = rules.iter().map(|(from, to, verdict)| rule(from, to, &[], *verdict));
            policy.set_rules(made.collect());
            let asked = way(&from, &to, SelectionKind::Clipboard);
            let fits = |(of, at, _): &&(String, String, Verdict)| {
                WildMatch::new(of).matches(&from) && WildMatch::new(at).matches(&to)
            };
            let expected = match rules.iter().rfind(fits) {
                _ if from == to => Verdict::Allow,
                Some((_, _, verdict)) => *verdict,
                None => Verdict::Ask,
            };
            prop_assert_eq!(policy.verdict(&asked), expected);
        }
    }
}
