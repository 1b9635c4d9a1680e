//! The sink: where every reader leaves its series. It asks once per series what a query pack makes of it,
//! converts the values, and keeps the books.

use std::collections::{BTreeMap, HashMap};

use super::{
    FileReading, FileReport, Identity, Points, Recognition, Samples, Unrecognised, timestamp::PLAUSIBLE,
};
use crate::platform::SeriesKey;

/// How many lines of one kind (warnings, things not read) a report lists before it only counts.
const LISTED: usize = 50;

/// One series while it is read: its points so far and what was not a point.
#[derive(Debug, Default)]
pub(super) struct Column {
    points: Points,
    holes: u64,
    /// How many points lie outside [`PLAUSIBLE`] time, and the first such time.
    outside: Option<(u64, i64)>,
}

impl Column {
    /// Adds an entry at `time` (seconds since 1970-01-01 UTC). A value that is not finite is a hole.
    #[inline]
    pub(super) fn push(&mut self, time: i64, value: f64) {
        if !value.is_finite() {
            self.holes += 1;
        } else if PLAUSIBLE.contains(&time) {
            self.points.push(time, value);
        } else {
            let (count, first) = self.outside.unwrap_or((0, time));
            self.outside = Some((count + 1, first));
        }
    }

    /// Counts an entry that has no value.
    pub(super) fn hole(&mut self) {
        self.holes += 1;
    }

    fn clear(&mut self) {
        self.points.times.clear();
        self.points.values.clear();
        self.holes = 0;
        self.outside = None;
    }
}

/// What became of an identity.
enum Place {
    Known { key: SeriesKey, factor: f64, offset: f64, samples: Option<usize> },
    Unknown,
}

/// Takes the series of one file.
pub(super) struct Sink<'a> {
    recognise: &'a dyn Fn(&Identity) -> Recognition,
    places: HashMap<Identity, Place>,
    samples: Vec<Samples>,
    report: FileReport,
    counted: BTreeMap<(&'static str, &'static str), u64>,
    not_read: Notes,
    warnings: Notes,
}

impl<'a> Sink<'a> {
    /// An empty sink that asks `recognise` about each series.
    pub(super) fn new(recognise: &'a dyn Fn(&Identity) -> Recognition) -> Self {
        Sink {
            recognise,
            places: HashMap::new(),
            samples: Vec::new(),
            report: FileReport::default(),
            counted: BTreeMap::new(),
            not_read: Notes::default(),
            warnings: Notes::default(),
        }
    }

    /// Takes a series and leaves `column` empty for the next. A series that comes again is continued.
    pub(super) fn take(&mut self, identity: Identity, column: &mut Column) {
        self.report.points += column.points.len() as u64;
        self.report.holes += column.holes;
        if let Some((count, first)) = column.outside {
            self.not_read.add(outside(&identity, count, first));
        }
        let place = match self.places.get_mut(&identity) {
            Some(place) => place,
            None => {
                let place = match (self.recognise)(&identity) {
                    Recognition::Known { key, factor, offset } => {
                        Place::Known { key, factor, offset, samples: None }
                    }
                    Recognition::Unknown { nearest } => {
                        let identity = identity.to_string();
                        self.report.unrecognised.push(Unrecognised { identity, nearest });
                        Place::Unknown
                    }
                };
                self.places.entry(identity).or_insert(place)
            }
        };
        if let Place::Known { key, factor, offset, samples } = place
            && !column.points.is_empty()
        {
            let index = *samples.get_or_insert_with(|| {
                self.samples.push(Samples { key: key.clone(), points: Points::default() });
                self.samples.len() - 1
            });
            if let Some(samples) = self.samples.get_mut(index) {
                let lost = append(&mut samples.points, &column.points, *factor, *offset);
                self.report.points -= lost;
                self.report.holes += lost;
            }
        }
        column.clear();
    }

    /// Counts one `thing` that is not read; `way_out` says what to do about it.
    pub(super) fn count_not_read(&mut self, thing: &'static str, way_out: &'static str) {
        *self.counted.entry((thing, way_out)).or_default() += 1;
    }

    /// Notes something that is not read.
    pub(super) fn note_not_read(&mut self, what: String) {
        self.not_read.add(what);
    }

    /// Keeps what the server said beside the data.
    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.add(warning);
    }

    /// Closes the books.
    pub(super) fn finish(mut self) -> FileReading {
        let counted = self.counted.iter().map(|((thing, way_out), count)| {
            let plural = if *count == 1 { "" } else { "s" };
            format!("{count} {thing}{plural}: {way_out}")
        });
        self.report.not_read = counted.chain(self.not_read.lines()).collect();
        self.report.warnings = self.warnings.lines().collect();
        self.report.series = self.places.len();
        FileReading { report: self.report, samples: self.samples }
    }
}

