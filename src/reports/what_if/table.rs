//! The comparison as a table for a terminal.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, Width, presets::UTF8_HORIZONTAL_ONLY};

use super::{Case, Comparison, words::assumptions};
use crate::reports::{
    Report, format,
    report::{order_by, runway},
    terminal::{NARROWEST, PADDING, WIDE_FROM, days_left},
    text::one_line,
    words,
};

/// Columns of the severity and the order-by date, and of the runway without and with its interval.
const COLUMNS: [u16; 2] = [10, 11];
const RUNWAY: [u16; 2] = [9, 24];
/// Columns of a verdict such as `full 14 Jan 2027`, and from which width on it is given them.
const VERDICT: u16 = 16;
const ROOMY_FROM: usize = 100;

/// What each scenario assumes, and each pool and volume as it is beside what it would be; ends with a line break.
/// `width` is in columns.
pub fn what_if_table(report: &Report, width: usize) -> String {
    let mut text = String::new();
    for scenario in &report.scenarios {
        let assumed = assumptions(scenario).iter().map(|one| one_line(one, 200)).collect::<Vec<_>>();
        text += &format!("{}: {}\n", one_line(&scenario.name, 60), assumed.join("; "));
    }
    for uncounted in &report.inputs.not_counted {
        text += &format!("not counted: {}\n", one_line(uncounted, 200));
    }
    let Comparison { rows, unchanged } = Comparison::of(report);
    if !rows.is_empty() {
        let mut table = Table::new();
        table
            .force_no_tty()
            .load_style(UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()))
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(width.max(NARROWEST)).unwrap_or(u16::MAX))
            .set_header(["Subject", "Case", "Severity", "Verdict", "Runway", "Order by", "Difference"]);
        let wide = width >= WIDE_FROM;
        let fixed = [(2, COLUMNS[0]), (4, RUNWAY[usize::from(wide)]), (5, COLUMNS[1])];
        // On a narrow terminal every column gives way a little.
        let verdict = (width >= ROOMY_FROM).then_some((3, VERDICT));
        for (column, columns) in fixed.into_iter().chain(verdict) {
            if let Some(column) = table.column_mut(column) {
                column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(columns + PADDING)));
            }
        }
        for row in &rows {
            for (i, case) in row.cases.iter().enumerate() {
                table.add_row(cells(report, if i == 0 { &row.finding.subject.name } else { "" }, case, wide));
            }
        }
        text += &format!("\n{}\n", table.trim_fmt());
    }
    text += &match (rows.len(), unchanged) {
        (0, 0) => "No volume or pool is concerned.\n".to_owned(),
        (_, 0) => String::new(),
        (_, 1) => "1 more volume is concerned, and stays as it is.\n".to_owned(),
        (_, more) => format!("{more} more volumes are concerned, and stay as they are.\n"),
    };
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// A case as a row; a subject is named beside its first one.
fn cells(report: &Report, subject: &str, case: &Case, wide: bool) -> Vec<Cell> {
    let cell = |text: &str, longest| Cell::new(one_line(text, longest));
    vec![
        cell(subject, 80),
        cell(case.name, 40),
        cell(&format!("{} {}", words::shape(case.severity), case.severity.name()), 20),
        cell(&words::briefly(report, case.verdict), 120),
        cell(&runway(case.verdict).map(|left| days_left(&left, wide)).unwrap_or_default(), 60),
        cell(&order_by(case.verdict).map(format::date).unwrap_or_default(), 20),
        cell(&case.difference, 40),
    ]
}
