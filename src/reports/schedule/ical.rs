//! A calendar (RFC 5545) with a weekly event for each window, for those who look after the platform.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::{
    InForce, InForceError, ScheduleFormat,
    content_lines::{Line, Lines, escaped, lines},
    format::{Text, sentence},
    ical_zone::write_zone,
    names::plain,
};
use crate::{
    plans::{DAY_MINUTES, Exception, Handover, ServerWeek, Span, WEEK_MINUTES, Window},
    reports::text::one_line,
};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// What an event of a date that is unlike its weekday is known by.
const OTHER_DAY: &str = "X-MAILTIDE-OTHER-DAY";

/// Longest text that is written or shown.
const LONGEST: usize = 200;

pub(super) fn write(schedule: &Handover) -> Text {
    let mut lines = Lines::default();
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", "-//mailtide//schedule//EN");
    lines.add("CALSCALE", "GREGORIAN");
    lines.add("METHOD", "PUBLISH");
    lines.add("X-WR-CALNAME", &escaped(&format!("Scale-down of pool {}", one_line(&schedule.pool, LONGEST))));
    lines.add("X-WR-TIMEZONE", schedule.timezone.name());
    write_zone(&mut lines, schedule.timezone, schedule.as_of);
    for (at, window) in schedule.windows.iter().filter(|window| lower(schedule, window)).enumerate() {
        write_weekly(&mut lines, schedule, at, window);
    }
    for day in schedule.other_days.iter().map(|other| &other.day) {
        for (at, window) in day.windows.iter().filter(|window| lower(schedule, window)).enumerate() {
            write_once(&mut lines, schedule, day, at, window);
        }
    }
    lines.add("END", "VCALENDAR");
    let cautions = vec![
        "a calendar changes no servers; it tells people when they change. On the nights of clock changes it shows the \
         end of a window an hour off"
            .to_owned(),
    ];
    Ok((lines.text(), cautions))
}

/// Whether a window is one: fewer servers run in it than outside.
fn lower(schedule: &Handover, window: &Window) -> bool {
    window.servers < schedule.servers_now && window.hours > 0.0 && !window.days.is_empty()
}

/// The windows of the events as spans of the week.
pub(super) fn spans(schedule: &Handover) -> Vec<Span> {
    let now = schedule.servers_now;
    ServerWeek::of_windows(&schedule.windows, now).runs_below(now)
}

/// An event each week, but for the dates that have windows of their own.
fn write_weekly(lines: &mut Lines, schedule: &Handover, at: usize, window: &Window) {
    let zone = schedule.timezone.name();
    let days: Vec<&str> = window.days.iter().map(|day| DAYS[usize::from(*day) % 7]).collect();
    let until = schedule.expires.map(|end| format!(";UNTIL={}", compact_utc(end.at))).unwrap_or_default();
    lines.add("BEGIN", "VEVENT");
    // The same in every plan, so that a new plan's events replace those of the old one.
    lines.add("UID", &format!("mailtide-{}-{:02}@mailtide", plain(&schedule.pool), at + 1));
    let first = first_of(schedule.as_of_date(), window);
    write_times(lines, schedule, first, window);
    lines.add("RRULE", &format!("FREQ=WEEKLY;BYDAY={}{until}", days.join(",")));
    let weekday = |date: NaiveDate| date.weekday().num_days_from_monday() as u8;
    let left_out = schedule
        .other_days
        .iter()
        .map(|other| &other.day)
        .filter(|day| window.days.contains(&weekday(day.date)));
    let left_out: Vec<String> = left_out.map(|day| compact(day.date.and_time(window.from))).collect();
    if !left_out.is_empty() {
        lines.add(&format!("EXDATE;TZID={zone}"), &left_out.join(","));
    }
    write_words(lines, schedule, window);
    lines.add("END", "VEVENT");
}

