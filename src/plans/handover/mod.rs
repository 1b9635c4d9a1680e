//! A pool's ebb as a schedule: the week of servers that is handed to the tools that execute it.

mod clock_changes;
mod comparison;
mod dated;
mod week;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

pub use clock_changes::{ClockChange, clock_changes, offset_at};
pub use comparison::{Comparison, WindowChange, compared};
pub use dated::{Since, Stretch, occurrences, raised_on, stretches};
pub use week::{Change, DAY_MINUTES, Daily, ServerWeek, Span, WEEK_MINUTES, daily_spans};

use super::{Context, Exception, Finding, Verdict, Window};
use dated::minute_of_week;

/// Days ahead in which a schedule is to stand clear of clock changes: a year, so that each is in it, and a month, so
/// that a schedule that is renewed late still is.
const AHEAD_DAYS: i64 = 396;

/// Seconds.
const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

/// What is handed over of a pool's ebb.
#[derive(Debug, Clone, PartialEq)]
pub struct Handover {
    /// The pool.
    pub pool: String,
    /// The zone of the week's times.
    pub timezone: Tz,
    /// The moment that it was planned for, in seconds since 1970-01-01 UTC.
    pub as_of: i64,
    /// Servers that run today, and outside the windows.
    pub servers_now: u32,
    /// The windows of the finding, on the weekdays on which they start.
    pub windows: Vec<Window>,
    /// What they make of a week, clear of the hours that clocks leave out.
    pub week: ServerWeek,
    /// When it ends; `None` where it stays in force until it is taken back.
    pub expires: Option<Expiry>,
    /// The dates on which other windows start than on their weekday, ascending.
    pub other_days: Vec<OtherDay>,
    /// What these dates make different from the week, from the moment of planning on, ascending.
    pub stretches: Vec<Stretch>,
}

/// A date on which other windows start than on its weekday.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherDay {
    /// The date, why it is one, and the windows that start on it.
    pub day: Exception,
    /// Whether it needs more servers at some time than the windows of its weekday leave.
    pub needs_more: bool,
    /// Whether it needs fewer servers at some time than the windows of its weekday leave.
    pub needs_fewer: bool,
}

/// When a schedule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The local day on which no window begins any more.
    pub date: NaiveDate,
    /// The moment, in seconds since 1970-01-01 UTC. All servers run then: a window that would go on past midnight of
    /// `date` does not begin, for what ends in the middle of one would leave the pool small.
    pub at: i64,
}

/// Why there is nothing to hand over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHandover {
    /// The pool has no ebb, or it is not known; the finding says why.
    NoEbb(String),
    /// It cannot end as asked.
    NoExpiry(String),
}

impl Handover {
    /// The schedule of a finding about a pool's ebb, which ends at the beginning of the local day `expires`.
    ///
    /// # Errors
    /// The finding has no windows, or the schedule cannot end then.
    pub fn of(
        finding: &Finding,
        context: &Context,
        expires: Option<NaiveDate>,
    ) -> Result<Handover, NoHandover> {
        let Verdict::Ebbs(ebb) = &finding.verdict else {
            return Err(NoHandover::NoEbb(finding.headline.clone()));
        };
        let plan = &ebb.schedule;
        let (timezone, as_of, servers_now) = (plan.timezone, context.as_of, plan.servers_now);
        let clocks = clock_changes(timezone, as_of, as_of.saturating_add(AHEAD_DAYS * DAY));
        let week = ServerWeek::of_windows(&plan.windows, servers_now).clear_of_gaps(&clocks);
        let expires = expires.map(|date| expiry(&week, servers_now, timezone, as_of, date)).transpose()?;
        let ends = |date: &NaiveDate| expires.is_some_and(|end| *date >= end.date);
        let other_days = plan.exceptions.iter().filter(|day| !ends(&day.date));
        let other_days =
            other_days.map(|day| OtherDay::of(day.clone(), &plan.windows, servers_now)).collect();
        let own = Handover {
            pool: plan.pool.clone(),
            timezone,
            as_of,
            servers_now,
            week,
            expires,
            other_days,
            stretches: Vec::new(),
            windows: plan.windows.clone(),
        };
        Ok(own.with_stretches())
    }

    /// The same with the stretches that its other days make.
    #[must_use]
    pub fn with_stretches(mut self) -> Handover {
        self.stretches = dated::of_days(
            &self.other_days,
            &self.windows,
            &self.week,
            self.servers_now,
            self.timezone,
            self.earliest(),
            self.expires,
        );
        self
    }

