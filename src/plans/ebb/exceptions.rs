//! Dates on which other windows start than on their weekday: holidays, and days that are declared to be unlike others.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Timelike};

use super::{
    super::{Context, Exception, Window},
    window::{Limits, windows_of_day},
};
use crate::platform::Pool;

/// Days ahead that are looked at: a schedule is made anew each week, and four weeks bridge a holiday of who makes it.
const AHEAD: u64 = 28;
/// Windows that begin before noon belong to the night that began the day before.
const NOON: u32 = 12;

/// What each slot of the week needs, on ordinary days and on holidays.
pub(super) struct Needs<'a> {
    pub(super) ordinary: &'a [u32],
    pub(super) holiday: &'a [u32],
    pub(super) limits: Limits,
}

/// The dates from `today` on on which other windows start than on their weekday.
pub(super) fn exceptions(
    windows: &[Window],
    needs: &Needs,
    pool: &Pool,
    context: &Context,
    today: NaiveDate,
) -> Vec<Exception> {
    let dates = (0..AHEAD).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
    dates
        .filter_map(|date| {
            let night_before = date.pred_opt()?;
            let (before, why_before) = from_noon(night_before, windows, needs, pool, context);
            let (after, why_after) = from_noon(date, windows, needs, pool, context);
            let because = why_after.or(why_before)?;
            let weekday = weekday(date);
            let morning = before.into_iter().filter(|w| starts_before_noon(w.from));
            let evening = after.into_iter().filter(|w| !starts_before_noon(w.from));
            let mut own: Vec<Window> =
                morning.chain(evening).map(|w| Window { days: vec![weekday], ..w }).collect();
            own.sort_by_key(|w| w.from);
            (own != of_weekday(windows, weekday)).then_some(Exception { date, because, windows: own })
        })
        .collect()
}

/// The windows from a date's noon to the next, and why they are not the ordinary ones.
fn from_noon(
    date: NaiveDate,
    windows: &[Window],
    needs: &Needs,
    pool: &Pool,
    context: &Context,
) -> (Vec<Window>, Option<String>) {
    let next = date.succ_opt().unwrap_or(date);
    let day = weekday(date);
    let calendar = &context.platform.calendar;
    if let Some(event) = calendar.events_of(None, Some(pool)).find(|e| e.covers(date) || e.covers(next)) {
        return (Vec::new(), Some(event.name.clone()));
    }
    let free = [calendar.is_holiday(date), calendar.is_holiday(next)];
    if free == [false, false] {
        let tonight = |w: &&Window| w.days.contains(&((day + u8::from(starts_before_noon(w.from))) % 7));
        return (windows.iter().filter(tonight).cloned().collect(), None);
    }
    let per_day = needs.ordinary.len() / 7;
    let mut need = needs.ordinary.to_vec();
    for (weekday, free) in [(day, free[0]), ((day + 1) % 7, free[1])] {
        let slots = usize::from(weekday) * per_day..(usize::from(weekday) + 1) * per_day;
        if free {
            need[slots.clone()].copy_from_slice(&needs.holiday[slots]);
        }
    }
    (windows_of_day(&need, day, needs.limits), Some("holiday".to_owned()))
}

/// The ordinary windows that start on a weekday, as those of that day alone.
fn of_weekday(windows: &[Window], weekday: u8) -> Vec<Window> {
    let own = windows.iter().filter(|w| w.days.contains(&weekday));
    let mut own: Vec<Window> = own.map(|w| Window { days: vec![weekday], ..w.clone() }).collect();
    own.sort_by_key(|w| w.from);
    own
}

fn starts_before_noon(from: NaiveTime) -> bool {
    from.hour() < NOON
}

fn weekday(date: NaiveDate) -> u8 {
    date.weekday().num_days_from_monday() as u8
}
