//! Finding things by a few letters: fuzzy on names, and by pinyin or its initials on Chinese ones.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use pinyin::ToPinyin;

/// A match in the name counts before one in the other words.
const NAME_FIRST: u32 = 1_000;

/// The texts a thing can be found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findable {
    name: String,
    /// Words beside the name, one to an element.
    words: Vec<String>,
    /// The name read aloud and its initials, if it has Chinese characters.
    spoken: Option<(String, String)>,
}

impl Findable {
    /// What is found by `name` and, after it, by `words`.
    pub fn new(name: &str, words: impl IntoIterator<Item = String>) -> Self {
        Self {
            name: name.to_owned(),
            words: words.into_iter().collect(),
            spoken: spoken(name),
        }
    }

    /// What to sort by where nothing is searched: Chinese names stand where they are spoken.
    pub fn sort_key(&self) -> String {
        match &self.spoken {
            Some((full, _)) => full.clone(),
            None => self.name.to_lowercase(),
        }
    }
}

/// The pinyin of a text (`wenbenbianjiqi`) and its initials (`wbbjq`); other characters stay as they are.
fn spoken(name: &str) -> Option<(String, String)> {
    let (mut full, mut initials, mut any) = (String::new(), String::new(), false);
    for c in name.chars() {
        match c.to_pinyin() {
            Some(pinyin) => {
                full.push_str(pinyin.plain());
                initials.push_str(pinyin.first_letter());
                any = true;
            }
            None => {
                full.extend(c.to_lowercase());
                initials.extend(c.to_lowercase());
            }
        }
    }
    any.then_some((full, initials))
}

/// A search under way. Holds some 100 KiB of working memory: made for a search, dropped after it.
pub struct Search {
    matcher: Matcher,
    fuzzy: Pattern,
    exact: Pattern,
    chars: Vec<char>,
}

impl Search {
    /// A search for `query`; `None` if there is nothing to search for.
    pub fn new(query: &str) -> Option<Self> {
        if query.trim().is_empty() {
            return None;
        }
        let pattern = |kind| Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, kind);
        Some(Self {
            matcher: Matcher::new(Config::DEFAULT),
            fuzzy: pattern(AtomKind::Fuzzy),
            exact: pattern(AtomKind::Substring),
            chars: Vec::new(),
        })
    }

    /// How well a thing matches; higher is better, `None` not at all.
    pub fn score(&mut self, thing: &Findable) -> Option<u32> {
        let name = self.fuzzily(&thing.name);
        // Spoken names are long strings of few letters: a fuzzy match in them is mostly chance.
        let spoken = thing
            .spoken
            .as_ref()
            .and_then(|(full, initials)| self.exactly(initials).max(self.exactly(full)));
        let word = thing
            .words
            .iter()
            .filter_map(|word| self.exactly(word))
            .max();
        match name.max(spoken) {
            Some(score) => Some(score + NAME_FIRST),
            None => word,
        }
    }

    fn fuzzily(&mut self, text: &str) -> Option<u32> {
        self.fuzzy
            .score(Utf32Str::new(text, &mut self.chars), &mut self.matcher)
    }

    fn exactly(&mut self, text: &str) -> Option<u32> {
        self.exact
            .score(Utf32Str::new(text, &mut self.chars), &mut self.matcher)
    }
}

#[cfg(test)]
mod tests {
    use super::{Findable, Search};

    fn find<'a>(query: &str, names: &[(&'a str, &str)]) -> Vec<&'a str> {
        let mut search = Search::new(query).expect("a query");
        let mut found: Vec<(u32, &str)> = names
            .iter()
            .filter_map(|&(name, words)| {
                let words = words
                    .split(' ')
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned);
                Some((search.score(&Findable::new(name, words))?, name))
            })
            .collect();
        found.sort_by_key(|&(score, _)| std::cmp::Reverse(score));
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn letters_in_order_are_enough() {
        assert_eq!(find("ffx", &[("Files", ""), ("Firefox", "")]), ["Firefox"]);
        assert_eq!(find("TEXT", &[("Text Editor", "")]), ["Text Editor"]);
        assert_eq!(
            find("text ed", &[("Text Editor", ""), ("Editor", "")]),
            ["Text Editor"]
        );
        assert_eq!(find("zzz", &[("Files", "manager")]), Vec::<&str>::new());
    }

    #[test]
    fn a_name_goes_before_a_keyword() {
        let names = [("Terminal", "shell prompt"), ("Shell Settings", "")];
        assert_eq!(find("shell", &names), ["Shell Settings", "Terminal"]);
    }

    #[test]
    fn a_chinese_name_is_found_as_written_as_spoken_and_by_initials() {
        let names = [
            ("文本编辑器", ""),
            ("终端", ""),
            ("存储", ""),
            ("Foot 终端", ""),
        ];
        assert_eq!(find("文本", &names), ["文本编辑器"]);
        assert_eq!(find("wbbj", &names), ["文本编辑器"]);
        assert_eq!(find("wenben", &names), ["文本编辑器"]);
        assert_eq!(find("cc", &names), ["存储"]);
        let mut both = find("zd", &names);
        both.sort_unstable();
        assert_eq!(both, ["Foot 终端", "终端"]);
    }

    #[test]
    fn a_query_of_blanks_searches_for_nothing() {
        assert!(Search::new("").is_none() && Search::new("  \t").is_none());
    }

    #[test]
    fn chinese_names_stand_where_they_are_spoken() {
        let mut names = ["终端", "Files", "文本编辑器", "zsh"];
        names.sort_by_key(|name| Findable::new(name, []).sort_key());
        assert_eq!(names, ["Files", "文本编辑器", "终端", "zsh"]);
    }
}
