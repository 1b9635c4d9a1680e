//! Resolution: the unit in which a level is told, where that is coarse.

use super::grid::Series;

/// A unit below this share of the level is as good as none.
const COARSE: f64 = 1e-3;
/// A level that is told in whole units stays as it is from most slots to the next.
const UNCHANGED: f64 = 0.5;
/// Fewest changes from which a unit is read.
const LEAST_CHANGES: usize = 3;
/// How far a change may lie off a whole number of units: rounding of what the source has divided.
const OFF: f64 = 1e-3;

/// The coarse unit that a level is told in whole numbers of, as `df` does in gigabytes; `None` where it has none.
pub(super) fn resolution(series: &Series) -> Option<f64> {
    let present: Vec<f64> = series.present().map(|reading| reading.1).collect();
    let changes: Vec<f64> =
        present.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|&c| c > 0.0).collect();
    let unit = changes.iter().copied().min_by(f64::total_cmp)?;
    let highest = present.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let whole = |change: &f64| (change / unit - (change / unit).round()).abs() < OFF;
    let coarse = unit >= COARSE * highest
        && changes.len() >= LEAST_CHANGES
        && (changes.len() as f64) < (1.0 - UNCHANGED) * (present.len() - 1) as f64
        && changes.iter().all(whole);
    coarse.then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::clock::DAY;

    fn of(level: impl Fn(f64) -> f64) -> Option<f64> {
        resolution(&Series::from_slots(0, DAY, (0..200).map(|day| Some(level(f64::from(day))))))
    }

    #[test]
    fn whole_gigabytes_are_a_unit_and_bytes_are_none() {
        // Two in a week, and five at once on day 100.
        assert_eq!(of(|d| (60.0 + 2.0 * d / 7.0).floor() + if d >= 100.0 { 5.0 } else { 0.0 }), Some(1.0));
        assert_eq!(of(|d| 60.0 + 2.0 * d / 7.0), None);
        // Blocks of 4,096 bytes in some gigabytes.
        assert_eq!(of(|d| (60e9 + 2e3 * d / 4096.0).floor() * 4096.0), None);
        // A level that changes once has no unit.
        assert_eq!(of(|d| if d >= 100.0 { 61.0 } else { 60.0 }), None);
    }
}
