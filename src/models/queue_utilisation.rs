//! Whether what arrives at a queue approaches what its servers can do.
//!
//! What arrives is what leaves and what the queue grows by. What the servers *can* do shows only while work waits: then they
//! do all they can, and what leaves no longer follows what arrives. A deep queue alone says nothing of it, for by Little's
//! law (1961, Oper. Res. 9, 383–387) a queue is as deep as what passes through it times how long that stays: twice the mail
//! makes twice the depth at the same wait. So an hour counts as backlogged where the *wait*, depth over what leaves, is far
//! above its usual one. If then as much leaves as in the busiest other hours, that is the capacity; if far less leaves, the
//! queue waited for something else, a remote side or a disk, and nothing is said. Where no hour was backlogged, the capacity
//! is only known to be at least what was done.

use super::{growth_future::Draws, weekly_peak::hour_of_week};
use crate::series::{HOUR, LocalClock, Series, median, quantile};

/// A wait this many times the usual one is a backlog …
const LONG_WAIT: f64 = 3.0;
/// … if it is at least so many seconds: less work than five minutes evens out within an hour.
const LEAST_WAIT: f64 = 300.0;
/// … and the queue at least so many times as deep as for a quarter of the time: what always lies there is no backlog, such as
/// messages that wait for their next try, for which at night little leaves.
const DEEP: f64 = 2.0;
/// The share of the time that its base is from.
const BASE_SHARE: f64 = 0.25;
/// Hours, and days, with a backlog that a capacity is told from.
const LEAST_HOURS: usize = 6;
const LEAST_DAYS: usize = 3;
/// What leaves while work waits must be this share of what leaves in the busiest other hours to be all that the servers can
/// do; the rest is their scatter.
const BUSIEST_SHARE: f64 = 0.85;
/// The busiest of the other hours: this quantile.
const BUSIEST: f64 = 0.98;
/// What was done in so many hours was no error of one.
const SEEN_HOURS: usize = 3;
/// Hours with both that are looked at for anything at all: three weeks.
const LEAST_KNOWN: usize = 21 * 24;
/// Fewest values of an hour of the week that say what it is like.
const LEAST_WEEKS: usize = 3;
/// Times that the days are drawn anew for an interval.
const REPEATS: usize = 200;

/// How busy a queue's servers are in the busiest hour of the week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Utilisation {
    /// What arrives in that hour, messages a second: the median of the weeks.
    pub arrivals: f64,
    /// Its local weekday; Monday is 0.
    pub weekday: u8,
    /// Its hour.
    pub hour: u8,
    /// What the servers can do.
    pub capacity: Capacity,
}

/// What servers can do, messages a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Capacity {
    /// Seen while work waited.
    Seen {
        /// The median of what left in backlogged hours.
        rate: f64,
        /// The utilisation: what arrives over that.
        utilisation: f64,
        /// Lower end of its 90 % interval.
        low: f64,
        /// Upper end of its 90 % interval.
        high: f64,
        /// Backlogged hours.
        hours: usize,
    },
    /// Never seen at its limit: at least this, and the utilisation at most so much.
    AtLeast {
        /// What left in the third busiest hour.
        rate: f64,
        /// What arrives over that.
        utilisation: f64,
    },
}

/// Why nothing is said of a utilisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoUtilisation {
    /// Nothing tells what leaves the queue, or for too short a time.
    #[error("what leaves the queue is not known for three weeks")]
    TooShort,
    /// Work waited while less left than at other times.
    #[error("its backlogs came while less left than at other times: it waited for something else")]
    WaitedForOthers,
}

/// One hour: its day, hour of the week, depth, what left and what arrived (a second).
struct Known {
    day: i64,
    hour_of_week: usize,
    depth: f64,
    left: f64,
    arrived: f64,
}

