//! Many patterns, found by their shape.

use std::collections::HashMap;

use super::Pattern;

/// Patterns under the number of their nodes and their last node, which is mostly plain text and rare: of some
/// hundred patterns, one or two are then compared with a name.
#[derive(Debug, Clone, Default)]
pub(super) struct PatternIndex {
    patterns: Vec<(Pattern, usize)>,
    /// Positions in `patterns`; the last node is empty where it is not plain text.
    by_shape: HashMap<usize, HashMap<String, Vec<usize>>>,
}

impl PatternIndex {
    /// Adds a pattern of an entry.
    pub(super) fn add(&mut self, pattern: &Pattern, entry: usize) {
        let last = pattern.last_literal().unwrap_or_default().to_owned();
        let found = self.by_shape.entry(pattern.len()).or_default().entry(last).or_default();
        found.push(self.patterns.len());
        self.patterns.push((pattern.clone(), entry));
    }

    /// The entries of which a pattern matches, with its parts, in the order in which they were added.
    pub(super) fn find<'p, 't>(
        &'p self,
        text: &'t str,
        separator: char,
    ) -> Vec<(usize, Vec<(&'p str, &'t str)>)> {
        let nodes = 1 + text.matches(separator).count();
        let Some(by_last) = self.by_shape.get(&nodes) else { return Vec::new() };
        let last = text.rsplit(separator).next().unwrap_or_default();
        let listed = |last: &str| by_last.get(last).map(Vec::as_slice).unwrap_or_default();
        let mut positions: Vec<usize> = listed(last).iter().chain(listed("")).copied().collect();
        positions.sort_unstable();
        positions.dedup();
        let candidates = positions.into_iter().filter_map(|at| self.patterns.get(at));
        candidates.filter_map(|(pattern, entry)| pattern.matches(text).map(|parts| (*entry, parts))).collect()
    }

    /// All patterns with their entries, in the order in which they were added.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Pattern, usize)> {
        self.patterns.iter().map(|(pattern, entry)| (pattern, *entry))
    }
}
