//! A load as weeks under each other, in local time.

use crate::series::{DAY, LocalClock, LocalTime, Series};

/// Days in a week.
pub(super) const DAYS: usize = 7;
/// Seconds from a Monday to 1970-01-01, a Thursday.
const MONDAY: i64 = 3 * DAY;

/// A load's last weeks, each a row of slots of the wall clock; row 0 ends at the moment of the forecast, and column 0 is
/// the slot that begins then. NaN is a hole. An hour that the clocks repeat is averaged, one that they skip is a hole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weeks {
    /// Slots in a day.
    pub(super) slots_per_day: usize,
    rows: Vec<Vec<f64>>,
    /// By how many slots the wall clock has been moved forward since each day of each row.
    moved: Vec<[i64; DAYS]>,
    /// Local seconds since 1970-01-01 of the moment of the forecast, at a slot's begin.
    until: i64,
    step: i64,
}

impl Weeks {
    /// The last weeks of a load before `until`, at most `most` of them. A row without any value ends them.
    pub(super) fn new(load: &Series, clock: &LocalClock, until: i64, most: usize) -> Weeks {
        let step = load.step();
        let slots_per_day = usize::try_from(DAY / step).unwrap_or(1).max(1);
        let columns = DAYS * slots_per_day;
        let mut clock = clock.clone();
        let local = |clock: &mut LocalClock, time| {
            let at = clock.at(time);
            at.day * DAY + at.second
        };
        let end = local(&mut clock, until).div_euclid(step) * step;
        let offset = local(&mut clock, until) - until;
        let most = most.min(
            load.first().map_or(0, |(first, _)| ((until - first).max(0) / (DAYS as i64 * DAY)) as usize + 1),
        );
        let mut rows = vec![vec![f64::NAN; columns]; most];
        let mut counts = vec![vec![0_u8; columns]; most];
        let mut moved = vec![[0; DAYS]; most];
        let mut longest = 0;
        for (time, value) in load.present().rev() {
            let at = local(&mut clock, time);
            let back = (end - 1 - at).div_euclid(step);
            let Ok(back) = usize::try_from(back) else { continue };
            let (row, column) = (back / columns, columns - 1 - back % columns);
            if row > most {
                break;
            }
            let Some(values) = rows.get_mut(row) else { continue };
            let count = &mut counts[row][column];
            values[column] = if *count == 0 { value } else { f64::midpoint(values[column], value) };
            *count += 1;
            moved[row][column / slots_per_day] = (offset - (at - time)) / step;
            longest = longest.max(row + 1);
        }
        rows.truncate(longest);
        moved.truncate(longest);
        Weeks { slots_per_day, rows, moved, until: end, step }
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

    /// The column of a local time.
    pub(super) fn column(&self, local: LocalTime) -> usize {
        let since = local.day * DAY + local.second - self.until;
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