/// An event on a date that has windows of its own.
fn write_once(lines: &mut Lines, schedule: &Handover, day: &Exception, at: usize, window: &Window) {
    let begin = day.date.and_time(window.from);
    lines.add("BEGIN", "VEVENT");
    let date = day.date.format("%Y%m%d");
    lines.add("UID", &format!("mailtide-{}-{date}-{:02}@mailtide", plain(&schedule.pool), at + 1));
    write_times(lines, schedule, begin, window);
    write_words(lines, schedule, window);
    lines.add(OTHER_DAY, &escaped(&one_line(&day.because, LONGEST)));
    lines.add("END", "VEVENT");
}

fn write_times(lines: &mut Lines, schedule: &Handover, begin: NaiveDateTime, window: &Window) {
    let minutes = (window.hours * 60.0).round().clamp(0.0, f64::from(WEEK_MINUTES)) as u32;
    lines.add("DTSTAMP", &compact_utc(schedule.as_of));
    lines.add(&format!("DTSTART;TZID={}", schedule.timezone.name()), &compact(begin));
    lines.add("DURATION", &format!("PT{}H{}M", minutes / 60, minutes % 60));
}

fn write_words(lines: &mut Lines, schedule: &Handover, window: &Window) {
    let pool = one_line(&schedule.pool, LONGEST);
    let (servers, now) = (window.servers, schedule.servers_now);
    lines.add("SUMMARY", &escaped(&format!("{pool}: {servers} of {now} servers")));
    lines.add("DESCRIPTION", &escaped(&sentence(schedule)));
    lines.add("TRANSP", "TRANSPARENT");
    lines.add("X-MAILTIDE-POOL", &escaped(&schedule.pool));
    lines.add("X-MAILTIDE-SERVERS", &servers.to_string());
    lines.add("X-MAILTIDE-SERVERS-NOW", &now.to_string());
}

/// The first time that a window begins from a day on.
fn first_of(from: NaiveDate, window: &Window) -> NaiveDateTime {
    let today = from.weekday().num_days_from_monday();
    let ahead = window.days.iter().map(|day| (u32::from(*day) + 7 - today) % 7).min().unwrap_or(0);
    let day = from.checked_add_days(Days::new(u64::from(ahead))).unwrap_or(from);
    day.and_time(window.from)
}

fn compact(local: NaiveDateTime) -> String {
    local.format("%Y%m%dT%H%M%S").to_string()
}

