//! A drift in words: what it is of, what it says, what to do.

use super::{DatedStep, DriftKind, DriftSize, Severity, Verdict, wording};
use crate::platform::{Labels, Measure, Pool};

/// `probe inbound`, `queue deferred on out02`, `delivery.delay on out01 (stage transmission)`.
pub(super) fn name(measure: Measure, labels: &Labels) -> String {
    let of = |label: &str| labels.get(label);
    let host = of("host").map(|host| format!(" on {host}")).unwrap_or_default();
    let (head, told): (String, &[&str]) = match (measure, of("probe"), of("queue")) {
        (Measure::ProbeDuration, Some(probe), _) => (format!("probe {probe}{host}"), &["host", "probe"]),
        (Measure::QueueDepth, _, Some(queue)) => (format!("queue {queue}{host}"), &["host", "queue"]),
        (Measure::QueueAge, _, Some(queue)) => (format!("age of queue {queue}{host}"), &["host", "queue"]),
        (Measure::DeliveryDelay, ..) => (format!("delivery delay{host}"), &["host"]),
        (Measure::ResponseTime, ..) => match of("pool") {
            Some(pool) => (format!("response time of {pool}"), &["host", "pool"]),
            None => (format!("response time{host}"), &["host"]),
        },
        (measure, ..) => (format!("{measure}{host}"), &["host"]),
    };
    let rest: Vec<String> =
        labels.iter().filter(|(k, _)| !told.contains(k)).map(|(k, v)| format!("{k} {v}")).collect();
    if rest.is_empty() { head } else { format!("{head} ({})", rest.join(", ")) }
}

/// The verdict in one sentence.
pub(super) fn headline(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Rises(size) => moves(name, size, ["rises", "rose"]),
        Verdict::Falls(size) => moves(name, size, ["falls", "fell"]),
        Verdict::Steady(size) if size.steps.len() > 1 => {
            format!("{name} is where it was: {}", each(size))
        }
        Verdict::Steady(_) => format!("{name} neither rises nor falls"),
        Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
        _ => name.to_owned(),
    }
}

fn moves(name: &str, size: &DriftSize, [moves, moved]: [&str; 2]) -> String {
    let percent = percent(size.percent_over_span);
    match (size.course, size.began_on, size.steps.as_slice()) {
        (DriftKind::Late, Some(date), _) => {
            format!("{name} {moves} since {}: {percent} until now", wording::date(date))
        }
        (DriftKind::Step, _, [step]) => {
            format!("{name} {moved} at once, on {}: {percent}", wording::date(step.on))
        }
        (DriftKind::Steps, _, steps) => {
            format!("{name} {moved} in {} steps, {percent} in all: {}", steps.len(), each(size))
        }
        _ => format!("{name} {moves} steadily: {percent} over {}", wording::days(size.span_days)),
    }
}

/// The steps with their dates.
fn each(size: &DriftSize) -> String {
    let step = |step: &DatedStep| format!("{} on {}", percent(step.percent), wording::date(step.on));
    size.steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

/// `+12 %`, `-3 %`.
fn percent(percent: f64) -> String {
    format!("{percent:+.0} %")
}

/// What to do, in one sentence.
pub(super) fn advice(verdict: &Verdict, severity: Severity, pool: Option<&Pool>) -> String {
    let whose = pool.map(|p| format!(" of pool {}", p.name)).unwrap_or_default();
    match (verdict, severity) {
        (Verdict::Rises(_), Severity::Critical) => {
            format!("It is above its limit: find what{whose} it waits for, and add or repair that now.")
        }
        (Verdict::Rises(size), _) if !size.steps.is_empty() => {
            "Find what was changed on that day: a release, a migration, a setting, a neighbour.".to_owned()
        }
        (Verdict::Rises(_), _) => {
            format!(
                "Find the resource{whose} that rises with it: processor, memory, disk, a queue or a remote side."
            )
        }
        (_, Severity::Warning) => format!("It stays above its limit: find what{whose} it waits for."),
        (Verdict::Undecided { enough_on: Some(date), .. }, _) => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        (Verdict::Undecided { .. }, _) => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}
