//! Scores in words: the same columns in the report, the back-test's page and its table.

use serde::Serialize;

use super::{format, words};
use crate::plans::{DateScore, Kind, LevelScore, Method, ScoreRow};

/// The columns of how right levels were.
const LEVEL: [&str; 5] =
    ["Outcomes", "Off by, of the mark", "Of “nothing changes”", "Interval held", "Interval score"];

/// The columns of how right the dates of the full mark were.
const DATE: [&str; 7] =
    ["Outcomes", "Filled", "Off by", "Late", "False alarms", "Interval held", "Interval score"];

/// Scores of one kind, of its levels or its dates.
#[derive(Debug, Serialize)]
pub(crate) struct ScoreTable {
    pub(crate) title: String,
    /// The columns after how far ahead, and who says it.
    pub(crate) head: Vec<&'static str>,
    pub(crate) lines: Vec<ScoreLine>,
}

/// A line of scores.
#[derive(Debug, Serialize)]
pub(crate) struct ScoreLine {
    /// How far ahead; empty where the line above says so.
    pub(crate) ahead: String,
    /// Who says it.
    pub(crate) method: &'static str,
    /// Whether it is the model of the report.
    pub(crate) own: bool,
    pub(crate) cells: Vec<String>,
}

/// The tables of a kind's scores: of its levels, and of its dates.
pub(crate) fn tables<'a>(kind: Kind, rows: impl Iterator<Item = &'a ScoreRow>) -> Vec<ScoreTable> {
    let rows: Vec<&ScoreRow> = rows.filter(|row| row.kind == kind).collect();
    let level = |row: &&ScoreRow| row.level.as_ref().map(|level| line(row, level_cells(level)));
    let date = |row: &&ScoreRow| row.date.as_ref().map(|date| line(row, date_cells(date)));
    let table = |what: &str, head: &[&'static str], lines: Vec<ScoreLine>| ScoreTable {
        title: format!("{}: {what}", title(kind)),
        head: head.to_vec(),
        lines: grouped(lines),
    };
    let tables = [
        table("its level", &LEVEL, rows.iter().filter_map(level).collect()),
        table("the date of the full mark", &DATE, rows.iter().filter_map(date).collect()),
    ];
    tables.into_iter().filter(|table| !table.lines.is_empty()).collect()
}

/// A kind at the head of a table.
pub(crate) fn title(kind: Kind) -> String {
    let name = words::kind(kind);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A method as people call it.
pub(crate) fn method(method: Method) -> &'static str {
    match method {
        Method::Model => "Mailtide",
        Method::LastValue => "nothing changes",
        Method::LastThirtyDays => "line of 30 days",
    }
}

fn line(row: &ScoreRow, cells: Vec<String>) -> ScoreLine {
    ScoreLine {
        ahead: format::days(row.horizon_days as f64),
        method: method(row.method),
        own: row.method == Method::Model,
        cells,
    }
}

/// Says how far ahead in the first of several lines only.
fn grouped(mut lines: Vec<ScoreLine>) -> Vec<ScoreLine> {
    for at in (1..lines.len()).rev() {
        if lines[at].ahead == lines[at - 1].ahead {
            lines[at].ahead = String::new();
        }
    }
    lines
}

fn level_cells(level: &LevelScore) -> Vec<String> {
    vec![
        counted(level.outcomes),
        fine(level.error_of_mark),
        level.relative.map_or_else(nothing, |relative| format!("{relative:.2}")),
        share(level.coverage),
        level.interval_score.map_or_else(nothing, fine),
    ]
}

fn date_cells(date: &DateScore) -> Vec<String> {
    let days = |days: Option<f64>| days.map_or_else(nothing, |days| format::days(tenths(days)));
    let alarms = match (date.false_alarms, date.relieved) {
        (0, _) => share(date.false_alarm_share),
        (alarms, 0) => format!("{} ({alarms})", share(date.false_alarm_share)),
        (alarms, relieved) => format!("{} ({alarms}, {relieved} purged)", share(date.false_alarm_share)),
    };
    vec![
        counted(date.outcomes),
        counted(date.filled),
        days(date.error_days),
        share(date.late),
        alarms,
        share(date.coverage),
        days(date.interval_score_days),
    ]
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A small share, with two decimals: errors a week ahead are tenths of a percent.
fn fine(ratio: f64) -> String {
    format!("{:.2}\u{a0}%", ratio * 100.0)
}

fn share(ratio: Option<f64>) -> String {
    ratio.map_or_else(nothing, format::percent)
}

fn counted(count: usize) -> String {
    format::count(count as f64)
}

fn nothing() -> String {
    format::NOTHING.to_owned()
}
