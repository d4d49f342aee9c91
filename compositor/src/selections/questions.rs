//! What a person is asked about selections, and what waits for the answer.

use trees::desktop::SelectionQuestion;
use trees::time::Millis;

use crate::domain::Way;

/// Questions at once. A person is not asked more: what is asked for beyond is refused.
const MOST: usize = 8;
/// What may wait for one answer.
const WAITING: usize = 16;
/// The MIME types that one question names.
const TYPES: usize = 16;

/// One question, and what waits for its answer.
#[derive(Debug)]
pub(crate) struct Question<T> {
    pub(crate) id: u64,
    pub(crate) way: Way,
    types: Vec<String>,
    since: Millis,
    pub(crate) waiting: Vec<T>,
}

impl<T> Question<T> {
    /// As `/desktop` tells it.
    pub(crate) fn told(&self) -> SelectionQuestion {
        SelectionQuestion {
            id: self.id,
            from: self.way.from.clone(),
            to: self.way.to.clone(),
            kind: self.way.kind.word().to_owned(),
            types: self.types.clone(),
            since: self.since,
        }
    }
}

/// What became of something that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is a question of its own.
    New(u64),
    /// It waits for the answer to a question that there was, which names more types now.
    More(u64),
    /// It waits for the answer to a question that there was.
    Known,
    /// Too much is asked already.
    Refused,
}

/// The questions that are open, the oldest first. There is one for each way.
#[derive(Debug)]
pub(crate) struct Questions<T> {
    open: Vec<Question<T>>,
    last: u64,
}

impl<T> Default for Questions<T> {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            last: 0,
        }
    }
}

impl<T> Questions<T> {
    /// The questions that are open.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Question<T>> {
        self.open.iter()
    }

    /// The question of a number.
    pub(crate) fn get(&self, id: u64) -> Option<&Question<T>> {
        self.open.iter().find(|question| question.id == id)
    }

    /// Something is asked for. What is refused is dropped.
    pub(crate) fn ask(
        &mut self,
        way: &Way,
        types: &[String],
        since: Millis,
        waits: Option<T>,
    ) -> Asked {
        let at = self.open.iter().position(|question| question.way == *way);
        let (new, place) = match at {
            Some(place) => (false, place),
            None if self.open.len() >= MOST => return Asked::Refused,
            None => {
                self.last += 1;
                self.open.push(Question {
                    id: self.last,
                    way: way.clone(),
                    types: Vec::new(),
                    since,
                    waiting: Vec::new(),
                });
                (true, self.open.len() - 1)
            }
        };
        let question = &mut self.open[place];
        if waits.is_some() && question.waiting.len() >= WAITING {
            return Asked::Refused;
        }
        question.waiting.extend(waits);
        let known = question.types.len();
        for name in types {
            if question.types.len() < TYPES && !question.types.contains(name) {
                question.types.push(name.clone());
            }
        }
        match (new, question.types.len() > known) {
            (true, _) => Asked::New(question.id),
            (false, true) => Asked::More(question.id),
            (false, false) => Asked::Known,
        }
    }

    /// A question is asked no longer.
    pub(crate) fn take(&mut self, id: u64) -> Option<Question<T>> {
        let place = self.open.iter().position(|question| question.id == id)?;
        Some(self.open.remove(place))
    }

    /// Drops what waits and is not wanted any more; gives the questions that nothing waits for then.
    pub(crate) fn drop_waiting(&mut self, gone: impl Fn(&Way, &T) -> bool) -> Vec<u64> {
        let mut empty = Vec::new();
        for question in &mut self.open {
            let before = question.waiting.len();
            let way = &question.way;
            question.waiting.retain(|waits| !gone(way, waits));
            if question.waiting.is_empty() && before > 0 {
                empty.push(question.id);
            }
        }
        empty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SelectionKind;

    fn way(to: &str) -> Way {
        Way {
            from: "board".to_owned(),
            to: to.to_owned(),
            kind: SelectionKind::Clipboard,
        }
    }

    fn ask(questions: &mut Questions<u32>, to: &str, kind: &str, waits: u32) -> Asked {
        questions.ask(&way(to), &[kind.to_owned()], Millis(7), Some(waits))
    }

    #[test]
    fn one_way_is_one_question_however_often_it_is_asked() {
        let mut questions = Questions::default();
        assert_eq!(ask(&mut questions, "debian", "text", 1), Asked::New(1));
        assert_eq!(ask(&mut questions, "debian", "text", 2), Asked::Known);
        assert_eq!(ask(&mut questions, "debian", "png", 3), Asked::More(1));
        assert_eq!(ask(&mut questions, "arch", "text", 4), Asked::New(2));
        let told = questions.get(1).unwrap().told();
        assert_eq!(told.types, ["text", "png"]);
        assert_eq!(questions.take(1).unwrap().waiting, [1, 2, 3]);
        assert!(questions.take(1).is_none());
        assert_eq!(ask(&mut questions, "debian", "text", 1), Asked::New(3));
    }

    #[test]
    fn nobody_can_ask_without_end() {
        let mut questions = Questions::default();
        for n in 0..100 {
            let expected = match n {
                0 => Asked::New(1),
                1..16 => Asked::Known,
                _ => Asked::Refused,
            };
            assert_eq!(ask(&mut questions, "debian", "text", n), expected);
        }
        let asked = (0..100).map(|n| ask(&mut questions, &n.to_string(), "text", n));
        assert_eq!(asked.filter(|asked| *asked != Asked::Refused).count(), 7);
        let types: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
        questions.ask(&way("1"), &types, Millis(7), Some(7));
        assert!(
            questions
                .open()
                .all(|question| question.told().types.len() <= 16)
        );
    }

    #[test]
    fn a_question_that_nothing_waits_for_any_more_is_named() {
        let mut questions = Questions::default();
        ask(&mut questions, "debian", "text", 1);
        ask(&mut questions, "debian", "text", 2);
        // A drag waits for nothing: its question stands until it is answered.
        questions.ask(&way("arch"), &[], Millis(7), None);
        assert!(questions.drop_waiting(|_, waits| *waits == 1).is_empty());
        assert_eq!(questions.drop_waiting(|_, waits| *waits == 2), [1]);
    }
}
