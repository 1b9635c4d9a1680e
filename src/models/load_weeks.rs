//! A load as weeks under each other, in local time.

use super::load_clean::medians;
use crate::series::{DAY, LocalClock, LocalTime, Series};

/// Days in a week.
pub(super) const DAYS: usize = 7;
/// Seconds from a Monday to 1970-01-01, a Thursday.
const MONDAY: i64 = 3 * DAY;
/// A load follows another clock than the declared one if its weeks fit together better by that: their difference is at most this share.
const CLEARLY: f64 = 0.8;

/// A load's last weeks, each a row of slots of the wall clock; row 0 ends at the moment of the forecast, and column 0 is
/// the slot that begins then. NaN is a hole. An hour that the clocks repeat is averaged, one that they skip is a hole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weeks {
    /// Slots in a day.
    pub(super) slots_per_day: usize,
    rows: Vec<Vec<f64>>,
    /// By how many slots the wall clock has been moved forward since each day of each row.
    moved: Vec<[i64; DAYS]>,
    /// Seconds from UTC of a clock that never changed, where the load follows that.
    even: Option<i64>,
    /// Local seconds since 1970-01-01 of the moment of the forecast, at a slot's begin.
    until: i64,
    step: i64,
}

impl Weeks {
    /// The last weeks of a load before `until`, at most `most` of them. A row without any value ends them.
    ///
    /// Most loads follow the wall clock. Where the clocks changed within the weeks, one that fits better without the change, such as
    /// that of machines or of users elsewhere, is laid out by a clock that never changed.
    pub(super) fn new(load: &Series, clock: &LocalClock, until: i64, most: usize) -> Weeks {
        let mut wall_clock = clock.clone();
        let mut local = |time| {
            let at = wall_clock.at(time);
            at.day * DAY + at.second
        };
        let offset = local(until) - until;
        let wall = Weeks::laid_out(load, until, most, &mut local);
        let changed = wall.moved.iter().flatten().any(|moved| *moved != 0);
        if !changed {
            return wall;
        }
        let even =
            Weeks { even: Some(offset), ..Weeks::laid_out(load, until, most, &mut |time| time + offset) };
        let misfits = even.misfit(&wall.moved).zip(wall.misfit(&wall.moved));
        if misfits.is_some_and(|(even, wall)| Weeks::fits_clearly_better(even, wall)) { even } else { wall }
    }

    /// Whether weeks fit together clearly better by one clock than by another, by their misfits.
    pub(super) fn fits_clearly_better(one: f64, other: f64) -> bool {
        one < CLEARLY * other
    }

    /// Whether the declared clock changed within the weeks.
    pub(super) fn clock_changed(&self) -> bool {
        self.even.is_some() || self.moved.iter().flatten().any(|moved| *moved != 0)
    }

    /// How far the weeks since a change of another clock lie from those before it, by that clock and by this one; `None` where
    /// that clock did not change within the weeks.
    pub(super) fn misfits(
        &self,
        load: &Series,
        other: &LocalClock,
        until: i64,
        most: usize,
    ) -> Option<(f64, f64)> {
        let mut clock = other.clone();
        let mut local = |time| {
            let at = clock.at(time);
            at.day * DAY + at.second
        };
        // Both end at the same moment, so a row and day of one is the same of the other, but for an hour.
        let there = Weeks::laid_out(load, until, most, &mut local);
        there.misfit(&there.moved).zip(self.misfit(&there.moved))
    }

    /// The same of another grid, by the clock that this one follows.
    pub(super) fn of_grid(&self, load: &Series, clock: &LocalClock, until: i64, most: usize) -> Weeks {
        let mut wall_clock = clock.clone();
        let mut local = |time| {
            let at = wall_clock.at(time);
            at.day * DAY + at.second
        };
        match self.even {
            Some(offset) => {
                Weeks { even: self.even, ..Weeks::laid_out(load, until, most, &mut |time| time + offset) }
            }
            None => Weeks::laid_out(load, until, most, &mut local),
        }
    }

