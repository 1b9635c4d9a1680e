//! Level steps: purges, migrations and retention jobs in a volume's history.

use super::{
    clock::DAY,
    grid::Series,
    ordinary::{LEAST_SHARE, Ordinary},
    quantile::{mad, median},
};

/// A one-off step is at least this share of the level: a smaller one moves a date by days only, and a long
/// weekend looks like it.
const LEAST_ONCE: f64 = 0.02;
/// A step that is undone within this time was a bump: a restore, a reindex, a temporary copy.
pub(super) const BUMP: i64 = 3 * DAY;
/// … if what is left of it is less than this share of it.
pub(super) const UNDONE: f64 = 0.25;
/// Changes that follow each other within this time are one step: purges take hours.
const MERGE: i64 = 6 * super::clock::HOUR;
/// Upward jumps beyond this many a year are how the volume grows, not exceptions to it.
const MOST_JUMPS_A_YEAR: f64 = 4.0;
/// One-off drops beyond this many a year are how the volume is kept clean, not exceptions.
const MOST_DROPS_A_YEAR: f64 = 6.0;
/// So many drops of like size at like distances are a retention job.
const RETENTION_DROPS: usize = 3;

/// Drops that each begin within this share of one level are a cleaning at a mark, whatever their distances.
const AT_MARK: f64 = 0.02;
/// … if there are so many of them: three at one level are found by chance in a store that is tidied now and then.
const AT_MARK_DROPS: usize = 4;

/// A job that has missed so many more runs in a row than it ever had before no longer runs …
const MISSED: f64 = 2.0;
/// … nor does one whose volume stands this much above the level that it used to clean at …
const ABOVE: f64 = 1.04;
/// … or has lost more than this share of that level at once: it is no longer the store that it was.
const LEFT_BEHIND: f64 = 0.5;

/// So many values on either side bear a change out: two that agree may be a bump.
const BEARS_OUT: usize = 3;
/// … which in a series of days with holes may lie so many slots apart at most: a week and a half.
const WIDEST_SLOTS: i64 = 10;

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The level fell at once.
    Purge,
    /// The level rose at once.
    Migration,
}

/// A sudden change of level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The first moment of the new level, in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// New level less old level, in the series' unit.
    pub size: f64,
}

impl Step {
    /// Whether it is a purge or a migration.
    pub fn kind(&self) -> StepKind {
        if self.size < 0.0 { StepKind::Purge } else { StepKind::Migration }
    }
}

/// A job that purges again and again, on a schedule or at a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retention {
    /// Days from one purge to the next.
    pub period_days: f64,
    /// How much a purge takes, in the series' unit; positive. Runs that took too little to be seen count: it is
    /// what all purges seen took, over all runs that were due.
    pub size: f64,
    /// The last purge, in seconds since 1970-01-01 UTC.
    pub last: i64,
    /// How many purges were seen.
    pub seen: usize,
    /// The median level just before a purge, in the series' unit.
    pub level_before: f64,
}

/// What was found in one series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    /// One-off steps, in the order of time: exceptions to the growth.
    pub once: Vec<Step>,
    /// Purges of a retention job, in the order of time, and its rhythm.
    pub recurring: Vec<Step>,
    /// The retention job, where there is one that still runs.
    pub retention: Option<Retention>,
    /// The job that those purges were of, where it runs no more: its purges do not come again.
    pub stopped: Option<Retention>,
    /// Steps that come so often and so irregularly that they belong to the growth and stay in it.
    pub left_in: usize,
}

/// Finds the level steps of a series in which mounts that read near zero have already become holes.
///
/// A step is a change that is no [`Ordinary`] one, and that the medians of the day before and the day after confirm.
pub fn find_steps(series: &Series) -> Steps {
    let present: Vec<(i64, f64)> = series.present().collect();
    let Some(ordinary) = Ordinary::of(&present, series.step()) else { return Steps::default() };
    let mut steps: Vec<Step> = Vec::new();
    let mut i = 1;
    while i < present.len() {
        if !ordinary.exceeded(present[i - 1], present[i]) {
            i += 1;
            continue;
        }
        let first = i;
        let mut last = i;
        while i + 1 < present.len() && present[i + 1].0 - present[last].0 <= MERGE {
            i += 1;
            if ordinary.exceeded(present[i - 1], present[i]) {
                last = i;
            }
        }
        i = last + 1;
        if let Some(size) = confirmed(&present, first, last, series.step(), &ordinary) {
            steps.push(Step { time: present[last].0, size });
        }
    }
    let days = present.last().zip(present.first()).map_or(0.0, |(l, f)| (l.0 - f.0) as f64 / DAY as f64);
    sort_out(steps, days, &present)
}

