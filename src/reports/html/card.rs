//! A card: one finding in full, with its chart and everything that it rests on.

use minijinja::value::Value;
use serde::Serialize;

use super::{
    beside::{self, BesideTable},
    decision, load,
    rise::{self, PartsTable},
    week::Heat,
};
use crate::{
    plans::{Exhaustion, Finding, Kind, Question, Severity as Level, Verdict},
    reports::{
        Report, chart,
        drawn::Drawn,
        format, looking_back,
        report::{reached, runway},
        text::{one_line, sentence},
        words,
    },
};

/// A severity by word, shape and style.
#[derive(Debug, Serialize)]
pub(super) struct Severity {
    word: &'static str,
    shape: &'static str,
}

impl Severity {
    pub(super) fn new(level: Level) -> Self {
        Self { word: level.name(), shape: words::shape(level) }
    }
}

/// A name and its value.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) value: String,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// A drawing that stands in the page.
#[derive(Debug, Serialize)]
struct Chart {
    view_box: String,
    /// What stands between the outer tags of the SVG; drawn and escaped by us.
    body: Value,
    /// What the chart shows, for those who do not see it.
    label: String,
    file: String,
}

/// One finding in full.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    id: String,
    place: String,
    severity: Severity,
    subject: String,
    context: String,
    headline: String,
    earlier: Option<String>,
    advice: String,
    answer: Vec<Named>,
    facts: Vec<Named>,
    marks: Vec<Named>,
    model: String,
    backtest: Option<String>,
    windows: Vec<Named>,
    moves: Vec<Named>,
    runways: Vec<Named>,
    parts: Vec<PartsTable>,
    beside: Option<BesideTable>,
    heat: Option<Heat>,
    chart: Option<Chart>,
}

impl Card {
    pub(super) fn new(report: &Report, finding: &Finding, place: String, drawn: Option<&Drawn>) -> Self {
        let evidence = &finding.evidence;
        let marks = evidence.marks.iter().map(|mark| {
            let date = report.local_date(mark.time).map_or(format::NOTHING.to_owned(), format::date);
            let size = mark.size.map(|size| format!(" of {}", format::change(size, evidence.unit)));
            Named::new(date, sentence(&format!("{}{}", mark.name, size.unwrap_or_default())))
        });
        Self {
            id: one_line(&finding.id.0, 200),
            place,
            severity: Severity::new(finding.severity),
            subject: one_line(&finding.subject.name, 120),
            context: context(finding),
            headline: sentence(&finding.headline),
            earlier: looking_back::earlier(report, finding),
            advice: sentence(&finding.advice),
            answer: answer(report, finding),
            facts: facts(finding),
            marks: marks.collect(),
            model: sentence(&evidence.model),
            backtest: backtest(finding),
            windows: windows(finding),
            moves: decision::moves(finding),
            runways: decision::runways(finding),
            parts: rise::tables(finding),
            beside: beside::table(finding),
            heat: evidence.week.as_ref().and_then(Heat::new),
            chart: drawn.map(|drawn| Chart::new(report, finding, drawn)),
        }
    }
}

impl Chart {
    fn new(report: &Report, finding: &Finding, drawn: &Drawn) -> Self {
        let (view_box, body) = chart::inner(&drawn.svg);
        let subject = one_line(&finding.subject.name, 120);
        Self {
            view_box,
            body: Value::from_safe_string(body),
            label: format!(
                "Chart of {}, {subject}: {}",
                finding.subject.measure,
                words::verdict(report, finding)
            ),
            file: drawn.file.clone(),
        }
    }
}

