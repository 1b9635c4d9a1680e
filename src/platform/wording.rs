//! How messages show what the file says, and what it could have said.

use toml::de::DeValue;

use super::nearest::nearest;

/// Longest value that a message repeats, in characters.
const SHOWN: usize = 60;

/// "did you mean …" where a legal name is near, then all of them.
pub(crate) fn suggestion(word: &str, legal: &[&str]) -> String {
    let all = legal.join(", ");
    match nearest(word, legal.iter().copied()).as_slice() {
        [] => format!("legal: {all}"),
        near => format!("did you mean {}? legal: {all}", near.join(" or ")),
    }
}

/// A text in quotes, with line breaks and the like escaped, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A key as it can stand in TOML without quotes, else in quotes.
pub(crate) fn key_as_written(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if key.len() <= SHOWN && key.chars().all(plain) { key.to_owned() } else { quoted(key) }
}

/// A value as messages show it.
pub(crate) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => quoted(text),
        DeValue::Integer(digits) => cut(&digits.to_string()),
        DeValue::Float(digits) => cut(digits.as_str()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
