use chrono::NaiveTime;
use proptest::prelude::*;

use super::*;
use crate::plans::Window;

/// 2026-11-16T05:00:00Z, a Monday, six in the morning in Berlin.
const AS_OF: i64 = 1_794_805_200;

fn window(days: &[u8], from: u32, hours: f64, servers: u32) -> Window {
    let at = |hour: u32| NaiveTime::from_hms_opt(hour % 24, 0, 0).unwrap();
    Window {
        days: days.to_vec(),
        from: at(from),
        to: at(from + hours as u32),
        hours,
        servers,
        servers_now: 8,
    }
}

fn change(day: u32, hour: u32, servers: u32) -> Change {
    Change { minute: day * DAY_MINUTES + hour * 60, servers }
}

#[test]
fn windows_become_changes_and_those_that_adjoin_become_one() {
    let windows = [
        window(&[3], 22, 8.0, 3),
        window(&[4], 22, 14.0, 3),
        window(&[5], 12, 24.0, 3),
        window(&[6], 12, 19.0, 3),
    ];
    let week = ServerWeek::of_windows(&windows, 8);
    // Thursday night, and Friday 22:00 to Monday 07:00 in one: no change to 8 servers and back at noon.
    assert_eq!(week.changes(), [change(0, 7, 8), change(3, 22, 3), change(4, 6, 8), change(4, 22, 3)]);
    let weekend = Span { from: 4 * DAY_MINUTES + 22 * 60, minutes: 57 * 60, servers: 3 };
    assert_eq!(week.spans().last(), Some(&weekend));
    assert_eq!((week.at(0), week.at(7 * 60 - 1), week.at(7 * 60)), (3, 3, 8));
}

#[test]
fn of_windows_that_overlap_the_larger_number_counts() {
    let week = ServerWeek::of_windows(&[window(&[0], 1, 6.0, 3), window(&[0], 3, 2.0, 5)], 8);
    assert_eq!(week.changes(), [change(0, 1, 3), change(0, 3, 5), change(0, 5, 3), change(0, 7, 8)]);
    // More servers than there are is no window.
    assert!(ServerWeek::of_windows(&[window(&[0], 1, 6.0, 9)], 8).is_constant());
    assert!(ServerWeek::of_windows(&[], 8).is_constant());
}

#[test]
fn two_changes_at_the_same_minute_are_no_week() {
    assert!(ServerWeek::of_changes([change(0, 1, 3), change(0, 1, 4)]).is_none());
    assert!(ServerWeek::of_changes([]).is_none());
    let same = ServerWeek::of_changes([change(0, 1, 3), change(0, 1, 3), change(1, 1, 3)]).unwrap();
    assert_eq!(same, ServerWeek::of_minutes(&[3]));
}

/// In Berlin the clocks go from 02:00 to 03:00 on Sunday, 28 March 2027, and back on 31 October 2027.
#[test]
fn clock_changes_are_found_to_the_second() {
    let found = clock_changes(chrono_tz::Europe::Berlin, AS_OF, AS_OF + 396 * DAY);
    let spring = ClockChange { at: 1_806_195_600, before: 3600, after: 7200 };
    let autumn = ClockChange { at: 1_824_944_400, before: 7200, after: 3600 };
    // `date -ud 2027-03-28T01:00Z +%s` and `date -ud 2027-10-31T01:00Z +%s`.
    assert_eq!(found, [spring, autumn]);
    assert_eq!(clock_changes(chrono_tz::Asia::Tokyo, AS_OF, AS_OF + 396 * DAY), []);
    // In Sydney they go forward on 4 October 2026 at 16:00 UTC of the third.
    let south = clock_changes(chrono_tz::Australia::Sydney, AS_OF - 60 * DAY, AS_OF);
    assert_eq!(south, [ClockChange { at: 1_791_043_200, before: 36_000, after: 39_600 }]);
    assert_eq!(clock_changes(chrono_tz::Europe::Berlin, i64::MAX - 1, i64::MAX), []);
}

