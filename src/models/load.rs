//! Daily use: what a load will be in each slot of the coming week, in local time, with an upper bound.
//!
//! Several models compete, each weighed by its errors on weeks that were held back. The bound rests on the same weeks: it is
//! as many spreads above the middle as kept a schedule safe on them.

use super::{
    Profile, TooShort,
    load_bound::Tally,
    load_clean::hour_mean,
    load_expected::Learnt,
    load_holiday::holidays,
    load_models::{Candidates, weights},
    load_near::near,
    load_weeks::Weeks,
    load_zone::moved_with,
};
use crate::series::{DAY, HOUR, LocalClock, Series, median, quantile};

/// Weeks that are put under each other at most: what a quarter of history holds, and a month before it.
const MOST_WEEKS: usize = 18;
/// Days of history that a forecast needs: two weeks to learn from, and one to be held back.
const NEED_DAYS: i64 = 21;
/// Share of the week's slots that must have two values at least.
const FILLED: f64 = 0.9;
/// Weeks that are held back, one after the other, at most. More cost time and say less of today.
const MOST_HELD_BACK: usize = 6;
/// Weeks that must lie before one that is held back.
const LEAST_BEFORE: usize = 2;
/// The finest grid, in seconds, on which weeks are compared: hours are judged, so a finer one costs time only.
const COMPARED_STEP: i64 = HOUR / 4;
/// The busy load is this quantile of all slots.
const BUSY: f64 = 0.95;
/// Slots with at least this share of the busy load tell a week's level.
const LEVEL_SLOTS: f64 = 0.3;

/// What a forecast of a load rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadSettings {
    /// The pool's local time.
    pub clock: LocalClock,
    /// The moment of the forecast, in seconds since 1970-01-01 UTC; nothing after it is looked at.
    pub until: i64,
}

/// A load's coming week, and how well the weeks before it were forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadForecast {
    /// An ordinary week.
    pub week: LoadWeek,
    /// A week in which every day is a holiday.
    pub holiday: LoadWeek,
    /// The coming seven days with their holidays, slot by slot on the series' own grid.
    pub coming: Vec<ComingSlot>,
    /// Weeks that were held back, the last first, each forecast from those before it only.
    pub held_back: Vec<HeldBack>,
    /// Weeks of history behind it.
    pub weeks: f64,
    /// The level of each of the last weeks that were learnt from, the last first, relative to their common profile; NaN where
    /// one says nothing.
    pub levels: Vec<f64>,
    /// The part of the world with whose clocks the load moved, where those of the declared zone did not change.
    pub moved_with: Option<String>,
    tally: Tally,
}

/// A week by slot, Monday 00:00 local first; NaN where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadWeek {
    slots_per_day: usize,
    middle: Vec<f64>,
    /// One-hour means of the middle.
    hour: Vec<f64>,
    spread: Vec<f64>,
}

/// One slot of the coming days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComingSlot {
    /// When it begins, in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// As likely higher as lower.
    pub middle: f64,
    /// The middle of the hour around it.
    pub hour: f64,
    /// The standard deviation of that hour's mean.
    pub spread: f64,
}

/// A week that was held back.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldBack {
    /// Weeks from its end to the moment of the forecast.
    pub weeks_ago: usize,
    /// The local day, since 1970-01-01, of each slot.
    pub days: Vec<i64>,
    /// What was expected of it.
    pub week: LoadWeek,
    /// The one-hour means that came, incidents and all, by slot; NaN where none did, and on holidays, which have windows of
    /// their own.
    pub came: Vec<f64>,
    /// Its level against what was expected, incidents left out; `None` without enough of it.
    pub level: Option<f64>,
    /// What the weeks before it said of bounds.
    tally: Tally,
}

impl LoadForecast {
    /// The ordinary week with the bound that a schedule needs to have too few servers in a share `risk` of its time.
    pub fn profile(&self, risk: f64) -> Profile {
        self.week.profile(self.tally.spreads(risk))
    }

    /// The same for days that are holidays.
    pub fn holiday_profile(&self, risk: f64) -> Profile {
        self.holiday.profile(self.tally.spreads(risk))
    }

