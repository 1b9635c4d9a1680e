//! Capacity from load in words: at which load the limit is reached, when, and what to do.

use super::{Crossing, Fact, LoadLimit, LoadShape, NoEffect, Severity, Verdict, wording};
use crate::platform::{Measure, Pool, Unit};

/// The verdict in one sentence; `limit` is in the subject's unit.
pub(super) fn headline(name: &str, verdict: &Verdict, (unit, limit): (Unit, f64), load: Measure) -> String {
    let limit = wording::amount(limit, unit);
    match verdict {
        Verdict::Crosses(crossing) => format!(
            "{name} reaches its limit of {limit} at {}{}{}",
            between(&crossing.load_limit),
            if crossing.load_limit.beyond_seen { ", more than was seen" } else { "" },
            when(crossing)
        ),
        Verdict::Holds { load_limit } => {
            let seen = wording::amount(load_limit.highest_load, load_limit.load_unit);
            format!("{name} rises with its load, and stays below its limit of {limit} up to {seen} at least")
        }
        Verdict::Independent { because: NoEffect::DoesNotRise, .. } => {
            format!("{name} does not rise with its load ({load}) as far as that was seen")
        }
        Verdict::Independent { because: NoEffect::FollowsTheClock, .. } => {
            format!("{name} follows the time of day, not its load ({load}) at the same hour")
        }
        Verdict::Undecided { reason, .. } => {
            format!("{name}: the load at its limit of {limit} cannot be told: {reason}")
        }
        _ => name.to_owned(),
    }
}

/// `31.2 messages/s (27.5 to 40.1)`.
fn between(limit: &LoadLimit) -> String {
    let amount = |load: Option<f64>| load.map(|load| wording::amount(load, limit.load_unit));
    let middle = amount(limit.at_load).unwrap_or_default();
    let low = amount(limit.at_load_low).unwrap_or_default();
    match amount(limit.at_load_high) {
        Some(high) => format!("{middle} ({low} to {high})"),
        None => format!("{middle} ({low} at least)"),
    }
}

/// When the load comes.
fn when(crossing: &Crossing) -> String {
    let runway = &crossing.reached.runway;
    match (crossing.load_limit.growth, crossing.reached.p50, runway.p50_days) {
        (None, ..) => String::new(),
        (_, _, Some(days)) if days < 1.0 => ": the busiest hours of a week have it already".to_owned(),
        (_, Some(date), _) => format!(", about {}", wording::date(date)),
        _ => ", not within a year as it grows".to_owned(),
    }
}

/// The numbers behind it, by name.
pub(super) fn facts(verdict: &Verdict, (unit, limit): (Unit, f64), load: Measure) -> Vec<Fact> {
    let mut facts = vec![wording::number("limit", limit, unit), wording::text("load", load.name())];
    let told = match verdict {
        Verdict::Crosses(crossing) => &crossing.load_limit,
        Verdict::Holds { load_limit } => load_limit,
        _ => return facts,
    };
    facts.push(wording::number("highest load seen", told.highest_load, told.load_unit));
    if let Some(growth) = told.growth {
        facts.push(wording::number("highest load of a week now", growth.weekly_peak, told.load_unit));
        let [middle, low, high] =
            [growth.percent_per_month, growth.low, growth.high].map(wording::hundredths);
        facts.push(wording::text("its growth a month", format!("{middle} ({low} to {high})")));
    }
    for point in &told.points {
        let name = format!("at {}", wording::amount(point.load, told.load_unit));
        facts.push(wording::number(&name, point.level, unit));
    }
    let [share, low, high] = told.same_hour.map(wording::percent);
    facts.push(wording::text("of it at the same hour of the week", format!("{share} ({low} to {high})")));
    facts
}

/// The model in words.
pub(super) fn model(limit: &LoadLimit) -> String {
    let curve = match limit.shape {
        LoadShape::Monotone => "A curve that never falls (isotonic regression)",
        LoadShape::Queueing => "The shape of a queueing system, fixed time and waiting ∝ u^p / (1 − u)",
    };
    format!(
        "{curve}, through median logarithms over bins of the load, of the last quarter at the level of the last two weeks; \
         days drawn anew for the interval. The highest load of a week goes on as a straight line of its logarithm"
    )
}

/// The back-test in words.
pub(super) fn summary(limit: &LoadLimit) -> String {
    let curve = format!(
        "On {} weeks held back the curve was off by {:.0} % on average, a constant by {:.0} %",
        limit.weeks, limit.error_percent, limit.error_percent_without
    );
    match limit.growth.and_then(|growth| growth.error_percent.map(|error| (error, growth.tries))) {
        Some((error, tries)) => {
            let tries = wording::counted(tries as f64, "try", "tries");
            format!(
                "{curve}. The highest load of a week was off by {error:.1} % four weeks ahead, in {tries}"
            )
        }
        None => format!("{curve}. Its growth could not be tried yet"),
    }
}

/// What to do, in one sentence.
pub(super) fn advice(verdict: &Verdict, severity: Severity, pool: Option<&Pool>) -> String {
    let whose = pool.map(|pool| format!(" to pool {}", pool.name)).unwrap_or_default();
    match verdict {
        Verdict::Crosses(crossing) if severity >= Severity::Warning => match crossing.reached.order_by {
            Some(by) => format!(
                "Add servers{whose}, or spread the load, by {}: then each carries less than that load.",
                wording::date(by)
            ),
            None => format!("Add servers{whose}, or spread the load."),
        },
        Verdict::Crosses(Crossing { load_limit, .. }) if load_limit.growth.is_none() => {
            "Watch the load: how it grows is not known yet.".to_owned()
        }
        Verdict::Crosses(_) => "Nothing yet: keep the load in mind when servers are taken away.".to_owned(),
        Verdict::Holds { .. } => {
            "Nothing yet; what a higher load does is not known until it comes.".to_owned()
        }
        Verdict::Undecided { .. } => "Wait until the load has varied more.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}