#[test]
fn a_change_to_more_servers_never_falls_into_the_hour_that_is_left_out() {
    let berlin = clock_changes(chrono_tz::Europe::Berlin, AS_OF, AS_OF + 396 * DAY);
    let week = |windows: &[Window]| ServerWeek::of_windows(windows, 8);
    // To 02:00, which there is not on 28 March: a minute before it on Sundays; on other days as it was.
    let up = week(&[window(&[5, 6], 22, 4.0, 3)]);
    let saturday = Span { from: 5 * DAY_MINUTES + 22 * 60, minutes: 239, servers: 3 };
    let sunday = Span { from: 6 * DAY_MINUTES + 22 * 60, minutes: 240, servers: 3 };
    let low =
        |week: &ServerWeek| -> Vec<Span> { week.spans().into_iter().filter(|s| s.servers < 8).collect() };
    assert_eq!(low(&up.clear_of_gaps(&berlin)), [saturday, sunday]);
    // One to fewer servers may be left out, and what is outside the hour is not touched.
    for windows in [window(&[6], 2, 4.0, 3), window(&[5, 6], 22, 9.0, 3), window(&[6], 20, 6.0, 3)] {
        let plain = week(&[windows]);
        assert_eq!(plain.clear_of_gaps(&berlin), plain);
    }
    // In Santiago midnight is left out: the day before, at 23:59.
    let santiago = clock_changes(chrono_tz::America::Santiago, AS_OF, AS_OF + 396 * DAY);
    let night = week(&[window(&[5], 18, 6.0, 3)]);
    assert_eq!(
        low(&night.clear_of_gaps(&santiago)),
        [Span { from: 5 * DAY_MINUTES + 18 * 60, minutes: 359, servers: 3 }]
    );
}

#[test]
fn an_end_never_falls_into_a_window() {
    let berlin = chrono_tz::Europe::Berlin;
    let week = ServerWeek::of_windows(&[window(&[3], 22, 8.0, 3)], 8);
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    let end = |week: &ServerWeek, day: &str| expiry(week, 8, berlin, AS_OF, date(day)).map(|end| end.at);
    // Midnight of Saturday, 2 January 2027, in Berlin is 23:00 UTC of the day before.
    assert_eq!(end(&week, "2027-01-02"), Ok(1_798_844_400));
    // Midnight of Friday lies in Thursday's window: a minute before 22:00, 20:59 UTC.
    assert_eq!(end(&week, "2027-01-01"), Ok(1_798_750_740));
    assert!(matches!(end(&week, "2026-11-16"), Err(NoHandover::NoExpiry(_))));
    // Five at most of eight, at all hours: there is no minute at which it could end.
    let never = ServerWeek::of_windows(&[window(&[0, 1, 2, 3, 4, 5, 6], 0, 24.0, 5)], 8);
    assert!(
        matches!(end(&never, "2027-01-01"), Err(NoHandover::NoExpiry(why)) if why.contains("all 8 servers"))
    );
}

#[test]
fn comparisons_pair_what_is_the_same_window() {
    let span = |day: u32, hour: u32, hours: u32, servers| Span {
        from: day * DAY_MINUTES + hour * 60,
        minutes: hours * 60,
        servers,
    };
    let nights = |days: std::ops::Range<u32>, hour, hours, servers| -> Vec<Span> {
        days.map(|day| span(day, hour, hours, servers)).collect()
    };
    assert_eq!(compared(&nights(0..4, 22, 8, 3), &nights(0..4, 22, 8, 3)), []);
    let of = |days: &[u32], hour: u32, hours: u32, servers| Daily {
        days: days.to_vec(),
        minute: hour * 60,
        what: (hours * 60, servers),
    };
    // An hour earlier over midnight, the end of the week too.
    assert_eq!(
        compared(&nights(5..7, 22, 8, 3), &nights(5..7, 21, 9, 3)),
        [WindowChange::Moved { was: of(&[5, 6], 22, 8, 3), window: of(&[5, 6], 21, 9, 3) }]
    );
    // Past midnight: it begins on the next day now.
    assert_eq!(
        compared(&[span(6, 23, 7, 3)], &[span(0, 0, 6, 3)]),
        [WindowChange::Moved { was: of(&[6], 23, 7, 3), window: of(&[0], 0, 6, 3) }]
    );
    assert_eq!(
        compared(&nights(0..4, 22, 8, 3), &nights(0..4, 22, 8, 4)),
        [WindowChange::Servers { window: of(&[0, 1, 2, 3], 22, 8, 4), was: 3 }]
    );
    assert_eq!(
        compared(&nights(0..2, 22, 8, 3), &nights(1..3, 22, 8, 3)),
        [WindowChange::Added(of(&[2], 22, 8, 3)), WindowChange::Gone(of(&[0], 22, 8, 3)),]
    );
}

