//! Periods: what the file of a partition spans. Months that are long over become a year.

use std::{collections::BTreeMap, fmt, ops::Range, str::FromStr};

use super::month::Month;

/// A month, or a calendar year of the years 0 to 9999; UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Period {
    Month(Month),
    Year(u16),
}

const MONTH: &str = "month=";
const YEAR: &str = "year=";

impl Period {
    /// From the first second, up to but not at the first one after it.
    pub(super) fn range(self) -> Range<i64> {
        match self {
            Period::Month(month) => month.start()..month.end(),
            Period::Year(year) => {
                let mut months = Month::of_year(year);
                let (first, last) = (months.next(), months.next_back());
                first.map_or(0, Month::start)..last.map_or(0, Month::end)
            }
        }
    }
}

/// Written as the directory of its partition: `month=2026-03`, `year=2025`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Month(month) => write!(f, "{MONTH}{month}"),
            Period::Year(year) => write!(f, "{YEAR}{year:04}"),
        }
    }
}

/// Exactly what [`Period`]'s display writes.
impl FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Period, ()> {
        if let Some(month) = text.strip_prefix(MONTH) {
            return month.parse().map(Period::Month);
        }
        let year = text.strip_prefix(YEAR).ok_or(())?.parse().map_err(|_| ())?;
        let period = Period::Year(year);
        (year <= 9999 && period.to_string() == text).then_some(period).ok_or(())
    }
}

/// A partition, and those of months that lie within it: they are there while a year is being made, or where another
/// run wrote a month just then. Where both have a point, the month's is the later one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Overlaid {
    pub(super) base: Period,
    pub(super) months: Vec<Month>,
}

/// Puts months on the year that holds them, where there is one; ascending in time.
pub(super) fn overlay(periods: &[Period]) -> Vec<Overlaid> {
    let mut overlaid: BTreeMap<i64, Overlaid> = BTreeMap::new();
    let years = periods.iter().filter(|period| matches!(period, Period::Year(_)));
    for base in years.copied() {
        overlaid.insert(base.range().start, Overlaid { base, months: Vec::new() });
    }
    for period in periods {
        let Period::Month(month) = *period else { continue };
        match overlaid.get_mut(&Period::Year(month.year()).range().start) {
            Some(Overlaid { base: Period::Year(_), months }) => months.push(month),
            _ => drop(overlaid.insert(month.start(), Overlaid { base: *period, months: Vec::new() })),
        }
    }
    overlaid.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_written_as_it_is_read() {
        for text in ["month=2026-03", "year=2025", "year=0000", "year=9999"] {
            assert_eq!(period(text).to_string(), text);
        }
        for text in ["month=2026-13", "year=25", "year=10000", "year=+025", "year=", "2025", "week=2025-01"] {
            assert_eq!(text.parse::<Period>(), Err(()), "{text}");
        }
        // `date -u -d 2025-01-01 +%s` and `date -u -d 2026-01-01 +%s`.
        assert_eq!(period("year=2025").range(), 1_735_689_600..1_767_225_600);
    }

    #[test]
    fn months_lie_on_their_year() {
        let periods = [
            "year=2024",
            "month=2023-12",
            "month=2024-01",
            "month=2024-07",
            "month=2025-01",
            "month=2025-02",
        ];
        let overlaid = overlay(&periods.map(period));
        let shown: Vec<_> =
            overlaid.iter().map(|overlaid| (overlaid.base.to_string(), overlaid.months.len())).collect();
        let expected = [("month=2023-12", 0), ("year=2024", 2), ("month=2025-01", 0), ("month=2025-02", 0)];
        assert_eq!(shown, expected.map(|(base, months)| (base.to_owned(), months)));
        assert_eq!(overlay(&[]), []);
    }
}
