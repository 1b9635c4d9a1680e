//! Late: what was planned for a day that has passed, and that the history does not show.

use chrono::NaiveDate;

use super::{
    Fact,
    coming::{Coming, day_number},
    placement::bytes_of,
    wording,
};
use crate::{
    platform::{Takes, Undertaking},
    series::level_on,
};

/// Days after which it should show: mailboxes are moved over a weekend.
const SHOWS_AFTER: i64 = 3;
/// Days for which it is told: a quarter, in which somebody has put the file in order.
const TOLD_FOR: i64 = 91;
/// The level so many days before is what it is held against: some begin early.
const BEFORE: i64 = 7;
/// The level up to so many days after it may show it: some take their time.
const AFTER: i64 = 14;
/// It has come if this share of it shows; growth goes up and down by the rest.
const SHOWS: f64 = 0.3;
/// A change of less than this share of the level cannot be told from growth, as for steps of the history.
const LEAST_SHARE: f64 = 0.02;

/// What a level and its capacity were, by day since 1970-01-01 UTC: of one volume, or of several together.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    volumes: Vec<Known>,
    /// Growth a day.
    per_day: f64,
}

/// What a volume was, by ascending days.
#[derive(Debug, Clone)]
struct Known {
    level: Vec<(i64, f64)>,
    usable: Vec<(i64, f64)>,
}

impl Past {
    pub(super) fn new(per_day: f64) -> Self {
        Past { volumes: Vec::new(), per_day }
    }

    /// With a volume's level and usable bytes by day, both ascending.
    pub(super) fn with(mut self, level: Vec<(i64, f64)>, usable: Vec<(i64, f64)>) -> Self {
        self.volumes.push(Known { level, usable });
        self
    }

    /// The sum on a day; `None` before all of it. A volume that was not there yet held nothing.
    fn on(&self, day: i64, of: impl Fn(&Known) -> &[(i64, f64)]) -> Option<f64> {
        let there = |days: &[(i64, f64)]| days.first().is_some_and(|first| first.0 <= day);
        let known: Vec<f64> = self
            .volumes
            .iter()
            .map(of)
            .filter(|days| there(days))
            .filter_map(|days| level_on(days, day))
            .collect();
        (!known.is_empty()).then(|| known.iter().sum())
    }

    fn last(&self) -> i64 {
        self.volumes.iter().filter_map(|known| known.level.last()).map(|last| last.0).max().unwrap_or(0)
    }
}

