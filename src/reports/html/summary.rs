//! The summary: each question answered in one line.

use serde::Serialize;

use crate::{
    plans::{Ebb, Finding, Kind, Question, Severity, Verdict},
    reports::{Report, format, looking_back, report::reached, text::one_line, words},
};

/// A question and its answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    question: &'static str,
    answer: String,
    /// Anchor of the section that tells it in full.
    link: &'static str,
}

/// The answers, the most urgent matter first.
pub(super) fn answers(report: &Report) -> Vec<Answer> {
    let of = |question| {
        report.ranked().into_iter().filter(|f| f.kind.question() == question).collect::<Vec<&Finding>>()
    };
    let answer = |question, answer, link| Answer { question, answer, link };
    vec![
        answer("What needs a decision?", urgency(report), "urgent"),
        answer(words::question(Question::WhenFull), full(&of(Question::WhenFull)), "full"),
        answer(words::question(Question::Slower), slower(&of(Question::Slower)), "slower"),
        answer(words::question(Question::Busier), busier(&of(Question::Busier)), "busier"),
        answer(words::question(Question::FewerServers), fewer(report, &of(Question::FewerServers)), "ebb"),
        answer("Was last week's answer right?", looking_back::answer(report, &report.track_record), "record"),
        answer(words::question(Question::History), unanswered(report), "history"),
    ]
}

fn urgency(report: &Report) -> String {
    let (critical, warning) = (report.count(Severity::Critical), report.count(Severity::Warning));
    let total = report.findings.len();
    if critical + warning == 0 {
        return format!("Nothing: none of {total} findings is critical or a warning.");
    }
    format!("{critical} critical and {}, of {total} findings.", plural(warning, "warning"))
}

fn full(findings: &[&Finding]) -> String {
    let findings: &[&Finding] =
        &findings.iter().copied().filter(|f| f.kind != Kind::Departure).collect::<Vec<_>>();
    let mut filling: Vec<_> = findings
        .iter()
        .filter_map(|finding| match &finding.verdict {
            Verdict::Fills(exhaustion) => Some((finding, exhaustion)),
            _ => None,
        })
        .collect();
    let days = |days: Option<f64>| days.unwrap_or(f64::INFINITY);
    filling.sort_by(|a, b| days(a.1.runway.p50_days).total_cmp(&days(b.1.runway.p50_days)));
    let Some((first, exhaustion)) = filling.first() else {
        return match findings.len() {
            0 => "No volume was looked at.".to_owned(),
            looked_at => format!("None of {looked_at} volumes and pools fills within {}.", horizon(findings)),
        };
    };
    let name = one_line(&first.subject.name, 60);
    let when = match exhaustion.p50 {
        _ if reached(&exhaustion.runway) => format!("{name} has reached its full mark"),
        Some(date) => format!("{name} first, about {}", format::date(date)),
        None => format!("{name} first, soon"),
    };
    let others = filling.len() - 1;
    format!("{when}; {others} more of {} fill within {}.", findings.len(), horizon(findings))
}

/// How far the forecasts look, as the findings that fill beyond it say.
fn horizon(findings: &[&Finding]) -> String {
    let horizons = findings.iter().filter_map(|finding| match finding.verdict {
        Verdict::FillsBeyond { horizon_days, .. } => Some(horizon_days),
        _ => None,
    });
    horizons.max_by(f64::total_cmp).map_or("the horizon".to_owned(), format::days)
}

fn slower(findings: &[&Finding]) -> String {
    rises(
        &findings.iter().copied().filter(|f| f.kind == Kind::Drift).collect::<Vec<_>>(),
        "delivery times, queues and probes",
    )
}

fn busier(findings: &[&Finding]) -> String {
    rises(
        &findings.iter().copied().filter(|f| f.kind == Kind::Resource).collect::<Vec<_>>(),
        "processors, memories and disks",
    )
}

/// How many rise of what was looked at, and which of them most. By how much a share rises is no percentage to compare.
fn rises(findings: &[&Finding], what: &str) -> String {
    let rising: Vec<_> = findings
        .iter()
        .filter_map(|finding| match &finding.verdict {
            Verdict::Rises(size) => Some((finding, size)),
            _ => None,
        })
        .collect();
    let compared = rising.iter().filter(|(finding, _)| finding.decision.share.is_none());
    let Some((first, size)) = compared.max_by(|a, b| a.1.percent_per_month.total_cmp(&b.1.percent_per_month))
    else {
        return match (findings.len(), rising.first()) {
            (all, Some((share, _))) => {
                let moved = words::moved_share(share).unwrap_or_default();
                format!("{} of {all} rise: {}, {moved}.", rising.len(), one_line(&share.subject.name, 60))
            }
            (0, None) => format!("No {what} were looked at."),
            (looked_at, None) => format!("No: none of {looked_at} {what} rises steadily."),
        };
    };
    format!(
        "{} of {} rise; most of all {} ({}), {} a month.",
        rising.len(),
        findings.len(),
        one_line(&first.subject.name, 60),
        first.subject.measure,
        format::percent_change(size.percent_per_month)
    )
}

