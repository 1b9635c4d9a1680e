//! Verdicts, severities and windows in words, the same in the page and on the terminal.

use super::{Report, format, report::reached};
use crate::plans::{
    Crossing, DriftSize, Ebb, Finding, Kind, LoadLimit, NoEbb, Part, Quantity, Question, Quiet, Severity,
    Verdict, Window, outstanding,
};

/// A finding's verdict in a few words.
pub(crate) fn verdict(report: &Report, finding: &Finding) -> String {
    moved_share(finding).unwrap_or_else(|| said(report, &finding.verdict))
}

/// Of a share that rises or falls, what it is now and what it was: percent of percent would be misread.
pub(crate) fn moved_share(finding: &Finding) -> Option<String> {
    let (Verdict::Rises(_) | Verdict::Falls(_), Some(share)) = (&finding.verdict, &finding.decision.share)
    else {
        return None;
    };
    let percent = |share: f64| match share {
        share if 0.0 < share && share < 0.000_5 => format!("under {}", format::percent(0.001)),
        share => format::percent(share),
    };
    Some(format!("{} {}, before {}", percent(share.now.share), share.of, percent(share.before.share)))
}

/// A verdict in a few words.
pub(crate) fn said(report: &Report, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fills(e) if reached(&e.runway) => "full mark reached".to_owned(),
        Verdict::Fills(e) => match e.p50 {
            Some(date) => format!("fills about {}", format::date(date)),
            None => "fills".to_owned(),
        },
        Verdict::FillsBeyond { horizon_days, .. } => {
            format!("not full within {}", format::days(*horizon_days))
        }
        Verdict::Cleaned { at_ratio } => format!("cleaned at {}", format::percent(*at_ratio)),
        Verdict::Shrinking => "shrinking".to_owned(),
        Verdict::Flat => "flat".to_owned(),
        Verdict::Departs(departure) => {
            let [own, others] =
                [departure.percent_per_month, departure.peers_percent_per_month].map(format::percent_change);
            format!("grows by {own} a month, the others by {others}")
        }
        Verdict::Rises(size) => moves("rises", "rose", size),
        Verdict::Falls(size) => moves("falls", "fell", size),
        Verdict::Steady(size) => format!("steady, {}", drift(size)),
        Verdict::Crosses(crossing) => crosses(crossing),
        Verdict::Holds { load_limit } => {
            format!("below its limit up to {} at least", load(load_limit.highest_load, load_limit))
        }
        Verdict::Independent { reason, .. } => reason.clone(),
        Verdict::Ebbs(ebb) => {
            format!("{} server-hours a week at rest", format::count(ebb.server_hours_per_week))
        }
        Verdict::NoEbb { .. } if !scales_out(verdict) => "not declared to scale out".to_owned(),
        Verdict::NoEbb { because: NoEbb::NeedsAll, reason } => {
            format!("needs its servers at all hours: {reason}")
        }
        Verdict::NoEbb { reason, .. } => format!("no schedule: {reason}"),
        Verdict::Stale { since } => match report.local(*since) {
            Some(moment) => format!("no sample since {}", format::moment(&moment)),
            None => "no sample any more".to_owned(),
        },
        Verdict::Undecided { reason, .. } => format!("undecided: {reason}"),
    }
}

/// A finding's verdict in as few words as it can be told, where a table has no room for more.
pub(crate) fn brief_verdict(report: &Report, finding: &Finding) -> String {
    if let Some(moved) = moved_share(finding) {
        return moved;
    }
    let said = briefly(report, &finding.verdict);
    match mostly_in(finding) {
        Some(part) => format!("{said}, {} in {}", format::percent(part.share), part.name),
        None => said,
    }
}

/// The stage that a change of a delivery delay is in, if most of it is in one.
pub(crate) fn mostly_in(finding: &Finding) -> Option<&Part> {
    let explained = finding.decision.rise_explained.as_ref()?;
    let of_pool = || explained.pool.as_ref().and_then(|pool| pool.by_stage.as_ref());
    outstanding(explained.host.as_ref().or_else(of_pool)?)
}

