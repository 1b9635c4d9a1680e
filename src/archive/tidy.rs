//! Tidying: old points go or become coarser, where that is asked for, and months that are long over become years.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{
    ArchiveError,
    downsample::downsample,
    fold::fold,
    layout::{self, Kind},
    migrate::migrate,
    month::Month,
    normalise::months,
    partition::Partition,
    period::{Overlaid, Period, overlay},
    storage::{Entry, Storage, update},
};
use crate::platform::{ArchiveSettings, Downsample, Form, Measure};

/// What becomes of old points. Ages count in whole months: a month is touched once all of it is older.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tidying {
    /// Points older than this are removed, seconds; all are kept where there is none.
    pub keep: Option<i64>,
    /// Of several rules whose age is reached, the coarsest step counts. Slots are counted from the first second of
    /// each month, UTC.
    pub downsample: Vec<Downsample>,
}

impl From<&ArchiveSettings> for Tidying {
    fn from(settings: &ArchiveSettings) -> Tidying {
        Tidying { keep: settings.keep, downsample: settings.downsample.clone() }
    }
}

/// What a tidying has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tidied {
    /// Points that were older than is kept.
    pub points_removed: u64,
    /// Points that others now stand for.
    pub points_downsampled: u64,
    /// Years of a measure whose months are one file now.
    pub years_compacted: u64,
    /// What is wrong with files that had to be left as they are, and what to do.
    pub damaged: Vec<String>,
}

impl Tidied {
    fn plus(mut self, other: Tidied) -> Tidied {
        self.damaged.extend(other.damaged);
        Tidied {
            points_removed: self.points_removed + other.points_removed,
            points_downsampled: self.points_downsampled + other.points_downsampled,
            years_compacted: self.years_compacted + other.years_compacted,
            damaged: self.damaged,
        }
    }
}

/// A year becomes one file this long after its end: five weekly runs, of which each may still bring late points.
const YEAR_IS_OVER: i64 = 35 * 86_400;
/// Months become one file where all of a year is at most this large. At the five bytes a point that hourly history
/// takes, that is 190 series, some 35 MB while it is read: a three-year disk history of a few hosts then takes a
/// handful of requests to an object store, and a late point does not cost the rewriting of a large file.
const LARGEST_YEAR: u64 = 8 << 20;

/// See [`super::Archive::tidy`].
pub(super) fn tidy(storage: &dyn Storage, tidying: &Tidying, now: i64) -> Result<Tidied, ArchiveError> {
    let _lock = storage.exclusive()?;
    migrate(storage)?;
    let mut tidied = Tidied::default();
    for measure in layout::measures(storage)? {
        tidied = tidied
            .plus(fold_what_is_left(storage, measure)?)
            .plus(age(storage, measure, &Ages::of(tidying, now))?)
            .plus(compact(storage, measure, now)?);
    }
    Ok(tidied)
}

/// Puts months that a killed run has left on their year into it.
fn fold_what_is_left(storage: &dyn Storage, measure: Measure) -> Result<Tidied, ArchiveError> {
    let mut tidied = Tidied::default();
    for Overlaid { base, months } in overlay(&layout::periods(storage, measure)?) {
        if let (Period::Year(year), false) = (base, months.is_empty()) {
            pass_over_damage(fold(storage, measure, year, &months), &mut tidied)?;
        }
    }
    Ok(tidied)
}

/// The moments before which points go or become coarser. Each is the beginning of a month.
struct Ages {
    keep_from: Option<i64>,
    /// Before which moment, and to which step.
    coarser: Vec<(i64, i64)>,
}

impl Ages {
    fn of(tidying: &Tidying, now: i64) -> Ages {
        // All months before the one that lies at this age are older as a whole.
        let whole_months = |age: i64| Month::containing(now.saturating_sub(age.max(0))).map(Month::start);
        let rules = tidying.downsample.iter();
        Ages {
            keep_from: tidying.keep.and_then(whole_months),
            coarser: rules.filter_map(|rule| Some((whole_months(rule.older_than)?, rule.step))).collect(),
        }
    }

    fn touch(&self, period: Period) -> bool {
        let mut moments = self.coarser.iter().map(|(before, _)| *before).chain(self.keep_from);
        moments.any(|before| period.range().start < before)
    }

    fn step(&self, month: Month) -> Option<i64> {
        self.coarser.iter().filter(|(before, _)| month.start() < *before).map(|(_, step)| *step).max()
    }
}

/// Removes points and makes others coarser, partition by partition.
fn age(storage: &dyn Storage, measure: Measure, ages: &Ages) -> Result<Tidied, ArchiveError> {
    let periods = layout::periods(storage, measure)?;
    let touched: Vec<Period> = periods.into_iter().filter(|period| ages.touch(*period)).collect();
    let aged: Vec<Tidied> = touched
        .par_iter()
        .map(|period| {
            let mut tidied = Tidied::default();
            let aged = age_partition(storage, measure, *period, ages);
            let done = pass_over_damage(aged, &mut tidied)?.unwrap_or_default();
            Ok(tidied.plus(done))
        })
        .collect::<Result<_, ArchiveError>>()?;
    Ok(aged.into_iter().fold(Tidied::default(), Tidied::plus))
}

