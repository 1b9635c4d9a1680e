//! What is known to come for a volume or a pool: as changes that a forecast is told, and as facts and marks that a
//! reader is shown.

use chrono::NaiveDate;

use super::{Context, Fact, Mark, Quantity, placement::bytes_of, wording};
use crate::{
    models::{Change, Effect},
    platform::{Labels, Planned, Pool, Takes, Target, Undertaking, Unit},
};

/// Something planned, as far as it concerns one volume or pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coming<'a> {
    pub(super) planned: &'a Planned,
    /// The share of its bytes that lands here.
    pub(super) share: f64,
    /// Whether it is for the whole pool.
    pub(super) of_pool: bool,
    /// Bytes of one mailbox, as far as they are measured.
    pub(super) bytes_each: Option<f64>,
}

/// What is planned for a volume.
pub(super) fn of_volume<'a>(context: &Context<'a>, labels: &Labels) -> Vec<Coming<'a>> {
    let all = context.platform.planned.iter().enumerate();
    let here = all.filter_map(|(i, planned)| {
        let share = context.placement.share(i, labels)?;
        let of_pool = matches!(planned.target, Target::Pool(_) | Target::Everywhere);
        Some(Coming { planned, share, of_pool, bytes_each: context.placement.bytes_each(i) })
    });
    here.collect()
}

/// What is planned for a pool as a whole.
pub(super) fn of_pool<'a>(context: &Context<'a>, pool: &Pool) -> Vec<Coming<'a>> {
    let concerns = |(_, planned): &(usize, &Planned)| match &planned.target {
        Target::Pool(name) => *name == pool.name,
        Target::Everywhere => true,
        Target::Host(_) | Target::Volume { .. } => false,
    };
    let here = context.platform.planned.iter().enumerate().filter(concerns);
    let whole = |(i, planned)| {
        let bytes_each = context.placement.bytes_each(i);
        Coming { planned, share: 1.0, of_pool: true, bytes_each }
    };
    here.map(whole).collect()
}

/// The day that dates are told against, and the level's: what lies before both has happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reckoning {
    /// The local day of the plan.
    pub(super) today: NaiveDate,
    /// The day of the level's last sample, in days since 1970-01-01.
    pub(super) from_day: i64,
    /// How many days ahead the forecast looks.
    pub(super) horizon: usize,
    /// Whether the history shows a job that purges again and again.
    pub(super) has_job: bool,
    /// The level of the last day.
    pub(super) level: f64,
}

impl Reckoning {
    fn is_to_come(&self, date: NaiveDate) -> bool {
        date >= self.today || day_number(date) > self.from_day
    }

    /// Days from the level's last one, at least so many.
    fn ahead(&self, date: NaiveDate, least: i64) -> usize {
        usize::try_from((day_number(date) - self.from_day).max(least)).unwrap_or(0)
    }
}

/// A date in days since 1970-01-01.
pub(super) fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// The changes that a forecast is told: of bytes where `unit` is theirs, else of what has none. A full mark rises by
/// `full_mark` of the capacity that is added.
pub(super) fn changes(coming: &[Coming], unit: Unit, full_mark: f64, at: Reckoning) -> Vec<Change> {
    let mut changes = Vec::new();
    for one in coming {
        changes_of(one, unit, full_mark, at, &mut changes);
    }
    changes.retain(|change| change.day <= at.horizon);
    changes.sort_by_key(|change| change.day);
    changes
}

fn changes_of(coming: &Coming, unit: Unit, full_mark: f64, at: Reckoning, changes: &mut Vec<Change>) {
    let Coming { planned, share, bytes_each, .. } = coming;
    let date = planned.date;
    let mut once = |effect: Effect| {
        if at.is_to_come(date) {
            changes.push(Change { day: at.ahead(date, 1), effect });
        }
    };
    let moves = unit == Unit::Bytes;
    match planned.what {
        Undertaking::MoveIn(load) if moves => {
            if let Some(bytes) = bytes_of(load, *bytes_each) {
                once(Effect::Moved(bytes * share));
            }
        }
        Undertaking::MoveOut(load) if moves => {
            if let Some(bytes) = bytes_of(load, *bytes_each) {
                once(Effect::Moved(-bytes * share));
            }
        }
        Undertaking::Capacity(bytes) if moves => once(Effect::Raised(bytes * share * full_mark)),
        Undertaking::Decommission(bytes) if moves => once(Effect::Raised(-bytes * share * full_mark)),
        Undertaking::Purge { takes, every_days } => {
            let effect = match takes {
                Takes::Share(taken) => Effect::Purged(taken),
                Takes::Bytes(bytes) if moves => Effect::Moved(-bytes * share),
                Takes::Bytes(_) => return,
            };
            let Some(every) = every_days else { return once(effect) };
            // The runs of a job that the history shows are in its forecast.
            if !at.is_to_come(date) && at.has_job {
                return;
            }
            let (first, every) = (day_number(date) - at.from_day, i64::from(every));
            let next = if first >= 1 { first } else { first + (every - first) / every * every };
            let runs = (0..).map(|run| next + run * every).take_while(|day| *day <= at.horizon as i64);
            changes.extend(runs.map(|day| Change { day: usize::try_from(day).unwrap_or(0), effect }));
        }
        Undertaking::Retention { keep_days, bytes_per_day } if moves => {
            let most = keep_days * bytes_per_day * share;
            if at.is_to_come(date) {
                once(Effect::Kept(most));
            } else if at.level <= most {
                changes.push(Change { day: 0, effect: Effect::Kept(most) });
            }
        }
        Undertaking::Growth { factor, to } => {
            let ends = to.is_none_or(|to| at.is_to_come(to));
            // The day itself grows so, hence the day before is the one that it begins after.
            if at.is_to_come(date) {
                let day = at.ahead(date, 1) - 1;
                changes.push(Change { day, effect: Effect::Grows(factor) });
            }
            if let Some(to) = to.filter(|_| ends) {
                changes.push(Change { day: at.ahead(to, 0), effect: Effect::Grows(1.0 / factor) });
            }
        }
        // Nobody knows how many files a byte is.
        Undertaking::MoveIn(_)
        | Undertaking::MoveOut(_)
        | Undertaking::Capacity(_)
        | Undertaking::Decommission(_)
        | Undertaking::Retention { .. } => {}
    }
}