/// The size of a change between `first - 1` and `last`, if the medians of a day on either side bear it out.
fn confirmed(
    present: &[(i64, f64)],
    first: usize,
    last: usize,
    step: i64,
    ordinary: &Ordinary,
) -> Option<f64> {
    let reach = DAY.max(3 * step);
    let widest = reach.max(WIDEST_SLOTS * step);
    let edge_before = present[first - 1].0;
    let edge_after = present[last].0;
    let side = |slots: &[(i64, f64)]| {
        let mut values: Vec<f64> = slots.iter().map(|p| p.1).collect();
        let mut times: Vec<f64> = slots.iter().map(|p| p.0 as f64).collect();
        (values.len() >= BEARS_OUT).then_some(())?;
        Some((median(&mut times)?, median(&mut values)?, mad(&mut values)?))
    };
    let after = |reach: i64| present[..first].partition_point(|p| p.0 <= edge_before - reach);
    let until = |reach: i64| last + present[last..].partition_point(|p| p.0 < edge_after + reach);
    // Where a series of days has holes, the nearest values that are enough.
    let from = after(reach).min(first.saturating_sub(BEARS_OUT).max(after(widest)));
    let to = until(reach).max((last + BEARS_OUT).min(until(widest)));
    let (time_before, before, spread_before) = side(&present[from..first])?;
    let (time_after, after, spread_after) = side(&present[last..to])?;
    // What the level grew by anyway between the middles of the two days.
    let slots = (time_after - time_before) / step as f64;
    let change = after - before - ordinary.drift * slots;
    let seen = present[last].1 - present[first - 1].1;
    let clear = change.abs() > LEAST_SHARE * before.abs().max(after.abs())
        && change.abs() > 3.0 * spread_before.max(spread_after)
        && change.signum() == seen.signum()
        && change.abs() > 0.5 * seen.abs();
    clear.then_some(change)
}

/// Tells one-off steps from a retention job and from steps that are the growth itself.
fn sort_out(steps: Vec<Step>, days: f64, present: &[(i64, f64)]) -> Steps {
    let steps = without_bumps(steps);
    let years = (days / 365.0).max(0.25);
    let level = median(&mut present.iter().map(|p| p.1.abs()).collect::<Vec<_>>()).unwrap_or(0.0);
    let large = |s: &Step| s.size.abs() >= LEAST_ONCE * level;
    let often = |steps: &[Step], a_year: f64| steps.len() > 2 && steps.len() as f64 / years > a_year;
    let (drops, jumps): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|s| s.size < 0.0);
    let jumps: Vec<Step> = jumps.into_iter().filter(large).collect();
    let mut sorted = Steps::default();
    if often(&jumps, MOST_JUMPS_A_YEAR) {
        sorted.left_in += jumps.len();
    } else {
        sorted.once.extend(jumps);
    }
    if let Some((retention, members, runs)) = retention(&drops, present) {
        let left_behind =
            |drop: &Step| drop.time > retention.last && -drop.size > LEFT_BEHIND * retention.level_before;
        match runs && !drops.iter().any(left_behind) {
            true => sorted.retention = Some(retention),
            false => sorted.stopped = Some(retention),
        }
        for (drop, member) in drops.into_iter().zip(members) {
            match member {
                true => sorted.recurring.push(drop),
                false if large(&drop) => sorted.once.push(drop),
                false => {}
            }
        }
    } else {
        let drops: Vec<Step> = drops.into_iter().filter(large).collect();
        if often(&drops, MOST_DROPS_A_YEAR) {
            sorted.left_in += drops.len();
        } else {
            sorted.once.extend(drops);
        }
    }
    sorted.once.sort_by_key(|s| s.time);
    sorted
}

/// Leaves out steps that the next one undoes.
fn without_bumps(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        let undoes = |last: &Step| {
            step.time - last.time <= BUMP
                && (step.size + last.size).abs() < UNDONE * step.size.abs().min(last.size.abs())
        };
        match kept.last() {
            Some(last) if undoes(last) => drop(kept.pop()),
            _ => kept.push(step),
        }
    }
    kept
}

