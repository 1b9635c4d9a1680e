//! Windows of a schedule in words and in JSON.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::{
    plans::{DAY_MINUTES, Daily, Stretch, Window},
    reports::words,
};

/// Such as `Mon to Thu, 22:00 to 06:00 the next day`, `Fri 22:00 to Mon 07:00` or `Mon, Wed, 22:00 for 40 h`.
pub(super) fn window(window: &Daily<(u32, u32)>) -> String {
    let (minutes, _) = window.what;
    let names = |days: &[u32]| words::days(&days.iter().map(|day| *day as u8).collect::<Vec<u8>>());
    let end = window.minute + minutes;
    let (from, to) = (clock(window.minute), clock(end));
    let starts = names(&window.days);
    match (window.days.as_slice(), end) {
        // Up to midnight is within the day.
        (_, end) if end <= DAY_MINUTES => {
            format!("{starts}, {from} to {}", if end == DAY_MINUTES { "24:00" } else { &to })
        }
        ([day], end) => format!("{starts} {from} to {} {to}", names(&[(day + end / DAY_MINUTES) % 7])),
        (_, end) if end <= 2 * DAY_MINUTES => format!("{starts}, {from} to {to} the next day"),
        _ => format!("{starts}, {from} for {} h", f64::from(minutes) / 60.0),
    }
}

/// A time of day as `22:00`.
fn clock(minute: u32) -> String {
    let minute = minute % DAY_MINUTES;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A window for programs: the weekdays on which it begins (Monday is 0), local times, and its length.
pub(super) fn json(window: &Daily<(u32, u32)>) -> Value {
    let (minutes, servers) = window.what;
    json!({
        "days": window.days,
        "from": clock(window.minute),
        "to": clock(window.minute + minutes),
        "hours": f64::from(minutes) / 60.0,
        "servers": servers,
    })
}

/// Such as `2026-12-24 22:00 to 2026-12-25 06:00 with 8 servers`.
pub(super) fn stretch(stretch: &Stretch) -> String {
    let time = |time: NaiveDateTime| time.format("%Y-%m-%d %H:%M").to_string();
    let servers = match stretch.servers {
        1 => "1 server".to_owned(),
        servers => format!("{servers} servers"),
    };
    format!("{} to {} with {servers}", time(stretch.from), time(stretch.to))
}

/// A stretch of dates for programs, in local times.
pub(super) fn stretch_json(stretch: &Stretch) -> Value {
    let time = |time: NaiveDateTime| time.format("%Y-%m-%dT%H:%M").to_string();
    json!({ "from": time(stretch.from), "to": time(stretch.to), "servers": stretch.servers })
}

/// A window of a finding for programs.
pub(super) fn window_json(window: &Window) -> Value {
    json!({
        "days": window.days,
        "from": window.from.format("%H:%M").to_string(),
        "to": window.to.format("%H:%M").to_string(),
        "hours": window.hours,
        "servers": window.servers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_every_length_have_words() {
        let said = |days: &[u32], minute, minutes| {
            window(&Daily { days: days.to_vec(), minute, what: (minutes, 3) })
        };
        assert_eq!(said(&[0, 1, 2, 3], 22 * 60, 480), "Mon to Thu, 22:00 to 06:00 the next day");
        assert_eq!(said(&[4], 22 * 60, 57 * 60), "Fri 22:00 to Mon 07:00");
        assert_eq!(said(&[0, 2], 22 * 60, 40 * 60), "Mon, Wed, 22:00 for 40 h");
        assert_eq!(said(&[5, 6], 0, 1440), "Sat, Sun, 00:00 to 24:00");
        assert_eq!(said(&[1], 60, 240), "Tue, 01:00 to 05:00");
        assert_eq!(said(&[0], 0, 7 * 1440), "Mon 00:00 to Mon 00:00");
    }
}
