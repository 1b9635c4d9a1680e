//! Dates unlike their weekday: the stretches of local time in which other numbers of servers run than in an ordinary
//! week, and what a schedule of recurring changes leaves out and adds so that they do.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use super::{
    Expiry, Handover, OtherDay,
    week::{DAY_MINUTES, Daily, ServerWeek},
};
use crate::plans::Window;

/// A stretch of local time in which another number of servers runs than in an ordinary week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// When it begins.
    pub from: NaiveDateTime,
    /// When it ends.
    pub to: NaiveDateTime,
    /// Servers meanwhile.
    pub servers: u32,
    /// Whether these are more than in an ordinary week, not fewer.
    pub more: bool,
}

/// A number of servers from a local time on.
pub type Since = (NaiveDateTime, u32);

impl Stretch {
    /// What of it lies at or after a time.
    pub fn since(self, time: NaiveDateTime) -> Option<Stretch> {
        (self.to > time).then_some(Stretch { from: self.from.max(time), ..self })
    }
}

/// The stretches in which a course differs from an ordinary week, ascending, each as long as it can be.
///
/// `course` has the numbers of servers from its first time to `to`, ascending in time.
pub fn stretches(course: &[Since], to: NaiveDateTime, week: &ServerWeek) -> Vec<Stretch> {
    let Some(&(from, _)) = course.first() else { return Vec::new() };
    let mut found: Vec<Stretch> = Vec::new();
    let times = cuts(course.iter().map(|since| since.0), from, to, week);
    for (at, &time) in times.iter().enumerate() {
        let end = times.get(at + 1).copied().unwrap_or(to);
        let before = course.partition_point(|since| since.0 <= time);
        let Some(&(_, servers)) = course.get(before.wrapping_sub(1)) else { continue };
        let usual = week.at(minute_of_week(time));
        if servers == usual || time >= end {
            continue;
        }
        let own = Stretch { from: time, to: end, servers, more: servers > usual };
        match found.last_mut() {
            Some(last) if (last.to, last.servers, last.more) == (time, servers, own.more) => last.to = end,
            _ => found.push(own),
        }
    }
    found
}

/// These times and those at which the week changes, from `from` to before `to`, ascending, each once.
fn cuts(
    own: impl Iterator<Item = NaiveDateTime>,
    from: NaiveDateTime,
    to: NaiveDateTime,
    week: &ServerWeek,
) -> Vec<NaiveDateTime> {
    let mut times: Vec<NaiveDateTime> = own.chain([from]).collect();
    for date in dates(from.date(), to.date()) {
        let weekday = date.weekday().num_days_from_monday() * DAY_MINUTES;
        let of_day = week.changes().iter().filter(|c| (weekday..weekday + DAY_MINUTES).contains(&c.minute));
        times.extend(of_day.map(|c| at_minute(date, c.minute - weekday)));
    }
    times.retain(|time| *time >= from && *time < to);
    times.sort_unstable();
    times.dedup();
    times
}

/// The dates from one to another, both among them.
fn dates(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |date| *date <= to)
}

fn at_minute(date: NaiveDate, minute: u32) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute))
}

/// Minute of the week of a local time.
pub(super) fn minute_of_week(local: NaiveDateTime) -> u32 {
    local.weekday().num_days_from_monday() * DAY_MINUTES + local.hour() * 60 + local.minute()
}

/// The stretches that `other_days` make of a schedule, from the local time `now` on. One begins and ends at times
/// that the clocks do not leave out. Nothing of it reaches beyond the schedule's end, at which all servers run.
pub(super) fn of_days(
    other_days: &[OtherDay],
    windows: &[Window],
    week: &ServerWeek,
    servers_now: u32,
    zone: Tz,
    now: NaiveDateTime,
    expires: Option<Expiry>,
) -> Vec<Stretch> {
    let (Some(first), Some(last)) = (other_days.first(), other_days.last()) else { return Vec::new() };
    let begin = first.day.date;
    let Some(last) = last.day.date.checked_add_days(Days::new(1)) else { return Vec::new() };
    let end = expires.and_then(|end| super::local(zone, end.at));
    let own = |date: NaiveDate| {
        other_days.iter().find(|other| other.day.date == date).map(|other| &other.day.windows)
    };
    let weekday = |date: NaiveDate| date.weekday().num_days_from_monday() as u8;
    let usual = |date: NaiveDate| windows.iter().filter(move |window| window.days.contains(&weekday(date)));
    let minutes = (dates(begin, last).count()) * DAY_MINUTES as usize;
    let (mut ordinary, mut really) = (vec![None; minutes], vec![None; minutes]);
    // What begins on the day before the first goes on into it.
    let before = begin.pred_opt().unwrap_or(begin);
    for (day, date) in dates(before, last).enumerate() {
        let lay = |course: &mut Vec<Option<u32>>, window: &Window| {
            let from = (day as i64 - 1) * i64::from(DAY_MINUTES)
                + i64::from(window.from.hour() * 60 + window.from.minute());
            let length = (window.hours * 60.0).round().max(0.0) as i64;
            for minute in from.max(0)..(from + length).min(minutes as i64) {
                let slot: &mut Option<u32> = &mut course[minute as usize];
                *slot = Some(slot.unwrap_or(0).max(window.servers.min(servers_now)));
            }
        };
        usual(date).for_each(|window| lay(&mut ordinary, window));
        match own(date) {
            Some(own) => {
                // A window that would be open at the end does not begin.
                let over = |window: &&Window| {
                    let to =
                        date.and_time(window.from) + TimeDelta::minutes((window.hours * 60.0).round() as i64);
                    end.is_none_or(|end| to <= end)
                };
                own.iter().filter(over).for_each(|window| lay(&mut really, window));
            }
            None => usual(date).for_each(|window| lay(&mut really, window)),
        }
    }
    // Where nothing differs, the week counts as it is written, clear of the hours that clocks leave out.
    let course = ordinary.iter().zip(&really).enumerate().map(|(minute, (usual, own))| {
        let time = at_minute(begin, minute as u32);
        let servers = if usual == own { week.at(minute_of_week(time)) } else { own.unwrap_or(servers_now) };
        (time, servers)
    });
    let mut course: Vec<Since> = course.filter(|(time, _)| *time >= now).collect();
    course.dedup_by_key(|since| since.1);
    let to = at_minute(last, DAY_MINUTES);
    let to = end.map_or(to, |end| end.min(to));
    stretches(&course, to, week).into_iter().filter_map(|stretch| clear_of_gap(stretch, zone)).collect()
}

