//! Content lines of calendars (RFC 5545, 3.1): a name, parameters and a value, folded at 75 octets.

use std::fmt::Write;

/// Most octets of a line, without its break.
const WIDTH: usize = 75;

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Upper case.
    pub(super) name: String,
    /// Names in upper case, values without quotes.
    pub(super) parameters: Vec<(String, String)>,
    /// As it is written.
    pub(super) value: String,
}

impl Line {
    /// A parameter's value.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value as a text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = self.value.chars();
        while let Some(c) = rest.next() {
            match (c, c == '\\') {
                (_, true) => match rest.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                (c, false) => text.push(c),
            }
        }
        text
    }
}

/// A text as a value holds it (3.3.11); characters that are forbidden there have a mark instead.
pub(super) fn escaped(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect();
    text.replace('\\', r"\\").replace(';', r"\;").replace(',', r"\,").replace('\n', r"\n")
}

/// Lines being written.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds `name:value`; `name` may have parameters.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let mut width = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if width + c.len_utf8() > WIDTH {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(c);
            width += c.len_utf8();
        }
        // Writing to a text cannot fail.
        let _ = self.0.write_str("\r\n");
    }

    /// All lines.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// The lines of a text, unfolded; what is none is left out.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut whole: Vec<String> = Vec::new();
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(more), Some(line)) => line.push_str(more),
            _ => whole.push(line.to_owned()),
        }
    }
    whole.iter().filter_map(|line| parsed(line)).collect()
}

fn parsed(line: &str) -> Option<Line> {
    // Colons and semicolons in quotes are part of a parameter.
    let mut quoted = false;
    let mut cuts = Vec::new();
    let mut end = None;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => cuts.push(at),
            ':' if !quoted => {
                end = Some(at);
                break;
            }
            _ => {}
        }
    }
    let end = end?;
    cuts.push(end);
    let name = line.get(..*cuts.first()?)?.trim();
    let parameter = |pair: &[usize]| {
        let (name, value) = line.get(pair[0] + 1..pair[1])?.split_once('=')?;
        Some((name.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
    };
    let parameters = cuts.windows(2).filter_map(parameter).collect();
    let value = line.get(end + 1..)?.to_owned();
    (!name.is_empty()).then(|| Line { name: name.to_ascii_uppercase(), parameters, value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_folded_at_75_octets_between_characters() {
        let mut written = Lines::default();
        written.add("SUMMARY", &"é".repeat(60));
        let text = written.text();
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text:?}");
        // 8 octets of the name and 33 letters of 2 are 74; another would be 76.
        assert_eq!(text.split("\r\n").next().unwrap().len(), 74);
        assert_eq!(lines(&text)[0].value, "é".repeat(60));
    }

    #[test]
    fn parameters_may_hold_what_separates_in_quotes() {
        let read = lines("dtstart;tzid=\"A;B:C\";VALUE=DATE-TIME:20261116T220000\n\n:nothing\nno line\n");
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].name.as_str(), read[0].parameter("TZID")), ("DTSTART", Some("A;B:C")));
        assert_eq!(read[0].value, "20261116T220000");
    }

    proptest! {
        #[test]
        fn a_text_that_is_written_is_read(text in "\\PC{0,300}") {
            let mut written = Lines::default();
            written.add("X-TEXT", &escaped(&text));
            let read = lines(&written.text());
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].text(), text);
        }

        #[test]
        fn any_text_can_be_read(text in "\\PC*", more in proptest::collection::vec(any::<char>(), 0..200)) {
            lines(&text);
            lines(&more.into_iter().collect::<String>());
        }
    }
}
