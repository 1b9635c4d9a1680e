//! A share in words: what it says, what to do, what it rests on.

use super::{
    Fact, LateState, Scope, Severity, ShareNow, ShareState, Verdict,
    drift_words::{self, among},
    wording,
};
use crate::platform::{Pool, Unit};

/// The verdict in one sentence.
pub(super) fn headline(name: &str, verdict: &Verdict, state: Option<&ShareState>) -> String {
    let Some(state) = state else {
        return match verdict {
            Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
            _ => name.to_owned(),
        };
    };
    let since = state.since.map_or(String::new(), |date| format!(" since {}", wording::date(date)));
    let what = does(state.late.as_ref());
    let (now, before) = (between(state.now), percent(state.before.share));
    match verdict {
        Verdict::Rises(size) => {
            format!("{name} {what} more often{since}: {now}, before {before}{}", among(size))
        }
        Verdict::Falls(_) => format!("{name} {what} less often{since}: {now}, before {before}"),
        _ => format!("{name} {what} no more often than before: {now}"),
    }
}

/// What to do, in a sentence.
pub(super) fn advice(verdict: &Verdict, state: Option<&ShareState>, pool: Option<&Pool>) -> String {
    match (verdict, state.and_then(|state| state.late.as_ref())) {
        (Verdict::Rises(size), _) if size.scope == Some(Scope::Local) => {
            drift_words::advice(verdict, Severity::Info, pool)
        }
        (Verdict::Rises(size), Some(_)) if size.scope == Some(Scope::Pool) => {
            "Escalate: it is no single host. Find whose mail comes late: one destination, large messages, or all of it."
                .to_owned()
        }
        (Verdict::Rises(_), None) => {
            "Look at what the probe answered when it failed: a login, a name, a time-out or a certificate."
                .to_owned()
        }
        (Verdict::Rises(_), Some(_)) => {
            "Find whose mail comes late: one destination, large messages, or all of it.".to_owned()
        }
        (Verdict::Undecided { enough_on: Some(date), .. }, _) => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        (Verdict::Undecided { .. }, _) => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}

/// What it rests on, by name.
pub(super) fn facts(state: &ShareState) -> Vec<Fact> {
    let (all, some) = match state.late {
        Some(_) => ("messages looked at", "of them late"),
        None => ("attempts looked at", "of them failed"),
    };
    let mut facts = vec![
        wording::text("share at the start", between(state.before)),
        wording::text("share now", between(state.now)),
        wording::number(all, state.count, Unit::Count),
        wording::number(some, state.counted, Unit::Count),
    ];
    if let Some(late) = &state.late {
        let limit = seconds(late.limit_seconds);
        let above = match late.above_low < late.above_high {
            true => format!("{} to {}", percent(late.above_low), percent(late.above_high)),
            false => percent(late.above_low),
        };
        let p95 = match late.p95_high {
            Some(high) => format!("between {} and {}", seconds(late.p95_low), seconds(high)),
            None => format!("above {}", seconds(late.p95_low)),
        };
        facts.push(wording::text(&format!("above {limit} in the last four weeks"), above));
        facts.push(wording::text("95th percentile of the last four weeks", p95));
    }
    facts
}

fn does(late: Option<&LateState>) -> String {
    late.map_or("fails".to_owned(), |late| format!("is above {}", seconds(late.seconds)))
}

fn between(share: ShareNow) -> String {
    format!("{} ({} to {})", percent(share.share), percent(share.low), percent(share.high))
}

/// `12 %`, `1.2 %`, `0.03 %`, `under 0.01 %`, `0 %`.
fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent <= 0.0 => "0 %".to_owned(),
        percent if percent < 0.005 => "under 0.01 %".to_owned(),
        percent if percent < 0.1 => format!("{percent:.2} %"),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

fn seconds(seconds: f64) -> String {
    wording::amount(seconds, Unit::Seconds)
}
