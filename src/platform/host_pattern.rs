//! Host patterns: which hosts belong to a pool, and whether two patterns share a host.

use std::{collections::VecDeque, fmt};

/// Longest pattern, in characters: the longest DNS name (RFC 1035, section 2.3.4, less the root label).
const LONGEST: usize = 253;

/// A glob over host names: `*` is any run of characters, `?` any one, `[a-d]` or `[135]` one of a set, all
/// else itself. It matches the whole name; letter case counts, as in labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Any run of characters, the empty one too.
    Run,
    /// One character out of inclusive ranges.
    One(Vec<(char, char)>),
}

/// Why a text is no host pattern, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadHostPattern {
    /// Nothing there.
    #[error("an empty pattern matches no host")]
    Empty,
    /// Longer than any host name.
    #[error("the pattern has {0} characters, more than the {LONGEST} of the longest DNS name")]
    TooLong(usize),
    /// `[` without `]`.
    #[error("`[` is not closed by `]`")]
    Open,
    /// `[]`, `[b-a]` or `[!a]`.
    #[error("`[{0}]` names no characters; write them out, as in `[1-4]` or `[abc]`")]
    BadSet(String),
    /// A character that neither a host name nor a pattern has.
    #[error("{0:?} has no meaning in a host pattern; write one pattern for each alternative")]
    BadCharacter(char),
}

impl HostPattern {
    /// What is legal, in words.
    pub(crate) const LEGAL: &str = "host names with `*`, `?` and `[a-d]`, such as \"mx0[1-4]\"";

    /// Reads a pattern.
    pub fn new(text: &str) -> Result<HostPattern, BadHostPattern> {
        let length = text.chars().count();
        match length {
            0 => return Err(BadHostPattern::Empty),
            1..=LONGEST => {}
            _ => return Err(BadHostPattern::TooLong(length)),
        }
        let mut tokens = Vec::new();
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                // A run after a run adds nothing.
                '*' if tokens.last() == Some(&Token::Run) => {}
                '*' => tokens.push(Token::Run),
                '?' => tokens.push(Token::One(vec![(char::MIN, char::MAX)])),
                '[' => {
                    let set = rest.as_str().split_once(']').ok_or(BadHostPattern::Open)?.0;
                    rest = rest.as_str().get(set.len() + 1..).unwrap_or_default().chars();
                    tokens.push(Token::One(ranges(set)?));
                }
                ']' | '{' | '}' | ',' | '\\' => return Err(BadHostPattern::BadCharacter(character)),
                other if other.is_whitespace() || other.is_control() => {
                    return Err(BadHostPattern::BadCharacter(other));
                }
                other => tokens.push(Token::One(vec![(other, other)])),
            }
        }
        Ok(HostPattern { text: text.to_owned(), tokens })
    }

    /// Whether the whole of `host` fits the pattern.
    pub fn matches(&self, host: &str) -> bool {
        let host: Vec<char> = host.chars().collect();
        let (mut token, mut at) = (0, 0);
        // Where to go on when what follows the last run does not fit: the run takes one character more.
        let mut retry: Option<(usize, usize)> = None;
        while let Some(&character) = host.get(at) {
            match self.tokens.get(token) {
                Some(Token::Run) => {
                    token += 1;
                    retry = Some((token, at));
                }
                Some(Token::One(set)) if contains(set, character) => {
                    token += 1;
                    at += 1;
                }
                _ => match &mut retry {
                    Some((after, taken)) => {
                        *taken += 1;
                        token = *after;
                        at = *taken;
                    }
                    None => return false,
                },
            }
        }
        self.tokens.get(token..).unwrap_or_default().iter().all(|left| *left == Token::Run)
    }

    /// A host name that both patterns match; `None` where there is none.
    ///
    /// Exact: a breadth-first search through the product of the two patterns' automata. Its states are pairs
    /// of positions, so it takes at most 254² steps.
    pub fn common_host(&self, other: &HostPattern) -> Option<String> {
        let (a, b) = (&self.tokens, &other.tokens);
        let width = b.len() + 1;
        // How each state was first reached: from which state and, where that was not free, by which character.
        let mut reached: Vec<Option<(usize, Option<char>)>> = vec![None; (a.len() + 1) * width];
        let mut queue = VecDeque::from([(0, 0)]);
        while let Some((i, j)) = queue.pop_front() {
            let state = i * width + j;
            if (i, j) == (a.len(), b.len()) {
                return Some(spell(&reached, state));
            }
            for (to, by) in steps(a.get(i), b.get(j)) {
                let to = (i + to.0, j + to.1);
                let seen = reached.get_mut(to.0 * width + to.1);
                if let Some(seen) = seen.filter(|seen| seen.is_none()) {
                    *seen = Some((state, by));
                    queue.push_back(to);
                }
            }
        }
        None
    }
}