/// What a reader is told of it: what is counted and from when, or why it is not.
pub(super) fn fact(coming: &Coming, unit: Unit, at: Reckoning) -> Option<Fact> {
    let Coming { planned, share, of_pool, bytes_each } = coming;
    let part = if *of_pool && *share < 1.0 { ", its part" } else { "" };
    let named = |what: &str| format!("{what}{part}: {}", planned.name);
    if !at.is_to_come(planned.date) {
        let goes_on = match planned.what {
            Undertaking::Purge { every_days, .. } => every_days.is_some(),
            Undertaking::Growth { to, .. } => to.is_none_or(|to| at.is_to_come(to)),
            Undertaking::Retention { .. } => unit == Unit::Bytes,
            _ => false,
        };
        let since = || wording::text(&named("planned"), format!("since {}", wording::date(planned.date)));
        return goes_on.then(since);
    }
    let on = |what: &str, value: f64, unit: Unit| {
        Some(Fact { name: named(what), quantity: Quantity::OnDate { value, unit, date: planned.date } })
    };
    let moves = unit == Unit::Bytes;
    match planned.what {
        Undertaking::MoveIn(load) | Undertaking::MoveOut(load) if moves => {
            let out = matches!(planned.what, Undertaking::MoveOut(_));
            let what = if out { "planned move out" } else { "planned move in" };
            let Some(bytes) = bytes_of(load, *bytes_each) else {
                let reason = "not counted: how large a mailbox is is neither declared nor measured";
                return Some(wording::text(&named(what), reason));
            };
            on(what, if out { -bytes } else { bytes } * share, unit)
        }
        Undertaking::Capacity(bytes) if moves => on("ordered capacity", bytes * share, unit),
        Undertaking::Decommission(bytes) if moves => on("planned decommission", -bytes * share, unit),
        Undertaking::Purge { takes, every_days } => {
            let what = match every_days {
                Some(days) => format!("planned purge every {}, first", wording::days(f64::from(days))),
                None => "planned purge".to_owned(),
            };
            match takes {
                Takes::Share(taken) => on(&what, -taken, Unit::Ratio),
                Takes::Bytes(bytes) if moves => on(&what, -bytes * share, unit),
                Takes::Bytes(_) => None,
            }
        }
        Undertaking::Retention { keep_days, bytes_per_day } if moves => {
            let what =
                format!("kept at most, {} from {} on", wording::days(keep_days), wording::date(planned.date));
            Some(wording::number(&named(&what), keep_days * bytes_per_day * share, unit))
        }
        Undertaking::Growth { factor, to } => {
            let until = to.map(|to| format!(" to {}", wording::date(to))).unwrap_or_default();
            let words = format!("{factor} times as fast from {}{until}", wording::date(planned.date));
            Some(wording::text(&named("planned growth"), words))
        }
        Undertaking::MoveIn(_)
        | Undertaking::MoveOut(_)
        | Undertaking::Capacity(_)
        | Undertaking::Decommission(_)
        | Undertaking::Retention { .. } => None,
    }
}

/// Where a chart shows it.
pub(super) fn mark(coming: &Coming, unit: Unit, at: Reckoning, context: &Context) -> Option<Mark> {
    let size = match fact(coming, unit, at)?.quantity {
        Quantity::OnDate { value, unit: of, .. } if of == unit => Some(value),
        Quantity::OnDate { .. } | Quantity::Number { .. } => None,
        Quantity::Text { .. } if matches!(coming.planned.what, Undertaking::Growth { .. }) => None,
        _ => return None,
    };
    let name = format!("planned: {}", coming.planned.name);
    Some(Mark { time: context.noon(coming.planned.date), name, size })
}

/// The first day on which ordered capacity comes.
pub(super) fn ordered_on(coming: &[Coming], at: Reckoning) -> Option<NaiveDate> {
    let ordered = coming.iter().filter(|one| matches!(one.planned.what, Undertaking::Capacity(_)));
    ordered.map(|one| one.planned.date).filter(|&date| at.is_to_come(date)).min()
}
