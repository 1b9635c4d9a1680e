//! Is it getting slower: daily medians, the trend through them, the limit.

use super::{
    ChartError,
    axis::Values,
    canvas::ink,
    extent::{extent, history, span},
    plot::Plot,
};
use crate::{
    plans::{Evidence, Finding},
    reports::Report,
};

/// A history that spans more than this ratio is drawn in ratios: on equal steps its lower half would be a
/// line along the bottom.
const LOGARITHMIC_FROM: f64 = 20.0;

/// Draws the chart; `None` where the finding carries no history.
pub(super) fn draw(report: &Report, finding: &Finding) -> Result<Option<String>, ChartError> {
    let evidence = &finding.evidence;
    let (Some(span), Some(values)) = (span(evidence, report.as_of), values(evidence)) else {
        return Ok(None);
    };
    let mut svg = String::new();
    let mut plot = Plot::new(&mut svg, report, finding, span, values)?;
    if let Some(band) = &evidence.band {
        plot.band(band, None)?;
    }
    for (n, line) in evidence.lines.iter().enumerate() {
        let (colour, width) = if n == 0 { (ink::HISTORY, 4) } else { (ink::FORECAST, 6) };
        plot.history(line, colour, width)?;
    }
    for level in evidence.thresholds.iter().filter(|level| level.value.is_finite()) {
        plot.level(level, ink::LIMIT)?;
    }
    plot.events()?;
    plot.as_of(report)?;
    plot.finish()?;
    Ok(Some(svg))
}

fn values(evidence: &Evidence) -> Option<Values> {
    let (lowest, highest) = extent(history(evidence))?;
    let levels = evidence.thresholds.iter().map(|level| level.value);
    let (low, high) = extent(levels.chain([lowest, highest]))?;
    if low > 0.0 && highest / lowest > LOGARITHMIC_FROM {
        return Some(Values::logarithmic(low, high));
    }
    Some(Values::linear(low.min(0.0), high, evidence.unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plans::Line,
        platform::Unit,
        reports::{chart::axis::Scale, fixture},
    };

    fn evidence(values: &[f64]) -> Evidence {
        let line = Line {
            name: "daily median".to_owned(),
            times: (0..values.len() as i64).collect(),
            values: values.iter().copied().map(Some).collect(),
        };
        Evidence { lines: vec![line], ..fixture::evidence(Unit::Messages) }
    }

    #[test]
    fn only_wide_and_positive_histories_are_drawn_in_ratios() {
        let scale = |v: &[f64]| values(&evidence(v)).map(|axis| axis.scale);
        assert_eq!(scale(&[10.0, 20.0, 150.0]), Some(Scale::Linear));
        assert_eq!(scale(&[10.0, 20.0, 900.0]), Some(Scale::Logarithmic));
        assert_eq!(scale(&[0.0, 20.0, 900.0]), Some(Scale::Linear));
        assert_eq!(scale(&[]), None);
    }
}