fn age_partition(
    storage: &dyn Storage,
    measure: Measure,
    period: Period,
    ages: &Ages,
) -> Result<Tidied, ArchiveError> {
    let key = layout::partition(measure, period);
    let path = storage.path(&key);
    let (is_empty, tidied) = update(storage, &key, |held| {
        let Some(bytes) = held else { return Ok((None, (false, Tidied::default()))) };
        let held = Partition::decode(&path, &bytes, period)?;
        let (aged, tidied) = aged(&held, measure.form(), ages);
        drop(held);
        let is_empty = aged.is_empty();
        let is_changed = tidied != Tidied::default();
        let bytes = if is_changed && !is_empty { Some(aged.encode(&path)?) } else { None };
        Ok((bytes, (is_empty, tidied)))
    })?;
    if is_empty {
        storage.remove(&key)?;
    }
    Ok(tidied)
}

fn aged(held: &Partition, form: Form, ages: &Ages) -> (Partition, Tidied) {
    let (mut aged, mut tidied) = (Partition::default(), Tidied::default());
    for (id, rows) in held.runs() {
        let (times, values) = (&held.times[rows.clone()], &held.values[rows]);
        let old = ages.keep_from.map_or(0, |from| times.partition_point(|time| *time < from));
        tidied.points_removed += old as u64;
        let (times, values) = (&times[old..], &values[old..]);
        // A partition that was read has times of its period only.
        for (month, rows) in months(times).unwrap_or_default() {
            let (times, values) = (&times[rows.clone()], &values[rows]);
            let step = ages.step(month);
            match step.and_then(|step| downsample(form, times, values, month.start(), step)) {
                Some(coarser) => {
                    tidied.points_downsampled += (times.len() - coarser.len()) as u64;
                    aged.extend(id, &coarser.times, &coarser.values);
                }
                None => aged.extend(id, times, values),
            }
        }
    }
    (aged, tidied)
}

/// Makes the months of years that are long over one file a year, where they are small together.
fn compact(storage: &dyn Storage, measure: Measure, now: i64) -> Result<Tidied, ArchiveError> {
    let mut tidied = Tidied::default();
    for (year, months) in small_years(&layout::files(storage, measure)?, now) {
        if pass_over_damage(fold(storage, measure, year, &months), &mut tidied)?.is_some() {
            tidied.years_compacted += 1;
        }
    }
    Ok(tidied)
}

/// The years of which there are months, two at the least, all together small, and that are long over.
fn small_years(files: &[Entry], now: i64) -> Vec<(u16, Vec<Month>)> {
    let mut years: BTreeMap<u16, (u64, Vec<Month>)> = BTreeMap::new();
    for file in files {
        if let Some(Kind::Partition(_, Period::Month(month))) = layout::kind(&file.key) {
            let (bytes, months) = years.entry(month.year()).or_default();
            *bytes += file.bytes;
            months.push(month);
        }
    }
    let is_over = |year: u16| Period::Year(year).range().end.saturating_add(YEAR_IS_OVER) <= now;
    years
        .into_iter()
        .filter(|(year, (bytes, months))| is_over(*year) && *bytes <= LARGEST_YEAR && months.len() > 1)
        .map(|(year, (_, months))| (year, months))
        .collect()
}

/// `None` where a file is damaged: it is told, and what needs it left as it is.
fn pass_over_damage<T>(
    done: Result<T, ArchiveError>,
    tidied: &mut Tidied,
) -> Result<Option<T>, ArchiveError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error @ ArchiveError::Damaged { .. }) => {
            tidied.damaged.push(error.to_string());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(name: &str, bytes: u64) -> Entry {
        Entry { key: format!("measure=disk.used/{name}/points.parquet"), bytes }
    }

    #[test]
    fn a_year_is_compacted_when_it_is_long_over_and_small() {
        let files = [
            month("month=2024-03", 5 << 20),
            month("month=2024-04", 4 << 20),
            month("month=2025-01", 4 << 20),
            month("month=2025-12", 4 << 20),
            month("month=2023-07", 1),
            month("year=2022", 1),
            Entry { key: "measure=disk.used/series.parquet".to_owned(), bytes: 9 << 20 },
        ];
        // 2024 has 9 MiB, 2023 one month, 2022 is one file already.
        let january_2026 = 1_767_225_600;
        let found = |now| small_years(&files, now).into_iter().map(|(year, _)| year).collect::<Vec<_>>();
        assert_eq!(found(january_2026 + YEAR_IS_OVER), [2025]);
        assert_eq!(found(january_2026 + YEAR_IS_OVER - 1), Vec::<u16>::new());
    }

    #[test]
    fn only_months_that_are_older_as_a_whole_are_touched() {
        // At 2026-04-15, ages of 10 and 45 days reach 2026-04-05 and 2026-03-01: all before April, all before March.
        let rule = |days: i64, step: i64| Downsample { older_than: days * 86_400, step };
        let tidying = Tidying { keep: Some(45 * 86_400), downsample: vec![rule(10, 300), rule(45, 3600)] };
        let april_15 = 1_775_001_600 + 14 * 86_400;
        let ages = Ages::of(&tidying, april_15);
        assert_eq!(ages.keep_from, Some(1_772_323_200));
        let step = |month: &str| ages.step(month.parse().unwrap());
        assert_eq!((step("2026-04"), step("2026-03"), step("2026-02")), (None, Some(300), Some(3600)));
        assert!(!ages.touch("month=2026-04".parse().unwrap()));
        assert!(ages.touch("year=2026".parse().unwrap()));
        // An age beyond the calendar touches nothing.
        assert_eq!(Ages::of(&Tidying { keep: Some(i64::MAX), downsample: vec![] }, april_15).keep_from, None);
    }
}