/// How far each of two patterns can move on together, and the character that takes them there: `None` where
/// a run ends, which is free.
fn steps(left: Option<&Token>, right: Option<&Token>) -> Vec<((usize, usize), Option<char>)> {
    let mut steps = Vec::new();
    if left == Some(&Token::Run) {
        steps.push(((1, 0), None));
    }
    if right == Some(&Token::Run) {
        steps.push(((0, 1), None));
    }
    let (shared, to) = match (left, right) {
        (Some(Token::One(left)), Some(Token::One(right))) => (pick(left, right), (1, 1)),
        (Some(Token::One(set)), Some(Token::Run)) => (pick(set, set), (1, 0)),
        (Some(Token::Run), Some(Token::One(set))) => (pick(set, set), (0, 1)),
        _ => return steps,
    };
    steps.extend(shared.map(|character| (to, Some(character))));
    steps
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The inclusive ranges of a set without its brackets: `a-d`, `135`, `a-dx`.
fn ranges(set: &str) -> Result<Vec<(char, char)>, BadHostPattern> {
    let bad = || BadHostPattern::BadSet(set.to_owned());
    let mut ranges = Vec::new();
    let mut rest = set.chars().peekable();
    if matches!(rest.peek(), None | Some('!' | '^')) {
        return Err(bad());
    }
    while let Some(from) = rest.next() {
        let mut to = from;
        let mut ahead = rest.clone();
        if let (Some('-'), Some(end)) = (ahead.next(), ahead.next()) {
            to = end;
            rest = ahead;
        }
        if to < from || [from, to].iter().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad());
        }
        ranges.push((from, to));
    }
    Ok(ranges)
}

fn contains(set: &[(char, char)], character: char) -> bool {
    set.iter().any(|(from, to)| (*from..=*to).contains(&character))
}

/// A character of both sets: a digit or letter if there is one, since it is shown in a host name.
fn pick(left: &[(char, char)], right: &[(char, char)]) -> Option<char> {
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    let shared: Vec<(char, char)> =
        pairs.map(|(a, b)| (a.0.max(b.0), a.1.min(b.1))).filter(|(from, to)| from <= to).collect();
    let plain = ('0'..='9').chain('a'..='z').chain('A'..='Z').find(|c| contains(&shared, *c));
    plain.or_else(|| shared.first().map(|(from, _)| *from))
}

