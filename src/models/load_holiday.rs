//! Holidays: how far a load is on them as on the quietest day of the week.

use super::load_weeks::{DAYS, Weeks};

/// What is taken for granted of a holiday before any has been seen: it lies so far from its weekday to the quietest day.
const USUAL: f64 = 0.8;
/// The usual share counts as much as so many holidays that were seen.
const USUAL_HOLIDAYS: f64 = 1.0;
/// Weeks in which past holidays are looked for.
const MOST_WEEKS: usize = 8;
/// How unsure the share is.
const UNSURE: f64 = 0.15;

/// Puts the holidays of the coming week into what is expected of it. `past` and `coming` say which local days are holidays; `scale`
/// takes a week's load to the coming week's level.
pub(super) fn holidays(
    middle: &mut [f64],
    spread: &mut [f64],
    weeks: &Weeks,
    past: &dyn Fn(i64) -> bool,
    coming: &dyn Fn(i64) -> bool,
    scale: &dyn Fn(usize) -> f64,
) {
    let coming: Vec<bool> = (0..weeks.columns()).map(|c| coming(weeks.day(-1, c))).collect();
    if !coming.contains(&true) {
        return;
    }
    let day = quietest(middle, weeks);
    let quiet: Vec<f64> = (0..weeks.columns()).map(|c| day[weeks.slot(c) % weeks.slots_per_day]).collect();
    let share = share(middle, &quiet, weeks, past, scale);
    for c in (0..middle.len()).filter(|&c| coming[c]) {
        let lower = quiet[c] - middle[c];
        if lower.is_nan() {
            continue;
        }
        middle[c] += share * lower;
        spread[c] = spread[c].hypot(UNSURE * lower);
    }
}

/// The load by time of day of the weekday with the least of it.
fn quietest(middle: &[f64], weeks: &Weeks) -> Vec<f64> {
    let p = weeks.slots_per_day;
    let mut days = vec![vec![f64::NAN; p]; DAYS];
    for (c, v) in middle.iter().enumerate() {
        let slot = weeks.slot(c);
        days[slot / p][slot % p] = *v;
    }
    let sum = |day: &Vec<f64>| day.iter().filter(|v| !v.is_nan()).sum::<f64>();
    days.into_iter().min_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap_or_default()
}

/// The share of the way to the quietest day that past holidays went, by least squares, shrunk to the usual one.
fn share(
    middle: &[f64],
    quiet: &[f64],
    weeks: &Weeks,
    holiday: &dyn Fn(i64) -> bool,
    scale: &dyn Fn(usize) -> f64,
) -> f64 {
    let (mut products, mut squares, mut days) = (0.0, 0.0, 0.0);
    for week in 0..weeks.len().min(MOST_WEEKS) {
        for (c, v) in weeks.row(week).iter().enumerate() {
            let way = quiet[c] - middle[c];
            if !v.is_nan() && !way.is_nan() && holiday(weeks.day(week as i64, c)) {
                products += (v * scale(week) - middle[c]) * way;
                squares += way * way;
                days += 1.0 / weeks.slots_per_day as f64;
            }
        }
    }
    if squares <= 0.0 {
        return USUAL;
    }
    let seen = (products / squares).clamp(0.0, 1.2);
    (seen * days + USUAL * USUAL_HOLIDAYS) / (days + USUAL_HOLIDAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::{HOUR, LocalClock, Series};

    #[test]
    fn past_holidays_say_how_far_the_next_one_goes_to_the_quietest_day() {
        // Working days carry 100, Saturdays 60, Sundays 40. A Wednesday five days before Monday, 8 January 2024 was a holiday
        // and carried 70: halfway to the Sunday.
        let until = 1_704_672_000;
        let holiday = (until - 5 * DAY) / DAY;
        let coming = holiday + 7;
        let mut clock = LocalClock::new(chrono_tz::UTC);
        let of = |at: crate::series::LocalTime| match at.weekday {
            _ if at.day == holiday => 70.0,
            5 => 60.0,
            6 => 40.0,
            _ => 100.0,
        };
        let slots: Vec<_> = (-28 * 24..0).map(|h| Some(of(clock.at(until + h * HOUR)))).collect();
        let weeks = Weeks::new(&Series::from_slots(until - 28 * DAY, HOUR, slots), &clock, until, 18);
        let mut middle: Vec<f64> =
            (0..168).map(|c| [100.0, 100.0, 100.0, 100.0, 100.0, 60.0, 40.0][c / 24]).collect();
        let mut spread = vec![3.0; 168];
        let is = |day: i64| day == holiday || day == coming;
        holidays(&mut middle, &mut spread, &weeks, &is, &is, &|_| 1.0);
        // One day at 0.5, and the usual 0.8 that counts as much as one: 0.65, so 100 − 0.65 · 60 = 61.
        assert!(middle[48..72].iter().all(|v| (v - 61.0).abs() < 1e-9), "{:?}", &middle[48..72]);
        // The spread grows by 0.15 · 60 = 9: √(9 + 81) = 9.487.
        assert!((spread[50] - 90.0_f64.sqrt()).abs() < 1e-9);
        assert!(middle[..48].iter().all(|v| *v == 100.0) && spread[0] == 3.0);
    }

    const DAY: i64 = crate::series::DAY;
}
