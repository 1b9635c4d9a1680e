//! When a zone's clocks are put forward and back.

use chrono::{DateTime, Datelike, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

use super::week::{DAY_MINUTES, ServerWeek, WEEK_MINUTES};

/// Seconds.
const DAY: i64 = 86_400;
/// Days from clock change to clock change that are looked at: no zone has two within one, save Morocco's, whose
/// are four weeks apart.
const STEP: i64 = DAY;

/// A moment at which a zone's clocks change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockChange {
    /// The first second of the new time, in seconds since 1970-01-01 UTC.
    pub at: i64,
    /// Seconds that local time is ahead of UTC before it.
    pub before: i32,
    /// Seconds that local time is ahead of UTC from then on.
    pub after: i32,
}

/// Seconds that local time is ahead of UTC at a moment; `None` where the moment is beyond any calendar.
pub fn offset_at(zone: Tz, at: i64) -> Option<i32> {
    let moment = DateTime::from_timestamp(at, 0)?;
    Some(zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc())
}

/// The changes of a zone's clocks after `from`, up to `until`.
pub fn clock_changes(zone: Tz, from: i64, until: i64) -> Vec<ClockChange> {
    let mut changes = Vec::new();
    let mut low = from;
    while low < until {
        let high = low.saturating_add(STEP).min(until);
        if let (Some(before), Some(after)) = (offset_at(zone, low), offset_at(zone, high))
            && before != after
        {
            changes.push(ClockChange { at: first_of(zone, low, high, before), before, after });
        }
        low = high;
    }
    changes
}

/// The first second after `low`, up to `high`, at which the clocks are no longer `before` ahead.
fn first_of(zone: Tz, mut low: i64, mut high: i64, before: i32) -> i64 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if offset_at(zone, middle) == Some(before) { low = middle } else { high = middle }
    }
    high
}

impl ServerWeek {
    /// The same week with no change to more servers at a local time that one of these clock changes leaves out:
    /// most schedulers skip what is set for 02:30 on the night in which 02:00 is followed by 03:00, and the pool
    /// would stay small until the next change. Such a change comes a minute before the first minute that is left
    /// out, on that weekday of every week. One to fewer servers may be skipped: it costs a night's saving.
    pub fn clear_of_gaps(&self, changes: &[ClockChange]) -> ServerWeek {
        let mut minutes = self.minutes();
        for gap in changes.iter().filter(|change| change.after > change.before) {
            let Some(first) = DateTime::from_timestamp(gap.at.saturating_add(i64::from(gap.before)), 0)
            else {
                continue;
            };
            let first = first.naive_utc();
            let from =
                first.weekday().num_days_from_monday() * DAY_MINUTES + first.hour() * 60 + first.minute();
            let length = u32::try_from(gap.after - gap.before).unwrap_or(0) / 60;
            let at = |minute: u32| ((from + WEEK_MINUTES + minute) % WEEK_MINUTES) as usize;
            // What the pool is to have in the gap, it has from the minute before it; never fewer than before.
            let most = (0..length.min(WEEK_MINUTES)).map(|minute| minutes[at(minute)]).max().unwrap_or(0);
            let rises = (0..length.min(WEEK_MINUTES))
                .any(|minute| minutes[at(minute)] > minutes[at(minute + WEEK_MINUTES - 1)]);
            if rises {
                let slots = (0..=length.min(WEEK_MINUTES - 1)).map(|minute| at(minute + WEEK_MINUTES - 1));
                slots.for_each(|slot| minutes[slot] = minutes[slot].max(most));
            }
        }
        ServerWeek::of_minutes(&minutes)
    }
}
