//! Small pictures made of characters.

/// Eighths of a cell, the lowest first.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A line of values as `width` bars between its lowest and its highest; a hole is left blank.
pub(crate) fn sparkline(values: &[Option<f64>], width: usize) -> String {
    let width = width.min(values.len());
    let levels: Vec<Option<f64>> = (0..width)
        .map(|cell| mean(&values[cell * values.len() / width..(cell + 1) * values.len() / width]))
        .collect();
    let held = || levels.iter().copied().flatten();
    let (low, high) = (held().fold(f64::INFINITY, f64::min), held().fold(f64::NEG_INFINITY, f64::max));
    let bar = |level: Option<f64>| match level {
        None => ' ',
        // A flat line is drawn in the middle: it is neither low nor high.
        Some(_) if high <= low => EIGHTHS[3],
        Some(level) => EIGHTHS[(((level - low) / (high - low)).clamp(0.0, 1.0) * 7.0).round() as usize],
    };
    levels.into_iter().map(bar).collect()
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let held: Vec<f64> = values.iter().copied().flatten().filter(|v| v.is_finite()).collect();
    let count = held.len() as f64;
    // Divided before they are added, so that the sum of large values stays finite.
    (!held.is_empty()).then(|| held.iter().map(|v| v / count).sum())
}

/// Days as a bar of `width` cells; it is full at half a year, beyond which no lead time reaches.
pub(crate) fn runway_bar(days: Option<f64>, width: usize) -> String {
    const FULL_AT: f64 = 183.0;
    let share = days.map_or(1.0, |days| if days.is_nan() { 0.0 } else { (days / FULL_AT).clamp(0.0, 1.0) });
    let filled = (share * width as f64).round() as usize;
    "█".repeat(filled) + &"░".repeat(width.saturating_sub(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_rises_and_leaves_holes_blank() {
        let rising: Vec<Option<f64>> = (0..8).map(|i| Some(f64::from(i))).collect();
        assert_eq!(sparkline(&rising, 8), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[Some(1.0), None, Some(3.0)], 9), "▁ █");
        assert_eq!(sparkline(&[Some(5.0); 4], 4), "▄▄▄▄");
        assert_eq!(sparkline(&[None, Some(f64::NAN)], 2), "  ");
        assert_eq!(sparkline(&[], 5), "");
        assert_eq!(sparkline(&[Some(f64::MAX), Some(f64::MIN)], 2).chars().count(), 2);
    }

    #[test]
    fn a_bar_is_as_long_as_the_runway() {
        assert_eq!(runway_bar(Some(0.0), 4), "░░░░");
        assert_eq!(runway_bar(Some(91.5), 4), "██░░");
        assert_eq!(runway_bar(None, 4), "████");
        assert_eq!(runway_bar(Some(-3.0), 2), "░░");
    }
}
