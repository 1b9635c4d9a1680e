//! When growth brings a load: the highest of each week, and where that goes.

use super::{
    growth_future::Draws,
    growth_parts::{GrowthRate, slope},
    normal::Z_95,
    weekly_peak::weeks,
};
use crate::series::{Series, quantile};

/// The load of a week that counts as its highest: the quantile that two of its 168 hours lie above, so that no single odd
/// hour is a peak.
const PEAK: f64 = 0.99;
/// Fewest weeks that a growth is told from.
const LEAST_WEEKS: usize = 6;
/// Days and months.
const WEEK_DAYS: f64 = 7.0;
const MONTH_DAYS: f64 = 30.0;
/// Weeks ahead that the growth is tried over.
const AHEAD: usize = 4;
/// The same in days.
pub const PEAK_LOAD_AHEAD_DAYS: f64 = AHEAD as f64 * WEEK_DAYS;

/// How the highest load of each week goes.
#[derive(Debug, Clone, PartialEq)]
pub struct PeakLoad {
    /// The highest load of a week now, by the line through all weeks.
    pub now: f64,
    /// The weeks' own, the oldest first, each with how many weeks it is before the last.
    pub weeks: Vec<(usize, f64)>,
    /// Growth, hundredths of a natural logarithm in 30 days, with its 90 % interval.
    pub growth: GrowthRate,
    /// Mean absolute error four weeks ahead, as a factor less one, and in how many tries; `None` with too few weeks.
    pub tried: Option<(f64, usize)>,
}

/// Days until a load is reached, as quantiles; `None` is "not within the horizon".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DaysUntil {
    /// One chance in twenty that it is earlier.
    pub p5: Option<f64>,
    /// As likely earlier as later.
    pub p50: Option<f64>,
    /// One chance in twenty that it is later.
    pub p95: Option<f64>,
}

/// The highest loads of the weeks of a series, and their growth; `None` with fewer than six weeks.
pub fn peak_load(load: &Series) -> Option<PeakLoad> {
    let of_week = |(ago, mut week): (usize, Vec<f64>)| {
        Some((ago, quantile(&mut week, PEAK).filter(|peak| *peak > 0.0)?))
    };
    let mut peaks: Vec<(usize, f64)> = weeks(load).into_iter().filter_map(of_week).collect();
    peaks.reverse();
    let (now, growth) = line(&peaks, 0)?;
    Some(PeakLoad { now, growth, tried: tried(&peaks), weeks: peaks })
}

/// The value of the line at a week, by how many weeks it is before the last, and its slope.
fn line(peaks: &[(usize, f64)], at: usize) -> Option<(f64, GrowthRate)> {
    if peaks.len() < LEAST_WEEKS {
        return None;
    }
    let day = |ago: usize| -WEEK_DAYS * ago as f64;
    let days: Vec<f64> = peaks.iter().map(|(ago, _)| day(*ago)).collect();
    let lns: Vec<f64> = peaks.iter().map(|(_, peak)| peak.ln()).collect();
    let growth = slope(&days, &lns)?;
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    Some(((mean(&lns) + per_day(growth.middle) * (day(at) - mean(&days))).exp(), growth))
}

/// Hundredths of a logarithm in a month as a logarithm a day.
fn per_day(rate: f64) -> f64 {
    rate / 100.0 / MONTH_DAYS
}

/// How far off the line was four weeks ahead, from each week on that it could be laid through.
fn tried(peaks: &[(usize, f64)]) -> Option<(f64, usize)> {
    let error = |known: usize| {
        let then = peaks.get(known - 1)?.0.checked_sub(AHEAD)?;
        let (_, came) = peaks.iter().find(|(ago, _)| *ago == then)?;
        let (foretold, _) = line(&peaks[..known], then)?;
        Some((foretold / came).ln().abs())
    };
    let errors: Vec<f64> = (LEAST_WEEKS..=peaks.len()).filter_map(error).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    (!errors.is_empty()).then(|| (mean.exp_m1(), errors.len()))
}