    fn laid_out(load: &Series, until: i64, most: usize, local: &mut dyn FnMut(i64) -> i64) -> Weeks {
        let step = load.step();
        let slots_per_day = usize::try_from(DAY / step).unwrap_or(1).max(1);
        let columns = DAYS * slots_per_day;
        let end = local(until).div_euclid(step) * step;
        let offset = local(until) - until;
        let begun = |first: i64| ((until - first).max(0) / (DAYS as i64 * DAY)) as usize + 1;
        let most = most.min(load.first().map_or(0, |(first, _)| begun(first)));
        let mut rows = vec![vec![f64::NAN; columns]; most];
        let mut counts = vec![vec![0_u8; columns]; most];
        let mut moved = vec![[0; DAYS]; most];
        let mut longest = 0;
        for (time, value) in load.present().rev() {
            let at = local(time);
            let Ok(back) = usize::try_from((end - 1 - at).div_euclid(step)) else { continue };
            let (row, column) = (back / columns, columns - 1 - back % columns);
            let Some(values) = rows.get_mut(row) else { break };
            let count = &mut counts[row][column];
            values[column] = if *count == 0 { value } else { f64::midpoint(values[column], value) };
            *count = count.saturating_add(1);
            moved[row][column / slots_per_day] = (offset - (at - time)) / step;
            longest = longest.max(row + 1);
        }
        rows.truncate(longest);
        moved.truncate(longest);
        Weeks { slots_per_day, rows, moved, even: None, until: end, step }
    }

    /// How far the weeks since a change of the clocks lie from those before it, by the mean difference of their medians; `None` where
    /// either has none. `moved` tells which is which.
    fn misfit(&self, moved: &[[i64; DAYS]]) -> Option<f64> {
        let those = |changed: bool| -> Vec<Vec<f64>> {
            let rows = self.rows.iter().zip(moved);
            let own = rows.filter(|(_, days)| days.iter().all(|m| (*m != 0) == changed));
            own.map(|(row, _)| row.clone()).collect()
        };
        let (after, before) = (medians(&those(false)), medians(&those(true)));
        let pairs = after.iter().zip(&before).map(|(a, b)| (a - b).abs()).filter(|d| !d.is_nan());
        let (sum, count) = pairs.fold((0.0, 0.0), |(sum, n), d| (sum + d, n + 1.0));
        (count > 0.0).then(|| sum / count)
    }

    /// Whole or begun weeks of history.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Slots in a week.
    pub(super) fn columns(&self) -> usize {
        DAYS * self.slots_per_day
    }

    /// The weeks before the last `held_back` ones.
    pub(super) fn before(&self, held_back: usize) -> &[Vec<f64>] {
        &self.rows[held_back.min(self.rows.len())..]
    }

    /// By how many slots the wall clock has been moved forward since each day of the weeks before the last
    /// `held_back` ones.
    pub(super) fn moved_before(&self, held_back: usize) -> &[[i64; DAYS]] {
        &self.moved[held_back.min(self.moved.len())..]
    }

    /// One week; 0 is the last.
    pub(super) fn row(&self, week: usize) -> &[f64] {
        &self.rows[week]
    }

    /// The local day, since 1970-01-01, of a slot so many weeks back; −1 is the coming week.
    pub(super) fn day(&self, week: i64, column: usize) -> i64 {
        let begin = self.until - (week + 1) * DAYS as i64 * DAY;
        (begin + column as i64 * self.step).div_euclid(DAY)
    }

    /// Makes holes of the slots of a week whose local day stands apart.
    pub(super) fn leave_out(&self, row: &mut [f64], week: i64, apart: &dyn Fn(i64) -> bool) {
        let mut last = (i64::MIN, false);
        for (c, v) in row.iter_mut().enumerate() {
            let day = self.day(week, c);
            if day != last.0 {
                last = (day, apart(day));
            }
            if last.1 {
                *v = f64::NAN;
            }
        }
    }

    /// The slot of the week, Monday 00:00 local being 0, of a column.
    pub(super) fn slot(&self, column: usize) -> usize {
        let local = self.until + column as i64 * self.step + MONDAY;
        (local.rem_euclid(DAYS as i64 * DAY) / self.step) as usize
    }

    /// The column of a moment, given its local time.
    pub(super) fn column(&self, time: i64, local: LocalTime) -> usize {
        let on_the_clock = self.even.map_or(local.day * DAY + local.second, |offset| time + offset);
        let since = on_the_clock - self.until;
        (since.div_euclid(self.step)).rem_euclid(self.columns() as i64) as usize
    }

