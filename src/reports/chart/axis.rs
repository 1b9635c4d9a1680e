//! Axes: which values and dates are named beside a chart.

use std::iter::successors;

use chrono::{Datelike, Duration, Months, NaiveDate, NaiveTime, TimeZone};

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
        let step = round_step(span / INTERVALS, prefix(high.abs().max(low.abs()), unit));
        let first = (low / step).floor();
        let last = (high.max(low) / step).ceil().max(first + 1.0);
        // The step is at least a fifth of a tenth of the span, so that the count stays small.
        let count = (last - first).clamp(1.0, 60.0) as u32;
        let ticks: Vec<f64> = (0..=count).map(|i| (first + f64::from(i)) * step).collect();
        Self { scale: Scale::Linear, low: first * step, high: (first + f64::from(count)) * step, ticks }
    }

    /// The same axis, ending at `high` where it went on beyond it.
    pub(super) fn up_to(mut self, high: f64) -> Self {
        if high > self.low && high < self.high {
            self.high = high;
            self.ticks.retain(|&tick| tick <= high);
        }
        self
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

/// What the values of an axis are counted in: for bytes the largest prefix of 1024 that its end reaches.
fn prefix(end: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Bytes => format::byte_prefix(end).0,
        _ => 1.0,
    }
}

/// A step of 1, 2 or 5 times a power of ten of `base`, so that the labels stay round.
fn round_step(at_least: f64, base: f64) -> f64 {
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

/// How far apart the named dates are.
#[derive(Debug, Clone, Copy)]
enum Every {
    Days(i64),
    Weeks(i64),
    Months(u32),
    Years(u32),
}

impl Every {
    /// The step that names about five to twelve dates in so many days.
    fn of(days: i64) -> Self {
        match days {
            ..=8 => Every::Days(1),
            9..=14 => Every::Days(2),
            15..=50 => Every::Weeks(1),
            51..=100 => Every::Weeks(2),
            101..=430 => Every::Months(1),
            431..=1100 => Every::Months(3),
            _ => Every::Years(u32::try_from(days / 3650 + 1).unwrap_or(1)),
        }
    }

    /// The last date on or before `first` that may be named.
    fn start(self, first: NaiveDate) -> NaiveDate {
        match self {
            Every::Days(_) => first,
            Every::Weeks(_) => {
                let since_monday = Duration::days(i64::from(first.weekday().num_days_from_monday()));
                first.checked_sub_signed(since_monday).unwrap_or(first)
            }
            Every::Months(months) => {
                let month = first.month0() / months * months;
                first.with_day(1).and_then(|date| date.with_month0(month)).unwrap_or(first)
            }
            Every::Years(_) => first.with_ordinal(1).unwrap_or(first),
        }
    }

    /// The next one; `None` at the end of the calendar.
    fn next(self, date: NaiveDate) -> Option<NaiveDate> {
        match self {
            Every::Days(days) => date.checked_add_signed(Duration::days(days)),
            Every::Weeks(weeks) => date.checked_add_signed(Duration::weeks(weeks)),
            Every::Months(months) => date.checked_add_months(Months::new(months)),
            Every::Years(years) => date.checked_add_months(Months::new(years.saturating_mul(12))),
        }
    }

    fn label(self, date: NaiveDate) -> String {
        let format = match self {
            Every::Days(_) | Every::Weeks(_) => "%-d %b",
            Every::Months(_) if date.month() == 1 => "%b %Y",
            Every::Months(_) => "%b",
            Every::Years(_) => "%Y",
        };
        date.format(format).to_string()
    }
}

/// Dates to name between two moments: local midnights, months or years where the span is long. At most 15.
pub(super) fn dates(report: &Report, from: i64, to: i64) -> Vec<DateTick> {
    let (Some(first), Some(last)) = (report.local_date(from), report.local_date(to)) else {
        return Vec::new();
    };
    let every = Every::of((last - first).num_days());
    let candidates = successors(Some(every.start(first)), |&date| every.next(date));
    candidates
        .take_while(|&date| date <= last)
        .filter_map(|date| {
            let midnight = report.timezone.from_local_datetime(&date.and_time(NaiveTime::MIN)).earliest()?;
            let time = midnight.timestamp();
            (from..=to).contains(&time).then(|| DateTick { time, label: every.label(date) })
        })
        .collect()
}

impl Values {
    /// The name of a tick; all names of an axis of bytes have the same prefix.
    pub(super) fn label(&self, tick: f64, unit: Unit) -> String {
        let text = match unit {
            Unit::Bytes => format::bytes_as(tick, self.high.abs().max(self.low.abs())),
            // Nine digits would not fit beside the chart.
            Unit::Count | Unit::Messages if self.high >= 1e6 => {
                format!("{}\u{a0}million", format::count(tick / 1e6))
            }
            _ => format::value(tick, unit),
        };
        // Round values need no trailing zeros.
        match text.split_once('\u{a0}') {
            Some((number, words)) if number.contains('.') => {
                format!("{}\u{a0}{words}", number.trim_end_matches('0').trim_end_matches('.'))
            }
            _ => text,
        }
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
        let labels: Vec<String> = axis.ticks.iter().map(|&tick| axis.label(tick, Unit::Bytes)).collect();
        assert_eq!(labels, ["0\u{a0}TiB", "0.5\u{a0}TiB", "1\u{a0}TiB", "1.5\u{a0}TiB", "2\u{a0}TiB"]);
        let axis = Values::linear(0.0, 8.0 * tib, Unit::Bytes);
        assert_eq!(axis.ticks.iter().map(|t| t / tib).collect::<Vec<_>>(), [0.0, 2.0, 4.0, 6.0, 8.0]);
    }

    #[test]
    fn an_axis_may_end_between_two_ticks() {
        let axis = Values::linear(0.0, 61.0, Unit::Count);
        assert_eq!((axis.high, axis.clone().up_to(200.0).high), (80.0, 80.0));
        let cut = axis.up_to(62.0);
        assert_eq!((cut.high, cut.ticks), (62.0, vec![0.0, 20.0, 40.0, 60.0]));
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
