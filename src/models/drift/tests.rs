use super::*;
use crate::{models::least_belief, series::HOUR};

/// Noise by a linear congruential generator (Knuth's MMIX constants): the sum of twelve uniform numbers less six is
/// nearly normal. The same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let uniform = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..12).map(|_| uniform(&mut self.0)).sum::<f64>() - 6.0
    }
}

/// A latency by the hour for `days` days: `level(day)` seconds, three times as much at noon, a third more on two days
/// of the week, and noise of 15 % that two hours in three share with the one before.
fn noisy(days: usize, seed: u64, level: impl Fn(f64) -> f64) -> Series {
    let mut noise = Noise(seed);
    let mut off = 0.0;
    let slots = (0..days * 24).map(|i| {
        let (day, hour) = (i as f64 / 24.0, (i % 24) as f64);
        let noon = 1.0 + 2.0 * (-(hour - 12.0).powi(2) / 18.0).exp();
        let week = if (i / 24) % 7 < 2 { 4.0 / 3.0 } else { 1.0 };
        // An autoregression of first order: 0.67 of the last hour, √(1 - 0.67²) = 0.742 of the new.
        off = 0.67 * off + 0.742 * noise.next();
        Some(level(day) * noon * week * (0.15 * off).exp())
    });
    Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())
}

fn settings() -> DriftSettings {
    DriftSettings { clock: LocalClock::new(chrono_tz::Europe::Berlin), days: 90 }
}

/// Of a series by itself.
fn drift(hours: &Series) -> Drift {
    drift_evidence(hours, &settings()).unwrap().judge(&DriftPrior::default())
}

fn holds(drift: &Drift, percent: f64) -> bool {
    drift.low_over_span <= percent && percent <= drift.high_over_span
}

#[test]
fn a_rise_is_sized_with_the_shape_of_the_week_taken_out() {
    // 0.5 % a day, compounded, over 60 days less a quarter: e^(0.005 · 59.75) - 1 = 34.8 %, e^0.15 - 1 = 16.2 % a month.
    let drift = drift(&noisy(60, 1, |day| 2.0 * (0.005 * day).exp()));
    assert!(drift.rises > 0.95 && drift.course == DriftCourse::Ramp, "{drift:?}");
    assert!((drift.percent_over_span - 34.8).abs() < 6.0 && holds(&drift, 34.8), "{drift:?}");
    assert!(drift.low_per_month < 16.2 && 16.2 < drift.high_per_month, "{drift:?}");
    assert!(drift.p_value < 0.001 && (drift.span_days - 59.75).abs() < 0.3, "{drift:?}");
}

#[test]
fn a_late_rise_is_told_with_the_day_on_which_it_began() {
    let drift = drift(&noisy(60, 2, |day| 1.0 + 0.02 * (day - 35.0).max(0.0)));
    let DriftCourse::Late { from } = drift.course else { panic!("{drift:?}") };
    assert!((from - 35).abs() <= 5, "{from}");
    // 25 days at 2 % of the start.
    assert!((drift.percent_over_span - 50.0).abs() < 12.0 && holds(&drift, 50.0), "{drift:?}");
}

#[test]
fn a_step_is_told_with_its_date_and_is_no_slope() {
    let drift = drift(&noisy(60, 31, |day| if day < 41.0 { 1.0 } else { 1.4 }));
    let DriftCourse::Steps(steps) = &drift.course else { panic!("{drift:?}") };
    assert!(steps.len() == 1 && (steps[0].day - 41).abs() <= 1, "{steps:?}");
    assert!((steps[0].percent - 40.0).abs() < 8.0 && holds(&drift, 40.0), "{drift:?}");
}

#[test]
fn several_steps_are_told_as_several() {
    let level = |day: f64| match day as i64 {
        ..20 => 1.0,
        20..45 => 1.5,
        45..70 => 1.1,
        _ => 1.6,
    };
    let drift = drift(&noisy(90, 4, level));
    let DriftCourse::Steps(steps) = &drift.course else { panic!("{drift:?}") };
    assert_eq!(steps.len(), 3, "{steps:?}");
    // 1.5 / 1, 1.1 / 1.5, 1.6 / 1.1
    for (step, (day, percent)) in steps.iter().zip([(20, 50.0), (45, -26.7), (70, 45.5)]) {
        assert!((step.day - day).abs() <= 1 && (step.percent - percent).abs() < 9.0, "{step:?}");
    }
    assert!((drift.percent_over_span - 60.0).abs() < 12.0 && holds(&drift, 60.0), "{drift:?}");
}