/// What all pools save together, as their findings say.
fn fewer(report: &Report, findings: &[&Finding]) -> String {
    let ebbs: Vec<&Ebb> = findings
        .iter()
        .filter_map(|finding| match &finding.verdict {
            Verdict::Ebbs(ebb) => Some(ebb.as_ref()),
            _ => None,
        })
        .collect();
    let scaling = findings.iter().filter(|finding| words::scales_out(&finding.verdict)).count();
    if ebbs.is_empty() {
        return match (findings.len(), scaling) {
            (0, _) => "No pool was looked at.".to_owned(),
            (_, 0) => "No pool is declared to scale out.".to_owned(),
            _ => format!("None: {} looked at, none can rest.", plural(scaling, "pool")),
        };
    }
    let hours: f64 = ebbs.iter().map(|ebb| ebb.server_hours_per_week).sum();
    let priced: Vec<f64> = ebbs.iter().filter_map(|ebb| ebb.money_per_week).collect();
    let money = match priced.as_slice() {
        [] => String::new(),
        prices => format!(", {} a week", format::money(prices.iter().sum(), &report.currency)),
    };
    let of = format!("{} of {} that scale out", ebbs.len(), plural(scaling, "pool"));
    format!("{of} can rest at times: {} server-hours{money} saved.", format::count(hours))
}

fn unanswered(report: &Report) -> String {
    let count = |wanted: fn(&Verdict) -> bool| report.findings.iter().filter(|f| wanted(&f.verdict)).count();
    let undecided = count(|v| matches!(v, Verdict::Undecided { .. }));
    let stale = count(|v| matches!(v, Verdict::Stale { .. }));
    let unreadable = report.inputs.unreadable.len();
    if undecided + stale + unreadable == 0 {
        return "Every question asked has an answer, and every file was read.".to_owned();
    }
    format!(
        "{undecided} undecided, {stale} without samples of late, {}.",
        match unreadable {
            0 => "no file unreadable".to_owned(),
            some => format!("{} unreadable", plural(some, "file")),
        }
    )
}

fn plural(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    fn lines(report: &Report) -> Vec<String> {
        answers(report).into_iter().map(|a| a.answer.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn each_question_is_answered_in_a_line() {
        assert_eq!(
            lines(&fixture::report()),
            [
                "2 critical and 3 warnings, of 19 findings.",
                "ms03:/var/mail first, about 10 Dec 2026; 2 more of 8 fill within 180 days.",
                "1 of 4 rise; most of all pool outbound (delivery.delay), +14.2 % a month.",
                "No processors, memories and disks were looked at.",
                "1 of 2 pools that scale out can rest at times: 344 server-hours, EUR 72.24 a week saved.",
                "39 of 40 forecasts made on 9 Nov 2026 for 7 days ahead held; over 5 earlier runs, 88 % of 120.",
                "1 undecided, 1 without samples of late, 1 file unreadable.",
            ]
        );
    }

    #[test]
    fn only_pools_that_scales_out_are_counted_and_what_is_full_is_not_forecast() {
        let mut report = fixture::report();
        for finding in &mut report.findings {
            match &mut finding.verdict {
                Verdict::NoEbb { because, .. } => *because = crate::plans::NoEbb::NotScaling,
                Verdict::Fills(e) => e.runway.p50_days = e.runway.p50_days.map(|days| days - 24.0),
                _ => {}
            }
        }
        let lines = lines(&report);
        assert!(
            lines[1].starts_with("ms03:/var/mail has reached its full mark; 2 more of 8"),
            "{}",
            lines[1]
        );
        assert!(lines[4].starts_with("1 of 1 pool that scale out can rest"), "{}", lines[4]);
    }

    #[test]
    fn a_report_without_findings_says_what_was_not_looked_at() {
        let mut report = fixture::report();
        report.findings.clear();
        report.inputs.unreadable.clear();
        assert_eq!(
            lines(&report),
            [
                "Nothing: none of 0 findings is critical or a warning.",
                "No volume was looked at.",
                "No delivery times, queues and probes were looked at.",
                "No processors, memories and disks were looked at.",
                "No pool was looked at.",
                "39 of 40 forecasts made on 9 Nov 2026 for 7 days ahead held; over 5 earlier runs, 88 % of 120.",
                "Every question asked has an answer, and every file was read.",
            ]
        );
    }
}