proptest! {
    #[test]
    fn a_week_is_what_its_changes_and_its_spans_say(
        changes in proptest::collection::vec((0..WEEK_MINUTES, 1_u32..9), 1..20),
    ) {
        let changes = changes.into_iter().map(|(minute, servers)| Change { minute, servers });
        if let Some(week) = ServerWeek::of_changes(changes) {
            prop_assert_eq!(ServerWeek::of_changes(week.changes().iter().copied()), Some(week.clone()));
            prop_assert_eq!(ServerWeek::of_minutes(&week.minutes()), week.clone());
            prop_assert_eq!(week.spans().iter().map(|span| span.minutes).sum::<u32>(), WEEK_MINUTES);
            for span in week.spans() {
                prop_assert_eq!(week.at(span.from), span.servers);
                prop_assert_eq!(week.at(span.from + span.minutes - 1), span.servers);
            }
            // A gap takes no server from any minute.
            let berlin = clock_changes(chrono_tz::Europe::Berlin, AS_OF, AS_OF + 396 * DAY);
            let clear = week.clear_of_gaps(&berlin).minutes();
            prop_assert!(week.minutes().iter().zip(&clear).all(|(was, is)| is >= was));
        }
    }
}

/// Berlin, from Monday, 16 November, 06:00: nights from 22:00 to 06:00 with 3 of 8 servers.
fn with_days(days: &[(&str, Vec<Window>)]) -> Handover {
    let windows = vec![window(&[0, 1, 2, 3, 4, 5, 6], 22, 8.0, 3)];
    let other = |(date, own): &(&str, Vec<Window>)| {
        let (date, windows_of_day) = (date.parse().unwrap(), own.clone());
        OtherDay::of(Exception { date, because: "holiday".to_owned(), windows: windows_of_day }, &windows, 8)
    };
    let own = Handover {
        pool: "webmail".to_owned(),
        timezone: chrono_tz::Europe::Berlin,
        as_of: AS_OF,
        servers_now: 8,
        week: ServerWeek::of_windows(&windows, 8),
        expires: None,
        other_days: days.iter().map(other).collect(),
        stretches: Vec::new(),
        windows,
    };
    own.with_stretches()
}

fn stretch(from: &str, to: &str, servers: u32, more: bool) -> Stretch {
    let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    Stretch { from: time(from), to: time(to), servers, more }
}

#[test]
fn other_days_are_stretches_of_more_and_of_fewer_servers() {
    // No window on Thursday night; on Saturday, all day with 2.
    let own = with_days(&[("2026-11-19", vec![]), ("2026-11-21", vec![window(&[5], 8, 22.0, 2)])]);
    assert_eq!(
        own.stretches,
        [
            stretch("2026-11-19 22:00", "2026-11-20 06:00", 8, true),
            stretch("2026-11-21 08:00", "2026-11-22 06:00", 2, false),
        ]
    );
    // The fall on Thursday and on Saturday night is left out, and the rise of no day; what follows recurs.
    let daily = own.week.daily_changes();
    let left_out: Vec<Vec<String>> =
        daily.iter().map(|d| own.left_out(d).iter().map(ToString::to_string).collect()).collect();
    assert_eq!(left_out, [vec![], vec!["2026-11-19 22:00:00", "2026-11-21 22:00:00"]]);
    let once: Vec<(String, u32)> = own.once().iter().map(|(time, n)| (time.to_string(), *n)).collect();
    assert_eq!(once, [("2026-11-19 22:00:00".to_owned(), 8), ("2026-11-21 08:00:00".to_owned(), 2)]);
}