/// Utilisation from the depth of all of a host's queues together and what leaves them a second, both by the hour.
///
/// # Errors
/// Why nothing can be said.
pub fn queue_utilisation(
    depth: &Series,
    left: &Series,
    clock: &mut LocalClock,
) -> Result<Utilisation, NoUtilisation> {
    let known = known(depth, left, clock);
    if known.len() < LEAST_KNOWN {
        return Err(NoUtilisation::TooShort);
    }
    let (hour_of_week, arrivals) = busiest(&known).ok_or(NoUtilisation::TooShort)?;
    let wait = |hour: &Known| hour.depth / hour.left;
    let usual = median(&mut known.iter().map(wait).collect::<Vec<_>>()).unwrap_or(0.0);
    let base =
        quantile(&mut known.iter().map(|hour| hour.depth).collect::<Vec<_>>(), BASE_SHARE).unwrap_or(0.0);
    let waits = |hour: &&Known| wait(hour) >= LEAST_WAIT.max(LONG_WAIT * usual) && hour.depth >= DEEP * base;
    let (backlogged, other): (Vec<&Known>, Vec<&Known>) = known.iter().partition(|hour| waits(hour));
    let mut days: Vec<i64> = backlogged.iter().map(|hour| hour.day).collect();
    days.dedup();
    let mut rates: Vec<f64> = backlogged.iter().map(|hour| hour.left).collect();
    let mut others: Vec<f64> = other.iter().map(|hour| hour.left).collect();
    let told = |capacity| Utilisation {
        arrivals,
        weekday: (hour_of_week / 24) as u8,
        hour: (hour_of_week % 24) as u8,
        capacity,
    };
    if rates.len() >= LEAST_HOURS && days.len() >= LEAST_DAYS {
        let rate = median(&mut rates).ok_or(NoUtilisation::TooShort)?;
        if quantile(&mut others, BUSIEST).is_some_and(|busiest| rate < BUSIEST_SHARE * busiest) {
            return Err(NoUtilisation::WaitedForOthers);
        }
        let of_hour: Vec<f64> =
            known.iter().filter(|hour| hour.hour_of_week == hour_of_week).map(|hour| hour.arrived).collect();
        let (low, high) = interval(&backlogged, &days, &of_hour).ok_or(NoUtilisation::TooShort)?;
        let utilisation = arrivals / rate;
        let (low, high) = (low.min(utilisation), high.max(utilisation));
        return Ok(told(Capacity::Seen { rate, utilisation, low, high, hours: backlogged.len() }));
    }
    others.sort_unstable_by(f64::total_cmp);
    let third = others.len().saturating_sub(SEEN_HOURS);
    let rate = *others.get(third).ok_or(NoUtilisation::TooShort)?;
    Ok(told(Capacity::AtLeast { rate, utilisation: arrivals / rate }))
}

fn known(depth: &Series, left: &Series, clock: &mut LocalClock) -> Vec<Known> {
    let at = |time: i64| depth.get(depth.slot(time)?);
    let hour = |(time, left): (i64, f64)| {
        // Means over an hour: what it grew by within one is half of what lies between its neighbours.
        let grown = (at(time + HOUR)? - at(time - HOUR)?) / 2.0 / HOUR as f64;
        let depth = at(time)?;
        let local = clock.at(time);
        let arrived = (left + grown).max(0.0);
        (left > 0.0).then(|| Known {
            day: local.day,
            hour_of_week: hour_of_week(clock, time),
            depth,
            left,
            arrived,
        })
    };
    left.present().filter_map(hour).collect()
}

/// The hour of the week in which most arrives, by its median.
fn busiest(known: &[Known]) -> Option<(usize, f64)> {
    let mut hours: std::collections::BTreeMap<usize, Vec<f64>> = std::collections::BTreeMap::new();
    for hour in known {
        hours.entry(hour.hour_of_week).or_default().push(hour.arrived);
    }
    let usual = hours.iter_mut().filter(|(_, all)| all.len() >= LEAST_WEEKS);
    usual.filter_map(|(&hour, all)| Some((hour, median(all)?))).max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The 90 % interval of arrivals over capacity, by drawing days with a backlog and weeks anew (Efron 1979); the draws are the
/// same in every run.
fn interval(backlogged: &[&Known], days: &[i64], arrived: &[f64]) -> Option<(f64, f64)> {
    let by_day: Vec<Vec<f64>> = days
        .iter()
        .map(|day| backlogged.iter().filter(|hour| hour.day == *day).map(|hour| hour.left).collect())
        .collect();
    let mut draws = Draws(0);
    let mut pick = |of: usize| ((draws.uniform() * of as f64) as usize).min(of - 1);
    let mut ratios = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        let mut rates: Vec<f64> =
            (0..days.len()).flat_map(|_| by_day[pick(days.len())].iter().copied()).collect();
        let mut arrivals: Vec<f64> = (0..arrived.len()).map(|_| arrived[pick(arrived.len())]).collect();
        ratios.push(median(&mut arrivals)? / median(&mut rates)?);
    }
    Some((quantile(&mut ratios, 0.05)?, quantile(&mut ratios, 0.95)?))
}

