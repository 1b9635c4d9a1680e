//! What is written is read back as the same plan.

use proptest::prelude::*;

use super::{
    fixture::{of_windows, platform, window},
    *,
};
use crate::plans::{Expiry, Window};

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same_plan(windows in windows(), ends in any::<bool>()) {
        let platform = platform("webmail");
        let date = chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        let mut schedule = of_windows("webmail", &windows, 8);
        if ends {
            schedule.expires = Some(Expiry { date, at: 1_798_750_740 });
        }
        let schedules = [schedule];
        for &format in ScheduleFormat::ALL {
            let written = match write_schedule(format, &schedules[0], &platform.pools[0].schedule) {
                Ok(written) => written,
                // What it cannot say, it says.
                Err(ScheduleError::CannotSay { .. }) => continue,
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            let (expected, _) = format.expressed(&schedules[0]);
            if format == ScheduleFormat::Ical && expected.is_empty() {
                continue;
            }
            let in_force = read_in_force(&written.text, &platform.pools)
                .map_err(|error| TestCaseError::fail(format!("{format:?}: {error}\n{}", written.text)))?;
            prop_assert_eq!(in_force.len(), 1, "{:?}", format);
            prop_assert_eq!(&in_force[0].windows, &expected, "{:?} {}", format, written.text);
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
    fn a_damaged_plan_is_read_or_refused(at in 0_usize..4000, byte in any::<u8>(), format in 0_usize..8) {
        let platform = platform("webmail");
        let format = ScheduleFormat::ALL[format];
        let written = write_schedule(format, &fixture::schedule(), &platform.pools[0].schedule).unwrap();
        let mut bytes = written.text.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read_in_force(&String::from_utf8_lossy(&bytes), &platform.pools);
        bytes.truncate(at);
        let _ = read_in_force(&String::from_utf8_lossy(&bytes), &platform.pools);
    }
}
