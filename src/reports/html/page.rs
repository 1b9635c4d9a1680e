//! The page as its template sees it.

use minijinja::value::Value;
use serde::Serialize;

use super::{
    card::Severity,
    notes::Notes,
    record::Record,
    section::{self, Section},
    style,
    summary::{self, Answer},
    what_if::WhatIf,
};
use crate::{
    plans::{Finding, Severity as Level},
    reports::{
        Report, ReportError,
        drawn::Drawn,
        format,
        report::{order_by, runway},
        text::{one_line, sentence},
        words,
    },
};

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    title: String,
    platform: String,
    as_of: String,
    timezone: String,
    style: Value,
    counts: Vec<Count>,
    answers: Vec<Answer>,
    urgent: Vec<Urgent>,
    sections: Vec<Section>,
    what_if: Option<WhatIf>,
    record: Record,
    notes: Notes,
}

/// How many findings are of a severity.
#[derive(Debug, Serialize)]
struct Count {
    severity: Severity,
    number: usize,
}

/// A row of the table of findings by urgency.
#[derive(Debug, Serialize)]
struct Urgent {
    severity: Severity,
    /// Where the finding is told in full.
    link: String,
    subject: String,
    kind: &'static str,
    verdict: String,
    runway: String,
    order_by: String,
    /// The order-by date has passed.
    overdue: bool,
    advice: String,
}

impl Page {
    pub(super) fn new(report: &Report, drawn: &[Drawn]) -> Result<Self, ReportError> {
        let as_of = report.local(report.as_of).ok_or(ReportError::AsOf { seconds: report.as_of })?;
        let ranked = report.ranked();
        let levels = [Level::Critical, Level::Warning, Level::Info, Level::Ok];
        let urgent = ranked.iter().enumerate().filter(|(_, f)| f.severity > Level::Ok);
        Ok(Self {
            title: report.title.clone(),
            platform: report.platform.clone(),
            as_of: format::moment(&as_of),
            timezone: report.timezone.name().to_owned(),
            style: style(),
            counts: levels
                .map(|level| Count { severity: Severity::new(level), number: report.count(level) })
                .into(),
            answers: summary::answers(report),
            urgent: urgent.map(|(rank, finding)| Urgent::new(report, rank, finding)).collect(),
            sections: section::sections(report, &ranked, drawn),
            what_if: WhatIf::new(report),
            record: Record::new(report),
            notes: Notes::new(report),
        })
    }
}

impl Urgent {
    fn new(report: &Report, rank: usize, finding: &Finding) -> Self {
        let today = report.local_date(report.as_of);
        let order_by = order_by(&finding.verdict);
        Self {
            severity: Severity::new(finding.severity),
            link: section::place(rank, finding),
            subject: one_line(&finding.subject.name, 120),
            kind: words::kind(finding.kind),
            verdict: sentence(&words::verdict(report, finding)),
            runway: runway(&finding.verdict).map_or(format::NOTHING.to_owned(), |r| format::runway(&r)),
            order_by: order_by.map_or(format::NOTHING.to_owned(), format::date),
            overdue: order_by.zip(today).is_some_and(|(order_by, today)| order_by < today),
            advice: sentence(&finding.advice),
        }
    }
}
