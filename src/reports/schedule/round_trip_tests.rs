//! What is written is read back as the same plan.

use proptest::prelude::*;

use super::{
    fixture::{of_windows, platform, window, with_dates},
    format::Expressed,
    *,
};
use crate::plans::{Exception, Expiry, OtherDay, Window};

/// Windows on the quarter of an hour: within a day, over midnight, over the end of the week, of a day, of all week.
fn windows() -> impl Strategy<Value = Vec<Window>> {
    let days = proptest::collection::btree_set(0_u8..7, 1..=7);
    let quarters = prop_oneof![1_u32..=40, Just(96), Just(95), Just(97), Just(672)];
    let one = (days, 0_u32..96, quarters, 1_u32..8).prop_map(|(days, from, quarters, servers)| {
        let days: Vec<u8> = days.into_iter().collect();
        window(&days, from * 15, f64::from(quarters) / 4.0, servers)
    });
    proptest::collection::vec(one, 0..4)
}

/// Dates of the coming weeks with windows of their own, or with none.
fn other_days() -> impl Strategy<Value = Vec<(u32, Vec<Window>)>> {
    let one = (0_u32..96, 1_u32..=120, 1_u32..8)
        .prop_map(|(from, quarters, servers)| window(&[0], from * 15, f64::from(quarters) / 4.0, servers));
    let days = proptest::collection::btree_map(0_u32..28, proptest::collection::vec(one, 0..3), 0..5);
    days.prop_map(|days| days.into_iter().collect())
}

fn with_days(schedule: Handover, days: Vec<(u32, Vec<Window>)>) -> Handover {
    let other_days = days.into_iter().map(|(ahead, windows)| {
        let date = schedule.as_of_date() + chrono::Days::new(u64::from(ahead));
        let exception = Exception { date, because: "holiday".to_owned(), windows };
        OtherDay::of(exception, &schedule.windows, schedule.servers_now)
    });
    let other_days: Vec<OtherDay> = other_days.collect();
    Handover { other_days, ..schedule }.with_stretches()
}

/// Words of all formats, which a text must have to get far into a reader.
const PARTS: &[&str] = &[
    "{\"ScheduledUpdateGroupActions\":[{\"Recurrence\":\"",
    "\",\"StartTime\":\"",
    "\",\"EndTime\":\"",
    "\",\"TimeZone\":\"",
    "Europe/Berlin",
    "\",\"DesiredCapacity\":",
    "3",
    "}]}",
    "0 22 * * 1-5",
    "0 22 24 12 *",
    "2026-12-24T21:00:00Z",
    "BEGIN:VCALENDAR\r\n",
    "BEGIN:VEVENT\r\n",
    "X-MAILTIDE-POOL:webmail\r\n",
    "DTSTART;TZID=Europe/Berlin:20261124T220000\r\n",
    "DURATION:PT8H0M\r\n",
    "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n",
    "END:VEVENT\r\n",
    "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n",
    "kind: Deployment\n",
    "metadata:\n  annotations:\n    ",
    "downscaler/downtime: ",
    "Mon-Fri 22:00-24:00 Europe/Berlin",
    "2026-12-25T08:00:00+01:00-2026-12-26T12:00:00+01:00",
    "mailtide/as-of: 2026-11-16\n",
    "spec:\n  triggers:\n  - type: cron\n    metadata: ",
    "{start: 0 22 24 12 *, end: 0 6 25 12 *, desiredReplicas: '8'}\n",
    "CRON_TZ=Europe/Berlin\n",
    "9999-12-31",
    "-262143-01-01",
    "18446744073709551615",
    "-1",
    "\u{0}",
    "\u{feff}",
    "\n",
    " ",
    ",",
    "29 2",
    "[",
    "]",
    "{",
    "}",
    "\"",
    ":",
    "- ",
    "&a ",
    "*a",
    "---\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// No bytes make a reader panic, and what it refuses it refuses in words.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let platform = platform("webmail");
        if let Err(error) = read_in_force(&String::from_utf8_lossy(&bytes), &platform.pools) {
            prop_assert!(error.to_string().contains("; legal: "));
        }
    }

    #[test]
    fn any_pieces_are_read_or_refused(pieces in proptest::collection::vec(proptest::sample::select(PARTS), 0..40)) {
        let platform = platform("webmail");
        if let Err(error) = read_in_force(&pieces.concat(), &platform.pools) {
            prop_assert!(error.to_string().contains("; legal: "));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same_plan(
        windows in windows(),
        days in other_days(),
        ends in any::<bool>(),
    ) {
        let platform = platform("webmail");
        let date = chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let mut schedule = of_windows("webmail", &windows, 8);
        if ends {
            schedule.expires = Some(Expiry { date, at: 1_798_750_740 });
        }
        let schedule = with_days(schedule, days);
        let schedules = [schedule];
        for &format in ScheduleFormat::ALL {
            let written = match write_schedule(format, &schedules[0], &platform.pools[0].schedule) {
                Ok(written) => written,
                // What it cannot say, it says.
                Err(ScheduleError::CannotSay { .. }) => continue,
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            let Expressed { windows: expected, dates, .. } = format.expressed(&schedules[0]);
            if format == ScheduleFormat::Ical && expected.is_empty() {
                continue;
            }
            let in_force = read_in_force(&written.text, &platform.pools)
                .map_err(|error| TestCaseError::fail(format!("{format:?}: {error}\n{}", written.text)))?;
            prop_assert_eq!(in_force.len(), 1, "{:?}", format);
            prop_assert_eq!(&in_force[0].windows, &expected, "{:?} {}", format, written.text);
            prop_assert_eq!(&in_force[0].dates, &dates, "{:?} {}", format, written.text);
            prop_assert_eq!(in_force[0].format, format);
            let matches = matched(&in_force, &platform, &schedules);
            let comparison = matches[0].comparison().unwrap();
            prop_assert!(comparison.is_empty(), "{:?}: {:?}", format, comparison);
            prop_assert!(in_force[0].notes.is_empty(), "{:?}: {:?}", format, in_force[0].notes);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,400}") {
        let platform = platform("webmail");
        let _ = read_in_force(&text, &platform.pools);
    }

    #[test]
    fn a_damaged_plan_is_read_or_refused(at in 0_usize..9000, byte in any::<u8>(), format in 0_usize..8) {
        let platform = platform("webmail");
        let format = ScheduleFormat::ALL[format];
        let schedule = with_dates(fixture::schedule());
        let written = write_schedule(format, &schedule, &platform.pools[0].schedule).unwrap();
        let mut bytes = written.text.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read_in_force(&String::from_utf8_lossy(&bytes), &platform.pools);
        bytes.truncate(at);
        let _ = read_in_force(&String::from_utf8_lossy(&bytes), &platform.pools);
    }
}
