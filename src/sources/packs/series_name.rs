//! Series written as text, as in a CSV header: `name{label="value",…}`.

use std::collections::BTreeMap;

/// Name and labels of a series in Prometheus' text form; `None` where the text is not in that form. A label
/// `__name__` gives the name where none stands before the brace. Escapes are `\\`, `\"` and `\n`, as in the
/// Prometheus text format 0.0.4.
pub(in crate::sources) fn parse(text: &str) -> Option<(String, BTreeMap<String, String>)> {
    let (name, rest) = text.trim().split_once('{')?;
    let mut rest = rest.strip_suffix('}')?.trim();
    let name = name.trim();
    if !name.is_empty() && !is_name(name) {
        return None;
    }
    let mut labels = BTreeMap::new();
    while !rest.is_empty() {
        let (label, after) = rest.split_once('=')?;
        let label = label.trim();
        if !is_name(label) {
            return None;
        }
        let (value, after) = quoted(after.trim_start())?;
        labels.insert(label.to_owned(), value);
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    let named = labels.remove("__name__");
    let name = if name.is_empty() { named.unwrap_or_default() } else { name.to_owned() };
    Some((name, labels))
}

/// Metric and label names of Prometheus.
fn is_name(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b':';
    text.bytes().all(legal) && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
}

/// A quoted value and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, inside.get(at + 1..)?)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                escaped => value.push(escaped),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::Labels;

    fn read(text: &str) -> Option<(String, Vec<(String, String)>)> {
        parse(text).map(|(name, labels)| (name, labels.into_iter().collect()))
    }

    #[test]
    fn series_are_read_with_and_without_a_name() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read("up{}"), Some(("up".to_owned(), vec![])));
        assert_eq!(
            read(r#"up{instance="ms1:9100", job="a,b}\"\\",}"#),
            Some(("up".to_owned(), vec![pair("instance", "ms1:9100"), pair("job", "a,b}\"\\")]))
        );
        assert_eq!(read(r#"{__name__="up",a="b"}"#), Some(("up".to_owned(), vec![pair("a", "b")])));
        assert_eq!(read(r#"{a="b"}"#), Some((String::new(), vec![pair("a", "b")])));
    }

    #[test]
    fn other_texts_are_not() {
        for text in
            ["up", "servers.{a,b}", "up{a}", "up{a=b}", r#"up{a="b""#, r#"up{a="b" c="d"}"#, "9{}", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_labels_print_is_read_back(values in proptest::collection::vec(".{1,8}", 0..4)) {
            let mut labels = Labels::new();
            let mut expected = BTreeMap::new();
            for (i, value) in values.into_iter().enumerate() {
                labels.set(format!("l{i}"), value.clone());
                expected.insert(format!("l{i}"), value);
            }
            prop_assert_eq!(parse(&format!("x{{{labels}}}")), Some(("x".to_owned(), expected)));
        }
    }
}
