//! What there is to ask of Graphite: each query of each entry of the packs, or the one that a source declares.

use std::collections::BTreeSet;

use super::query::Query;
use crate::{
    platform::{Declared, Measure},
    sources::{
        Identity, Packs, Recognition,
        live::Question,
        packs::{Entry, Over},
        recognise_declared,
    },
};

/// A question with what it takes to ask it and to understand its answer.
#[derive(Debug)]
pub(super) struct Asked {
    /// As the source tells it to others.
    pub(super) question: Question,
    /// What is asked, as the pack or the platform file has it.
    pub(super) text: String,
    /// The same, by the way in which its series are found.
    pub(super) query: Query,
    /// What stands for a step where the server keeps finer points.
    pub(super) over: Over,
    meaning: Meaning,
}

/// What the answer is.
#[derive(Debug)]
enum Meaning {
    Entry(Box<Entry>),
    Declared(Declared),
}

impl Asked {
    /// What a series of the answer is. Only the entry that was asked counts, so that two entries are told apart.
    pub(super) fn recognise(&self, identity: &Identity) -> Recognition {
        match (&self.meaning, identity) {
            (Meaning::Declared(declared), _) => recognise_declared(declared, identity),
            (Meaning::Entry(entry), Identity::Graphite { path, tags }) => {
                entry.recognise_graphite(path, tags)
            }
            (Meaning::Entry(_), _) => Recognition::Unknown { nearest: Vec::new() },
        }
    }
}

/// Every query of the packs, in their order, and for each tagged form a search by its name. `step` is the finest
/// that is answered.
pub(super) fn of_packs(packs: &Packs, step: i64) -> Vec<Asked> {
    let mut all = Vec::new();
    let mut ids = BTreeSet::new();
    for pack in packs.iter() {
        for entry in &pack.entries {
            let Some(rule) = &entry.graphite else { continue };
            let tagged = rule.tagged.metrics.iter().map(|metric| {
                let only = rule.tagged.only.iter().map(|(tag, value)| (tag.clone(), value.clone()));
                Query::tagged(metric, only)
            });
            let over = rule.over.unwrap_or(Over::usual(entry.measure));
            for text in rule.queries.iter().cloned().chain(tagged) {
                let id = id_of(entry.measure, &text, over);
                // An operator's pack goes before a shipped one that asks the same.
                if ids.insert(id.clone()) {
                    let question = Question { id, measure: entry.measure, pack: pack.name.clone(), step };
                    let meaning = Meaning::Entry(Box::new(entry.clone()));
                    all.push(Asked { question, query: Query::parse(&text), text, over, meaning });
                }
            }
        }
    }
    all
}

/// The one query of a source that declares its measure.
pub(super) fn of_declared(declared: &Declared, text: &str, step: i64) -> Asked {
    let over = Over::usual(declared.measure);
    let question = Question {
        id: id_of(declared.measure, text, over),
        measure: declared.measure,
        pack: "declared".to_owned(),
        step,
    };
    let meaning = Meaning::Declared(declared.clone());
    Asked { question, query: Query::parse(text), text: text.to_owned(), over, meaning }
}

/// The expression with its measure, and with what stands for a step where that is not the usual.
fn id_of(measure: Measure, text: &str, over: Over) -> String {
    let over = if over == Over::usual(measure) { "" } else { over.name() };
    format!("{measure} {text} {over}").trim_end().to_owned()
}