#[test]
fn steps_that_undo_each_other_are_told_and_are_no_rise() {
    let drift = drift(&noisy(90, 41, |day| if (10.0..60.0).contains(&day) { 1.5 } else { 1.0 }));
    assert!(drift.rises < 0.5 && drift.falls < 0.9 && holds(&drift, 0.0), "{drift:?}");
}

#[test]
fn a_fall_is_no_rise() {
    let drift = drift(&noisy(60, 5, |day| 2.0 * (-0.006 * day).exp()));
    assert!(drift.falls > 0.95 && drift.rises < 0.01 && drift.high_per_month < 0.0, "{drift:?}");
}

#[test]
fn a_daily_and_weekly_shape_is_no_drift() {
    for seed in 10..20 {
        let drift = drift(&noisy(60, seed, |_| 2.0));
        assert!(drift.rises.max(drift.falls) < least_belief(&[]), "{seed}: {drift:?}");
        assert!(holds(&drift, 0.0), "{seed}: {drift:?}");
    }
}

#[test]
fn an_incident_is_left_out() {
    let drift = drift(&noisy(60, 6, |day| if (50.0..52.0).contains(&day) { 9.0 } else { 2.0 }));
    assert!(drift.incidents >= 2, "{drift:?}");
    assert!(drift.rises.max(drift.falls) < 0.5, "{drift:?}");
}

#[test]
fn a_level_that_never_moves_is_steady() {
    let constant = Series::from_slots(0, HOUR, vec![Some(3.0); 60 * 24]);
    let drift = drift(&constant);
    assert!(drift.rises < 0.5 && drift.falls < 0.5 && drift.percent_over_span.abs() < 0.1, "{drift:?}");
}

#[test]
fn a_queue_that_is_mostly_empty_has_a_level_too() {
    let empty = noisy(60, 7, |day| if (day as i64) % 2 == 0 { 0.0 } else { 5.0 });
    let drift = drift(&empty);
    assert!(drift.rises < 0.5 && drift.falls < 0.5, "{drift:?}");
}

#[test]
fn a_probe_that_runs_every_eight_hours_is_judged_by_day() {
    let all = noisy(60, 8, |day| 2.0 * (0.01 * day).exp());
    let sparse = Series::from_slots(0, HOUR, all.slots().enumerate().map(|(i, v)| v.filter(|_| i % 8 == 0)));
    let drift = drift(&sparse);
    // e^(0.01 · 59) - 1 = 80.4 %
    assert!(drift.rises > 0.95 && holds(&drift, 80.4), "{drift:?}");
    assert_eq!(drift.span_days, 59.0);
}

#[test]
fn a_gap_of_a_fortnight_hides_no_rise() {
    let all = noisy(60, 9, |day| 2.0 * (0.008 * day).exp());
    let gap = Series::from_slots(
        0,
        HOUR,
        all.slots().enumerate().map(|(i, v)| v.filter(|_| !(20 * 24..34 * 24).contains(&i))),
    );
    // e^(0.008 · 59.75) - 1 = 61.3 %
    let drift = drift(&gap);
    assert!(drift.rises > 0.95 && holds(&drift, 61.3), "{drift:?}");
}

#[test]
fn among_many_flat_series_a_doubtful_one_is_doubted_more() {
    let flat: Vec<DriftEvidence> =
        (100..160).map(|seed| drift_evidence(&noisy(60, seed, |_| 2.0), &settings()).unwrap()).collect();
    let mild = drift_evidence(&noisy(60, 21, |day| 2.0 * (0.0022 * day).exp()), &settings()).unwrap();
    let alone = mild.judge(&DriftPrior::default());
    let fleet: Vec<&DriftEvidence> = flat.iter().chain([&mild]).collect();
    let prior = drift_prior(&fleet);
    assert!(prior.changing < 0.25, "{}", prior.changing);
    assert!(mild.judge(&prior).rises < alone.rises, "{alone:?}");
    let beliefs: Vec<f64> = flat.iter().map(|one| one.judge(&prior)).map(|d| d.rises.max(d.falls)).collect();
    let told = beliefs.iter().filter(|&&belief| belief >= least_belief(&beliefs)).count();
    assert_eq!(told, 0, "{beliefs:?}");
}

#[test]
fn less_than_four_weeks_is_too_short() {
    let short = drift_evidence(&noisy(20, 1, |_| 2.0), &settings()).unwrap_err();
    assert_eq!((short.need_days, short.enough_at), (28.0, 28 * DAY));
    assert!(drift_evidence(&Series::holes(0, HOUR, 100), &settings()).is_err());
}
