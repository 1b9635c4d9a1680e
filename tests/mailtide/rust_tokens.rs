//! The words and signs of a Rust file, without its comments and literals.

/// A word (`crate`, `polars`), `::`, or one sign, with its line from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) line: usize,
}

/// All tokens of a file, in order. Comments, texts, characters and lifetimes are left out, so that a word in
/// a sentence is no use of it.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, is_token) = next(rest);
        // Every branch of `next` ends on a character boundary, at the end of the text at the latest.
        let (piece, _) = rest.split_at(length);
        if is_token {
            tokens.push(Token { text: piece, line });
        }
        line += piece.matches('\n').count();
        at += length;
    }
    tokens
}

/// The length in bytes of what stands at the start, and whether it is a token.
fn next(rest: &str) -> (usize, bool) {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with("/*") {
        (block_comment(rest), false)
    } else if let Some(length) = raw_text(rest) {
        (length, false)
    } else if rest.starts_with('"') {
        (quoted(rest, '"'), false)
    } else if rest.starts_with('\'') {
        (character_or_lifetime(rest), false)
    } else if rest.starts_with("::") {
        (2, true)
    } else if rest.starts_with(is_word) {
        (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), true)
    } else {
        (first, !rest.starts_with(char::is_whitespace))
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(ahead) = rest.get(at..).filter(|ahead| !ahead.is_empty()) {
        if ahead.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if ahead.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += ahead.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// `r"…"`, `r#"…"#`, `br"…"`; `None` where the text starts with something else.
fn raw_text(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|ahead| ahead.trim_start_matches('#').starts_with('"'))
    })?;
    let ahead = rest.strip_prefix(prefix)?;
    let hashes = ahead.len() - ahead.trim_start_matches('#').len();
    let opening = prefix.len() + hashes + 1;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(rest.get(opening..)?.find(&closing).map_or(rest.len(), |end| opening + end + closing.len()))
}

/// Up to and with the closing sign; a backslash takes the next character with it.
fn quoted(rest: &str, sign: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == sign => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'a'` and `'\n'` are characters, `'a` alone is a lifetime.
fn character_or_lifetime(rest: &str) -> usize {
    let mut ahead = rest.chars().skip(1);
    match (ahead.next(), ahead.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(rest, '\''),
        _ => 1 + rest.chars().skip(1).take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>(),
    }
}

#[test]
fn comments_and_literals_are_no_tokens() {
    let text = "use a::b; // polars\n/* x /* y */ polars */ let c: &'static str = \"po\\\"lars\";\n\
        r#\"polars \" \"# br\"x\" 'p' '\\'' d";
    let found: Vec<_> = tokens(text).into_iter().map(|token| (token.text, token.line)).collect();
    let words = ["use", "a", "::", "b", ";"].map(|word| (word, 1));
    let more = ["let", "c", ":", "&", "str", "=", ";"].map(|word| (word, 2));
    assert_eq!(found, [words.as_slice(), more.as_slice(), &[("d", 3)]].concat());
}