/// The retention job behind drops of like size (within a factor of two of their median) whose distances are
/// multiples of one period (within an eighth of it), or which begin at one level; which drops are its own; and whether it
/// runs as it used to.
fn retention(drops: &[Step], present: &[(i64, f64)]) -> Option<(Retention, Vec<bool>, bool)> {
    let typical = median(&mut drops.iter().map(|d| -d.size).collect::<Vec<_>>())?;
    let like = |d: &Step| -d.size > 0.5 * typical && -d.size < 2.0 * typical;
    let members: Vec<Step> = drops.iter().copied().filter(like).collect();
    if members.len() < RETENTION_DROPS {
        return None;
    }
    let distances: Vec<f64> =
        members.windows(2).map(|w| (w[1].time - w[0].time) as f64 / DAY as f64).collect();
    let shortest = distances.iter().copied().min_by(f64::total_cmp)?;
    let multiple = |d: f64| (d / shortest).round().max(1.0);
    let period = distances.iter().sum::<f64>() / distances.iter().map(|&d| multiple(d)).sum::<f64>();
    let regular = |d: f64| (d - multiple(d) * period).abs() <= (period / 8.0).max(1.0) * multiple(d).sqrt();
    let before = |step: &Step| {
        let at = present.partition_point(|p| p.0 < step.time);
        present.get(at.checked_sub(1)?).map(|p| p.1)
    };
    let befores: Vec<f64> = members.iter().filter_map(before).collect();
    let level_before = median(&mut befores.clone())?;
    // Another drop, such as a large purge, has left that level behind.
    let at_mark = members.len() >= AT_MARK_DROPS
        && members.len() == drops.len()
        && befores.iter().all(|level| (level - level_before).abs() <= AT_MARK * level_before.abs());
    // A job that was seen less than half of the times it should have run is no rhythm to count on.
    let mut expected: f64 = distances.iter().map(|&d| multiple(d)).sum();
    let on_schedule = distances.iter().all(|&d| regular(d)) && distances.len() as f64 >= 0.5 * expected;
    let mut period = period;
    if at_mark && !on_schedule {
        // The level calls for it and not the calendar: it comes as often as it came.
        expected = distances.len() as f64;
        period = distances.iter().sum::<f64>() / expected;
    } else if !on_schedule {
        return None;
    }
    let retention = Retention {
        period_days: period,
        size: members.iter().map(|m| -m.size).sum::<f64>() / (expected + 1.0),
        last: members.last()?.time,
        seen: members.len(),
        level_before,
    };
    let &(end, now) = present.last()?;
    let runs = if on_schedule {
        let longest = distances.iter().map(|&d| multiple(d)).fold(1.0, f64::max);
        (end - retention.last) as f64 / DAY as f64 <= (longest + MISSED + 0.5) * period
    } else {
        now <= ABOVE * level_before
    };
    Some((retention, drops.iter().map(like).collect(), runs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::clock::HOUR;

    /// 100 days of hours that grow by 1 an hour from 10,000 with a little regular noise, plus `shift`.
    fn grown(shift: impl Fn(usize) -> f64) -> Series {
        let noise = |i: usize| [0.0, 0.7, -0.4, 0.2, -0.6][i % 5];
        Series::from_slots(0, HOUR, (0..2400).map(|i| Some(10_000.0 + i as f64 + noise(i) + shift(i))))
    }

    #[test]
    fn growth_alone_has_no_steps() {
        assert_eq!(find_steps(&grown(|_| 0.0)), Steps::default());
    }

    #[test]
    fn a_purge_and_a_migration_are_dated_and_sized() {
        let steps = find_steps(&grown(|i| {
            if i >= 1800 {
                -400.0
            } else if i >= 600 {
                900.0
            } else {
                0.0
            }
        }));
        let kinds: Vec<_> = steps.once.iter().map(|s| (s.time / HOUR, s.kind())).collect();
        assert_eq!(kinds, [(600, StepKind::Migration), (1800, StepKind::Purge)]);
        assert!((steps.once[0].size - 900.0).abs() < 2.0, "{:?}", steps.once);
        assert!((steps.once[1].size + 1300.0).abs() < 2.0, "{:?}", steps.once);
        assert_eq!(steps.retention, None);
    }

    #[test]
    fn days_with_holes_bear_a_step_out_by_the_nearest_that_are_enough() {
        // A value a day, every third of them missing, and a purge of 80 % on day 101: before it days 97, 98 and 100 are known,
        // after it 101, 103 and 104.
        let level = |day: i64| if day < 101 { 60.0e6 } else { 12.0e6 } + 1000.0 * (day % 7) as f64;
        let days = |known: &dyn Fn(i64) -> bool| {
            let slots = (0..200).map(|day| known(day).then(|| level(day)));
            find_steps(&Series::from_slots(0, DAY, slots.collect::<Vec<_>>()))
        };
        let steps = days(&|day| day % 3 != 0);
        let [purge] = steps.once[..] else { panic!("{steps:?}") };
        assert_eq!((purge.time / DAY, purge.kind()), (101, StepKind::Purge));
        assert!((purge.size + 48.0e6).abs() < 0.01e6, "{purge:?}");
        // Of two values in ten days nobody knows whether they last.
        let few = days(&|day| !(101..=111).contains(&day) || day == 101 || day == 105);
        assert_eq!(few.once, []);
    }

    #[test]
    fn a_purge_that_takes_hours_is_one_step() {
        let steps = find_steps(&grown(|i| -(i.saturating_sub(1000).min(3) as f64) * 200.0));
        assert_eq!(steps.once.len(), 1);
        assert!((steps.once[0].size + 600.0).abs() < 2.0, "{:?}", steps.once);
    }

    #[test]
    fn drops_on_a_schedule_are_a_retention_job() {
        let steps = find_steps(&grown(|i| -((i / 336) as f64) * 300.0));
        let job = steps.retention.unwrap();
        assert!((job.period_days - 14.0).abs() < 0.1, "{job:?}");
        assert!((job.size - 300.0).abs() < 3.0, "{job:?}");
        assert_eq!((steps.once.len(), steps.recurring.len(), job.seen), (0, 7, 7));
    }

    #[test]
    fn a_job_that_no_longer_runs_is_not_to_run_again() {
        // Every week until day 49, then no more: three and a half weeks later, on day 73.5, that is no chance.
        let weekly = |i: usize| -((i / 168).min(7) as f64) * 300.0;
        let noise = |i: usize| [0.0, 0.7, -0.4, 0.2, -0.6][i % 5];
        let until = |days: usize, purged: f64| {
            let large = |i: usize| if i >= 54 * 24 { purged } else { 0.0 };
            let level = |i: usize| Some(10_000.0 + i as f64 + noise(i) + weekly(i) - large(i));
            find_steps(&Series::from_slots(0, HOUR, (0..days * 24).map(level)))
        };
        let steps = until(73, 0.0);
        assert!(steps.retention.is_some() && steps.stopped.is_none(), "{steps:?}");
        let steps = until(74, 0.0);
        assert_eq!((steps.retention, steps.recurring.len(), steps.once.len()), (None, 7, 0));
        assert!((steps.stopped.unwrap().period_days - 7.0).abs() < 0.1);
        // A purge of more than half after the last run leaves the store that was cleaned behind.
        let steps = until(66, 6_000.0);
        assert_eq!((steps.retention, steps.recurring.len(), steps.once.len()), (None, 7, 1));
    }

    #[test]
    fn a_purge_that_was_missed_once_takes_less_each_time() {
        // Every fortnight 300, but not the fourth time: 6 purges of 300 in 7 runs.
        let steps = find_steps(&grown(|i| -[0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0][i / 336] * 300.0));
        let job = steps.retention.unwrap();
        assert!((job.size - 6.0 * 300.0 / 7.0).abs() < 3.0, "{job:?}");
    }

    #[test]
    fn drops_at_one_level_are_a_cleaning_at_a_mark() {
        // 500 less whenever 12,000 are reached. From hour 1,200 on it grows by three an hour and gets there at hour
        // 1,466, then every 167 hours; from hour 1,800 on by one an hour, and every 500 hours: 1,466, 1,632, 1,799,
        // 2,299, 2,799 and 3,299, 1,833 hours in five distances, 15.3 days each.
        let mut level = 10_000.0;
        let slots: Vec<Option<f64>> = (0..3600)
            .map(|i| {
                level += if (1200..1800).contains(&i) { 3.0 } else { 1.0 };
                if level >= 12_000.0 {
                    level -= 500.0;
                }
                Some(level + [0.0, 0.7, -0.4, 0.2, -0.6][i % 5])
            })
            .collect();
        let steps = find_steps(&Series::from_slots(0, HOUR, slots));
        let job = steps.retention.unwrap();
        assert!((job.level_before - 12_000.0).abs() < 5.0 && (job.size - 500.0).abs() < 15.0, "{job:?}");
        assert!((job.period_days - 15.3).abs() < 0.1, "{job:?}");
        assert_eq!((steps.once.len(), job.seen), (0, steps.recurring.len()));
        // Drops from ever higher levels at no regular distances are none.
        let days = [0, 300, 1100, 1300, 2000];
        let steps = find_steps(&grown(|i| -(days[1..].iter().filter(|&&d| i >= d).count() as f64) * 300.0));
        assert_eq!(steps.retention, None);
    }

    #[test]
    fn a_bump_and_a_quantised_level_have_no_steps() {
        let bump = find_steps(&grown(|i| if (1000..1030).contains(&i) { 800.0 } else { 0.0 }));
        assert_eq!(bump, Steps::default());
        // Whole units of 100 on a level that grows by one an hour.
        let coarse = Series::from_slots(0, HOUR, (0..2400).map(|i| Some(((10_000 + i) / 100 * 100) as f64)));
        assert_eq!(find_steps(&coarse), Steps::default());
    }

    #[test]
    fn jumps_that_never_end_are_the_growth() {
        let steps = find_steps(&grown(|i| (i / 170) as f64 * 400.0));
        assert_eq!((steps.once.len(), steps.left_in), (0, 14));
    }

    #[test]
    fn a_spike_is_no_step() {
        assert_eq!(find_steps(&grown(|i| if i == 1000 { 5000.0 } else { 0.0 })), Steps::default());
    }
}
