//! Names: what a source calls its series, to notice where two of them have become one.

use std::collections::HashMap;

use crate::platform::SeriesKey;

/// The names of each series of a source in this run, the first one first; almost always there is just that.
#[derive(Debug, Default)]
pub struct Names {
    known: HashMap<SeriesKey, Vec<String>>,
}

impl Names {
    /// Notes a series; a sentence, once, where another one has its key already.
    pub fn note(&mut self, source: &str, key: &SeriesKey, name: String) -> Option<String> {
        let names = self.known.entry(key.clone()).or_default();
        if names.contains(&name) {
            return None;
        }
        let merged = names.first().map(|first| {
            format!(
                "source {source}: {first} and {name} are both {key}; their samples are mixed. Give the label that \
                 tells them apart in a query pack of your own, or hold the source to one pack by `packs`"
            )
        });
        names.push(name);
        merged
    }
}
