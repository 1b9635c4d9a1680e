//! A series as Prometheus writes it in text: `name{label="value",…}`.

use std::collections::BTreeMap;

use crate::sources::Identity;

/// Where the series at the start of a line ends: past its `}`, or at the first space.
pub(super) fn end(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let at = memchr::memchr3(b'{', b' ', b'\t', bytes)?;
    if bytes.get(at) != Some(&b'{') {
        return (at > 0).then_some(at);
    }
    let (mut quoted, mut at) = (false, at + 1);
    loop {
        match bytes.get(at)? {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at + 1),
            _ => (),
        }
        at += 1;
    }
}

/// Reads a series. A quoted name may stand first between the braces (`{"mail.queue",host="a"}`), as
/// Prometheus 3 writes names with other characters than letters, digits, `_` and `:`.
pub(super) fn parse(series: &str) -> Option<Identity> {
    let (name, inside) = match series.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}')?),
        None => (series, ""),
    };
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':') {
        return None;
    }
    let mut name = name.to_owned();
    let mut labels = BTreeMap::new();
    let mut rest = inside.trim_start();
    while !rest.is_empty() {
        let (label, after) = if rest.starts_with('"') {
            let (label, after) = quoted(rest)?;
            (label, after.trim_start())
        } else {
            let equals = rest.find('=')?;
            let label = rest[..equals].trim_end();
            if label.is_empty() || !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return None;
            }
            (label.to_owned(), &rest[equals..])
        };
        rest = match after.strip_prefix('=') {
            Some(value) => {
                let (value, after) = quoted(value.trim_start())?;
                if label == "__name__" {
                    name = value;
                } else {
                    labels.insert(label, value);
                }
                after.trim_start()
            }
            None => {
                name = label;
                after
            }
        };
        rest = match rest.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(Identity::Prometheus { name, labels })
}

/// The string in quotes at the start of `text`, unescaped, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &inside[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                other @ ('"' | '\\') => value.push(other),
                other => value.extend(['\\', other]),
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
    use crate::sources::testing::prometheus;

    #[test]
    fn reads_every_way_of_writing_a_series() {
        for (text, expected) in [
            ("up", prometheus("up", &[])),
            ("up{}", prometheus("up", &[])),
            ("{}", prometheus("", &[])),
            ("a:b{x=\"1\",y=\"2\",}", prometheus("a:b", &[("x", "1"), ("y", "2")])),
            ("{__name__=\"up\", foo=\"bar\"}", prometheus("up", &[("foo", "bar")])),
            ("{\"mail.queue\", \"ö\"=\"1\"}", prometheus("mail.queue", &[("ö", "1")])),
            (r#"up{a="q\"b\\n\n",b="}"}"#, prometheus("up", &[("a", "q\"b\\n\n"), ("b", "}")])),
        ] {
            assert_eq!(end(&format!("{text} 1 2")), Some(text.len()), "{text}");
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_series() {
        for text in [
            "a-b",
            "up{a}",
            "up{a=b}",
            "up{a=\"b\"c=\"d\"}",
            "up{=\"b\"}",
            "up{a=\"b}",
            "up{a=\"b\"",
            "a{b c=\"d\"}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(end("up{a=\"}\" 1 2"), None);
        assert_eq!(end(" 1 2"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[{}\"\\\\,= a-cé]{0,20}") {
            let _ = parse(&text);
            if let Some(end) = end(&text) {
                prop_assert!(text.is_char_boundary(end));
            }
        }
    }
}