/// The sum of several queues of one host by the hour; an hour in which one of them is not known is a hole.
pub fn queues_together(queues: &[Series]) -> Series {
    let known = || queues.iter().filter_map(|queue| Some((queue.first()?.0, queue.last()?.0)));
    let (Some(from), Some(to)) = (known().map(|k| k.0).max(), known().map(|k| k.1).min()) else {
        return Series::holes(0, HOUR, 0);
    };
    let slots = (from..=to)
        .step_by(HOUR as usize)
        .map(|time| queues.iter().map(|queue| queue.get(queue.slot(time)?)).sum::<Option<f64>>());
    Series::from_slots(from, HOUR, slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages a second that arrive in an hour: 4 at night, `day` from 8 to 18 on workdays; no two hours are quite alike.
    fn arrives(hour: i64, day: f64) -> f64 {
        let busy = hour / 24 % 7 < 5 && (8..18).contains(&(hour % 24));
        let uneven = 1.0 + 0.02 * ((hour * 37 % 11) as f64 - 5.0) / 5.0;
        (if busy { day } else { 4.0 }) * uneven
    }

    /// What servers of 10 messages a second make of it: (depth, what leaves), by the hour for ten weeks from a Monday.
    fn served(day: f64, wait: f64) -> (Series, Series) {
        let (mut waiting, mut depths, mut lefts) = (0.0_f64, Vec::new(), Vec::new());
        for hour in 0..10 * 168 {
            let arrived = arrives(hour, day);
            let left = (arrived + waiting / 3_600.0).min(10.0);
            let before = waiting;
            waiting = (waiting + (arrived - left) * 3_600.0).max(0.0);
            depths.push(Some(f64::midpoint(before, waiting) + wait * left));
            lefts.push(Some(left));
        }
        // 1970-01-05 was a Monday.
        (Series::from_slots(4 * 86_400, HOUR, depths), Series::from_slots(4 * 86_400, HOUR, lefts))
    }

    fn of(day: f64, wait: f64) -> Result<Utilisation, NoUtilisation> {
        let (depth, left) = served(day, wait);
        queue_utilisation(&depth, &left, &mut LocalClock::new(chrono_tz::UTC))
    }

    #[test]
    fn servers_of_ten_a_second_that_get_twelve_are_used_at_120_percent() {
        let found = of(12.0, 6.0).unwrap();
        assert!((found.arrivals / 12.0 - 1.0).abs() < 0.05, "{found:?}");
        let Capacity::Seen { rate, utilisation, low, high, hours } = found.capacity else {
            panic!("{found:?}")
        };
        // Ten hours of a workday bring 2 · 3,600 · 10 too many, which 6 a second take off in 3.3 hours more.
        assert!((rate - 10.0).abs() < 0.01 && hours > 400, "{found:?}");
        assert!((utilisation / 1.2 - 1.0).abs() < 0.05, "{found:?}");
        assert!(low <= utilisation && utilisation <= high && high - low < 0.1, "{found:?}");
        assert!(found.weekday < 5 && (8..18).contains(&found.hour), "{found:?}");
    }

    #[test]
    fn a_queue_that_is_deep_by_littles_law_only_was_never_at_its_limit() {
        // Each message stays for 10 minutes whatever arrives: 4,800 wait by day, 2,400 at night.
        for wait in [6.0, 600.0] {
            let found = of(8.0, wait).unwrap();
            let Capacity::AtLeast { rate, utilisation } = found.capacity else { panic!("{found:?}") };
            // No hour brings more than 8 · 1.02.
            assert!((7.9..=8.2).contains(&rate) && (0.9..=1.05).contains(&utilisation), "{found:?}");
        }
    }

    #[test]
    fn a_backlog_in_which_little_leaves_is_the_other_sides() {
        // On four days a remote side takes nothing but a tenth from 10 to 14, and 2,000 a second hour wait.
        let (mut depth, mut left) = served(8.0, 6.0);
        for hour in (1..5).flat_map(|day| (day * 24 + 10)..(day * 24 + 14)) {
            left.set(hour, Some(0.8));
            depth.set(hour, Some(20_000.0));
        }
        let found = queue_utilisation(&depth, &left, &mut LocalClock::new(chrono_tz::UTC));
        assert_eq!(found, Err(NoUtilisation::WaitedForOthers));
    }

    #[test]
    fn three_weeks_must_be_known() {
        let (depth, _) = served(8.0, 6.0);
        let clock = &mut LocalClock::new(chrono_tz::UTC);
        let none = Series::holes(0, HOUR, 0);
        assert_eq!(queue_utilisation(&depth, &none, clock), Err(NoUtilisation::TooShort));
        assert_eq!(queue_utilisation(&none, &depth, clock), Err(NoUtilisation::TooShort));
    }

    #[test]
    fn queues_are_added_up_where_all_are_known() {
        let one =
            |start: i64, values: &[Option<f64>]| Series::from_slots(start * HOUR, HOUR, values.to_vec());
        let sum = queues_together(&[
            one(0, &[Some(1.0), Some(2.0), None, Some(4.0)]),
            one(1, &[Some(10.0), Some(20.0), Some(30.0), Some(40.0)]),
        ]);
        assert_eq!(
            (sum.time(0), sum.slots().collect::<Vec<_>>()),
            (HOUR, vec![Some(12.0), None, Some(34.0)])
        );
        assert!(queues_together(&[]).is_empty());
    }
}