/// Days until the highest load of a week reaches a load, which is known by its draws; not later than `horizon` days. Growth is
/// drawn from the normal distribution of its interval; the draws are the same in every run.
pub fn days_until(peak: &PeakLoad, load: f64, draws: &[f64], horizon: f64) -> DaysUntil {
    let days = |load: f64, rate: f64| match (load / peak.now).ln() {
        missing if missing <= 0.0 => 0.0,
        missing if rate > 0.0 => missing / per_day(rate),
        _ => f64::INFINITY,
    };
    let within = |days: &f64| *days <= horizon;
    let spread = (peak.growth.high - peak.growth.low) / 2.0 / Z_95;
    let mut chance = Draws(0);
    let drawn = draws.iter().flat_map(|&load| {
        let [a, b] = chance.normals();
        [a, b].map(|z| days(load, peak.growth.middle + spread * z))
    });
    let mut drawn: Vec<f64> = drawn.collect();
    let mut at = |q| quantile(&mut drawn, q).filter(|days: &f64| !days.is_nan()).filter(within);
    let middle = days(load, peak.growth.middle);
    let p5 = at(0.05).map_or(middle, |days| days.min(middle));
    let p95 = at(0.95).map(|days| days.max(middle));
    let some = |days: f64| Some(days).filter(within);
    DaysUntil { p5: some(p5), p50: some(middle), p95: p95.filter(within) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::HOUR;

    /// So many weeks whose loads are all the same, one percent more each week, and `odd` times as much in odd weeks.
    fn growing(weeks: usize, odd: f64) -> Series {
        let load = |hour: usize| {
            let week = hour / 168;
            Some(10.0 * 1.01_f64.powi(week as i32) * if week % 2 == 1 { odd } else { 1.0 })
        };
        Series::from_slots(0, HOUR, (0..168 * weeks).map(load))
    }

    #[test]
    fn a_steady_growth_reaches_a_load_on_its_day() {
        let peak = peak_load(&growing(12, 1.0)).unwrap();
        // ln 1.01 · 30 / 7 = 0.042644; the last of twelve weeks has 10 · 1.01¹¹ = 11.1567.
        assert!((peak.growth.middle - 4.2644).abs() < 1e-3, "{peak:?}");
        assert!((peak.now - 11.1567).abs() < 1e-3 && peak.weeks.len() == 12);
        // Six weeks known and four ahead: at the ends of weeks 6, 7 and 8 of twelve; the line is never off.
        assert!(peak.tried.is_some_and(|(error, tries)| error < 1e-9 && tries == 3), "{peak:?}");
        // 11.1567 · 1.01^10 is reached in ten weeks.
        let load = 11.1567 * 1.01_f64.powi(10);
        let days = days_until(&peak, load, &[load; 50], 365.0);
        for days in [days.p5, days.p50, days.p95] {
            assert!((days.unwrap() - 70.0).abs() < 0.1, "{days:?}");
        }
        assert_eq!(days_until(&peak, 9.0, &[9.0; 50], 365.0).p50, Some(0.0));
    }

    #[test]
    fn what_is_unsure_has_an_interval_and_what_is_far_no_date() {
        let peak = peak_load(&growing(12, 1.05)).unwrap();
        let load = peak.now * 1.1;
        let draws: Vec<f64> = (0..100).map(|i| load * (0.95 + 0.001 * f64::from(i))).collect();
        let days = days_until(&peak, load, &draws, 365.0);
        assert!(days.p5 < days.p50 && days.p5.is_some_and(|days| days > 0.0), "{days:?}");
        assert!(days.p95.is_none_or(|late| Some(late) > days.p50), "{days:?}");
        let far = days_until(&peak, 10.0 * peak.now, &[10.0 * peak.now; 50], 365.0);
        assert_eq!((far.p50, far.p95), (None, None));
        // A load that does not grow reaches nothing.
        let flat = peak_load(&Series::from_slots(0, HOUR, (0..168 * 8).map(|_| Some(5.0)))).unwrap();
        assert_eq!(days_until(&flat, 6.0, &[6.0; 50], 365.0), DaysUntil { p5: None, p50: None, p95: None });
        assert_eq!(peak_load(&growing(5, 1.0)), None);
    }
}
