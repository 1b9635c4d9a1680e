//! History by formula, so that a test can say what each point must be.

use std::ops::Range;

/// What series `number` holds at `time`: no two times and no two series of a test have the same value.
///
/// It grows by one a minute. As all values are whole numbers where times are whole minutes, sums and averages of
/// points at equal distances are exact. Prometheus 2 counts a point on either end of a range, Prometheus 3 only
/// one on the later end: let no point stand on one. Of points at each 5 minutes and 1, the hour up to `t` holds
/// `t - 59 min`, `t - 54 min`, …, `t - 4 min`, so its average is `value_at(t) - (59 + 4) / 2`.
pub(crate) fn value_at(number: u32, time: i64) -> f64 {
    f64::from(number) * 1e9 + time as f64 / 60.0
}

/// One series of a Prometheus.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Vec<(String, String)>,
    /// (time, value), seconds since 1970-01-01 UTC, ascending.
    pub(crate) points: Vec<(i64, f64)>,
}

impl Series {
    /// A series with a point each `step` seconds.
    pub(crate) fn new(
        name: &str,
        labels: &[(&str, &str)],
        times: Range<i64>,
        step: usize,
        value: impl Fn(i64) -> f64,
    ) -> Series {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let points = times.step_by(step).map(|time| (time, value(time)));
        Series { name: name.to_owned(), labels: labels.collect(), points: points.collect() }
    }
}

/// Series as OpenMetrics text, with times in seconds; those of one name must stand together.
pub(crate) fn open_metrics(series: &[Series]) -> String {
    let mut text = String::new();
    for one in series {
        let labels: Vec<String> =
            one.labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        let labels = labels.join(",");
        for (time, value) in &one.points {
            text.push_str(&format!("{}{{{labels}}} {value} {time}\n", one.name));
        }
    }
    text.push_str("# EOF\n");
    text
}
