//! What a chart must have room for.

use crate::plans::Evidence;

/// The lowest and the highest of some numbers that are numbers.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |held, v| match held {
        None => Some((v, v)),
        Some((low, high)) => Some((v.min(low), v.max(high))),
    })
}

/// The values of all lines of the history.
pub(super) fn history(evidence: &Evidence) -> impl Iterator<Item = f64> {
    evidence.lines.iter().flat_map(|line| line.values.iter().copied().flatten())
}

/// From the first sample to the last moment that there is something to show at.
pub(super) fn span(evidence: &Evidence, as_of: i64) -> Option<(i64, i64)> {
    let times = || evidence.lines.iter().flat_map(|line| line.times.iter().copied());
    let forecast = evidence.band.iter().flat_map(|band| band.times.iter().copied());
    let from = times().min()?;
    let to = times().chain(forecast).chain([as_of]).max()?;
    (from < to).then_some((from, to))
}
