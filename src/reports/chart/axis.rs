//! Axes: which values and dates are named beside a chart.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime, TimeZone};

use crate::{
    platform::Unit,
    reports::{Report, format},
};

/// How values are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    /// Equal ratios are equally far apart.
    Logarithmic,
}

/// An axis of values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    pub(super) scale: Scale,
    pub(super) low: f64,
    pub(super) high: f64,
    /// The values that are named, ascending, within `low..=high`.
    pub(super) ticks: Vec<f64>,
}

/// How often the axis is marked, at the least.
const INTERVALS: f64 = 5.0;

impl Values {
    /// A linear axis that holds `low..=high`, ending on round values of the unit.
    pub(super) fn linear(low: f64, high: f64, unit: Unit) -> Self {
        let (low, high) = (low.clamp(-MOST, MOST), high.clamp(-MOST, MOST));
        // A span that the numbers themselves hardly resolve is drawn as flat.
        let flat = high.abs().max(low.abs()) * 1e-9;
        let span = if high - low > flat { high - low } else { high.abs().max(1.0) };
        let step = round_step(span / INTERVALS, unit);
        let first = (low / step).floor();
        let last = (high.max(low) / step).ceil().max(first + 1.0);
        // The step is at least a fifth of a tenth of the span, so that the count stays small.
        let count = (last - first).clamp(1.0, 60.0) as u32;
        let ticks: Vec<f64> = (0..=count).map(|i| (first + f64::from(i)) * step).collect();
        Self { scale: Scale::Linear, low: first * step, high: (first + f64::from(count)) * step, ticks }
    }

    /// A logarithmic axis that holds `low..=high`; both are above zero.
    pub(super) fn logarithmic(low: f64, high: f64) -> Self {
        let (low, high) = (low.clamp(1.0 / MOST, MOST), high.clamp(1.0 / MOST, MOST));
        let (bottom, top) = (low / 1.15, (high * 1.15).max(low));
        let (first, last) = (bottom.log10().floor() as i32, top.log10().ceil() as i32);
        let decades = last - first;
        let within: &[f64] = if decades > 4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let ticks = (first..=last)
            .flat_map(|power| within.iter().map(move |digit| digit * 10f64.powi(power)))
            .filter(|tick| (bottom..=top).contains(tick))
            .collect();
        Self { scale: Scale::Logarithmic, low: bottom, high: top, ticks }
    }

    /// How far up the axis a value stands, from 0 to 1; values beyond it stand at its end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let place = |v: f64| match self.scale {
            Scale::Linear => v,
            Scale::Logarithmic => v.max(f64::MIN_POSITIVE).ln(),
        };
        let (low, high) = (place(self.low), place(self.high));
        ((place(value) - low) / (high - low)).clamp(0.0, 1.0)
    }
}

/// Beyond this a value is drawn at the edge: far above any disk or queue, far below overflow.
const MOST: f64 = 1e24;

/// A step of 1, 2 or 5 times a power of ten; for bytes of a prefix of 1024, so that the labels stay round.
fn round_step(at_least: f64, unit: Unit) -> f64 {
    let base = match unit {
        Unit::Bytes => 1024f64.powf((at_least.max(1.0).ln() / 1024f64.ln()).floor()),
        _ => 1.0,
    };
    let wanted = (at_least / base).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(wanted.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= wanted * 0.999);
    digit.unwrap_or(10.0) * power * base
}

/// A date named below a chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DateTick {
    /// Seconds since 1970-01-01 UTC.
    pub(super) time: i64,
    pub(super) label: String,
}

/// Dates to name between two moments: local midnights, months where the span is long. At most 14.
pub(super) fn dates(report: &Report, from: i64, to: i64) -> Vec<DateTick> {
    let (Some(first), Some(last)) = (report.local_date(from), report.local_date(to)) else {
        return Vec::new();
    };
    let days = (last - first).num_days();
    let mut ticks = Vec::new();
    let mut date = start(first, days);
    while date <= last && ticks.len() < 40 {
        let midnight = report.timezone.from_local_datetime(&date.and_time(NaiveTime::MIN)).earliest();
        if let Some(moment) = midnight.filter(|m| (from..=to).contains(&m.timestamp())) {
            ticks.push(DateTick { time: moment.timestamp(), label: label(date, days) });
        }
        let Some(next) = next(date, days) else { break };
        date = next;
    }
    ticks
}

/// The steps of the date axis: how many days a span may have for each.
const WEEKS_UP_TO: i64 = 100;
const MONTHS_UP_TO: i64 = 430;
const QUARTERS_UP_TO: i64 = 1100;