    /// The number of spreads that the bound lies above the middle.
    pub fn spreads(&self, risk: f64) -> f64 {
        self.tally.spreads(risk)
    }
}

impl HeldBack {
    /// The week as it was forecast, with the bound that would have been drawn.
    pub fn profile(&self, risk: f64) -> Profile {
        self.week.profile(self.tally.spreads(risk))
    }
}

impl LoadWeek {
    fn profile(&self, spreads: f64) -> Profile {
        let known = |value: f64| Some(value).filter(|v| !v.is_nan());
        let bound = |spreads: f64| -> Vec<Option<f64>> {
            self.hour.iter().zip(&self.spread).map(|(hour, s)| known((hour + spreads * s).max(0.0))).collect()
        };
        Profile {
            slots_per_day: self.slots_per_day,
            median: self.middle.iter().map(|v| known(*v)).collect(),
            upper: bound(spreads),
            lower: bound(-spreads),
        }
    }

    /// Columns, which begin at the moment of the forecast, as slots of the week.
    fn of(weeks: &Weeks, middle: &[f64], spread: &[f64]) -> LoadWeek {
        LoadWeek {
            slots_per_day: weeks.slots_per_day,
            middle: weeks.by_slot(middle),
            hour: weeks.by_slot(&hour_mean(middle, weeks.slots_per_day)),
            spread: weeks.by_slot(spread),
        }
    }
}

/// Forecasts the seven days after `until`. `holiday` says which local days (since 1970-01-01) are holidays, past and to come.
///
/// # Errors
/// [`TooShort`] with less than three weeks of history, or with a week that is not filled.
pub fn load_forecast(
    load: &Series,
    settings: &LoadSettings,
    holiday: &dyn Fn(i64) -> bool,
) -> Result<LoadForecast, TooShort> {
    let until = settings.until;
    let compared = Weeks::new(&load.coarser(COMPARED_STEP), &settings.clock, until, MOST_WEEKS);
    let short = || too_short(load, until);
    if load.first().is_none_or(|(first, _)| until - first < NEED_DAYS * DAY) || compared.filled() < FILLED {
        return Err(short());
    }
    let (now, learnt) = Candidates::of(&compared, 0, holiday, None).ok_or_else(short)?;
    let busy = busy(&compared);
    let tried: Vec<(usize, Candidates, [f64; 3])> = (1..=MOST_HELD_BACK)
        .filter(|week| week + LEAST_BEFORE <= compared.len())
        .filter_map(|week| {
            let (candidates, _) = Candidates::of(&compared, week, holiday, None)?;
            let errors = candidates.errors(learnt.rows.get(week - 1)?);
            Some((week, candidates, errors))
        })
        .collect();
    let mut tally = Tally::new(compared.columns());
    let mut held_back = Vec::new();
    // The oldest first: each is judged by what the weeks before it said.
    for (i, &(week, ref candidates, _)) in tried.iter().enumerate().rev() {
        let middle = candidates.weighted(weights(tried[i + 1..].iter().map(|t| &t.2)));
        let known = tally.clone();
        let usual = &learnt.rows[week - 1];
        tally.add(usual, &middle, &candidates.spread, busy, compared.slots_per_day);
        held_back.push(HeldBack {
            weeks_ago: week - 1,
            days: compared.days_by_slot(week as i64 - 1),
            level: level(usual, &middle, LEVEL_SLOTS * busy),
            came: came(&compared, week - 1, holiday),
            week: LoadWeek::of(&compared, &middle, &candidates.spread),
            tally: known,
        });
    }
    held_back.reverse();
    let weights = weights(tried.iter().map(|t| &t.2));
    let middle = now.weighted(weights);
    let next = next_hours(&learnt, &middle, &held_back, &compared);
    let week = LoadWeek::of(&compared, &middle, &now.spread);
    let (mut free, mut free_spread) = (middle.clone(), now.spread.clone());
    holidays(&mut free, &mut free_spread, &compared, holiday, &|_| true, &|week| learnt.scale(week));
    let first = load.first().map_or(until, |(time, _)| time);
    Ok(LoadForecast {
        week,
        holiday: LoadWeek::of(&compared, &free, &free_spread),
        coming: coming(load, settings, holiday, &compared, weights, now.width, &next).ok_or_else(short)?,
        held_back,
        weeks: (until - first) as f64 / (7 * DAY) as f64,
        moved_with: moved_with(&load.coarser(COMPARED_STEP), &compared, until, MOST_WEEKS),
        levels: learnt.levels().to_vec(),
        tally,
    })
}

