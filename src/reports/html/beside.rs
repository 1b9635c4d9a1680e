//! What was looked at beside a rise, as a card shows it: which resources rose with it, and how strong that is.

use serde::Serialize;

use crate::{
    plans::{Companion, Finding, Strength},
    reports::{format, text::one_line},
};

/// Longest name in a table.
const NAME: usize = 60;
/// Most resources that are shown one by one; what did not rise comes last and is counted.
const MOST_ROWS: usize = 8;

/// The resources beside a rise.
#[derive(Debug, Serialize)]
pub(super) struct BesideTable {
    rows: Vec<Row>,
    /// How many more there are, in words; empty where there are none.
    more: String,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    change: String,
    day_by_day: String,
    evidence: &'static str,
}

/// The table of a finding; `None` where nothing was looked at.
pub(super) fn table(finding: &Finding) -> Option<BesideTable> {
    let beside = finding.decision.rose_with.as_ref().filter(|beside| !beside.looked_at.is_empty())?;
    let (shown, others) = beside.looked_at.split_at(beside.looked_at.len().min(MOST_ROWS));
    let rose = others.iter().filter(|one| one.strength != Strength::None).count();
    let more = match (others.len(), rose) {
        (0, _) => String::new(),
        (others, 0) => format!("{others} more: no sure rise."),
        (others, rose) => format!("{others} more, {rose} of which rose."),
    };
    Some(BesideTable { rows: shown.iter().map(row).collect(), more })
}

fn row(one: &Companion) -> Row {
    let [middle, low, high] =
        [one.percent_over_span, one.low_over_span, one.high_over_span].map(format::percent_change);
    let since = one.changed_on.map_or(String::new(), |on| format!(", since {}", format::date(on)));
    let day_by_day = one.day_by_day.map_or(format::NOTHING.to_owned(), |found| {
        let [middle, low, high] = [found.correlation, found.low, found.high].map(format::plain);
        format!("{middle} ({low} to {high})")
    });
    let evidence = match one.strength {
        Strength::DayByDay => "strong: up and down together, day by day",
        Strength::Date => "some: began at the same time",
        Strength::Trend => "weak: rose in the same weeks",
        Strength::None => "no sure rise",
    };
    Row {
        name: one_line(&one.name, NAME),
        change: format!("{middle} ({low} to {high}){since}"),
        day_by_day,
        evidence,
    }
}