/// The stretch with an edge that the clocks leave out moved to where it costs savings, not servers.
fn clear_of_gap(stretch: Stretch, zone: Tz) -> Option<Stretch> {
    let exists = |time: &NaiveDateTime| zone.from_local_datetime(time).earliest().is_some();
    // No clocks leave out more than a day.
    let after =
        |time: NaiveDateTime| (0..=1440).map(|m| time + TimeDelta::minutes(m)).find(exists).unwrap_or(time);
    let before =
        |time: NaiveDateTime| (0..=1440).map(|m| time - TimeDelta::minutes(m)).find(exists).unwrap_or(time);
    let (from, to) = match stretch.more {
        true => (before(stretch.from), after(stretch.to)),
        false => (after(stretch.from), before(stretch.to)),
    };
    (from < to).then_some(Stretch { from, to, ..stretch })
}

impl Handover {
    /// Servers that run at a local time.
    pub fn at(&self, time: NaiveDateTime) -> u32 {
        let own = self.stretches.iter().find(|stretch| stretch.from <= time && time < stretch.to);
        own.map_or_else(|| self.week.at(minute_of_week(time)), |own| own.servers)
    }

    /// The times at which a recurring change of the week must not happen, for another number of servers runs then;
    /// ascending.
    pub fn left_out(&self, daily: &Daily<u32>) -> Vec<NaiveDateTime> {
        let (Some(first), Some(last)) = (self.stretches.first(), self.stretches.last()) else {
            return Vec::new();
        };
        let times = occurrences(daily, first.from.date(), last.to.date());
        times.filter(|time| self.at(*time) != daily.what).collect()
    }

    /// The changes that happen once: into each stretch, and out of it where no recurring change does that; ascending.
    pub fn once(&self) -> Vec<Since> {
        let mut once = Vec::new();
        for (at, stretch) in self.stretches.iter().enumerate() {
            once.push((stretch.from, stretch.servers));
            let goes_on = self.stretches.get(at + 1).is_some_and(|next| next.from <= stretch.to);
            let minute = minute_of_week(stretch.to);
            let recurs = self.week.changes().iter().any(|change| change.minute == minute);
            let ends = self.expires.and_then(|end| super::local(self.timezone, end.at));
            if !goes_on && (!recurs || ends == Some(stretch.to)) {
                once.push((stretch.to, self.week.at(minute)));
            }
        }
        once
    }

    /// The stretches that another week makes of the same dates, where numbers of servers are told as `told` gives them.
    pub fn stretches_as(&self, week: &ServerWeek, told: impl Fn(u32) -> u32) -> Vec<Stretch> {
        let (Some(first), Some(last)) = (self.stretches.first(), self.stretches.last()) else {
            return Vec::new();
        };
        let edges = self.stretches.iter().flat_map(|stretch| [stretch.from, stretch.to]);
        let times = cuts(edges, first.from, last.to, &self.week);
        let course: Vec<Since> = times.into_iter().map(|time| (time, told(self.at(time)))).collect();
        stretches(&course, last.to, week)
    }
}

/// The stretches in which a week has more servers than usual, where at least so many run from one time to another.
pub fn raised_on(week: &ServerWeek, spans: &[(NaiveDateTime, NaiveDateTime, u32)]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut edges: Vec<NaiveDateTime> = spans.iter().flat_map(|span| [span.0, span.1]).collect();
    edges.sort_unstable();
    edges.dedup();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let Some(least) = spans.iter().filter(|span| span.0 <= from && to <= span.1).map(|span| span.2).max()
        else {
            continue;
        };
        let times = cuts(std::iter::empty(), from, to, week).into_iter();
        let course: Vec<Since> = times.map(|time| (time, week.at(minute_of_week(time)).max(least))).collect();
        for own in stretches(&course, to, week) {
            match found.last_mut() {
                Some(last) if (last.to, last.servers) == (own.from, own.servers) => last.to = own.to,
                _ => found.push(own),
            }
        }
    }
    found
}

/// The times of a change that recurs on weekdays, on the dates from one to another.
pub fn occurrences<T>(
    daily: &Daily<T>,
    from: NaiveDate,
    to: NaiveDate,
) -> impl Iterator<Item = NaiveDateTime> + use<T> {
    let (days, minute) = (daily.days.clone(), daily.minute);
    let own = dates(from, to).filter(move |date| days.contains(&date.weekday().num_days_from_monday()));
    own.map(move |date| at_minute(date, minute))
}
