use chrono::DateTime;

use super::*;
use crate::series::LocalTime;

/// 2026-11-16T00:00:00Z, a Monday.
const UNTIL: i64 = 1_794_787_200;

/// A little that is not the same in any two slots, between −1 and 1.
fn noise(i: i64) -> f64 {
    let mixed =
        (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0
}

/// A load every quarter of an hour over days up to `until`, from local time, with noise of one.
fn load(zone: chrono_tz::Tz, until: i64, days: i64, of: impl Fn(LocalTime, i64) -> f64) -> Series {
    let mut clock = LocalClock::new(zone);
    let start = until - days * DAY;
    let slots = (0..days * 96).map(|i| {
        let time = start + i * HOUR / 4;
        Some(of(clock.at(time), time) + noise(i))
    });
    Series::from_slots(start, HOUR / 4, slots.collect::<Vec<_>>())
}

fn forecast(zone: chrono_tz::Tz, until: i64, load: &Series) -> LoadForecast {
    load_forecast(load, &LoadSettings { clock: LocalClock::new(zone), until }, &|_| false).unwrap()
}

fn office(local: LocalTime) -> f64 {
    if local.weekday < 5 && (8..18).contains(&(local.second / HOUR)) { 60.0 } else { 20.0 }
}

/// The slots whose middle is farther than this from what the law says.
fn wrong(got: &LoadForecast, off: f64, law: impl Fn(usize) -> f64) -> Vec<usize> {
    let profile = got.profile(0.01);
    (0..672).filter(|&s| profile.median[s].is_none_or(|m| (m - law(s)).abs() > off)).collect()
}

fn office_slot(slot: usize) -> f64 {
    if slot / 96 < 5 && (32..72).contains(&(slot % 96)) { 60.0 } else { 20.0 }
}

#[test]
fn a_rhythm_is_kept_and_its_bound_lies_above_it() {
    let got = forecast(chrono_tz::UTC, UNTIL, &load(chrono_tz::UTC, UNTIL, 56, |local, _| office(local)));
    assert_eq!(wrong(&got, 1.5, office_slot), [0_usize; 0]);
    let profile = got.profile(0.01);
    let above = |s: &usize| profile.upper[*s] > profile.lower[*s];
    assert!((0..672).all(|s| above(&s)));
    assert_eq!((got.coming.len(), got.coming[0].time, got.held_back.len()), (672, UNTIL, 6));
    assert!(got.held_back.iter().all(|week| week.level.is_some_and(|l| (l - 1.0).abs() < 0.05)));
    // More risk never asks for more spreads.
    let spreads: Vec<f64> = [0.003, 0.01, 0.05].into_iter().map(|risk| got.spreads(risk)).collect();
    assert!(spreads.is_sorted_by(|a, b| a >= b), "{spreads:?}");
}

#[test]
fn an_incident_is_not_learnt_and_a_nightly_backup_is_kept() {
    // Each night from 02:00 to 03:00 a backup takes 50. On Wednesday last week an incident took 150 from 14:00 to 17:00.
    let incident = UNTIL - 5 * DAY + 14 * HOUR;
    let law = |local: LocalTime, time: i64| match time {
        _ if (incident..incident + 3 * HOUR).contains(&time) => 150.0,
        _ if local.second / HOUR == 2 => 50.0,
        _ => office(local),
    };
    let got = forecast(chrono_tz::UTC, UNTIL, &load(chrono_tz::UTC, UNTIL, 56, law));
    let wrong = wrong(&got, 2.0, |slot| if slot % 96 / 4 == 2 { 50.0 } else { office_slot(slot) });
    assert_eq!(wrong, [0_usize; 0]);
}

#[test]
fn people_follow_the_wall_clock_and_a_job_in_utc_does_not() {
    // Berlin, four weeks after the clocks went forward. A backup of an hour begins at 01:00 UTC: 02:00 local in winter, 03:00
    // since.
    let until = DateTime::parse_from_rfc3339("2026-04-27T00:00:00Z").unwrap().timestamp();
    let law =
        |local: LocalTime, time: i64| if time.rem_euclid(DAY) / HOUR == 1 { 50.0 } else { office(local) };
    let zone = chrono_tz::Europe::Berlin;
    let got = forecast(zone, until, &load(zone, until, 56, law));
    let wrong = wrong(&got, 3.0, |slot| if slot % 96 / 4 == 3 { 50.0 } else { office_slot(slot) });
    assert_eq!(wrong, [0_usize; 0]);
}

#[test]
fn growth_goes_on() {
    // A tenth of the first week's load more each week: 1.0, 1.1, … 1.7, and 1.8 in the coming one.
    let law = |local: LocalTime, time: i64| {
        let week = (time - (UNTIL - 56 * DAY)) / (7 * DAY);
        office(local) * (1.0 + 0.1 * week as f64)
    };
    let got = forecast(chrono_tz::UTC, UNTIL, &load(chrono_tz::UTC, UNTIL, 56, law));
    assert_eq!(wrong(&got, 4.0, |slot| 1.8 * office_slot(slot)), [0_usize; 0]);
}

#[test]
fn what_came_of_late_is_carried_into_the_next_hours() {
    // The load wanders up and down by 15 % in 5.3 days, and is at its top: 20 × 1.15 = 23 tonight.
    let wander = |time: i64| 0.15 * ((UNTIL - time) as f64 / DAY as f64 / 5.3 * std::f64::consts::TAU).cos();
    let law = |local: LocalTime, time: i64| office(local) * (1.0 + wander(time));
    let got = forecast(chrono_tz::UTC, UNTIL, &load(chrono_tz::UTC, UNTIL, 56, law));
    let soon = got.coming[1].middle;
    assert!(soon > 21.5, "{soon}");
    // An ordinary week knows nothing of it.
    let ordinary = got.profile(0.01).median[1].unwrap();
    assert!(ordinary < 21.0, "{ordinary}");
}

#[test]
fn three_weeks_are_needed_and_a_week_with_holes_is_too_short() {
    let short = |days: i64, law: &dyn Fn(LocalTime) -> f64| {
        let load = load(chrono_tz::UTC, UNTIL, days, |local, _| law(local));
        load_forecast(&load, &LoadSettings { clock: LocalClock::new(chrono_tz::UTC), until: UNTIL }, &|_| {
            false
        })
    };
    let told = short(20, &office).unwrap_err();
    assert_eq!((told.have_days, told.need_days, told.enough_at), (20.0, 21.0, UNTIL + DAY));
    assert_eq!(short(21, &office).unwrap().held_back.len(), 1);
    // Never a value at night: a third of the slots is empty.
    let holed =
        short(28, &|local| if local.second / HOUR < 8 { f64::NAN } else { office(local) }).unwrap_err();
    assert_eq!(holed.enough_at, UNTIL + 14 * DAY);
    assert!(
        load_forecast(
            &Series::holes(0, HOUR, 0),
            &LoadSettings { clock: LocalClock::new(chrono_tz::UTC), until: UNTIL },
            &|_| false
        )
        .is_err()
    );
}

/// A job of two hours, another one each day of the week, was put from 22:00 to 03:00 two weeks ago, and since then there is no value
/// on Mondays from 04:00 to 04:15.
#[test]
fn a_gap_in_what_has_changed_leaves_no_hole_in_the_coming_week() {
    let job = |local: LocalTime, time: i64| {
        let moved = UNTIL - time <= 14 * DAY;
        let begins = if moved { 3 } else { 22 };
        let gap = moved && local.weekday == 0 && local.second == 4 * HOUR;
        let busy = (begins..begins + 2).contains(&(local.second / HOUR));
        if gap { f64::NAN } else { 20.0 + if busy { 40.0 + 20.0 * f64::from(local.weekday) } else { 0.0 } }
    };
    let got = forecast(chrono_tz::UTC, UNTIL, &load(chrono_tz::UTC, UNTIL, 56, job));
    assert_eq!(got.coming.len(), 672);
    assert!(got.coming.iter().all(|slot| slot.middle.is_finite() && slot.spread.is_finite()));
}
