//! What the report rests on: what was read, and what of it could not be used.

use serde::Serialize;

use super::card::Named;
use crate::reports::{LiveSourceNote, Report, format, text::one_line};

/// Longest text shown of a source's own words; the whole of it is in `findings.json`.
const LONGEST: usize = 300;

/// The inputs, in words.
#[derive(Debug, Serialize)]
pub(super) struct Notes {
    read: Vec<Named>,
    measures: Vec<Measure>,
    unrecognised: Vec<Named>,
    lists: Vec<List>,
}

#[derive(Debug, Serialize)]
struct Measure {
    name: String,
    series: String,
    step: String,
    span: String,
}

#[derive(Debug, Serialize)]
struct List {
    title: &'static str,
    /// What is said where there is nothing to list.
    none: &'static str,
    items: Vec<String>,
}

/// The packs that came nearest to a series.
fn nearest(packs: &[String]) -> String {
    if packs.is_empty() { "none came near".to_owned() } else { packs.join(", ") }
}

/// A live source and when it last answered.
fn in_words(source: &LiveSourceNote, report: &Report) -> String {
    let LiveSourceNote { name, system, answered, failure } = source;
    let moment = answered.and_then(|at| report.local(at)).map(|at| format::moment(&at));
    match (moment, failure) {
        (Some(moment), None) => format!("{name} ({system}): answered in full on {moment}"),
        (Some(moment), Some(failure)) => format!("{name} ({system}): stale since {moment}: {failure}"),
        (None, Some(failure)) => format!("{name} ({system}): has never answered in full: {failure}"),
        (None, None) => format!("{name} ({system}): not asked yet"),
    }
}

impl Notes {
    pub(super) fn new(report: &Report) -> Self {
        let inputs = &report.inputs;
        let moment = |seconds: Option<i64>| {
            let local = seconds.and_then(|s| report.local(s));
            local.map_or(format::NOTHING.to_owned(), |moment| format::moment(&moment))
        };
        let counted = |number: usize| format::count(number as f64);
        let shown = |items: &[String]| items.iter().map(|item| one_line(item, LONGEST)).collect();
        Self {
            read: vec![
                Named::new("Files read", counted(inputs.files_read)),
                Named::new("Series", counted(inputs.series)),
                Named::new("Samples", format::count(inputs.points as f64)),
                Named::new("Oldest sample", moment(inputs.oldest)),
                Named::new("Newest sample", moment(inputs.newest)),
            ],
            measures: inputs
                .measures
                .iter()
                .map(|held| Measure {
                    name: held.measure.clone(),
                    series: counted(held.series),
                    step: held.step.clone(),
                    span: held.span.clone(),
                })
                .collect(),
            unrecognised: inputs
                .unrecognised
                .iter()
                .map(|u| Named::new(one_line(&u.identity, LONGEST), nearest(&u.nearest)))
                .collect(),
            lists: vec![
                List {
                    title: "Live sources",
                    none: "None.",
                    items: inputs
                        .live_sources
                        .iter()
                        .map(|s| one_line(&in_words(s, report), LONGEST))
                        .collect(),
                },
                List {
                    title: "Files that could not be read",
                    none: "None.",
                    items: shown(&inputs.unreadable),
                },
                List { title: "Seen and not read", none: "Nothing.", items: shown(&inputs.not_read) },
                List { title: "Warnings of the sources", none: "None.", items: shown(&inputs.warnings) },
                List {
                    title: "Planned and not counted",
                    none: "Nothing.",
                    items: shown(&inputs.not_counted),
                },
                List {
                    title: "Hosts that no pool claims",
                    none: "None.",
                    items: shown(&inputs.unassigned_hosts),
                },
            ],
        }
    }
}