fn start(first: NaiveDate, days: i64) -> NaiveDate {
    match days {
        ..=14 => first,
        15..=WEEKS_UP_TO => first - Duration::days(i64::from(first.weekday().num_days_from_monday())),
        ..=MONTHS_UP_TO => first.with_day(1).unwrap_or(first),
        ..=QUARTERS_UP_TO => {
            let quarter = first.month0() / 3 * 3;
            first.with_day(1).and_then(|d| d.with_month0(quarter)).unwrap_or(first)
        }
        _ => first.with_ordinal(1).unwrap_or(first),
    }
}

fn next(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let months = |n| date.checked_add_months(chrono::Months::new(n));
    match days {
        ..=14 => date.checked_add_signed(Duration::days(if days > 8 { 2 } else { 1 })),
        15..=WEEKS_UP_TO => date.checked_add_signed(Duration::days(if days > 50 { 14 } else { 7 })),
        ..=MONTHS_UP_TO => months(1),
        ..=QUARTERS_UP_TO => months(3),
        // Whole years, so many at a time that about ten are named.
        _ => months(u32::try_from(days / 3650 + 1).unwrap_or(1).saturating_mul(12)),
    }
}

fn label(date: NaiveDate, days: i64) -> String {
    match days {
        ..=WEEKS_UP_TO => date.format("%-d %b").to_string(),
        ..=QUARTERS_UP_TO if date.month() == 1 => date.format("%b %Y").to_string(),
        ..=QUARTERS_UP_TO => date.format("%b").to_string(),
        _ => date.format("%Y").to_string(),
    }
}

/// The name of a value beside the axis.
pub(super) fn value_label(value: f64, unit: Unit) -> String {
    // Round values need no trailing zeros.
    let text = format::value(value, unit);
    match text.split_once('\u{a0}') {
        Some((number, words)) if number.contains('.') => {
            format!("{}\u{a0}{words}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reports::fixture;

    #[test]
    fn byte_axes_end_on_round_prefixes() {
        let tib = 1024f64.powi(4);
        let axis = Values::linear(0.0, 1.8 * tib, Unit::Bytes);
        assert_eq!(
            axis.ticks.iter().map(|t| t / 1024f64.powi(3)).collect::<Vec<_>>(),
            [0.0, 500.0, 1000.0, 1500.0, 2000.0]
        );
        let axis = Values::linear(0.0, 8.0 * tib, Unit::Bytes);
        assert_eq!(axis.ticks.iter().map(|t| t / tib).collect::<Vec<_>>(), [0.0, 2.0, 4.0, 6.0, 8.0]);
    }

    #[test]
    fn a_logarithmic_axis_names_ones_twos_and_fives() {
        let axis = Values::logarithmic(0.02, 3.0);
        assert_eq!(axis.ticks.first().map(|t| (t * 1e3).round()), Some(20.0));
        assert!((axis.share(0.02 / 1.15) - 0.0).abs() < 1e-9);
        // Equal ratios are equally far apart: 0.1 to 1 is as far as 0.2 to 2.
        let apart = |a, b| axis.share(b) - axis.share(a);
        assert!((apart(0.1, 1.0) - apart(0.2, 2.0)).abs() < 1e-9);
    }

    #[test]
    fn months_are_named_at_their_local_beginning() {
        let report = fixture::report();
        let ticks = dates(&report, report.as_of - 120 * 86_400, report.as_of + 120 * 86_400);
        let labels: Vec<&str> = ticks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(labels, ["Aug", "Sep", "Oct", "Nov", "Dec", "Jan 2027", "Feb", "Mar"]);
        // 1 November 2026 in Berlin begins at 2026-10-31T23:00:00Z.
        assert_eq!(ticks[3].time, 1_793_487_600);
    }

    proptest! {
        #[test]
        fn any_range_gives_a_usable_axis(low: f64, high: f64, value: f64) {
            prop_assume!(!low.is_nan() && !high.is_nan() && !value.is_nan());
            for axis in [Values::linear(low.min(high), high.max(low), Unit::Bytes),
                         Values::logarithmic(low.abs(), high.abs())] {
                prop_assert!(axis.high > axis.low && axis.ticks.len() < 100);
                prop_assert!((0.0..=1.0).contains(&axis.share(value)));
            }
        }

        #[test]
        fn any_span_names_few_dates(from in -1i64 << 40..1i64 << 40, days in 0i64..400_000) {
            let ticks = dates(&fixture::report(), from, from + days * 86_400);
            prop_assert!(ticks.len() <= 15, "{} ticks over {} days", ticks.len(), days);
        }
    }
}
