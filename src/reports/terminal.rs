//! The findings by urgency as a table for a terminal.

use comfy_table::{
    Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_HORIZONTAL_ONLY,
};

use super::{
    Report, format,
    report::{order_by, runway},
    spark::{runway_bar, sparkline},
    text::one_line,
    words,
};
use crate::plans::{Finding, Runway, Severity};

/// Narrower terminals get no sparkline: the words need the room.
const SPARKLINE_FROM: usize = 100;

/// From here on there is room for a long sparkline and for the runway's interval.
pub(super) const WIDE_FROM: usize = 120;

/// Columns of the runway, and of its bar within them: `9.9 years ████`, and with its interval
/// `166 days (129 to beyond) ████`.
const RUNWAY: (usize, usize) = (14, 4);
const RUNWAY_WIDE: (usize, usize) = (29, 4);

/// Narrower tables cannot be read at all; the terminal wraps them.
pub(super) const NARROWEST: usize = 60;

/// The findings that ask for attention, most urgent first, and how many are fine; ends with a line break.
/// `width` is in columns. Without `colour` there is no escape sequence in it.
pub fn terminal_table(report: &Report, width: usize, colour: bool) -> String {
    let width = width.max(NARROWEST);
    let wide = width >= WIDE_FROM;
    let cells: u16 = if wide { 12 } else { 10 };
    let ranked = report.ranked();
    let (urgent, fine): (Vec<&Finding>, Vec<&Finding>) =
        ranked.into_iter().partition(|finding| finding.severity > Severity::Ok);
    let rest = match fine.len() {
        0 => String::new(),
        1 => "1 finding is ok.\n".to_owned(),
        more => format!("{more} findings are ok.\n"),
    };
    if urgent.is_empty() {
        return rest;
    }
    let mut table = Table::new();
    table
        .force_no_tty()
        .load_style(UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    if colour {
        table.enforce_styling();
    }
    table.set_header(["Severity", "Subject", "Verdict", "History", "Runway", "Order by"]);
    for finding in urgent {
        table.add_row(row(finding, report, wide, usize::from(cells)));
    }
    let runway_columns = if wide { RUNWAY_WIDE } else { RUNWAY }.0 as u16 + PADDING;
    let fixed = |columns| ColumnConstraint::Absolute(Width::Fixed(columns));
    let history = if width >= SPARKLINE_FROM { fixed(cells + PADDING) } else { ColumnConstraint::Hidden };
    for (column, constraint) in
        [(0, fixed(10 + PADDING)), (3, history), (4, fixed(runway_columns)), (5, fixed(11 + PADDING))]
    {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(constraint);
        }
    }
    // No-break spaces have kept dates and units whole; a terminal shows plain ones.
    format!("{}\n{rest}", table.trim_fmt().replace(['\u{a0}', '\u{202f}'], " "))
}

/// A space on either side of each cell, which the width of a column includes.
pub(super) const PADDING: u16 = 2;

fn row(finding: &Finding, report: &Report, wide: bool, cells: usize) -> Vec<Cell> {
    let severity = Cell::new(format!("{} {}", words::shape(finding.severity), finding.severity.name()));
    let severity = match finding.severity {
        Severity::Critical => severity.fg(Color::Red),
        Severity::Warning => severity.fg(Color::Yellow),
        Severity::Info => severity.fg(Color::Cyan),
        Severity::Ok => severity.fg(Color::Green),
    };
    let plain = |text: &str, longest| Cell::new(one_line(text, longest));
    let left = runway(&finding.verdict).map(|left| left_of(&left, wide)).unwrap_or_default();
    vec![
        severity,
        plain(&finding.subject.name, 60),
        plain(&words::brief_verdict(report, finding), 120),
        Cell::new(sparkline(history(finding), cells)),
        plain(&left, 60),
        plain(&order_by(&finding.verdict).map(format::date).unwrap_or_default(), 20),
    ]
}

/// The days left and a bar, on one line of [`RUNWAY`] columns.
fn left_of(runway: &Runway, wide: bool) -> String {
    let words = days_left(runway, wide);
    let (columns, bar) = if wide { RUNWAY_WIDE } else { RUNWAY };
    let words_columns = columns - bar - 1;
    format!("{words:<words_columns$} {}", runway_bar(runway.p50_days, bar))
}

/// The days left in as few words as a table has room for, with their interval where it is wide.
pub(super) fn days_left(runway: &Runway, wide: bool) -> String {
    match (runway.p5_days, runway.p50_days) {
        (_, Some(days)) if !wide => format::days(days.round()),
        (_, None) if !wide => "beyond".to_owned(),
        (Some(early), None) => format!("beyond (from {})", format::days(early.round())),
        (None, None) => "beyond".to_owned(),
        _ => format::runway(runway),
    }
}

/// What a finding rests on: its first line, or its ordinary week.
fn history(finding: &Finding) -> &[Option<f64>] {
    let line = finding.evidence.lines.first().map(|line| line.values.as_slice());
    let week = finding.evidence.week.as_ref().map(|week| week.median.as_slice());
    line.or(week).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    #[test]
    fn the_whole_table_on_a_wide_terminal() {
        insta::assert_snapshot!(terminal_table(&fixture::report(), 130, false));
    }

    #[test]
    fn the_whole_table_on_eighty_columns() {
        let table = terminal_table(&fixture::report(), 80, false);
        assert!(table.lines().all(|line| line.chars().count() <= 80));
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_runway_is_one_line() {
        let runway = |p5, p50, p95| Runway { p5_days: p5, p50_days: p50, p95_days: p95 };
        let said = |runway: Runway, wide| left_of(&runway, wide).replace('\u{a0}', " ");
        let late = runway(Some(129.0), Some(166.0), None);
        assert_eq!(said(late, false), "166 days  ████");
        assert_eq!(said(late, true), "166 days (129 to beyond) ████");
        assert_eq!(said(runway(Some(151.0), None, None), true), "beyond (from 151 days)   ████");
        assert_eq!(said(runway(Some(0.0), Some(0.0), Some(0.0)), false), "0 days    ░░░░");
    }

    #[test]
    fn escape_sequences_are_ours_and_only_with_colour() {
        let report = fixture::report();
        assert!(!terminal_table(&report, 120, false).contains('\u{1b}'));
        let coloured = terminal_table(&report, 120, true);
        // The hostile label tries to set red with 31; colours here are written as 38;5;n.
        assert!(coloured.contains("\u{1b}[38;5;9m") && !coloured.contains("\u{1b}[31m"));
    }

    #[test]
    fn nothing_urgent_is_said_in_a_line() {
        let mut report = fixture::report();
        report.findings.retain(|finding| finding.severity == Severity::Ok);
        assert_eq!(terminal_table(&report, 80, true), "9 findings are ok.\n");
        report.findings.clear();
        assert_eq!(terminal_table(&report, 80, true), "");
    }
}