/// Appends `offset + factor × value` to a series; returns how many values left the range of `f64` by that.
fn append(to: &mut Points, from: &Points, factor: f64, offset: f64) -> u64 {
    let before = to.len();
    if factor == 1.0 && offset == 0.0 {
        to.times.extend_from_slice(&from.times);
        to.values.extend_from_slice(&from.values);
    } else {
        to.times.reserve(from.len());
        to.values.reserve(from.len());
        from.iter().for_each(|(time, value)| to.push(time, offset + factor * value));
    }
    (before + from.len() - to.len()) as u64
}

fn outside(identity: &Identity, count: u64, first: i64) -> String {
    let guess = [(1_000, "milliseconds"), (1_000_000, "microseconds"), (1_000_000_000, "nanoseconds")]
        .iter()
        .find(|(unit, _)| PLAUSIBLE.contains(&(first / unit)))
        .map(|(_, name)| format!(" ({name}?)"))
        .unwrap_or_default();
    let points = if count == 1 { "point" } else { "points" };
    format!(
        "{count} {points} of {identity} outside the years 1990 to 2099: the first has the time {first}{guess}; \
         times must be seconds since 1970"
    )
}

/// Lines for a report, each once and not too many.
#[derive(Default)]
struct Notes {
    listed: Vec<String>,
    more: u64,
}

impl Notes {
    fn add(&mut self, line: String) {
        if self.listed.contains(&line) {
            return;
        }
        if self.listed.len() < LISTED {
            self.listed.push(line);
        } else {
            self.more += 1;
        }
    }

    fn lines(self) -> impl Iterator<Item = String> {
        let more = (self.more > 0).then(|| format!("and {} more of this kind", self.more));
        self.listed.into_iter().chain(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::Measure, sources::testing::name};

    fn column(points: &[(i64, f64)]) -> Column {
        let mut column = Column::default();
        points.iter().for_each(|(t, v)| column.push(*t, *v));
        column
    }

    #[test]
    fn converts_to_canonical_units_and_asks_once_per_series() {
        let asked = std::cell::Cell::new(0);
        let idle_percent = |_: &Identity| {
            asked.set(asked.get() + 1);
            let key = SeriesKey { measure: Measure::LoadCpu, labels: Default::default() };
            Recognition::Known { key, factor: -0.01, offset: 1.0 }
        };
        let mut sink = Sink::new(&idle_percent);
        sink.take(name("idle"), &mut column(&[(1_700_000_000, 75.0)]));
        sink.take(name("idle"), &mut column(&[(1_700_000_300, 50.0), (1_700_000_600, f64::NAN)]));
        let reading = sink.finish();
        assert_eq!(asked.get(), 1);
        // 1 - 0.01 × 75 = 0.25 and 1 - 0.01 × 50 = 0.5.
        assert_eq!(reading.samples[0].points.values, [0.25, 0.5]);
        assert_eq!((reading.report.series, reading.report.points, reading.report.holes), (1, 2, 1));
    }

    #[test]
    fn a_value_that_overflows_in_conversion_is_a_hole() {
        let huge = |_: &Identity| {
            let key = SeriesKey { measure: Measure::DiskUsed, labels: Default::default() };
            Recognition::Known { key, factor: 1024.0, offset: 0.0 }
        };
        let mut sink = Sink::new(&huge);
        sink.take(name("kib"), &mut column(&[(1_700_000_000, 1e308), (1_700_000_300, 2.0)]));
        let reading = sink.finish();
        assert_eq!(reading.samples[0].points.values, [2048.0]);
        assert_eq!((reading.report.points, reading.report.holes), (1, 1));
    }

    #[test]
    fn unknown_series_are_counted_and_listed_once() {
        let unknown = |_: &Identity| Recognition::Unknown { nearest: vec!["node_exporter: near".into()] };
        let mut sink = Sink::new(&unknown);
        sink.take(name("mystery"), &mut column(&[(1_700_000_000, 1.0)]));
        sink.take(name("mystery"), &mut column(&[(1_700_000_300, 1.0)]));
        let reading = sink.finish();
        let expected =
            Unrecognised { identity: "mystery".into(), nearest: vec!["node_exporter: near".into()] };
        assert_eq!(reading.report.unrecognised, [expected]);
        assert_eq!((reading.report.points, reading.samples.len()), (2, 0));
    }

    #[test]
    fn times_in_the_wrong_unit_are_named() {
        let unknown = |_: &Identity| Recognition::Unknown { nearest: vec![] };
        let mut sink = Sink::new(&unknown);
        sink.take(name("q"), &mut column(&[(1_795_163_050_000, 1.0), (5, 1.0), (1_795_163_050, 1.0)]));
        let reading = sink.finish();
        insta::assert_snapshot!(reading.report.not_read.join("\n"), @"2 points of q outside the years 1990 to 2099: the first has the time 1795163050000 (milliseconds?); times must be seconds since 1970");
        assert_eq!(reading.report.points, 1);
    }

    #[test]
    fn long_lists_end_in_a_count() {
        let mut notes = Notes::default();
        (0..LISTED + 3).for_each(|i| notes.add(format!("warning {i}")));
        notes.add("warning 0".into());
        assert_eq!(notes.lines().last().unwrap(), "and 3 more of this kind");
    }
}
