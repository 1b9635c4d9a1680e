//! Names: what the server calls the series, to notice where two of them have become one.

use std::collections::HashMap;

use crate::platform::SeriesKey;

/// The first name of each series in this run.
#[derive(Debug, Default)]
pub(super) struct Names {
    first: HashMap<SeriesKey, String>,
}

impl Names {
    /// Notes a series; a sentence where another one has its key already.
    pub(super) fn note(&mut self, source: &str, key: &SeriesKey, name: String) -> Option<String> {
        match self.first.get(key) {
            Some(first) if *first == name => None,
            Some(first) => Some(format!(
                "source {source}: {first} and {name} are both {key}; their samples are mixed. Give the label that \
                 tells them apart in a query pack of your own, or hold the source to one pack by `packs`"
            )),
            None => {
                self.first.insert(key.clone(), name);
                None
            }
        }
    }
}
