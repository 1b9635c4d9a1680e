//! The section that sets scenarios beside the findings.

use serde::Serialize;

use super::card::{Named, Severity};
use crate::reports::{
    Report, format,
    report::{order_by, runway},
    text::{one_line, sentence},
    what_if::{Case, Compared, Comparison, words::assumptions},
    words,
};

/// Scenarios, and what they would change.
#[derive(Debug, Serialize)]
pub(super) struct WhatIf {
    /// Each scenario with what it assumes.
    scenarios: Vec<Named>,
    rows: Vec<Row>,
    /// What is said of volumes that are concerned and stay as they are; empty where there is none.
    unchanged: String,
}

#[derive(Debug, Serialize)]
struct Row {
    subject: String,
    kind: &'static str,
    cases: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: String,
    is_scenario: bool,
    severity: Severity,
    verdict: String,
    runway: String,
    order_by: String,
    difference: String,
}

impl WhatIf {
    /// The section; `None` where no scenario is declared.
    pub(super) fn new(report: &Report) -> Option<Self> {
        if report.scenarios.is_empty() {
            return None;
        }
        let scenarios = report.scenarios.iter().map(|scenario| {
            let assumed = assumptions(scenario).iter().map(|one| one_line(one, 200)).collect::<Vec<_>>();
            Named::new(one_line(&scenario.name, 80), sentence(&assumed.join("; ")))
        });
        let Comparison { rows, unchanged } = Comparison::of(report);
        Some(Self {
            scenarios: scenarios.collect(),
            rows: rows.iter().map(|row| Row::new(report, row)).collect(),
            unchanged: match unchanged {
                0 => String::new(),
                1 => "1 more volume is concerned, and stays as it is.".to_owned(),
                more => format!("{more} more volumes are concerned, and stay as they are."),
            },
        })
    }
}

impl Row {
    fn new(report: &Report, row: &Compared) -> Self {
        Self {
            subject: one_line(&row.finding.subject.name, 120),
            kind: words::kind(row.finding.kind),
            cases: row.cases.iter().map(|case| Line::new(report, case)).collect(),
        }
    }
}

impl Line {
    fn new(report: &Report, case: &Case) -> Self {
        let or_nothing = |text: Option<String>| text.unwrap_or(format::NOTHING.to_owned());
        Self {
            name: one_line(case.name, 80),
            is_scenario: case.is_scenario,
            severity: Severity::new(case.severity),
            verdict: sentence(&words::said(report, case.verdict)),
            runway: or_nothing(runway(case.verdict).map(|left| format::runway(&left))),
            order_by: or_nothing(order_by(case.verdict).map(format::date)),
            difference: case.difference.clone(),
        }
    }
}
