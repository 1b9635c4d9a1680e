//! A pull reader of JSON: the caller says what it expects next, and numbers go straight to where they belong.
//!
//! It takes what serde_json takes, and besides that `NaN`, `Infinity` and `1e9999`, which Graphite and Python
//! write and serde_json refuses; every number is the nearest `f64`; an error knows its byte; and what was read
//! before an error is still there. A property test holds it against serde_json.

use std::borrow::Cow;

use super::{
    decimal,
    fault::{CUT_OFF, EXPORT_AGAIN, Fault, Outcome, excerpt},
};

/// How deep objects and arrays may nest: serde_json's limit, far beyond any export.
const DEPTH: usize = 128;

/// A position in a JSON text.
pub(super) struct Json<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Json<'a> {
    /// Stands at the start of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Json { text, at: 0, depth: 0 }
    }

    /// Bytes from the start of the text.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The first byte of what comes next, past white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                next => return next.copied(),
            }
        }
    }

    /// Reads an object; `member` is called after each name and must read its value.
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Outcome<()>) -> Outcome<()> {
        self.open(b'{', "an object")?;
        while self.peek() != Some(b'}') {
            let name = self.string()?;
            self.punctuation(b':', "`:`")?;
            member(self, &name)?;
            if !self.comma(b'}', "`,` or `}`")? {
                break;
            }
            if self.peek() != Some(b'"') {
                return Err(self.expected("a member's name"));
            }
        }
        self.close(b'}', "`}`")
    }

    /// Reads an array; `element` is called before each element and must read it.
    #[inline]
    pub(super) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Outcome<()>) -> Outcome<()> {
        self.open(b'[', "an array")?;
        while self.peek() != Some(b']') {
            element(self)?;
            if !self.comma(b']', "`,` or `]`")? {
                break;
            }
            if self.peek() == Some(b']') {
                return Err(self.expected("an element"));
            }
        }
        self.close(b']', "`]`")
    }

    /// Reads an array of exactly two elements.
    #[inline]
    pub(super) fn pair<A, B>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Outcome<A>,
        second: impl FnOnce(&mut Self) -> Outcome<B>,
    ) -> Outcome<(A, B)> {
        self.punctuation(b'[', "a pair")?;
        let first = first(self)?;
        self.punctuation(b',', "`,`")?;
        let second = second(self)?;
        self.punctuation(b']', "`]`")?;
        Ok((first, second))
    }

    /// Reads `[number,"number"]` where it stands just so, without blanks, as servers write millions of them. The
    /// position stays in a register until all of it is read; anything else is left for [`Json::pair`].
    #[inline]
    pub(super) fn compact_pair(&mut self) -> Option<(f64, f64)> {
        let bytes = self.text.as_bytes();
        let past = |at: usize, expected: &[u8]| {
            bytes.get(at..)?.starts_with(expected).then_some(at + expected.len())
        };
        let (first, at) = decimal::plain(bytes, past(self.at, b"[")?)?;
        let (second, at) = decimal::plain(bytes, past(at, b",\"")?)?;
        self.at = past(at, b"\"]")?;
        Some((first, second))
    }

    /// Reads `null`, if it is next.
    pub(super) fn null(&mut self) -> bool {
        self.at_null() && self.word("null")
    }

    /// Whether `null` is next, or something that is nothing else.
    pub(super) fn at_null(&mut self) -> bool {
        self.peek() == Some(b'n')
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Outcome<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        self.at += 1;
        let mut piece = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            match self.text.as_bytes().get(self.at) {
                // Pieces begin and end beside ASCII bytes, so they are whole characters.
                Some(b'"') => {
                    let last = &self.text[piece..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(last),
                        Some(text) => Cow::Owned(text + last),
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[piece..self.at]);
                    text.push(self.escape()?);
                    piece = self.at;
                }
                Some(0..0x20) => return Err(self.expected("an escaped control character")),
                Some(_) => self.at += 1,
                None => return Err(Fault::at(self.at, "a string without its end", CUT_OFF)),
            }
        }
    }

    /// Reads a string, or nothing where `null` stands.
    pub(super) fn string_or_null(&mut self) -> Outcome<Option<Cow<'a, str>>> {
        if self.null() { Ok(None) } else { self.string().map(Some) }
    }

    /// Reads a number. Beyond JSON: `NaN`, `Infinity`, `-Infinity`, and infinity for one that is too large.
    #[inline]
    pub(super) fn number(&mut self) -> Outcome<f64> {
        self.peek();
        if let Some((value, end)) = decimal::plain(self.text.as_bytes(), self.at) {
            self.at = end;
            return Ok(value);
        }
        self.rare_number()
    }

    /// Reads a number that may stand in quotes, as Prometheus writes values.
    #[inline]
    pub(super) fn quoted_number(&mut self) -> Outcome<f64> {
        if self.peek() != Some(b'"') {
            return self.number();
        }
        let bytes = self.text.as_bytes();
        if let Some((value, end)) = decimal::plain(bytes, self.at + 1)
            && bytes.get(end) == Some(&b'"')
        {
            self.at = end + 1;
            return Ok(value);
        }
        let start = self.at;
        let text = self.string()?;
        decimal::parse(&text).ok_or_else(|| {
            self.at = start;
            self.expected("a number")
        })
    }

    /// Reads a time in seconds since 1970 and floors it to a whole second.
    #[inline]
    pub(super) fn time(&mut self) -> Outcome<i64> {
        self.peek();
        let start = self.at;
        let seconds = self.number()?;
        if !seconds.is_finite() {
            self.at = start;
            return Err(self.expected("a time in seconds since 1970"));
        }
        Ok(decimal::whole_seconds(seconds))
    }

    /// Reads any value and forgets it.
    pub(super) fn skip(&mut self) -> Outcome<()> {
        match self.peek() {
            Some(b'{') => self.object(|json, _| json.skip()),
            Some(b'[') => self.array(Json::skip),
            Some(b'"') => self.string().map(drop),
            Some(b't') if self.word("true") => Ok(()),
            Some(b'f') if self.word("false") => Ok(()),
            Some(b'n') if self.word("null") => Ok(()),
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => self.number().map(drop),
            _ => Err(self.expected("a value")),
        }
    }

    /// The fault that something else than `what` is next.
    #[cold]
    pub(super) fn expected(&self, what: &str) -> Box<Fault> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return Fault::at(self.at, format!("expected {what}, found the end"), CUT_OFF);
        }
        let (token, unfinished) = match rest.strip_prefix('"') {
            Some(inside) => inside.split_once('"').map_or((inside, true), |(token, _)| (token, false)),
            None => {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let end = rest.find([',', ']', '}', ' ', '\n']).unwrap_or(rest.len()).max(first);
                (&rest[..end], end == rest.len() && end > first)
            }
        };
        let found = excerpt(token);
        if unfinished {
            return Fault::at(
                self.text.len(),
                format!("expected {what}, found {found} and the end"),
                CUT_OFF,
            );
        }
        Fault::at(self.at, format!("expected {what}, found {found}"), EXPORT_AGAIN)
    }

    fn open(&mut self, byte: u8, what: &str) -> Outcome<()> {
        self.punctuation(byte, what)?;
        self.depth += 1;
        if self.depth > DEPTH {
            let problem = format!("objects and arrays nest deeper than {DEPTH}");
            return Err(Fault::at(
                self.at,
                problem,
                "no monitoring system writes that: check where it is from",
            ));
        }
        Ok(())
    }

    fn close(&mut self, byte: u8, what: &str) -> Outcome<()> {
        self.depth -= 1;
        self.punctuation(byte, what)
    }

    /// Whether another element follows a comma; at `close` none does.
    #[inline]
    fn comma(&mut self, close: u8, what: &str) -> Outcome<bool> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => Ok(false),
            _ => Err(self.expected(what)),
        }
    }

    #[inline]
    fn punctuation(&mut self, byte: u8, what: &str) -> Outcome<()> {
        if self.peek() != Some(byte) {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        self.at += if found { word.len() } else { 0 };
        found
    }

    #[cold]
    fn rare_number(&mut self) -> Outcome<f64> {
        for (word, value) in
            [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)]
        {
            if self.word(word) {
                return Ok(value);
            }
        }
        let rest = &self.text[self.at..];
        let end = rest
            .bytes()
            .position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
            .unwrap_or(rest.len());
        let token = &rest[..end];
        let value = if is_json_number(token) { token.parse().ok() } else { None };
        let Some(value) = value else { return Err(self.expected("a number")) };
        self.at += end;
        Ok(value)
    }

    /// Reads an escape, from its backslash on.
    fn escape(&mut self) -> Outcome<char> {
        let start = self.at;
        let kind = self.text.as_bytes().get(start + 1).copied();
        self.at += 2;
        let character = match kind {
            Some(b @ (b'"' | b'\\' | b'/')) => Some(char::from(b)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => self.unicode_escape(),
            _ => None,
        };
        character.ok_or_else(|| Fault::at(start, "a broken escape in a string", EXPORT_AGAIN))
    }

    /// The character of a `\u` escape of four digits, or of a surrogate pair of two such; stands past the first `\u`.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.four_hex_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        if !self.word("\\u") {
            return None;
        }
        let second = self.four_hex_digits().filter(|unit| (0xDC00..0xE000).contains(unit))?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    fn four_hex_digits(&mut self) -> Option<u32> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Whether a token keeps to JSON's grammar of numbers (RFC 8259, section 6).
fn is_json_number(token: &str) -> bool {
    let unsigned = token.strip_prefix('-').unwrap_or(token);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(integer)
        && (integer == "0" || !integer.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