    /// Columns as slots of the week.
    pub(super) fn by_slot(&self, columns: &[f64]) -> Vec<f64> {
        let mut slots = vec![f64::NAN; columns.len()];
        columns.iter().enumerate().for_each(|(column, v)| slots[self.slot(column)] = *v);
        slots
    }

    /// The local day of each slot of a week.
    pub(super) fn days_by_slot(&self, week: i64) -> Vec<i64> {
        let mut days = vec![0; self.columns()];
        (0..self.columns()).for_each(|column| days[self.slot(column)] = self.day(week, column));
        days
    }

    /// The share of the columns that have two values at least.
    pub(super) fn filled(&self) -> f64 {
        let twice = |c: &usize| self.rows.iter().filter(|row| !row[*c].is_nan()).take(2).count() == 2;
        (0..self.columns()).filter(twice).count() as f64 / self.columns().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::series::HOUR;

    fn moment(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    #[test]
    fn weeks_lie_under_each_other_on_the_wall_clock() {
        // Monday, 6 April 2026, 12:00 in Berlin; the clocks went forward on Sunday, 29 March.
        let until = moment("2026-04-06T10:00:00Z");
        let clock = LocalClock::new(chrono_tz::Europe::Berlin);
        let mut own = clock.clone();
        let begin = until - 21 * DAY;
        let slots = (0..21 * 24).map(|i| Some(own.at(begin + i * HOUR).second as f64 / 3600.0));
        let load = Series::from_slots(begin, HOUR, slots.collect::<Vec<_>>());
        let weeks = Weeks::new(&load, &clock, until, 18);
        assert_eq!((weeks.len(), weeks.columns()), (4, 168));
        // Column 0 is Monday noon; each column has the hour of its wall clock in every week, or a hole.
        assert_eq!((weeks.slot(0), weeks.slot(12), weeks.slot(167)), (12, 24, 11));
        for (c, slot) in (0..168).map(|c| (c, weeks.slot(c))) {
            for week in 0..3 {
                let v = weeks.row(week)[c];
                assert!(v.is_nan() || v == (slot % 24) as f64, "week {week} slot {slot}: {v}");
            }
        }
        // The hour that was skipped, Sunday 02:00 in the week before the last, is the one hole; the extra hour of the history
        // begins a fourth week.
        let holes: Vec<usize> =
            (0..168).filter(|&c| weeks.row(1)[c].is_nan()).map(|c| weeks.slot(c)).collect();
        assert_eq!(holes, [6 * 24 + 2]);
        assert!((weeks.filled() - 1.0).abs() < 1e-9);
        // An hour, one slot, was gained since the days before it.
        assert_eq!((weeks.moved_before(0)[0], weeks.moved_before(2)[0]), ([0; 7], [1; 7]));
        // Column 0 of the coming week is 6 April, day 20,549 since 1970-01-01.
        assert_eq!((weeks.day(-1, 0), weeks.day(-1, 12), weeks.day(0, 0)), (20_549, 20_550, 20_542));
    }

    #[test]
    fn machines_that_know_no_summer_time_are_laid_out_without_it() {
        // The same Monday; the load follows UTC.
        let until = moment("2026-04-20T10:00:00Z");
        let begin = until - 42 * DAY;
        let slots = (0..42 * 24).map(|i| Some(((begin / HOUR + i) % 24) as f64));
        let load = Series::from_slots(begin, HOUR, slots.collect::<Vec<_>>());
        let clock = LocalClock::new(chrono_tz::Europe::Berlin);
        let weeks = Weeks::new(&load, &clock, until, 18);
        assert_eq!(weeks.len(), 6);
        for (c, slot) in (0..168).map(|c| (c, weeks.slot(c))) {
            // Summer time is two hours ahead of UTC.
            let expected = ((slot + 22) % 24) as f64;
            assert!((0..6).all(|week| weeks.row(week)[c] == expected), "slot {slot}");
        }
        assert_eq!(weeks.column(until, clock.clone().at(until)), 0);
    }

    #[test]
    fn a_load_that_begins_after_the_moment_has_no_week() {
        let load = Series::from_slots(1_000_000, HOUR, [Some(1.0)]);
        assert_eq!(Weeks::new(&load, &LocalClock::new(chrono_tz::UTC), 900_000, 18).len(), 0);
        assert_eq!(Weeks::new(&Series::holes(0, HOUR, 0), &LocalClock::new(chrono_tz::UTC), 0, 18).len(), 0);
    }
}
