//! Host names, taken apart.

use std::net::IpAddr;

/// Longest host name, in characters (RFC 1035, section 2.3.4, less the root label); what is longer is none.
const LONGEST: usize = 253;

/// A host name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostName {
    /// The whole name.
    pub(super) host: String,
    /// The first label in turns of text and numbers.
    pub(super) pieces: Vec<Piece>,
    /// What follows the first label, with its dot; empty where nothing does.
    pub(super) domain: String,
}

/// A piece of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Anything but digits.
    Text(String),
    /// So many digits.
    Number(usize),
}

impl HostName {
    /// Takes a name apart. An address is one piece: its numbers count nothing.
    pub(super) fn of(host: &str) -> HostName {
        if host.parse::<IpAddr>().is_ok() {
            let pieces = vec![Piece::Text(host.to_owned())];
            return HostName { host: host.to_owned(), pieces, domain: String::new() };
        }
        let (label, domain) = host.split_at(host.find('.').unwrap_or(host.len()));
        let mut pieces: Vec<Piece> = Vec::new();
        for character in label.chars() {
            match (pieces.last_mut(), character.is_ascii_digit()) {
                (Some(Piece::Number(digits)), true) => *digits += 1,
                (_, true) => pieces.push(Piece::Number(1)),
                (Some(Piece::Text(text)), false) => text.push(character),
                (_, false) => pieces.push(Piece::Text(character.to_string())),
            }
        }
        HostName { host: host.to_owned(), pieces, domain: domain.to_owned() }
    }

    /// Whether it counts.
    pub(super) fn is_numbered(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Number(_)))
    }

    /// The first label with its numbers left open: the same for hosts that are counted.
    pub(super) fn stem(&self) -> Vec<Option<String>> {
        let open = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Number(_) => None,
        };
        self.pieces.iter().map(open).collect()
    }

    /// The words of the first label in small letters: `fra1-mailStore-02` has fra and mailstore.
    pub(super) fn words(&self) -> Vec<String> {
        let texts = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Number(_) => None,
        });
        let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    }
}

/// Whether a pattern can say the name as it is: it is no longer than a host name, and no character of it has a meaning
/// of its own in a pattern or none at all.
pub(super) fn is_plain(host: &str) -> bool {
    let special = |c: char| "*?[]{},\\".contains(c) || c.is_whitespace() || c.is_control();
    (1..=LONGEST).contains(&host.chars().count()) && !host.contains(special)
}