/// A verdict in as few words as it can be told.
pub(crate) fn briefly(report: &Report, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Rises(size) | Verdict::Falls(size) if !size.steps.is_empty() => {
            format!("{} at once", format::percent_change(size.percent_over_span))
        }
        Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size) => {
            format!("{} a month", format::percent_change(size.percent_per_month))
        }
        Verdict::Departs(departure) => {
            format!("{} a month, unlike the others", format::percent_change(departure.percent_per_month))
        }
        Verdict::Fills(e) => match e.p50.filter(|_| !reached(&e.runway)) {
            Some(date) => format!("full {}", format::date(date)),
            None => said(report, verdict),
        },
        Verdict::Stale { since } => match report.local_date(*since) {
            Some(date) => format!("no sample since {}", format::date(date)),
            None => said(report, verdict),
        },
        _ => said(report, verdict),
    }
}

/// Whether a pool is declared to scale out, as far as its verdict tells.
pub(crate) fn scales_out(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::NoEbb { because: NoEbb::NotScaling, .. })
}

/// The load at which a limit is reached, with its interval, and when.
fn crosses(crossing: &Crossing) -> String {
    let limit = &crossing.load_limit;
    let edge = |of: Option<f64>| of.map_or("beyond".to_owned(), |value| load(value, limit));
    let (at, low, high) = (edge(limit.at_load), edge(limit.at_load_low), edge(limit.at_load_high));
    let about = crossing.reached.p50.map(|date| format!(", about {}", format::date(date)));
    format!("limit reached at {at} ({low} to {high}){}", about.unwrap_or_default())
}

fn load(value: f64, limit: &LoadLimit) -> String {
    format::quantity(&Quantity::Number { value, unit: limit.load_unit })
}

/// A rise or fall: a month, or at once.
fn moves(moves: &str, moved: &str, size: &DriftSize) -> String {
    let dates: Vec<String> = size.steps.iter().map(|step| format::date(step.on)).collect();
    if dates.is_empty() {
        return format!("{moves} {}", drift(size));
    }
    let [middle, low, high] =
        [size.percent_over_span, size.low_over_span, size.high_over_span].map(format::percent_change);
    format!("{moved} {middle} ({low} to {high}) on {}", dates.join(", "))
}

/// A drift a month, with its 90 % interval.
pub(crate) fn drift(size: &DriftSize) -> String {
    let [middle, low, high] = [size.percent_per_month, size.low, size.high].map(format::percent_change);
    format!("{middle} a month ({low} to {high})")
}

/// What a pool saves a week.
pub(crate) fn saving(report: &Report, ebb: &Ebb) -> String {
    let hours = format!("{} server-hours a week", format::count(ebb.server_hours_per_week));
    match ebb.money_per_week {
        Some(money) => format!("{hours}, {} a week", format::money(money, &report.currency)),
        None => hours,
    }
}

/// A window such as `Mon to Fri, 22:00 to 06:00 the next day` or `Sat 12:00 to Sun 12:00`.
pub(crate) fn window(window: &Window) -> String {
    let (from, to) = (window.from.format("%H:%M"), window.to.format("%H:%M"));
    let starts = days(&window.days);
    let overnight = window.to <= window.from;
    match window.days.as_slice() {
        [day] if overnight => format!("{starts} {from} to {} {to}", days(&[(day % 7 + 1) % 7])),
        [_] => format!("{starts} {from} to {to}"),
        _ if overnight => format!("{starts}, {from} to {to} the next day"),
        _ => format!("{starts}, {from} to {to}"),
    }
}

/// When heavy work meets the least load.
pub(crate) fn quiet(quiet: &Quiet) -> String {
    let (from, to) = (quiet.from.format("%H:%M"), quiet.to.format("%H:%M"));
    let load = format::percent(quiet.load_share);
    format!(
        "The quietest {} hours of the week are {} {from} to {to}, at {load} of its highest load.",
        format::count(quiet.hours),
        days(&[quiet.day])
    )
}