/// Where the subject belongs: its kind, pool, role and measure.
fn context(finding: &Finding) -> String {
    let subject = &finding.subject;
    let pool = subject.pool.as_ref().map(|pool| format!("pool {}", one_line(pool, 60)));
    let role = subject.role.map(|role| format!("role {}", role.name()));
    let parts = [Some(words::kind(finding.kind).to_owned()), pool, role, Some(subject.measure.to_string())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The back-test in words; `None` for the kinds that have none.
fn backtest(finding: &Finding) -> Option<String> {
    match &finding.evidence.backtest {
        Some(backtest) => Some(sentence(&backtest.summary)),
        None if finding.kind == Kind::Departure => None,
        None if finding.kind.question() == Question::WhenFull => Some("No back-test was made.".to_owned()),
        None => None,
    }
}

/// The numbers named by a finding's evidence.
pub(super) fn facts(finding: &Finding) -> Vec<Named> {
    let facts = finding.evidence.facts.iter();
    facts.map(|fact| Named::new(sentence(&fact.name), sentence(&format::quantity(&fact.quantity)))).collect()
}

/// The verdict's own numbers.
fn answer(report: &Report, finding: &Finding) -> Vec<Named> {
    let mut answer = Vec::new();
    if let Some(runway) = runway(&finding.verdict) {
        answer.push(Named::new("Runway, P50 (P5 to P95)", format::runway(&runway)));
    }
    match &finding.verdict {
        Verdict::Fills(e) => {
            answer.push(full_between(e));
            if let Some(order_by) = e.order_by {
                let passed = report.local_date(report.as_of).is_some_and(|today| order_by < today);
                let note = if passed { " (has passed)" } else { "" };
                answer.push(Named::new("Order by", format!("{}{note}", format::date(order_by))));
            }
            answer.push(Named::new("Lead time", format::days(e.lead_time_days)));
        }
        Verdict::Departs(departure) => {
            let rate = |percent| format!("{} a month", format::percent_change(percent));
            answer.push(Named::new("Growth of late", rate(departure.percent_per_month)));
            answer.push(Named::new("Growth before", rate(departure.percent_per_month_before)));
            answer.push(Named::new("Growth of the others", rate(departure.peers_percent_per_month)));
        }
        Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size) => {
            answer.push(Named::new("Drift (90 % interval)", words::drift(size)));
            let span = format::percent_change(size.percent_over_span);
            answer.push(Named::new("Over the span", format!("{span} in {}", format::days(size.span_days))));
            for step in &size.steps {
                let name = format!("Step on {}", format::date(step.on));
                answer.push(Named::new(name, format::percent_change(step.percent)));
            }
            if let Some(date) = size.began_on {
                answer.push(Named::new("Since", format::date(date)));
            }
            let belief = format!(
                "{} (told from {})",
                format::percent(size.belief),
                format::percent(size.least_belief)
            );
            answer.push(Named::new("Chance of a real change", belief));
        }
        Verdict::Crosses(crossing) => answer.extend(load::crossing(crossing)),
        Verdict::Holds { load_limit } => answer.extend(load::seen(load_limit)),
        Verdict::Ebbs(ebb) => {
            answer.push(Named::new("Saved", words::saving(report, ebb)));
            answer.push(Named::new("Share of its server-hours", format::percent(ebb.share)));
            let risk = ebb.violation_share.map_or_else(
                || "not tried: the history is too short to hold a week back".to_owned(),
                |share| format!("{} of the windows' time in held-back weeks", format::percent(share)),
            );
            answer.push(Named::new("Too few servers", risk));
        }
        Verdict::Undecided { reason, enough_on } => {
            answer.push(Named::new("Undecided because", sentence(reason)));
            if let Some(date) = enough_on {
                answer.push(Named::new("Enough history on", format::date(*date)));
            }
        }
        _ => answer.push(Named::new("Verdict", sentence(&words::verdict(report, finding)))),
    }
    answer.extend(finding.decision.order.iter().flat_map(|order| decision::order(report, order)));
    answer
}

/// The dates between which something is full.
fn full_between(exhaustion: &Exhaustion) -> Named {
    let named = |name: &str, dates: String| Named::new(name, dates);
    match (exhaustion.p5.map(format::date), exhaustion.p95.map(format::date)) {
        _ if reached(&exhaustion.runway) => named("Full", "full mark reached".to_owned()),
        (Some(early), Some(late)) => named("Full between", format!("{early} and {late}")),
        (Some(early), None) => named("Full", format!("{early} at the earliest")),
        (None, Some(late)) => named("Full", format!("{late} at the latest")),
        (None, None) => named("Full", "beyond the horizon".to_owned()),
    }
}

fn windows(finding: &Finding) -> Vec<Named> {
    let Verdict::Ebbs(ebb) = &finding.verdict else { return Vec::new() };
    let servers = |w: &crate::plans::Window| format!("{} of {} servers", w.servers, w.servers_now);
    ebb.schedule.windows.iter().map(|w| Named::new(words::window(w), servers(w))).collect()
}
