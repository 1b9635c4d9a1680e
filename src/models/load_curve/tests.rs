use super::*;
use crate::series::HOUR;

const WEEKS: i64 = 12;

/// Numbers between −1 and 1 that look drawn by chance.
fn uneven(seed: u64, of: i64) -> f64 {
    2.0 * Draws(seed.wrapping_mul(1_000_003).wrapping_add(of as u64)).uniform() - 1.0
}

/// Messages a second: busy at work, half as much at weekends, up and down by a tenth from hour to hour and day to day.
fn load(hour: i64) -> f64 {
    let (day, of_day) = (hour.div_euclid(24), hour.rem_euclid(24));
    let busy = (-0.5 * ((of_day as f64 - 13.0) / 4.0).powi(2)).exp() * if day % 7 < 5 { 1.0 } else { 0.5 };
    (2.0 + 6.0 * busy) * (1.0 + 0.1 * uneven(1, hour)) * (1.0 + 0.1 * uneven(2, day))
}

fn hours(of: impl Fn(i64) -> f64) -> Series {
    // 1970-01-05 was a Monday.
    Series::from_slots(4 * 86_400, HOUR, (0..WEEKS * 168).map(|hour| Some(of(hour))))
}

/// The curve of a level by a law of the load (and the hour), a tenth off each hour and a twentieth each day.
fn curve(limit: f64, law: impl Fn(i64, f64) -> f64) -> Result<LoadCurve, NoCurve> {
    let level = |hour: i64| {
        law(hour, load(hour)) * (1.0 + 0.1 * uneven(3, hour)) * (1.0 + 0.05 * uneven(4, hour / 24))
    };
    load_curve(&hours(level), &hours(load), (limit, 0.0), &mut LocalClock::new(chrono_tz::UTC))
}

fn at(curve: &LoadCurve) -> (f64, f64, Option<f64>, bool) {
    match &curve.reached {
        Reached::At { load, low, high, beyond_seen, .. } => (*load, *low, *high, *beyond_seen),
        Reached::NotSeen => panic!("{curve:?}"),
    }
}

#[test]
fn an_m_m_1_queue_reaches_a_limit_beyond_what_was_seen() {
    // Service of 12 a second: 1 / (12 − load) is 0.4 s at 9.5, and the highest bin has about 8.4.
    let found = curve(0.4, |_, load| 1.0 / (12.0 - load)).unwrap();
    assert_eq!(found.shape, CurveShape::Queueing);
    let (load, low, high, beyond_seen) = at(&found);
    assert!((8.0..9.0).contains(&found.highest_load) && beyond_seen, "{found:?}");
    assert!((load / 9.5 - 1.0).abs() < 0.08, "{load}");
    assert!(low <= 9.5 && high.is_none_or(|high| high >= 9.5), "{low} to {high:?}");
    // Half of the noise's width, and a twentieth at most, is what stays; a constant knows nothing of the load.
    assert!(found.error < 0.08 && found.error_without > 2.0 * found.error, "{found:?}");
    assert!((found.same_hour.share - 1.0).abs() < 0.2, "{:?}", found.same_hour);
}

#[test]
fn a_limit_within_what_was_seen_is_reached_where_the_curve_says() {
    // 0.1 s up to a load of 5, then 0.1 s more for each: 0.25 s at 6.5.
    let found = curve(0.25, |_, load| 0.1 + 0.1 * (load - 5.0).max(0.0)).unwrap();
    let (load, low, high, beyond_seen) = at(&found);
    assert!((load / 6.5 - 1.0).abs() < 0.05 && !beyond_seen, "{load}");
    assert!(low < load && high.is_some_and(|high| high > load && high - low < 1.0), "{low} to {high:?}");
}

#[test]
fn a_step_is_no_queueing_shape_and_says_nothing_beyond_itself() {
    // A second worker starts at 6: 0.1 s below, 0.2 s above.
    let law = |_, load: f64| if load < 6.0 { 0.1 } else { 0.2 };
    let found = curve(0.15, law).unwrap();
    assert_eq!(found.shape, CurveShape::Monotone);
    assert!((at(&found).0 / 6.0 - 1.0).abs() < 0.05, "{found:?}");
    assert_eq!(curve(0.5, law).unwrap().reached, Reached::NotSeen);
}

#[test]
fn what_does_not_rise_is_told_not_to() {
    assert_eq!(curve(1.0, |_, _| 0.3), Err(NoCurve::DoesNotRise));
    // Faster under load, as a cache is.
    assert_eq!(curve(1.0, |_, load| 0.3 - 0.02 * load), Err(NoCurve::DoesNotRise));
    // Slower from week to week while the load stays: no effect of the load.
    assert_eq!(curve(1.0, |hour, _| 0.3 * (1.0 + hour as f64 / 3_000.0)), Err(NoCurve::DoesNotRise));
}

#[test]
fn what_follows_the_clock_is_not_the_loads() {
    // Half as slow again from 8 to 18 on workdays, whatever the load.
    let office = |hour: i64| hour / 24 % 7 < 5 && (8..18).contains(&(hour % 24));
    let found = curve(1.0, |hour, _| if office(hour) { 0.3 } else { 0.2 });
    assert_eq!(found, Err(NoCurve::FollowsTheClock));
}

#[test]
fn a_level_that_rose_lately_is_reached_at_less_load() {
    // The last eight of twelve weeks are half as slow again: 1.5 / (12 − load) is 0.3 s at 7, 1 / (12 − load) at 8.67.
    let slower = |hour: i64| if hour >= 4 * 168 { 1.5 } else { 1.0 };
    let found = curve(0.3, |hour, load| slower(hour) / (12.0 - load)).unwrap();
    assert!((at(&found).0 / 7.0 - 1.0).abs() < 0.06, "{found:?}");
}

#[test]
fn what_cannot_be_said_has_its_reason() {
    let clock = &mut LocalClock::new(chrono_tz::UTC);
    let short = Series::from_slots(0, HOUR, (0..500).map(|hour| Some(load(hour))));
    assert_eq!(load_curve(&short, &hours(load), (1.0, 0.0), clock), Err(NoCurve::TooShort { have_weeks: 3 }));
    let still = hours(|hour| 5.0 + 0.01 * uneven(1, hour));
    assert_eq!(load_curve(&hours(load), &still, (1.0, 0.0), clock), Err(NoCurve::LoadStandsStill));
    // 1 / 12 s without load.
    assert_eq!(curve(0.05, |_, load| 1.0 / (12.0 - load)), Err(NoCurve::AboveAtAnyLoad));
    // The same load in each week says nothing beyond the hours of the day.
    let same = hours(|hour| load(hour.rem_euclid(168)));
    let level = hours(|hour| 0.1 * load(hour.rem_euclid(168)) * (1.0 + 0.1 * uneven(3, hour)));
    assert_eq!(load_curve(&level, &same, (2.0, 0.0), clock), Err(NoCurve::LoadOrClock));
}