/// Weekdays, neighbours joined: `Mon to Thu, Sun`.
pub(crate) fn days(days: &[u8]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in days.iter().map(|&day| usize::from(day)).filter(|&day| day < NAMES.len()) {
        match runs.last_mut().filter(|run| run.1 + 1 == day) {
            Some(run) => run.1 = day,
            None => runs.push((day, day)),
        }
    }
    let named = runs.iter().map(|&(first, last)| match last - first {
        0 => NAMES[first].to_owned(),
        1 => format!("{}, {}", NAMES[first], NAMES[last]),
        _ => format!("{} to {}", NAMES[first], NAMES[last]),
    });
    named.collect::<Vec<_>>().join(", ")
}

/// The question under which a finding is shown: what could not be answered is about the history.
pub(crate) fn shown_under(finding: &Finding) -> Question {
    match finding.verdict {
        Verdict::Stale { .. } | Verdict::Undecided { .. } => Question::History,
        _ => finding.kind.question(),
    }
}

/// A question as people ask it.
pub(crate) fn question(question: Question) -> &'static str {
    match question {
        Question::WhenFull => "When is a disk full?",
        Question::Slower => "Is mail getting slower?",
        Question::Busier => "Do processors, memory or disks get busier?",
        Question::FewerServers => "Which hours need fewer servers?",
        Question::History => "What could not be answered?",
    }
}

/// A kind as people call it.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::VolumeExhaustion => "volume",
        Kind::InodeExhaustion => "inodes of a volume",
        Kind::PoolExhaustion => "volumes of a pool together",
        Kind::Departure => "departure from a pool",
        Kind::Ebb => "ebb of a pool",
        Kind::Drift => "drift",
        Kind::PoolDrift => "drift of a pool",
        Kind::Resource => "resource",
        Kind::PoolResource => "resource of a pool",
        Kind::Capacity => "load at the limit",
        Kind::Stale => "history",
    }
}

/// A shape for each severity, so that none is told by its colour alone.
pub(crate) fn shape(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "▲",
        Severity::Warning => "◆",
        Severity::Info => "●",
        Severity::Ok => "✓",
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;

    use super::*;
    use crate::{plans::Runway, reports::fixture};

    #[test]
    fn weekdays_are_joined_where_they_touch() {
        assert_eq!(days(&[0, 1, 2, 3, 4]), "Mon to Fri");
        assert_eq!(days(&[5, 6]), "Sat, Sun");
        assert_eq!(days(&[0, 1, 2, 6]), "Mon to Wed, Sun");
        assert_eq!(days(&[3, 9]), "Thu");
        assert_eq!(days(&[]), "");
    }

    #[test]
    fn windows_name_days_and_local_times() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap();
        let said = |days: &[u8], from, to| {
            let (from, to) = (time(from), time(to));
            window(&Window { days: days.to_vec(), from, to, hours: 7.5, servers: 3, servers_now: 8 })
        };
        assert_eq!(said(&[0, 2], 22, 6), "Mon, Wed, 22:30 to 06:30 the next day");
        assert_eq!(said(&[0, 1, 2], 0, 6), "Mon to Wed, 00:30 to 06:30");
        assert_eq!(said(&[5], 12, 12), "Sat 12:30 to Sun 12:30");
        assert_eq!(said(&[6], 22, 6), "Sun 22:30 to Mon 06:30");
        assert_eq!(said(&[3], 1, 5), "Thu 01:30 to 05:30");
    }

    #[test]
    fn what_is_full_is_not_forecast_and_what_cannot_scale_in_needs_no_reason() {
        let report = fixture::report();
        let with = |verdict| Finding { verdict, ..report.findings[0].clone() };
        let mut full = report.findings[0].clone();
        if let Verdict::Fills(e) = &mut full.verdict {
            e.runway = Runway { p5_days: Some(0.0), p50_days: Some(0.0), p95_days: Some(0.0) };
        }
        assert_eq!(verdict(&report, &full), "full mark reached");
        let fixed =
            with(Verdict::NoEbb { because: NoEbb::NotScaling, reason: crate::plans::NOT_SCALING.to_owned() });
        assert_eq!(verdict(&report, &fixed), "not declared to scale out");
        assert!(!scales_out(&fixed.verdict) && scales_out(&full.verdict));
    }
}
