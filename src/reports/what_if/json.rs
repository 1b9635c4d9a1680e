//! The comparison for other programs. Its schema is `docs/what-if.schema.json`.

use chrono::{SecondsFormat, Utc};
use serde::Serialize;

use super::{Comparison, words::assumptions};
use crate::{
    plans::{Kind, Severity, Verdict, WhatIf},
    platform::Scenario,
    reports::{Report, ReportError},
};

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: u32,
    platform: &'a str,
    as_of: String,
    timezone: &'a str,
    scenarios: Vec<Assumed<'a>>,
    not_counted: &'a [String],
    subjects: Vec<Subject<'a>>,
    unchanged: usize,
}

/// A scenario with what it assumes.
#[derive(Debug, Serialize)]
pub(crate) struct Assumed<'a> {
    name: &'a str,
    assumes: Vec<String>,
}

impl<'a> Assumed<'a> {
    /// All scenarios of a report.
    pub(crate) fn all(report: &'a Report) -> Vec<Self> {
        let plain = |text: String| text.replace(['\u{a0}', '\u{202f}'], " ");
        let assumed = |scenario: &'a Scenario| Assumed {
            name: &scenario.name,
            assumes: assumptions(scenario).into_iter().map(plain).collect(),
        };
        report.scenarios.iter().map(assumed).collect()
    }
}

#[derive(Debug, Serialize)]
struct Subject<'a> {
    id: &'a str,
    kind: Kind,
    name: &'a str,
    pool: Option<&'a str>,
    as_it_is: AsItIs<'a>,
    what_if: &'a [WhatIf],
}

#[derive(Debug, Serialize)]
struct AsItIs<'a> {
    severity: Severity,
    #[serde(flatten)]
    verdict: &'a Verdict,
}

/// The scenarios, and each pool and volume as it is beside what it would be, as one JSON document ending with a line
/// break.
///
/// # Errors
/// When the as-of moment is no calendar date, or a value has no form in JSON.
pub fn what_if_json(report: &Report) -> Result<String, ReportError> {
    let as_of = report.local(report.as_of).ok_or(ReportError::AsOf { seconds: report.as_of })?;
    let Comparison { rows, unchanged } = Comparison::of(report);
    let document = Document {
        schema: "mailtide-what-if",
        version: VERSION,
        platform: &report.platform,
        as_of: as_of.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true),
        timezone: report.timezone.name(),
        scenarios: Assumed::all(report),
        not_counted: &report.inputs.not_counted,
        subjects: rows
            .iter()
            .map(|row| Subject {
                id: &row.finding.id.0,
                kind: row.finding.kind,
                name: &row.finding.subject.name,
                pool: row.finding.subject.pool.as_deref(),
                as_it_is: AsItIs { severity: row.finding.severity, verdict: &row.finding.verdict },
                what_if: &row.finding.what_if,
            })
            .collect(),
        unchanged,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(ReportError::Json)
}
