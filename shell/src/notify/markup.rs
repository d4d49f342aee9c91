//! The body markup of the Desktop Notifications Specification (`<b> <i> <u> <a> <img>`, entities) reduced to
//! plain text. Senders often forget to escape, so what is no tag stays as it was written.

/// Characters of a summary that are kept; a title longer than this is not a title.
pub const SUMMARY_AT_MOST: usize = 200;

/// Characters of a body that are kept.
pub const BODY_AT_MOST: usize = 2_000;

/// The text of a body without its markup, bounded, with nothing in it that would not print.
pub fn plain(body: &str) -> String {
    let mut text = String::with_capacity(body.len().min(BODY_AT_MOST));
    let mut rest = body;
    while let Some(place) = rest.find(['<', '&']) {
        text.push_str(&rest[..place]);
        rest = &rest[place..];
        let read = if rest.starts_with('<') {
            tag(rest)
        } else {
            entity(rest)
        };
        match read {
            Some((words, length)) => {
                text.push_str(&words);
                rest = &rest[length..];
            }
            None => {
                text.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    line_by_line(&text, BODY_AT_MOST)
}

/// A summary on one line, bounded; the specification allows no markup in it.
pub fn one_line(summary: &str) -> String {
    let flat: String = summary
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SUMMARY_AT_MOST)
        .collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A tag at the start of `rest`: the words that stand for it and its length in bytes.
fn tag(rest: &str) -> Option<(String, usize)> {
    let end = rest.find('>')?;
    let inner = rest[1..end]
        .trim_start_matches('/')
        .trim_end_matches('/')
        .trim();
    let name: String = inner
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let words = match name.to_ascii_lowercase().as_str() {
        "b" | "i" | "u" | "a" | "span" | "font" | "strong" | "em" | "tt" | "small" | "big" => {
            String::new()
        }
        "br" | "p" => "\n".to_owned(),
        "img" => attribute(inner, "alt")
            .map(|alt| unescape(&alt))
            .unwrap_or_default(),
        _ => return None,
    };
    Some((words, end + 1))
}

/// The value of an attribute of a tag, quotes taken off.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let after = tag.split_once(&format!("{name}="))?.1;
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(after[1..].split(quote).next()?.to_owned())
}

/// An entity at the start of `rest`: its character and its length in bytes.
fn entity(rest: &str) -> Option<(String, usize)> {
    let end = rest.char_indices().take(12).find(|&(_, c)| c == ';')?.0;
    let character = match &rest[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        number => {
            let digits = number.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((character.to_string(), end + 1))
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let (character, length) = entity(rest).unwrap_or_else(|| ("&".to_owned(), 1));
        out.push_str(&character);
        rest = &rest[length..];
    }
    out + rest
}

/// Drops control characters and characters that turn the direction of text around (they can make a text
/// read as another), trims each line and drops empty ones at both ends.
fn line_by_line(text: &str, at_most: usize) -> String {
    let clean: String = text
        .chars()
        .filter(|&c| c == '\n' || !(c.is_control() || turns_direction(c)))
        .take(at_most)
        .collect();
    clean
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("\n")
        .trim_matches('\n')
        .to_owned()
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{BODY_AT_MOST, one_line, plain};

    #[test]
    fn tags_go_and_their_text_stays() {
        assert_eq!(plain("<b>big</b> and <i>slanted</i>"), "big and slanted");
        assert_eq!(
            plain(r#"see <a href="https://e.org/?a=1&amp;b">here</a>"#),
            "see here"
        );
        assert_eq!(
            plain(r#"<img src="x.png" alt="a cat &amp; dog"/>!"#),
            "a cat & dog!"
        );
        assert_eq!(plain("one<br/>two"), "one\ntwo");
    }

    #[test]
    fn entities_become_their_character_once() {
        assert_eq!(
            plain("a &lt;b&gt; &amp;amp; &quot;c&quot; &#20320;&#x597d;"),
            "a <b> &amp; \"c\" 你好"
        );
    }

    #[test]
    fn what_is_no_markup_is_left_as_it_is() {
        assert_eq!(plain("1 < 2 && 3 > 2"), "1 < 2 && 3 > 2");
        assert_eq!(plain("Vec<u8> & co; <unknown>"), "Vec<u8> & co; <unknown>");
        assert_eq!(plain("&#xffffffff; &nosuch; &"), "&#xffffffff; &nosuch; &");
        assert_eq!(plain("ends in <"), "ends in <");
    }

    #[test]
    fn nothing_that_does_not_print_gets_through() {
        assert_eq!(plain("\u{1b}[31mred\u{7}"), "[31mred");
        assert_eq!(plain("safe\u{202e}txt.exe"), "safetxt.exe");
        assert_eq!(one_line("  two\nlines\tone  "), "two lines one");
    }

    #[test]
    fn a_long_body_is_cut_between_characters() {
        let body = "好".repeat(5_000);
        assert_eq!(plain(&body).chars().count(), BODY_AT_MOST);
    }
}
