//! A section for each question: cards for what matters, a compact table for what is fine.

use serde::Serialize;

use super::card::{Card, Named, Severity, facts};
use crate::{
    plans::{Finding, NoEbb, Question, Severity as Level, Verdict},
    reports::{
        Report,
        drawn::Drawn,
        format,
        text::{one_line, sentence},
        words,
    },
};

/// The answer to one question.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    cards: Vec<Card>,
    groups: Vec<Group>,
}

/// Findings with the same verdict, for which a line each is enough.
#[derive(Debug, Serialize)]
struct Group {
    title: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    place: String,
    severity: Severity,
    subject: String,
    kind: &'static str,
    says: String,
    note: String,
}

/// The sections in the order of the questions, those without a finding included: "nothing was asked" is an
/// answer too.
pub(super) fn sections(report: &Report, ranked: &[&Finding], drawn: &[Drawn]) -> Vec<Section> {
    [Question::WhenFull, Question::Slower, Question::Busier, Question::FewerServers, Question::History]
        .map(|question| section(report, question, ranked, drawn))
        .into()
}

fn section(report: &Report, question: Question, ranked: &[&Finding], drawn: &[Drawn]) -> Section {
    let mut cards = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for (rank, finding) in ranked.iter().enumerate().filter(|(_, f)| words::shown_under(f) == question) {
        let place = place(rank, finding);
        let chart = drawn.iter().find(|d| d.rank == rank);
        if in_full(finding, chart.is_some()) {
            cards.push(Card::new(report, finding, place, chart));
            continue;
        }
        let title = group_of(&finding.verdict);
        let row = Row::new(report, finding, place);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { title, rows: vec![row] }),
        }
    }
    groups.sort_by_key(|group| group.title);
    Section { id: anchor(question), title: words::question(question), lead: lead(question), cards, groups }
}

/// Whether a finding is told in full: it has a chart, asks to be acted on, or saves something.
fn in_full(finding: &Finding, charted: bool) -> bool {
    charted || finding.severity >= Level::Warning || matches!(finding.verdict, Verdict::Ebbs(_))
}

/// The anchor of a finding in the page: its place by urgency, since identifiers may hold anything.
pub(super) fn place(rank: usize, finding: &Finding) -> String {
    format!("{}-{}", anchor(words::shown_under(finding)), rank + 1)
}

fn anchor(question: Question) -> &'static str {
    match question {
        Question::WhenFull => "full",
        Question::Slower => "slower",
        Question::Busier => "busier",
        Question::FewerServers => "ebb",
        Question::History => "history",
    }
}

fn lead(question: Question) -> &'static str {
    match question {
        Question::WhenFull => {
            "Every volume, its inodes, and every pool as a whole. The runway is the days until the full mark; \
             the order-by date is its early edge less the lead time."
        }
        Question::Slower => {
            "Every delivery time, queue and probe. A drift is a steady rise that is more than the ups and downs \
             of the days explain."
        }
        Question::Busier => {
            "Every host's processors, memory and disks. That a resource gets busier is no slowdown; it says what \
             there will be too little of."
        }
        Question::FewerServers => {
            "Every pool that scales out: the hours of an ordinary week in which fewer servers are enough, floor \
             and target utilisation kept."
        }
        Question::History => {
            "What was asked for and cannot be said yet, with the reason, and with the date on which there will \
             be enough history."
        }
    }
}

/// What the findings of a group have in common.
fn group_of(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Fills(_) => "Fills within the horizon",
        Verdict::FillsBeyond { .. } => "Grows, but fills beyond the horizon",
        Verdict::Cleaned { .. } => "Saturates and is cleaned",
        Verdict::Shrinking => "Shrinking",
        Verdict::Flat => "Flat",
        Verdict::Departs(_) => "Departing from its pool",
        Verdict::Rises(_) => "Rising",
        Verdict::Falls(_) => "Falling",
        Verdict::Steady(_) => "Steady",
        Verdict::Crosses(_) => "Reaching their limit at a load",
        Verdict::Holds { .. } => "Below their limit at all loads seen",
        Verdict::Independent { .. } => "Not following their load",
        Verdict::Ebbs(_) => "Can rest",
        Verdict::NoEbb { .. } if !words::scales_out(verdict) => "Not declared to scale out",
        Verdict::NoEbb { because: NoEbb::NeedsAll, .. } => "Needs its servers at all hours",
        Verdict::NoEbb { .. } => "No schedule can be trusted",
        Verdict::Stale { .. } => "Stopped",
        Verdict::Undecided { .. } => "Undecided",
    }
}

impl Row {
    fn new(report: &Report, finding: &Finding, place: String) -> Self {
        let (says, note) = match &finding.verdict {
            Verdict::Undecided { reason, enough_on } => {
                let enough = match enough_on {
                    Some(date) => format!("enough history on {}", format::date(*date)),
                    None => "waiting does not help".to_owned(),
                };
                (sentence(reason), enough)
            }
            Verdict::NoEbb { reason, .. } if words::scales_out(&finding.verdict) => {
                (sentence(reason), noted(finding))
            }
            _ => (sentence(&words::verdict(report, finding)), noted(finding)),
        };
        Self {
            place,
            severity: Severity::new(finding.severity),
            subject: one_line(&finding.subject.name, 120),
            kind: words::kind(finding.kind),
            says,
            note,
        }
    }
}

/// The first facts of a finding on one line.
fn noted(finding: &Finding) -> String {
    /// More do not fit a line.
    const FACTS: usize = 3;
    let named = facts(finding).into_iter().take(FACTS);
    named.map(|Named { name, value }| format!("{name} {value}")).collect::<Vec<_>>().join(" · ")
}
