//! Lines and words as in *rc(1)*: words are separated by blanks, a word in single quotes may hold anything, and a single
//! quote inside quotes is written twice.

/// Splits one line into words.
///
/// # Errors
/// A message for people when a quote is not closed.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(words);
        }
        let mut word = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            if c != '\'' {
                word.push(c);
                continue;
            }
            loop {
                match chars.next() {
                    Some('\'') if chars.next_if_eq(&'\'').is_some() => word.push('\''),
                    Some('\'') => break,
                    Some(inside) => word.push(inside),
                    None => {
                        return Err(format!(
                            "the quote in {line:?} is not closed; end it with '"
                        ));
                    }
                }
            }
        }
        words.push(word);
    }
}

/// Writes `word` so that [`split`] reads it back: quoted if it has to be.
pub fn quote(word: &str) -> String {
    let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '\'');
    if plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "''"))
    }
}

/// Cuts the text of one write into lines, keeping newlines that stand inside quotes.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '\'';
        c == '\n' && !quoted
    })
    .map(str::trim)
    .filter(|line| !line.is_empty())
    .collect()
}
