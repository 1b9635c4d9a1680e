//! What is left of values once the change in them is taken off.

/// A step or late rise must leave less than this share of the squares that the line leaves, or the line stays: a
/// shape with one more freedom always fits a little better.
const CLEARLY_BETTER: f64 = 0.8;
/// A change lies at least this share of the values from either end.
const EDGE: usize = 8;

/// The values less a line through the origin of that slope.
pub(super) fn around_line(x: &[f64], y: &[f64], slope: f64) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| y - slope * x).collect()
}

/// The values less the line, or less the step or the late rise (flat, then a ramp from some day on) that fits
/// best, if it fits clearly better than the line.
pub(super) fn around_shape(x: &[f64], y: &[f64], slope: f64) -> Vec<f64> {
    let line = around_line(x, y, slope);
    let mut best = (CLEARLY_BETTER * squares(&line), line);
    for cut in y.len() / EDGE..y.len() - y.len() / EDGE {
        for residuals in [around_step(y, cut), around_late_rise(x, y, cut)] {
            let left = squares(&residuals);
            if left < best.0 {
                best = (left, residuals);
            }
        }
    }
    best.1
}

fn around_step(y: &[f64], cut: usize) -> Vec<f64> {
    let (before, after) = (mean(&y[..cut]), mean(&y[cut..]));
    y.iter().enumerate().map(|(i, y)| y - if i < cut { before } else { after }).collect()
}

fn around_late_rise(x: &[f64], y: &[f64], cut: usize) -> Vec<f64> {
    let ramp: Vec<f64> = x.iter().map(|v| (v - x[cut]).max(0.0)).collect();
    let (ramp_mean, y_mean) = (mean(&ramp), mean(y));
    let covariance: f64 = ramp.iter().zip(y).map(|(r, y)| (r - ramp_mean) * (y - y_mean)).sum();
    let variance: f64 = ramp.iter().map(|r| (r - ramp_mean).powi(2)).sum();
    let slope = if variance > 0.0 { covariance / variance } else { 0.0 };
    around_line(&ramp, y, slope)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The sum of squares around the mean.
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(n: usize) -> Vec<f64> {
        (0..n).map(|i| i as f64).collect()
    }

    #[test]
    fn a_step_and_a_late_rise_leave_nothing() {
        let x = days(40);
        let step: Vec<f64> = x.iter().map(|&d| if d < 25.0 { 1.0 } else { 4.0 }).collect();
        assert!(squares(&around_shape(&x, &step, 0.08)) < 1e-12);
        let late: Vec<f64> = x.iter().map(|&d| 2.0 + (d - 30.0).max(0.0)).collect();
        assert!(squares(&around_shape(&x, &late, 0.1)) < 1e-12);
    }

    #[test]
    fn a_line_stays_a_line() {
        let x = days(40);
        let noise = [0.3, -0.2, 0.1, -0.4, 0.2];
        let y: Vec<f64> = x.iter().enumerate().map(|(i, &d)| 0.5 * d + noise[i % 5]).collect();
        assert_eq!(around_shape(&x, &y, 0.5), around_line(&x, &y, 0.5));
    }
}