/// The coming days on the series' own grid.
fn coming(
    load: &Series,
    settings: &LoadSettings,
    holiday: &dyn Fn(i64) -> bool,
    compared: &Weeks,
    weights: [f64; 3],
    width: f64,
    next: &[f64],
) -> Option<Vec<ComingSlot>> {
    let fine = compared.of_grid(load, &settings.clock, settings.until, MOST_WEEKS);
    let (now, learnt) = Candidates::of(&fine, 0, holiday, Some(width))?;
    let (mut middle, mut spread) = (now.weighted(weights), now.spread);
    // The hourly forecast knows of no holiday.
    let per_hour = (fine.slots_per_day / 24).max(1);
    for (column, value) in middle.iter_mut().enumerate().filter(|(column, _)| !holiday(fine.day(-1, *column)))
    {
        *value *= next.get(column / per_hour).copied().unwrap_or(1.0);
    }
    holidays(&mut middle, &mut spread, &fine, holiday, holiday, &|week| learnt.scale(week));
    let hour = hour_mean(&middle, fine.slots_per_day);
    let step = load.step();
    let begin = settings.until.div_euclid(step) * step;
    let mut clock = settings.clock.clone();
    let slots = (0..fine.columns() as i64).filter_map(|i| {
        let time = begin + i * step;
        let column = fine.column(time, clock.at(time));
        let slot = ComingSlot { time, middle: middle[column], hour: hour[column], spread: spread[column] };
        (!slot.middle.is_nan() && !slot.spread.is_nan() && !slot.hour.is_nan()).then_some(slot)
    });
    Some(slots.collect())
}

/// The factors by which the hourly forecast moves the next hours.
fn next_hours(learnt: &Learnt, middle: &[f64], held_back: &[HeldBack], weeks: &Weeks) -> Vec<f64> {
    let Some(last) = held_back.first() else { return Vec::new() };
    let came = weeks.by_slot(&hour_mean(&learnt.rows[0], weeks.slots_per_day));
    let errors =
        came.iter().zip(&last.week.hour).map(|(came, hour)| (came - hour).abs()).filter(|e| !e.is_nan());
    let (sum, count) = errors.fold((0.0, 0.0), |(sum, n), error| (sum + error, n + 1.0));
    if count > 0.0 { near(learnt, middle, sum / count, weeks.slots_per_day) } else { Vec::new() }
}

/// The one-hour means of a week, but for holidays, by slot.
fn came(weeks: &Weeks, week: usize, holiday: &dyn Fn(i64) -> bool) -> Vec<f64> {
    let mut row = weeks.row(week).to_vec();
    weeks.leave_out(&mut row, week as i64, holiday);
    weeks.by_slot(&hour_mean(&row, weeks.slots_per_day))
}

/// The median ratio of what came to what was expected, over the slots that carry something.
fn level(came: &[f64], middle: &[f64], least: f64) -> Option<f64> {
    let pairs = came.iter().zip(middle).filter(|(came, m)| !came.is_nan() && **m > least);
    median(&mut pairs.map(|(came, m)| came / m).collect::<Vec<_>>())
}

fn busy(weeks: &Weeks) -> f64 {
    let mut all: Vec<f64> = weeks.before(0).iter().flatten().copied().filter(|v| !v.is_nan()).collect();
    quantile(&mut all, BUSY).unwrap_or(0.0)
}

fn too_short(load: &Series, until: i64) -> TooShort {
    let first = load.first().map_or(until, |(time, _)| time);
    let have_days = (until - first).max(0) as f64 / DAY as f64;
    let need = NEED_DAYS * DAY;
    let enough_at = if until - first < need { first + need } else { until + 14 * DAY };
    TooShort { have_days, need_days: NEED_DAYS as f64, enough_at }
}

#[cfg(test)]
mod tests;