/// The name along the way to a state. Where both patterns are only runs the way is empty, and any name does.
fn spell(reached: &[Option<(usize, Option<char>)>], mut state: usize) -> String {
    let mut name = Vec::new();
    while let Some((from, by)) = reached.get(state).copied().flatten() {
        name.extend(by);
        state = from;
    }
    if name.is_empty() {
        name.push('a');
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> HostPattern {
        HostPattern::new(text).unwrap()
    }

    fn common(a: &str, b: &str) -> Option<String> {
        pattern(a).common_host(&pattern(b))
    }

    #[test]
    fn matches_whole_names() {
        assert!(pattern("ms*").matches("ms01.example.net"));
        assert!(pattern("ms*").matches("ms"));
        assert!(!pattern("ms*").matches("xms01"));
        assert!(pattern("mx0[1-4]").matches("mx03"));
        assert!(!pattern("mx0[1-4]").matches("mx05"));
        assert!(!pattern("mx0[1-4]").matches("mx031"));
        assert!(pattern("mx?").matches("mx1") && !pattern("mx?").matches("mx"));
        assert!(pattern("*-web-*b").matches("a-web-web-bbb"));
        assert!(pattern("[a-cx]1").matches("x1") && !pattern("[a-cx]1").matches("d1"));
        assert!(pattern("[a-]1").matches("-1"));
        assert!(!pattern("MS01").matches("ms01"));
    }

    #[test]
    fn finds_the_host_that_two_patterns_share() {
        assert_eq!(common("ms*", "mx*"), None);
        assert_eq!(common("m*", "mx0[1-4]").as_deref(), Some("mx01"));
        assert_eq!(common("mx0[1-4]", "mx0[5-9]"), None);
        assert_eq!(common("mx0[1-4]", "mx0[4-9]").as_deref(), Some("mx04"));
        assert_eq!(common("web*", "*01").as_deref(), Some("web01"));
        assert_eq!(common("a*b*c", "ac"), None);
        assert_eq!(common("a*b*c", "??c"), Some("abc".to_owned()));
        assert_eq!(common("*", "*").as_deref(), Some("a"));
        assert_eq!(common("ms01", "ms01").as_deref(), Some("ms01"));
        assert_eq!(common("ms01", "ms011"), None);
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for (text, message) in [
            ("", "an empty pattern matches no host"),
            ("mx[1-4", "`[` is not closed by `]`"),
            ("mx[]", "`[]` names no characters; write them out, as in `[1-4]` or `[abc]`"),
            ("mx[4-1]", "`[4-1]` names no characters; write them out, as in `[1-4]` or `[abc]`"),
            ("mx[!1]", "`[!1]` names no characters; write them out, as in `[1-4]` or `[abc]`"),
            ("mx{1,2}", "'{' has no meaning in a host pattern; write one pattern for each alternative"),
            ("ms 1", "' ' has no meaning in a host pattern; write one pattern for each alternative"),
        ] {
            assert_eq!(HostPattern::new(text).unwrap_err().to_string(), message, "{text}");
        }
        assert_eq!(HostPattern::new(&"a".repeat(254)), Err(BadHostPattern::TooLong(254)));
    }

    proptest! {
        /// A small alphabet, so that generated names often match.
        #[test]
        fn a_name_that_both_match_means_overlap(
            a in "([ab*?]|\\[a-c\\]|\\[bc\\]){1,6}",
            b in "([ab*?]|\\[a-c\\]|\\[bc\\]){1,6}",
            names in prop::collection::vec("[abc]{1,7}", 40),
        ) {
            let (a, b) = (pattern(&a), pattern(&b));
            let common = a.common_host(&b);
            for name in names.iter().filter(|name| a.matches(name) && b.matches(name)) {
                prop_assert!(common.is_some(), "{} and {} both match {}", a, b, name);
            }
            if let Some(name) = &common {
                prop_assert!(a.matches(name) && b.matches(name), "{} and {} do not share {}", a, b, name);
                prop_assert_eq!(b.common_host(&a).is_some(), true);
            }
        }

        /// Every name of up to four letters is tried, so that "no overlap" is held against the whole of a
        /// small language: patterns this short that share a name share one that short.
        #[test]
        fn no_overlap_means_no_name(a in "[ab*?]{1,2}", b in "[ab*?]{1,2}") {
            let (a, b) = (pattern(&a), pattern(&b));
            let mut names = vec![String::new()];
            let mut shared = false;
            for _ in 0..4 {
                names = names.iter().flat_map(|n| ["a", "b"].map(|c| format!("{n}{c}"))).collect();
                shared |= names.iter().any(|name| a.matches(name) && b.matches(name));
            }
            prop_assert_eq!(a.common_host(&b).is_some(), shared);
        }

        #[test]
        fn arbitrary_text_is_read_or_refused(text in "\\PC{0,40}", host in "\\PC{0,40}") {
            if let Ok(pattern) = HostPattern::new(&text) {
                pattern.matches(&host);
                prop_assert!(pattern.common_host(&pattern).is_some());
            }
        }
    }
}
