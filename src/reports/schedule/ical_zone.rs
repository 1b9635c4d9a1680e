//! A time zone in a calendar: `VTIMEZONE`, which every calendar with local times must have (RFC 5545, 3.6.5).

use chrono::{DateTime, Datelike, TimeZone};
use chrono_tz::Tz;

use super::content_lines::Lines;
use crate::plans::{clock_changes, offset_at};

/// Years that clock changes are listed for: the zone is that of a plan which is made anew every few weeks.
const YEARS: i64 = 10;

/// Seconds.
const YEAR: i64 = 366 * 86_400;

/// Writes the zone with its clock changes from the year before `from` on, one by one: the rules behind them are not
/// known here, and change.
pub(super) fn write_zone(lines: &mut Lines, zone: Tz, from: i64) {
    let begin = from.saturating_sub(YEAR);
    let changes = clock_changes(zone, begin, from.saturating_add(YEARS * YEAR));
    lines.add("BEGIN", "VTIMEZONE");
    lines.add("TZID", zone.name());
    // What holds before the first change.
    let first = offset_at(zone, begin).unwrap_or(0);
    let year = DateTime::from_timestamp(begin, 0).map_or(1970, |moment| moment.year());
    observance(lines, zone, "STANDARD", (first, first), &[format!("{year:04}0101T000000")], begin);
    let mut known: Vec<(i32, i32)> = Vec::new();
    for change in &changes {
        let offsets = (change.before, change.after);
        if known.contains(&offsets) {
            continue;
        }
        known.push(offsets);
        let same = changes.iter().filter(|other| (other.before, other.after) == offsets);
        // Local times by the clock as it is before the change.
        let times = same.filter_map(|change| {
            let local = change.at.saturating_add(i64::from(change.before));
            DateTime::from_timestamp(local, 0).map(|local| local.format("%Y%m%dT%H%M%S").to_string())
        });
        let kind = if change.after > change.before { "DAYLIGHT" } else { "STANDARD" };
        observance(lines, zone, kind, offsets, &times.collect::<Vec<_>>(), change.at);
    }
    lines.add("END", "VTIMEZONE");
}

fn observance(lines: &mut Lines, zone: Tz, kind: &str, offsets: (i32, i32), times: &[String], at: i64) {
    let Some((first, rest)) = times.split_first() else { return };
    lines.add("BEGIN", kind);
    lines.add("DTSTART", first);
    if !rest.is_empty() {
        lines.add("RDATE", &rest.join(","));
    }
    lines.add("TZOFFSETFROM", &offset(offsets.0));
    lines.add("TZOFFSETTO", &offset(offsets.1));
    if let Some(moment) = DateTime::from_timestamp(at, 0) {
        lines.add("TZNAME", &zone.from_utc_datetime(&moment.naive_utc()).format("%Z").to_string());
    }
    lines.add("END", kind);
}

/// Seconds ahead of UTC as `+0200`.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
