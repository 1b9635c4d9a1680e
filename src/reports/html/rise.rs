//! Where a change of the delivery delay comes from, as a card shows it: a table with a bar for each part.

use serde::Serialize;

use crate::{
    plans::{Finding, Part, Parts},
    platform::Unit,
    reports::{format, text::one_line},
};

/// Longest name in a table.
const NAME: usize = 60;
/// Most parts that are shown one by one; the rest is one row.
const MOST_ROWS: usize = 8;

/// A change in parts.
#[derive(Debug, Serialize)]
pub(super) struct PartsTable {
    title: String,
    /// What the parts are.
    of: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    seconds: String,
    share: String,
    /// Length of the bar in hundredths; none for what goes the other way.
    bar: String,
}

/// The tables of a finding: the host, or else the pool, by stage; the pool by host; each way by pool.
pub(super) fn tables(finding: &Finding) -> Vec<PartsTable> {
    let Some(explained) = &finding.decision.rise_explained else { return Vec::new() };
    let since = format!("{} to {}", format::date(explained.from), format::date(explained.until));
    let by_stage = explained
        .by_stage()
        .into_iter()
        .map(|parts| (format!("Mean delivery delay by stage, {since}: {}", whole(parts)), "Stage", parts));
    let pool = explained.pool.iter().map(|pool| {
        let left_out = match pool.left_out {
            0 => String::new(),
            hosts => format!(" ({hosts} with too few days left out)"),
        };
        (format!("The pool's mean by host{left_out}: {}", whole(&pool.by_host)), "Host", &pool.by_host)
    });
    let ways = explained
        .ways
        .iter()
        .map(|way| (format!("The {} way by pool: {}", way.way, whole(&way.by_pool)), "Pool", &way.by_pool));
    let table = |(title, of, parts)| PartsTable { title, of, rows: rows(parts) };
    by_stage.chain(pool).chain(ways).map(table).collect()
}

/// `+582 ms a message (540 to 620)`.
fn whole(parts: &Parts) -> String {
    format!("{} a message ({})", change(parts.seconds), between(parts.low, parts.high))
}

fn rows(parts: &Parts) -> Vec<Row> {
    let shown = if parts.parts.len() > MOST_ROWS { MOST_ROWS - 1 } else { parts.parts.len() };
    let (own, others) = parts.parts.split_at(shown);
    let mut rows: Vec<Row> = own.iter().map(row).collect();
    if !others.is_empty() {
        let share: f64 = others.iter().map(|part| part.share).sum();
        rows.push(Row {
            name: format!("{} others", others.len()),
            seconds: change(others.iter().map(|part| part.seconds).sum()),
            share: format::percent(share),
            bar: bar(share),
        });
    }
    rows
}

fn row(part: &Part) -> Row {
    Row {
        name: one_line(&part.name, NAME),
        seconds: format!("{} ({})", change(part.seconds), between(part.low, part.high)),
        share: format!(
            "{} ({} to {})",
            format::percent(part.share),
            format::percent(part.share_low),
            format::percent(part.share_high)
        ),
        bar: bar(part.share),
    }
}

fn change(seconds: f64) -> String {
    format::change(seconds, Unit::Seconds)
}

fn between(low: f64, high: f64) -> String {
    format!("{} to {}", change(low), change(high))
}

fn bar(share: f64) -> String {
    format!("{:.0}", 100.0 * share.clamp(0.0, 1.0))
}
