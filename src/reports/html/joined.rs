//! Numbers that stay with their units: evidence comes as sentences with plain spaces, as programs want them, and a
//! browser would end a line between `8.9` and `%`.

use std::borrow::Cow;

use minijinja::{Error, Output, State, Value, escape_formatter};

use crate::reports::format::JOINED;

/// What is written behind a number and never begins a line.
const UNITS: [&str; 14] =
    ["%", "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ms", "s", "min", "h", "day", "days"];

/// Writes a value of a template: escaped, and its numbers joined to their units. What is marked as safe is a drawing
/// or a style, and stays as it is.
///
/// # Errors
/// When the value cannot be written.
pub(super) fn formatter(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(&*joined(text))),
        _ => escape_formatter(out, state, value),
    }
}

/// The text with a no-break space between each number and its unit.
fn joined(text: &str) -> Cow<'_, str> {
    let parts = || text.split(' ');
    let binds = |before: &str, behind: &str| {
        let unit = behind.split(|c: char| !c.is_alphabetic() && c != '%').next().unwrap_or_default();
        before.ends_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&unit)
    };
    if !parts().zip(parts().skip(1)).any(|(before, behind)| binds(before, behind)) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len() + 8);
    let mut before = "";
    for (nth, part) in parts().enumerate() {
        if nth > 0 {
            whole.push(if binds(before, part) { JOINED } else { ' ' });
        }
        whole.push_str(part);
        before = part;
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(
            joined("+8.0 % a month (+7.0 % to 8.9 %), 3 ms,"),
            "+8.0\u{a0}% a month (+7.0\u{a0}% to 8.9\u{a0}%), 3\u{a0}ms,"
        );
        assert_eq!(joined("in 19 days"), "in 19\u{a0}days");
    }

    #[test]
    fn other_words_part_as_before() {
        for text in ["", " ", "4 of 8", "1 September", "host web01 is slow", "a % b", "2  %"] {
            assert!(matches!(joined(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
