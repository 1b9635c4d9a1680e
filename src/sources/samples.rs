//! Samples: one series as a source answered it, in canonical words and units.

use crate::platform::SeriesKey;

/// Times and values of one series, side by side: `times.len() == values.len()`.
///
/// Times are seconds since 1970-01-01 UTC; values are finite. A source's hole (null, NaN, infinity) is not
/// a point. Order and uniqueness are not promised before the archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// Seconds since 1970-01-01 UTC.
    pub times: Vec<i64>,
    /// Finite values in the measure's canonical unit.
    pub values: Vec<f64>,
}

impl Points {
    /// How many points there are.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Adds a point; one whose value is not finite is a hole and is left out.
    pub fn push(&mut self, time: i64, value: f64) {
        if value.is_finite() {
            self.times.push(time);
            self.values.push(value);
        }
    }

    /// Both columns as pairs.
    pub fn iter(&self) -> impl Iterator<Item = (i64, f64)> {
        self.times.iter().copied().zip(self.values.iter().copied())
    }
}

impl FromIterator<(i64, f64)> for Points {
    fn from_iter<I: IntoIterator<Item = (i64, f64)>>(pairs: I) -> Self {
        let mut points = Points::default();
        pairs.into_iter().for_each(|(time, value)| points.push(time, value));
        points
    }
}

/// One series of a measure as it was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// What is measured, and of what.
    pub key: SeriesKey,
    /// When, and how much.
    pub points: Points,
}