fn compact_utc(at: i64) -> String {
    chrono::DateTime::from_timestamp(at, 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string()
}

/// An event's lines by their names; of several with one name, the first.
type Event = BTreeMap<String, Line>;

/// Reads the events of each pool.
///
/// # Errors
/// It has none that Mailtide wrote.
pub(super) fn read(text: &str) -> Result<Vec<InForce>, InForceError> {
    let mut found: Vec<InForce> = Vec::new();
    let mut event: Option<Event> = None;
    for line in lines(text) {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str(), &mut event) {
            ("BEGIN", "VEVENT", _) => event = Some(Event::new()),
            ("END", "VEVENT", Some(whole)) => {
                take(whole, &mut found);
                event = None;
            }
            (_, _, Some(event)) => {
                event.entry(line.name.clone()).or_insert(line);
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return Err(InForceError::new("the calendar has no event that `mailtide schedule` wrote"));
    }
    found.iter_mut().for_each(join_windows);
    Ok(found)
}

/// Events that adjoin are one window, as in a week that is planned.
fn join_windows(plan: &mut InForce) {
    let Some(now) = plan.servers_now else {
        plan.windows.sort_unstable();
        return;
    };
    let mut minutes: Vec<Option<u32>> = vec![None; WEEK_MINUTES as usize];
    for window in &plan.windows {
        for minute in window.from..window.from + window.minutes {
            let slot = &mut minutes[(minute % WEEK_MINUTES) as usize];
            *slot = Some(slot.unwrap_or(0).max(window.servers));
        }
    }
    let servers: Vec<u32> = minutes.into_iter().map(|servers| servers.unwrap_or(now)).collect();
    plan.windows = ServerWeek::of_minutes(&servers).runs_below(now);
}

/// Puts an event to the plan of its pool.
fn take(event: &Event, found: &mut Vec<InForce>) {
    let text = |name: &str| event.get(name).map(Line::text);
    let number = |name: &str| text(name).and_then(|number| number.parse::<u32>().ok());
    let Some(pool) = text("X-MAILTIDE-POOL").filter(|_| !event.contains_key(OTHER_DAY)) else { return };
    let at = found.iter().position(|plan| plan.target == pool).unwrap_or_else(|| {
        found.push(InForce {
            format: ScheduleFormat::Ical,
            target: pool.clone(),
            pool: Some(pool),
            timezone: "UTC".to_owned(),
            windows: Vec::new(),
            servers_now: None,
            dates: Vec::new(),
            expires: None,
            names: Vec::new(),
            notes: Vec::new(),
        });
        found.len() - 1
    });
    let plan = &mut found[at];
    let name = text("UID").unwrap_or_default();
    plan.servers_now = plan.servers_now.or(number("X-MAILTIDE-SERVERS-NOW"));
    if let Some(zone) = event.get("DTSTART").and_then(|start| start.parameter("TZID")) {
        plan.timezone = zone.to_owned();
    }
    match (weekly(event), number("X-MAILTIDE-SERVERS")) {
        (Some((spans, until)), Some(servers)) => {
            plan.windows.extend(spans.into_iter().map(|(from, minutes)| Span { from, minutes, servers }));
            plan.expires = until;
        }
        _ => {
            plan.notes.push(format!("the event {:?} is not weekly, or says no servers", one_line(&name, 60)))
        }
    }
    plan.names.push(name);
}

/// Windows as minutes of the week and lengths, and when they end.
type Weekly = (Vec<(u32, u32)>, Option<i64>);

/// The windows of an event's week; `None` where it is not weekly.
fn weekly(event: &Event) -> Option<Weekly> {
    let value = |name: &str| event.get(name).map(|line| line.value.trim());
    let parse = |text: &str| NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S").ok();
    let start = parse(value("DTSTART")?)?;
    let minutes = match (value("DURATION"), value("DTEND")) {
        (Some(duration), _) => iso_minutes(duration)?,
        (None, Some(end)) => u32::try_from((parse(end)? - start).num_minutes()).ok()?,
        (None, None) => return None,
    };
    let (mut days, mut until) = (vec![start.weekday().num_days_from_monday()], None);
    for part in value("RRULE")?.split(';') {
        match part.split_once('=')? {
            ("FREQ", "WEEKLY") | ("INTERVAL", "1") | ("WKST", _) => {}
            ("BYDAY", list) => {
                let day = |name: &str| DAYS.iter().position(|day| *day == name).map(|day| day as u32);
                days = list.split(',').map(day).collect::<Option<BTreeSet<u32>>>()?.into_iter().collect();
            }
            ("UNTIL", moment) => until = Some(parse(moment)?.and_utc().timestamp()),
            _ => return None,
        }
    }
    let minute = start.hour() * 60 + start.minute();
    let whole = minutes > 0 && minutes <= WEEK_MINUTES;
    whole.then(|| (days.iter().map(|day| (day * DAY_MINUTES + minute, minutes)).collect(), until))
}

/// Minutes of a duration of RFC 5545, such as `PT8H30M` or `P1DT2H`.
fn iso_minutes(text: &str) -> Option<u32> {
    let mut rest = text.strip_prefix('P')?;
    let mut minutes = TimeDelta::zero();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            rest = after;
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let amount: i64 = rest[..digits].parse().ok()?;
        let unit = match rest[digits..].chars().next()? {
            'W' => TimeDelta::weeks(1),
            'D' => TimeDelta::days(1),
            'H' => TimeDelta::hours(1),
            'M' => TimeDelta::minutes(1),
            'S' => TimeDelta::seconds(1),
            _ => return None,
        };
        let amount = i32::try_from(amount).ok()?;
        minutes = minutes.checked_add(&unit.checked_mul(amount)?)?;
        rest = &rest[digits + 1..];
    }
    u32::try_from(minutes.num_minutes()).ok()
}