/// What is said of something planned whose day has passed without it; `None` where it has come, is too small to be
/// seen, or is still to come.
pub(super) fn unseen(coming: &Coming, past: &Past, today: NaiveDate) -> Option<Fact> {
    let planned = coming.planned;
    let day = day_number(planned.date);
    let age = day_number(today) - day;
    if !planned.is_once() || !(SHOWS_AFTER..=TOLD_FOR).contains(&age) {
        return None;
    }
    let capacity = matches!(planned.what, Undertaking::Capacity(_) | Undertaking::Decommission(_));
    let on = |day: i64| past.on(day, |known| if capacity { &known.usable } else { &known.level });
    let before = on(day - BEFORE)?;
    let amount = match planned.what {
        Undertaking::MoveIn(load) => bytes_of(load, coming.bytes_each)? * coming.share,
        Undertaking::MoveOut(load) => -bytes_of(load, coming.bytes_each)? * coming.share,
        Undertaking::Capacity(bytes) => bytes * coming.share,
        Undertaking::Decommission(bytes) => -bytes * coming.share,
        Undertaking::Purge { takes: Takes::Bytes(bytes), .. } => -bytes * coming.share,
        Undertaking::Purge { takes: Takes::Share(share), .. } => -share * before,
        Undertaking::Retention { .. } | Undertaking::Growth { .. } => return None,
    };
    if amount.abs() < LEAST_SHARE * before {
        return None;
    }
    let grown = |days: i64| if capacity { 0.0 } else { past.per_day * days as f64 };
    let shown = (day + 1..=(day + AFTER).min(past.last()))
        .filter_map(|after| Some((on(after)? - before - grown(after - day + BEFORE)) / amount))
        .fold(f64::NEG_INFINITY, f64::max);
    (shown < SHOWS).then(|| {
        let name = format!("planned, and not seen in the history: {}", planned.name);
        let date = wording::date(planned.date);
        wording::text(&name, format!("{date}; it is not counted: if it is late, give it a new date"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::fixture::date,
        platform::{Load, Planned, Target},
    };

    /// What is said on a date of 100 bytes planned for 1 November, of a level of 1,000 that grows by 2 a day and rises by
    /// so much on a day.
    fn said(on: &str, what: Undertaking, jump: f64, jumps: &str) -> Option<String> {
        let (today, jumps) = (date(on), day_number(date(jumps)));
        let last = day_number(today);
        let by_day = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
            (last - 200..=last).map(|day| (day, value(day))).collect()
        };
        let jumped = |day: i64| if day >= jumps { jump } else { 0.0 };
        let level = by_day(&|day| 1_000.0 + 2.0 * (day - last + 200) as f64 + jumped(day));
        let usable = by_day(&|day| 2_000.0 + jumped(day));
        let target = Target::Pool("mailstore".to_owned());
        let planned = Planned { name: "it".to_owned(), date: date("2026-11-01"), target, what };
        let coming = Coming { planned: &planned, share: 1.0, of_pool: true, bytes_each: None };
        let fact = unseen(&coming, &Past::new(2.0).with(level, usable), today)?;
        assert_eq!(fact.name, "planned, and not seen in the history: it");
        Some(format!("{:?}", fact.quantity))
    }

    #[test]
    fn what_came_is_not_told_and_what_did_not_is() {
        let moved = Undertaking::MoveIn(Load::Bytes(100.0));
        for (what, jump, jumps, told) in [
            (moved, 0.0, "2026-11-01", true),
            (moved, 100.0, "2026-11-01", false),
            // A third of it, some days early, some days late.
            (moved, 34.0, "2026-10-27", false),
            (moved, 34.0, "2026-11-07", false),
            (moved, 25.0, "2026-11-01", true),
            // The wrong way.
            (moved, -100.0, "2026-11-01", true),
            (Undertaking::MoveOut(Load::Bytes(100.0)), -90.0, "2026-11-02", false),
            (Undertaking::Capacity(500.0), 0.0, "2026-11-01", true),
            (Undertaking::Capacity(500.0), 500.0, "2026-11-03", false),
            (Undertaking::Purge { takes: Takes::Share(0.1), every_days: None }, 0.0, "2026-11-01", true),
            (Undertaking::Purge { takes: Takes::Share(0.1), every_days: None }, -120.0, "2026-11-01", false),
            // 20 of 1,370 cannot be told from growth.
            (Undertaking::MoveIn(Load::Bytes(20.0)), 0.0, "2026-11-01", false),
            (Undertaking::Growth { factor: 2.0, to: None }, 0.0, "2026-11-01", false),
        ] {
            assert_eq!(said("2026-11-16", what, jump, jumps).is_some(), told, "{what:?} {jump} {jumps}");
        }
    }

    #[test]
    fn it_is_told_for_a_quarter_from_the_third_day_on() {
        let moved = Undertaking::MoveIn(Load::Bytes(100.0));
        let told = |on| said(on, moved, 0.0, "2026-11-01").is_some();
        // 91 days after 1 November is 31 January.
        assert_eq!(
            ["2026-11-03", "2026-11-04", "2027-01-31", "2027-02-01"].map(told),
            [false, true, true, false]
        );
        let words = said("2026-11-16", moved, 0.0, "2026-11-01").unwrap();
        assert!(
            words.contains("1 Nov 2026; it is not counted: if it is late, give it a new date"),
            "{words}"
        );
    }
}