    /// The local time from which on it can be in force: a full hour, and one at least after the moment of planning, so
    /// that no scheduler is told of what has passed.
    pub fn earliest(&self) -> NaiveDateTime {
        let hours = self.as_of.div_euclid(HOUR).saturating_add(2);
        local(self.timezone, hours.saturating_mul(HOUR)).unwrap_or_default()
    }

    /// The runs of the week in which fewer servers run than today.
    pub fn low_spans(&self) -> Vec<Span> {
        self.week.runs_below(self.servers_now)
    }

    /// The local day that it was planned for.
    pub fn as_of_date(&self) -> NaiveDate {
        local(self.timezone, self.as_of).map_or(NaiveDate::MIN, |local| local.date())
    }
}

impl OtherDay {
    /// A date, held against the windows of ordinary weeks of a pool of `servers_now`.
    pub fn of(day: Exception, ordinary: &[Window], servers_now: u32) -> OtherDay {
        // What starts on a day is over within two; on a Monday of its own it does not go over the end of the week.
        let alone = |windows: &[Window]| {
            let monday = windows.iter().map(|window| Window { days: vec![0], ..window.clone() });
            ServerWeek::of_windows(&monday.collect::<Vec<_>>(), servers_now).minutes()
        };
        let (own, usual) = (alone(&day.windows), alone(&of_weekday(ordinary, day.date)));
        let needs_more = own.iter().zip(&usual).any(|(own, usual)| own > usual);
        let needs_fewer = own.iter().zip(&usual).any(|(own, usual)| own < usual);
        OtherDay { day, needs_more, needs_fewer }
    }
}

/// The windows that start on a date's weekday, as those of that day alone.
fn of_weekday(windows: &[Window], date: NaiveDate) -> Vec<Window> {
    let weekday = date.weekday().num_days_from_monday() as u8;
    let own = windows.iter().filter(|window| window.days.contains(&weekday));
    own.map(|window| Window { days: vec![weekday], ..window.clone() }).collect()
}

/// The end at the beginning of the local day `date`, or before it where a window is open then.
fn expiry(
    week: &ServerWeek,
    servers_now: u32,
    zone: Tz,
    as_of: i64,
    date: NaiveDate,
) -> Result<Expiry, NoHandover> {
    let refused = |why: String| NoHandover::NoExpiry(why);
    let midnight = date.and_time(NaiveTime::MIN);
    let at = minute_of_week(midnight);
    let begin = if week.at(at) == servers_now {
        // A change at that very minute still happens.
        let rises = week.at(at + WEEK_MINUTES - 1) != servers_now;
        if rises { midnight + TimeDelta::minutes(1) } else { midnight }
    } else {
        // The run in which fewer servers run and that midnight lies in; it ends a minute before that begins.
        let open = week.runs(|servers| servers < servers_now).into_iter().find_map(|run| {
            let since = (minute_of_week(midnight) + WEEK_MINUTES - run.from) % WEEK_MINUTES;
            (run.minutes < WEEK_MINUTES && since < run.minutes).then_some(since)
        });
        let Some(since) = open else {
            return Err(refused(format!(
                "there is no minute of the week at which all {servers_now} servers run, so there is none at which it \
                 could end"
            )));
        };
        midnight - TimeDelta::minutes(i64::from(since) + 1)
    };
    let Some(at) = moment(zone, begin) else {
        return Err(refused(format!("{date} is beyond the calendar")));
    };
    if at <= as_of {
        return Err(refused(format!("it would have ended before it begins; give a day after {date}")));
    }
    Ok(Expiry { date, at })
}

/// The moment of a local time, the first where there are two; where the clocks leave it out, the moment at which they
/// are put forward.
pub fn moment(zone: Tz, local: NaiveDateTime) -> Option<i64> {
    let quarters = (0..=96).map(|i| local.checked_add_signed(TimeDelta::minutes(15 * i)));
    quarters.flatten().find_map(|local| zone.from_local_datetime(&local).earliest()).map(|t| t.timestamp())
}

/// The local time of a moment; `None` beyond the calendar.
pub fn local(zone: Tz, at: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp(at, 0).map(|moment| moment.with_timezone(&zone).naive_local())
}

/// The local day so many days after the one of `as_of`.
pub fn days_after(context: &Context, days: u32) -> Option<NaiveDate> {
    context.date(context.as_of).checked_add_days(Days::new(u64::from(days)))
}
