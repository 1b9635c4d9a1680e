//! `findings.csv`: one row a finding, for spreadsheets (RFC 4180).

mod beside;
mod drift;
mod load;
mod rise;
mod share;

use chrono::NaiveDate;

use super::{
    Report, ReportError, looking_back,
    report::{order_by, runway},
};
use crate::plans::{DriftSize, Finding, Move, Rebalance, Verdict};

/// The columns, with those of a drift, of its parts, of loads and of queues after them. New ones are added at the end; none is
/// renamed or moved.
const HEADER: [&str; 48] = [
    "id",
    "kind",
    "severity",
    "subject",
    "pool",
    "role",
    "measure",
    "labels",
    "verdict",
    "headline",
    "advice",
    "runway_p5_days",
    "runway_p50_days",
    "runway_p95_days",
    "full_p5",
    "full_p50",
    "full_p95",
    "order_by",
    "lead_time_days",
    "percent_per_month",
    "percent_per_month_low",
    "percent_per_month_high",
    "server_hours_per_week",
    "money_per_week",
    "currency",
    "reason",
    "enough_on",
    "since",
    "moves",
    "move_bytes",
    "move_lasts_days",
    "order_bytes",
    "order_decide_by",
    "order_lasts_days",
    "order_risk",
    "order_money",
    "growth_percent_per_month",
    "growth_by_mailboxes",
    "growth_by_bytes_per_mailbox",
    "mailboxes",
    "peers_percent_per_month",
    "departs_sigmas",
    "earlier_on",
    "earlier_p5",
    "earlier_p50",
    "earlier_p95",
    "earlier_within",
    "earlier",
];

/// The findings by urgency as CSV with a header. An empty cell is "does not apply".
///
/// # Errors
/// When a row cannot be written.
pub(crate) fn findings_csv(report: &Report) -> Result<Vec<u8>, ReportError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header()).map_err(ReportError::Csv)?;
    for finding in report.ranked() {
        let (drift, rise, loads) =
            (drift::cells(drift_of(finding)), rise::cells(finding), load::cells(finding));
        let (beside, share) = (beside::cells(finding), share::cells(finding));
        let cells = row(report, finding);
        let cells = cells.iter().chain(&drift).chain(&rise).chain(&loads).chain(&beside).chain(&share);
        writer.write_record(cells).map_err(ReportError::Csv)?;
    }
    writer.into_inner().map_err(|full| ReportError::Csv(full.into_error().into()))
}

fn header() -> impl Iterator<Item = &'static &'static str> {
    let of_disks = HEADER.iter().chain(&drift::HEADER).chain(&rise::HEADER);
    of_disks.chain(&load::HEADER).chain(&beside::HEADER).chain(&share::HEADER)
}

