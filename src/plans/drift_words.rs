//! A drift in words: what it is of, what it says, what to do.

use chrono::NaiveDate;

use super::{DatedStep, DatesTried, DriftKind, DriftSize, Fact, Peers, Scope, Severity, Verdict, wording};
use crate::platform::{Labels, Measure, Pool};

/// `probe inbound`, `queue deferred on out02`, `delivery.delay on out01 (stage transmission)`.
pub(super) fn name(measure: Measure, labels: &Labels) -> String {
    let of = |label: &str| labels.get(label);
    let on = match (of("host"), of("pool")) {
        (Some(host), _) => format!(" on {host}"),
        (None, Some(pool)) => format!(" of pool {pool}"),
        (None, None) => String::new(),
    };
    let whose = if of("host").is_some() { "host" } else { "pool" };
    let (head, also) = match (measure, of("probe"), of("queue")) {
        (Measure::ProbeDuration, Some(probe), _) => (format!("probe {probe}{on}"), "probe"),
        (Measure::ProbeSuccess, Some(probe), _) => (format!("probe {probe}{on}"), "probe"),
        (Measure::QueueDepth, _, Some(queue)) => (format!("queue {queue}{on}"), "queue"),
        (Measure::QueueAge, _, Some(queue)) => (format!("age of queue {queue}{on}"), "queue"),
        (Measure::DeliveryBuckets, ..) => (format!("delivery{on}"), whose),
        (Measure::DeliveryDelay, ..) => (format!("delivery delay{on}"), whose),
        (Measure::LoadCpu, ..) => (format!("processor load{on}"), whose),
        (Measure::LoadMemory, ..) => (format!("memory use{on}"), whose),
        (Measure::DiskBusy, ..) => (format!("disk load{on}"), whose),
        (Measure::ResponseTime, ..) => (format!("response time{on}"), "pool"),
        (measure, ..) => (format!("{measure}{on}"), whose),
    };
    let told = [whose, also];
    let rest: Vec<String> =
        labels.iter().filter(|(k, _)| !told.contains(k)).map(|(k, v)| format!("{k} {v}")).collect();
    if rest.is_empty() { head } else { format!("{head} ({})", rest.join(", ")) }
}

/// The verdict in one sentence.
pub(super) fn headline(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Rises(size) => format!("{}{}", moves(name, size, ["rises", "rose"]), among(size)),
        Verdict::Falls(size) => moves(name, size, ["falls", "fell"]),
        Verdict::Steady(size) if size.steps.len() > 1 => {
            format!("{name} is where it was: {}", each(size))
        }
        Verdict::Steady(size) if size.scope == Some(Scope::Local) => {
            let above = size.compared.map_or(0.0, |peers| peers.above_percent);
            format!("{name} is steadily {} above its pool's others", percent(above).trim_start_matches('+'))
        }
        Verdict::Steady(size) if size.same_load.is_some_and(|load| load.raw_rises) => {
            let raw = size.same_load.map_or(0.0, |load| load.raw_percent);
            format!("{name} rises with its load only: {}, and not at the same load", percent(raw))
        }
        Verdict::Steady(_) => format!("{name} neither rises nor falls"),
        Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
        _ => name.to_owned(),
    }
}

/// How many of its pool rise with it.
pub(super) fn among(size: &DriftSize) -> String {
    match (size.scope, size.compared) {
        (Some(Scope::Pool), Some(peers)) => format!("; so do {} of {} hosts", peers.rising, peers.hosts),
        (Some(Scope::Local), Some(peers)) if peers.rising == 1 => format!("; alone of {} hosts", peers.hosts),
        (Some(Scope::Local), Some(peers)) => {
            format!("; only {} of {} hosts do", peers.rising, peers.hosts)
        }
        _ => String::new(),
    }
}

/// What the load and the peers say, and when the limit is reached, by name.
pub(super) fn facts(verdict: &Verdict, of_pool: bool) -> Vec<Fact> {
    let (Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size)) = verdict else {
        return Vec::new();
    };
    let mut facts = Vec::new();
    if let Some(load) = size.same_load {
        let explained = wording::percent(load.explained);
        facts.push(wording::text(
            "load taken off",
            format!("{}, which explains {explained} within days", load.measure),
        ));
        facts.push(wording::text("with the load left in", percent(load.raw_percent)));
    }
    if let Some(peers) = size.compared {
        let Peers { rising, hosts, pool_from, local_to, .. } = peers;
        let by_itself = match local_to {
            0 => "no host by itself".to_owned(),
            most => format!("up to {most} each by itself"),
        };
        let rule = format!("{rising} of {hosts}; from {pool_from} on the pool counts, {by_itself}");
        facts.push(wording::text("hosts of its pool that rise", rule));
        if !of_pool {
            let apart = if peers.apart { ", far more than they differ" } else { "" };
            let above = format!("{}{apart}", percent(peers.above_percent));
            facts.push(wording::text("level against the pool's others", above));
        }
    }
    if let Some(dates) = size.limit_dates {
        let date = |date: Option<NaiveDate>| date.map_or("not within a year".to_owned(), wording::date);
        let text = format!("{} ({} to {})", date(dates.middle), date(dates.early), date(dates.late));
        facts.push(wording::text("limit reached if it goes on", text));
        facts.push(wording::text("such dates, tried on the past", tried(&dates.tried)));
    }
    facts
}

fn tried(tried: &DatesTried) -> String {
    match *tried {
        DatesTried::Errors { dates, series, days_ahead, median_days_off, within } => {
            let of = if series == 1 { "one series".to_owned() } else { format!("{series} series") };
            let held = wording::percent(within);
            format!(
                "of {dates} dates {days_ahead} days ahead, on {of} with a limit, half were off by at most \
                 {median_days_off:.0} days; {held} were within their interval"
            )
        }
        DatesTried::CannotSay { dates, needed, needs_days } => format!(
            "how right they are cannot be said: {dates} could be tried and {needed} are needed, of rises that were sure \
             with at least {needs_days:.0} days of history"
        ),
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
    let scope = match verdict {
        Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size) => size.scope,
        _ => None,
    };
    match (verdict, severity) {
        (_, _) if scope == Some(Scope::Local) => {
            format!("Drain this host, or repair or replace it: the others{whose} do without.")
        }
        (Verdict::Rises(_), Severity::Critical) => {
            format!("It is above its limit: find what{whose} it waits for, and add or repair that now.")
        }
        (Verdict::Rises(size), _) if !size.steps.is_empty() => {
            "Find what was changed on that day: a release, a migration, a setting, a neighbour.".to_owned()
        }
        (Verdict::Rises(_), _) if scope == Some(Scope::Pool) => {
            format!(
                "Escalate: it is no single host. Find the resource{whose} that rises with it: processor, memory, \
                 disk, a queue or a remote side."
            )
        }
        (Verdict::Rises(_), _) => {
            format!(
                "Find the resource{whose} that rises with it: processor, memory, disk, a queue or a remote side."
            )
        }
        (_, Severity::Warning) => format!("It stays above its limit: find what{whose} it waits for."),
        (Verdict::Steady(size), _) if size.same_load.is_some_and(|load| load.raw_rises) => {
            "Nothing is slower than it was at the same load; watch the load.".to_owned()
        }
        (Verdict::Undecided { enough_on: Some(date), .. }, _) => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        (Verdict::Undecided { .. }, _) => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}
