//! Groups of hosts that become a pool each, and patterns for them that no other group shares.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    name::{HostName, Piece},
    role::Told,
};
use crate::platform::HostPattern;

/// Hosts that are to be one pool.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) told: Told,
    names: BTreeMap<String, HostName>,
    width: Width,
}

/// How much a group's patterns leave open, from much to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    /// Whatever stands in the place of a number: `ms*`.
    Open,
    /// What begins with a digit: `ms[0-9]*`.
    Numbered,
    /// As many digits as were seen: `ms[0-9][0-9]`.
    Counted,
    /// The very names.
    Exact,
}

impl Group {
    pub(super) fn new(told: Told) -> Group {
        Group { told, names: BTreeMap::new(), width: Width::Open }
    }

    /// Takes a host in.
    pub(super) fn add(&mut self, name: HostName) {
        // `*` alone would be every host.
        if !matches!(name.pieces.first(), Some(Piece::Text(_))) {
            self.width = self.width.max(Width::Numbered);
        }
        self.names.insert(name.host.clone(), name);
    }

    /// Its hosts, sorted.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// What its hosts are called, without numbers and what parts them; empty where they have different names.
    pub(super) fn stem(&self) -> String {
        let numbered = self.names.values().next().filter(|name| name.is_numbered());
        numbered.map(|name| name.words().join("-")).unwrap_or_default()
    }

    /// Patterns that match all its hosts, none of them in vain.
    pub(super) fn patterns(&self) -> Vec<HostPattern> {
        let texts: BTreeSet<String> = self.names.values().map(|name| written(name, self.width)).collect();
        let mut texts: Vec<String> = texts.into_iter().collect();
        // The widest first: `ms*` matches what `ms*.example.net` does.
        texts.sort_by_key(|text| text.chars().count());
        let mut left: Vec<&str> = self.hosts().collect();
        let mut patterns = Vec::new();
        for pattern in texts.iter().filter_map(|text| HostPattern::new(text).ok()) {
            let before = left.len();
            left.retain(|host| !pattern.matches(host));
            if left.len() < before {
                patterns.push(pattern);
            }
        }
        patterns
    }
}

/// A name, which is plain, as a pattern.
fn written(name: &HostName, width: Width) -> String {
    if width == Width::Exact || !name.is_numbered() {
        return name.host.clone();
    }
    let piece = |piece: &Piece| match (piece, width) {
        (Piece::Text(text), _) => text.clone(),
        (Piece::Number(_), Width::Open) => "*".to_owned(),
        (Piece::Number(digits), Width::Counted) => "[0-9]".repeat(*digits),
        (Piece::Number(_), _) => "[0-9]*".to_owned(),
    };
    let text: String = name.pieces.iter().map(piece).chain([name.domain.clone()]).collect();
    // The longest names leave no room for what stands in the place of a digit.
    if HostPattern::new(&text).is_ok() { text } else { name.host.clone() }
}

/// Narrows the groups until none matches a host that is another's or nobody's (`all` are the hosts there are), and no
/// two can have a host in common. It ends, for names as they are have nothing in common.
pub(super) fn part<'a>(groups: &mut [Group], all: impl Iterator<Item = &'a str>) {
    let all: Vec<&str> = all.collect();
    loop {
        let patterns: Vec<Vec<HostPattern>> = groups.iter().map(Group::patterns).collect();
        let mut narrow: BTreeSet<usize> = BTreeSet::new();
        for (at, (group, own)) in groups.iter().zip(&patterns).enumerate() {
            let foreign = |host: &&&str| !group.names.contains_key(**host);
            let strays =
                all.iter().filter(foreign).any(|host| own.iter().any(|pattern| pattern.matches(host)));
            let meets = |other: &usize| shared(own, patterns.get(*other).map_or(&[], Vec::as_slice));
            let others = (0..at).filter(meets).map(|other| looser(groups, other, at));
            narrow.extend(strays.then_some(at).into_iter().chain(others));
        }
        let before: Vec<Width> = groups.iter().map(|group| group.width).collect();
        for at in narrow {
            if let Some(group) = groups.get_mut(at) {
                group.width = group.width.narrower();
            }
        }
        if groups.iter().map(|group| group.width).eq(before) {
            return;
        }
    }
}

impl Width {
    fn narrower(self) -> Width {
        match self {
            Width::Open => Width::Numbered,
            Width::Numbered => Width::Counted,
            Width::Counted | Width::Exact => Width::Exact,
        }
    }
}

/// Which of two groups gives way: the one that leaves more open, else the one that says less.
fn looser(groups: &[Group], a: usize, b: usize) -> usize {
    let said = |at: usize| groups.get(at).map(|group| (group.width, group.stem().chars().count()));
    if said(b) < said(a) { b } else { a }
}

/// Whether two groups can have a host in common.
fn shared(a: &[HostPattern], b: &[HostPattern]) -> bool {
    let apart = |a: &HostPattern, b: &HostPattern| {
        let (a, b) = (a.to_string(), b.to_string());
        let (a, b) = (plain_start(&a), plain_start(&b));
        !a.starts_with(b) && !b.starts_with(a)
    };
    a.iter().any(|a| b.iter().any(|b| !apart(a, b) && a.common_host(b).is_some()))
}

/// What a pattern says literally before it leaves something open: two that differ there share no host, which saves
/// looking for one.
fn plain_start(pattern: &str) -> &str {
    pattern.split(['*', '[', '?']).next().unwrap_or_default()
}