fn row(report: &Report, finding: &Finding) -> [String; HEADER.len()] {
    let subject = &finding.subject;
    let left = runway(&finding.verdict);
    let full = match &finding.verdict {
        Verdict::Fills(exhaustion) => Some(exhaustion),
        Verdict::Crosses(crossing) => Some(&crossing.reached),
        _ => None,
    };
    let drift = drift_of(finding);
    let ebb = match &finding.verdict {
        Verdict::Ebbs(ebb) => Some(ebb),
        _ => None,
    };
    let earlier = finding.earlier.as_ref();
    let money = ebb.and_then(|ebb| ebb.money_per_week);
    let (reason, enough_on) = match &finding.verdict {
        Verdict::Undecided { reason, enough_on } => (reason.as_str(), *enough_on),
        Verdict::NoEbb { reason, .. } => (reason.as_str(), None),
        _ => ("", None),
    };
    let since = match finding.verdict {
        Verdict::Stale { since } => report.local(since).map(|moment| moment.to_rfc3339()),
        _ => None,
    };
    let decision = &finding.decision;
    let (moves, order) = (decision.rebalance.as_ref(), decision.order.as_ref());
    let order_money = order.and_then(|order| order.money);
    let growth = decision.growth_explained.as_ref();
    let departure = match &finding.verdict {
        Verdict::Departs(departure) => Some(departure),
        _ => None,
    };
    [
        guarded(&finding.id.0),
        finding.kind.name().to_owned(),
        finding.severity.name().to_owned(),
        guarded(&subject.name),
        guarded(subject.pool.as_deref().unwrap_or_default()),
        subject.role.map(|role| role.name().to_owned()).unwrap_or_default(),
        subject.measure.name().to_owned(),
        guarded(&subject.labels.to_string()),
        finding.verdict.name().to_owned(),
        guarded(&finding.headline),
        guarded(&finding.advice),
        number(left.and_then(|r| r.p5_days)),
        number(left.and_then(|r| r.p50_days)),
        number(left.and_then(|r| r.p95_days)),
        date(full.and_then(|e| e.p5)),
        date(full.and_then(|e| e.p50)),
        date(full.and_then(|e| e.p95)),
        date(order_by(&finding.verdict)),
        number(full.map(|e| e.lead_time_days)),
        number(drift.map(|d| d.percent_per_month).or(departure.map(|d| d.percent_per_month))),
        number(drift.map(|d| d.low)),
        number(drift.map(|d| d.high)),
        number(ebb.map(|e| e.server_hours_per_week)),
        number(money),
        if money.or(order_money).is_some() { guarded(&report.currency) } else { String::new() },
        guarded(reason),
        date(enough_on),
        since.unwrap_or_default(),
        moves.map(|plan| guarded(&in_words(plan))).unwrap_or_default(),
        number(moves.map(|plan| plan.moves.iter().map(|m| m.bytes).sum())),
        number(moves.map(|plan| plan.lasts_days)),
        number(order.map(|order| order.bytes)),
        date(order.map(|order| order.by)),
        number(order.map(|order| order.lasts_days)),
        number(order.map(|order| order.risk)),
        number(order_money),
        number(growth.map(|growth| growth.used.percent_per_month)),
        number(growth.map(|growth| growth.mailboxes.percent_per_month)),
        number(growth.map(|growth| growth.bytes_per_mailbox.percent_per_month)),
        number(growth.map(|growth| growth.mailboxes_now)),
        number(departure.map(|d| d.peers_percent_per_month)),
        number(departure.map(|d| d.sigmas)),
        date(earlier.map(|e| e.on)),
        date(earlier.and_then(|e| e.p5)),
        date(earlier.and_then(|e| e.p50)),
        date(earlier.and_then(|e| e.p95)),
        earlier.map(|e| e.within.to_string()).unwrap_or_default(),
        guarded(&looking_back::earlier(report, finding).unwrap_or_default()),
    ]
}

fn drift_of(finding: &Finding) -> Option<&DriftSize> {
    match &finding.verdict {
        Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size) => Some(size),
        _ => None,
    }
}

/// Moves as `644 bytes from ms03:/var/mail to ms05:/var/mail; …`.
fn in_words(plan: &Rebalance) -> String {
    let one = |m: &Move| format!("{:.0} bytes from {} to {}", m.bytes, m.from, m.to);
    plan.moves.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Text that no spreadsheet takes for a formula (OWASP, "CSV Injection"): an apostrophe goes before a leading
/// `=`, `+`, `-`, `@`, tab or carriage return. Numbers are ours and keep their minus sign.
fn guarded(text: &str) -> String {
    let text: String = text.chars().map(|c| if acts(c) { '\u{fffd}' } else { c }).collect();
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text,
    }
}

/// Whether a character would act on a terminal that shows the file; tabs and line breaks are CSV's own.
fn acts(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\r' | '\n')
}

fn number(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map(|v| v.to_string()).unwrap_or_default()
}

fn date(date: Option<NaiveDate>) -> String {
    date.map(|d| d.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    #[test]
    fn the_whole_table() {
        let table = String::from_utf8(findings_csv(&fixture::report()).unwrap()).unwrap();
        insta::assert_snapshot!(table.replace("\r\n", "\n"));
    }

    #[test]
    fn rows_end_as_in_rfc_4180_and_are_as_many_as_the_findings() {
        let report = fixture::report();
        let table = findings_csv(&report).unwrap();
        assert!(table.ends_with(b"\r\n"));
        let rows = ::csv::Reader::from_reader(table.as_slice()).into_records().collect::<Result<Vec<_>, _>>();
        assert_eq!(rows.unwrap().len(), report.findings.len());
    }

    #[test]
    fn text_is_never_a_formula_and_numbers_stay_numbers() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        assert_eq!(guarded("ms03"), "ms03");
        assert_eq!(guarded("\u{1b}[31m"), "\u{fffd}[31m");
        assert_eq!(number(Some(-6.1)), "-6.1");
        assert_eq!(number(Some(f64::NAN)), "");
    }
}
