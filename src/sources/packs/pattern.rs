//! Patterns of Graphite paths and CloudWatch labels, with named parts.

/// What parts a name into nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// Graphite's path: nodes between dots.
    Dot,
    /// A CloudWatch label: words between spaces.
    Space,
}

impl Separator {
    fn as_char(self) -> char {
        match self {
            Separator::Dot => '.',
            Separator::Space => ' ',
        }
    }
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Two separators in a row, or one at an end, or nothing at all.
    #[error("`{0}` has an empty node")]
    EmptyNode(String),
    /// A brace without its other half, or one inside another.
    #[error("`{0}` has a brace without its other half; a named part is written {{host}}")]
    Brace(String),
    /// A part without a name.
    #[error("`{0}` has a part without a name; an unnamed part is written *")]
    Unnamed(String),
    /// Two parts with nothing between them.
    #[error("`{0}` has two parts with nothing between them, so where one ends is open")]
    Adjacent(String),
    /// A name that stands twice.
    #[error("`{0}` has the part {{{1}}} twice")]
    Repeated(String, String),
    /// Parts only.
    #[error("`{0}` has no plain text, so it would match anything")]
    Anything(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Named(String),
    Unnamed,
}

/// A pattern: nodes of plain text, named parts `{host}` and unnamed parts `*`. A part is at least one
/// character and never reaches over a separator; where several splits fit, earlier parts are the shorter ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    separator: Separator,
    nodes: Vec<Vec<Piece>>,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str, separator: Separator) -> Result<Pattern, PatternError> {
        let nodes = text
            .split(separator.as_char())
            .map(|node| pieces(node, text))
            .collect::<Result<Vec<_>, PatternError>>()?;
        let pattern = Pattern { text: text.to_owned(), separator, nodes };
        let mut names: Vec<&str> = pattern.names().collect();
        names.sort_unstable();
        let twice = names.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some((*a).to_owned()),
            _ => None,
        });
        if let Some(name) = twice {
            return Err(PatternError::Repeated(text.to_owned(), name));
        }
        if !pattern.nodes.iter().flatten().any(|piece| matches!(piece, Piece::Literal(_))) {
            return Err(PatternError::Anything(text.to_owned()));
        }
        Ok(pattern)
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its parts, from left to right.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().flatten().filter_map(|piece| match piece {
            Piece::Named(name) => Some(name.as_str()),
            Piece::Literal(_) | Piece::Unnamed => None,
        })
    }

    /// How many nodes it has.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Its last node, where that is plain text: the rarest word of most patterns.
    pub(super) fn last_literal(&self) -> Option<&str> {
        self.nodes.last().and_then(|node| literal(node))
    }

    /// Whether a node is one that the last node matches.
    pub(super) fn last_matches(&self, node: &str) -> bool {
        self.nodes.last().is_some_and(|last| match_node(last, node, &mut Vec::new()).is_some())
    }

    /// The named parts of a text that matches, from left to right.
    pub fn matches<'p, 't>(&'p self, text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
        let mut parts = Vec::new();
        let mut given = text.split(self.separator.as_char());
        for node in &self.nodes {
            match_node(node, given.next()?, &mut parts)?;
        }
        given.next().is_none().then_some(parts)
    }

    /// How many nodes do not match, compared from the right, plus how many there are too many or too few.
    pub(super) fn misses(&self, text: &str) -> usize {
        let given: Vec<&str> = text.split(self.separator.as_char()).collect();
        let wrong = self
            .nodes
            .iter()
            .rev()
            .zip(given.iter().rev())
            .filter(|(node, given)| match_node(node, given, &mut Vec::new()).is_none())
            .count();
        wrong + given.len().abs_diff(self.nodes.len())
    }

    /// The text that this pattern matches with these parts: the reverse of [`Pattern::matches`].
    #[cfg(test)]
    pub(super) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let node = |pieces: &Vec<Piece>| {
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Named(name) => value(name),
                    Piece::Unnamed => value("*"),
                })
                .collect::<String>()
        };
        let separator = self.separator.as_char().to_string();
        self.nodes.iter().map(node).collect::<Vec<_>>().join(&separator)
    }
}

fn literal(node: &[Piece]) -> Option<&str> {
    match node {
        [Piece::Literal(text)] => Some(text),
        _ => None,
    }
}

fn pieces(node: &str, whole: &str) -> Result<Vec<Piece>, PatternError> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = node;
    while let Some(first) = rest.chars().next() {
        let piece = match first {
            '}' => return Err(PatternError::Brace(whole.to_owned())),
            '*' => {
                rest = rest.get(1..).unwrap_or_default();
                Piece::Unnamed
            }
            '{' => {
                let (name, after) = rest
                    .get(1..)
                    .and_then(|r| r.split_once('}'))
                    .filter(|(name, _)| !name.contains('{'))
                    .ok_or_else(|| PatternError::Brace(whole.to_owned()))?;
                if name.is_empty() {
                    return Err(PatternError::Unnamed(whole.to_owned()));
                }
                rest = after;
                Piece::Named(name.to_owned())
            }
            _ => {
                let end = rest.find(['{', '}', '*']).unwrap_or(rest.len());
                let (text, after) = rest.split_at(end);
                rest = after;
                Piece::Literal(text.to_owned())
            }
        };
        let both_parts = !matches!(piece, Piece::Literal(_))
            && pieces.last().is_some_and(|before| !matches!(before, Piece::Literal(_)));
        if both_parts {
            return Err(PatternError::Adjacent(whole.to_owned()));
        }
        pieces.push(piece);
    }
    if pieces.is_empty() { Err(PatternError::EmptyNode(whole.to_owned())) } else { Ok(pieces) }
}

/// Matches one node. Literals between parts are taken where they first occur, the last one at the end; as parts
/// and literals alternate, no other split could match where this one does not.
fn match_node<'p, 't>(node: &'p [Piece], text: &'t str, parts: &mut Vec<(&'p str, &'t str)>) -> Option<()> {
    let mut rest = text;
    let mut pieces = node.iter().peekable();
    while let Some(piece) = pieces.next() {
        let name = match piece {
            Piece::Literal(literal) => {
                rest = rest.strip_prefix(literal.as_str())?;
                continue;
            }
            Piece::Named(name) => Some(name.as_str()),
            Piece::Unnamed => None,
        };
        let first = rest.chars().next()?.len_utf8();
        let end = match pieces.next() {
            None => rest.len(),
            Some(Piece::Literal(literal)) => {
                let start = if pieces.peek().is_none() {
                    rest.len()
                        .checked_sub(literal.len())
                        .filter(|at| *at >= first && rest.ends_with(literal.as_str()))
                } else {
                    rest.get(first..)?.find(literal.as_str()).map(|at| at + first)
                }?;
                let part = rest.get(..start)?;
                rest = rest.get(start + literal.len()..)?;
                parts.extend(name.map(|name| (name, part)));
                continue;
            }
            Some(Piece::Named(_) | Piece::Unnamed) => return None,
        };
        let (part, after) = rest.split_at(end);
        rest = after;
        parts.extend(name.map(|name| (name, part)));
    }
    rest.is_empty().then_some(())
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