#[test]
fn a_day_that_is_like_its_weekday_is_no_stretch_and_one_that_runs_begins_later() {
    assert_eq!(with_days(&[("2026-11-18", vec![window(&[2], 22, 8.0, 3)])]).stretches, []);
    // Today, from midnight on: two full hours after 06:00 in Berlin at the earliest.
    let today = with_days(&[("2026-11-16", vec![window(&[0], 0, 30.0, 2)])]);
    assert_eq!(today.stretches[0].from.to_string(), "2026-11-16 08:00:00");
}

#[test]
fn nothing_of_another_day_goes_beyond_the_end() {
    let days =
        [("2026-11-20", vec![window(&[4], 8, 22.0, 2)]), ("2026-11-21", vec![window(&[5], 8, 10.0, 2)])];
    let mut own = with_days(&days);
    // The end is on Saturday, 21:59: the second day is whole, and what would be open then does not begin.
    own.expires = Some(Expiry { date: "2026-11-22".parse().unwrap(), at: AS_OF + 5 * DAY + 57_540 });
    let own = own.with_stretches();
    assert_eq!(
        own.stretches,
        [
            stretch("2026-11-20 08:00", "2026-11-21 06:00", 2, false),
            stretch("2026-11-21 08:00", "2026-11-21 18:00", 2, false),
        ]
    );
    let end = local(own.timezone, own.expires.unwrap().at).unwrap();
    assert_eq!(own.at(end), 8);
    // A rise at midnight is before the end, not at it.
    let week = ServerWeek::of_windows(&[window(&[0, 1, 2, 3, 4, 5, 6], 20, 4.0, 3)], 8);
    let end = expiry(&week, 8, own.timezone, AS_OF, "2026-11-20".parse().unwrap()).unwrap();
    assert_eq!(local(own.timezone, end.at).unwrap().to_string(), "2026-11-20 00:01:00");
}

/// In Berlin 02:00 is followed by 03:00 on 28 March 2027, an Easter Sunday.
#[test]
fn edges_that_the_clocks_leave_out_move_to_where_no_server_is_missing() {
    let own = Handover { as_of: AS_OF + 125 * DAY, ..with_days(&[]) };
    let with = |days: &[(&str, Vec<Window>)]| {
        let other = |(date, windows): &(&str, Vec<Window>)| {
            let (date, windows) = (date.parse().unwrap(), windows.clone());
            OtherDay::of(Exception { date, because: "holiday".to_owned(), windows }, &own.windows, 8)
        };
        Handover { other_days: days.iter().map(other).collect(), ..own.clone() }.with_stretches().stretches
    };
    // No window on Saturday night, and 2 servers from 02:00 on: they begin at 03:00.
    assert_eq!(
        with(&[("2027-03-27", vec![]), ("2027-03-28", vec![window(&[6], 2, 12.0, 2)])]),
        [
            stretch("2027-03-27 22:00", "2027-03-28 03:00", 8, true),
            stretch("2027-03-28 03:00", "2027-03-28 14:00", 2, false),
            stretch("2027-03-28 22:00", "2027-03-29 06:00", 8, true),
        ]
    );
    // All servers from 02:30 on, which no clock shows, run at 01:59.
    let early = Window { hours: 4.5, ..window(&[5], 22, 4.0, 3) };
    assert_eq!(
        with(&[("2027-03-27", vec![early])]),
        [stretch("2027-03-28 01:59", "2027-03-28 06:00", 8, true)]
    );
}
