//! Scenarios, and the differences that they make, in words.

use super::LEAST_DAYS;
use crate::{
    plans::{Verdict, WhatIf},
    platform::{Load, Planned, Scenario, Takes, Target, Undertaking, Unit},
    reports::format,
};

/// What a scenario assumes, each in a few words.
pub(crate) fn assumptions(scenario: &Scenario) -> Vec<String> {
    let of = match scenario.pools.as_slice() {
        [] => String::new(),
        [pool] => format!(" of pool {pool}"),
        pools => format!(" of pools {}", pools.join(", ")),
    };
    let mut told = Vec::new();
    told.extend(scenario.growth.map(|factor| format!("growth{of} times {factor}")));
    told.extend(scenario.full_mark.map(|mark| format!("full mark{of} at {}", format::percent(mark))));
    told.extend(scenario.lead_time_days.map(|days| format!("lead time{of} {}", format::days(days))));
    told.extend(scenario.without.iter().map(|name| format!("without {name}")));
    told.extend(scenario.planned.iter().map(planned));
    told
}

/// Something planned.
fn planned(planned: &Planned) -> String {
    let (on, place) = (format::date(planned.date), place(&planned.target));
    let bytes = |bytes: f64| format::value(bytes, Unit::Bytes);
    match planned.what {
        Undertaking::MoveIn(moved) => format!("{} into {place} on {on}", load(moved)),
        Undertaking::MoveOut(moved) => format!("{} out of {place} on {on}", load(moved)),
        Undertaking::Capacity(added) => format!("{} more for {place} on {on}", bytes(added)),
        Undertaking::Decommission(gone) => format!("{} less for {place} on {on}", bytes(gone)),
        Undertaking::Purge { takes, every_days } => {
            let taken = match takes {
                Takes::Bytes(taken) => bytes(taken),
                Takes::Share(share) => format::percent(share),
            };
            match every_days {
                Some(days) => {
                    format!("{taken} purged from {place} every {} from {on}", format::days(f64::from(days)))
                }
                None => format!("{taken} purged from {place} on {on}"),
            }
        }
        Undertaking::Retention { keep_days, bytes_per_day } => {
            let (kept, arriving) = (format::days(keep_days), bytes(bytes_per_day));
            format!("{kept} of {arriving} a day kept in {place} from {on}")
        }
        Undertaking::Growth { factor, to } => {
            let until = to.map(|to| format!(" to {}", format::date(to))).unwrap_or_default();
            format!("growth of {place} times {factor} from {on}{until}")
        }
    }
}

fn place(target: &Target) -> String {
    match target {
        Target::Everywhere => "all volumes".to_owned(),
        Target::Pool(pool) => format!("pool {pool}"),
        Target::Host(host) => host.clone(),
        Target::Volume { host, volume } => format!("{host}:{volume}"),
    }
}

fn load(load: Load) -> String {
    match load {
        Load::Bytes(bytes) => format::value(bytes, Unit::Bytes),
        Load::Mailboxes { count, bytes_each: Some(each) } => {
            let each = format::value(each, Unit::Bytes);
            format!("{} mailboxes of {each}", format::value(count, Unit::Count))
        }
        Load::Mailboxes { count, bytes_each: None } => {
            format!("{} mailboxes", format::value(count, Unit::Count))
        }
    }
}

/// How far a case lies from the present one.
pub(crate) fn difference(now: &Verdict, what_if: &WhatIf) -> String {
    match (what_if.later_by_days, now, &what_if.verdict) {
        (Some(days), _, _) if days.abs() < LEAST_DAYS => "the same day".to_owned(),
        (Some(days), _, _) if days < 0.0 => format!("{} earlier", format::days(days.abs().round())),
        (Some(days), _, _) => format!("{} later", format::days(days.round())),
        (None, Verdict::Fills(_), Verdict::Undecided { .. }) => String::new(),
        (None, Verdict::Fills(_), _) => "no longer full".to_owned(),
        (None, _, Verdict::Fills(_)) => "becomes full".to_owned(),
        (None, now, then) if now.name() == then.name() => "the same verdict".to_owned(),
        _ => String::new(),
    }
}
