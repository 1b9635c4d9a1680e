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
