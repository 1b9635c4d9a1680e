//! The last change of rate: from when on the growth of today has been the growth.

use crate::series::median;

/// A rate needs so many weeks on either side of a change.
const SIDE_WEEKS: usize = 4;
/// The two rates differ by so many standard errors. The largest of some forty candidate weeks is looked at, so
/// this stands well above the 1.96 of a single test (Andrews 1993, table 1, gives 2.9 to 3.4 for one change at
/// an unknown date).
const LEAST_T: f64 = 3.5;
/// … and by this share of the larger one: a growth that wanders by less is not worth a shorter history.
const LEAST_SHARE: f64 = 0.3;

/// At most so many weeks on either side are compared, so that an earlier change does not hide a later one.
const REACH_WEEKS: usize = 13;

/// The first week of the last stretch of steady growth, given what a level grew by in each week; 0 where the
/// growth never changed.
pub(super) fn last_change(weekly: &[f64]) -> usize {
    let clear = |split: usize| {
        let side = &weekly[split.saturating_sub(REACH_WEEKS)..weekly.len().min(split + REACH_WEEKS)];
        t_statistic(side, split.min(REACH_WEEKS)).filter(|&t| t > LEAST_T).map(|t| (split, t))
    };
    let last = (weekly.len() + 1).saturating_sub(SIDE_WEEKS);
    let candidates: Vec<(usize, f64)> = (SIDE_WEEKS..last).rev().filter_map(clear).collect();
    // The weeks around a change all look like one: the clearest of the latest ones is it.
    let Some(&(latest, _)) = candidates.first() else { return 0 };
    let near = candidates.iter().take_while(|c| latest - c.0 < 2 * SIDE_WEEKS);
    near.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |c| c.0)
}

/// How many standard errors the mean rates before and after a week are apart; `None` where they are too close
/// in size to matter. The standard error allows for the correlation of one week's growth with the next one's.
fn t_statistic(weekly: &[f64], split: usize) -> Option<f64> {
    let (before, after) = weekly.split_at(split);
    let (rate_before, rate_after) = (robust_mean(before)?, robust_mean(after)?);
    if (rate_after - rate_before).abs() < LEAST_SHARE * rate_before.abs().max(rate_after.abs()) {
        return None;
    }
    let residuals: Vec<f64> =
        before.iter().map(|w| w - rate_before).chain(after.iter().map(|w| w - rate_after)).collect();
    let spread = crate::series::mad(&mut residuals.clone())?;
    let residuals: Vec<f64> = residuals.iter().map(|r| r.clamp(-3.0 * spread, 3.0 * spread)).collect();
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let products: f64 = residuals.windows(2).map(|r| r[0] * r[1]).sum();
    if squares <= 0.0 {
        return Some(f64::INFINITY);
    }
    let correlation = (products / squares).clamp(0.0, 0.8);
    let inflation = (1.0 + correlation) / (1.0 - correlation);
    let variance = squares / (weekly.len().saturating_sub(2).max(1)) as f64 * inflation;
    let error = (variance * (1.0 / before.len() as f64 + 1.0 / after.len() as f64)).sqrt();
    Some((rate_after - rate_before).abs() / error)
}

/// The mean of the middle half and more: the mean of what lies within three robust deviations of the median.
fn robust_mean(values: &[f64]) -> Option<f64> {
    let centre = median(&mut values.to_vec())?;
    let spread = crate::series::mad(&mut values.to_vec())?;
    let kept: Vec<f64> = values.iter().copied().filter(|v| (v - centre).abs() <= 3.0 * spread).collect();
    if kept.is_empty() { Some(centre) } else { Some(kept.iter().sum::<f64>() / kept.len() as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(rates: &[(usize, f64)]) -> Vec<f64> {
        let flat = rates.iter().flat_map(|&(n, rate)| std::iter::repeat_n(rate, n));
        flat.enumerate().map(|(i, rate)| rate * (1.0 + [0.05, -0.08, 0.02, 0.06, -0.05][i % 5])).collect()
    }

    #[test]
    fn steady_growth_has_no_change() {
        assert_eq!(last_change(&weeks(&[(52, 100.0)])), 0);
        assert_eq!(last_change(&[]), 0);
    }

    #[test]
    fn a_change_is_found_where_it_was() {
        assert_eq!(last_change(&weeks(&[(30, 100.0), (22, 300.0)])), 30);
        assert!(last_change(&weeks(&[(20, 100.0), (12, 20.0), (20, 60.0)])).abs_diff(32) <= 1);
    }

    #[test]
    fn one_odd_week_is_no_change() {
        let mut weekly = weeks(&[(40, 100.0)]);
        weekly[25] = 700.0;
        assert_eq!(last_change(&weekly), 0);
    }
}
