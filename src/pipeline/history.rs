//! The history that is planned from: the archive up to a moment, and what was seen of each series while reading it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    archive::{Archive, ArchiveError, Column, Disagreement, Extract},
    plans::LastSeen,
    platform::{Measure, SeriesKey},
    series::{DAY, HOUR, Stages, VolumeInput, delays, derived, native_step, parts_of, stages},
};

/// Days of disk history that are looked at: three years show every yearly rhythm.
const DISK_DAYS: i64 = 3 * 365;
/// Days of other history that are looked at: a quarter for drifts, and a month before it.
pub(super) const OTHER_DAYS: i64 = 120;

/// The archive as far as `as_of`, and what was seen of each series while reading it.
pub(super) struct History<'a> {
    archive: &'a Archive,
    as_of: i64,
    held: Vec<Measure>,
    kept: Kept,
    read: BTreeSet<Measure>,
    pub(super) seen: Vec<LastSeen>,
    pub(super) spans: Vec<(Measure, Span)>,
    /// Where two sources differ about the same series.
    pub(super) disagreements: Vec<(Measure, Disagreement)>,
}

/// The series of each of several measures.
type OfMeasures = Vec<(Measure, Arc<[Column]>)>;

/// Series that several questions look at: read once, and kept until they are let go.
#[derive(Default)]
struct Kept {
    series: BTreeMap<Measure, Arc<[Column]>>,
    totals: Option<Arc<[Column]>>,
    stages: Option<Arc<[Stages]>>,
}

/// How much is held of one measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) series: usize,
    pub(super) points: u64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) finest: i64,
    pub(super) coarsest: i64,
}

impl<'a> History<'a> {
    pub(super) fn new(archive: &'a Archive, as_of: i64) -> Result<Self, ArchiveError> {
        let held = archive.measures()?;
        Ok(History {
            archive,
            as_of,
            held,
            kept: Kept::default(),
            read: BTreeSet::new(),
            seen: Vec::new(),
            spans: Vec::new(),
            disagreements: Vec::new(),
        })
    }

    /// One measure up to `as_of`; nothing where the archive has none of it.
    pub(super) fn extract(&mut self, measure: Measure) -> Result<Extract, ArchiveError> {
        if !self.held.contains(&measure) {
            return Ok(Extract { measure, columns: Vec::new(), disagreements: Vec::new() });
        }
        let days = if VolumeInput::MEASURES.contains(&measure) { DISK_DAYS } else { OTHER_DAYS };
        let extract = self.archive.extract(measure, self.as_of - days * DAY..self.as_of.saturating_add(1))?;
        if self.read.insert(measure) {
            self.note(&extract);
        }
        Ok(extract)
    }

    /// A measure, derived from others where it is not answered as such; kept until it is let go.
    pub(super) fn with_parts(&mut self, measure: Measure) -> Result<Arc<[Column]>, ArchiveError> {
        if let Some(kept) = self.kept.series.get(&measure) {
            return Ok(Arc::clone(kept));
        }
        let answered = self.extract(measure)?;
        let columns = match measure {
            Measure::DeliveryDelay => delays(&answered.columns, &self.stages()?),
            _ => {
                let mut extracts = vec![answered];
                for &part in parts_of(measure) {
                    extracts.push(self.extract(part)?);
                }
                let columns = derived(measure, &extracts);
                let totals = extracts.into_iter().find(|extract| extract.measure == Measure::MessagesTotal);
                self.kept.totals = totals.map(|extract| extract.columns.into()).or(self.kept.totals.take());
                columns
            }
        };
        let columns: Arc<[Column]> = columns.into();
        self.kept.series.insert(measure, Arc::clone(&columns));
        Ok(columns)
    }

    /// Series of several measures, those that have any.
    pub(super) fn all_with_parts(&mut self, measures: &[Measure]) -> Result<OfMeasures, ArchiveError> {
        measures.iter().map(|&measure| Ok((measure, self.with_parts(measure)?))).collect()
    }

    /// The deliveries of all hosts by stage; kept until they are let go.
    pub(super) fn stages(&mut self) -> Result<Arc<[Stages]>, ArchiveError> {
        if let Some(kept) = &self.kept.stages {
            return Ok(Arc::clone(kept));
        }
        let sums = self.extract(Measure::DeliverySeconds)?;
        let stages = stages(&sums.columns, &self.extract(Measure::DeliveryCount)?.columns);
        Ok(Arc::clone(self.kept.stages.insert(stages.into())))
    }

    /// The counted messages of all hosts; kept until they are let go.
    pub(super) fn message_totals(&mut self) -> Result<Arc<[Column]>, ArchiveError> {
        if let Some(kept) = &self.kept.totals {
            return Ok(Arc::clone(kept));
        }
        let totals = self.extract(Measure::MessagesTotal)?.columns;
        Ok(Arc::clone(self.kept.totals.insert(totals.into())))
    }

    /// Lets go of all that was kept but for the series of some measures.
    pub(super) fn let_go(&mut self, but_for: &[Measure]) {
        let mut kept = std::mem::take(&mut self.kept.series);
        kept.retain(|measure, _| but_for.contains(measure));
        self.kept = Kept { series: kept, ..Kept::default() };
    }

    /// Looks at the measures that no question asked for, so that none stops unnoticed.
    pub(super) fn read_the_rest(&mut self) -> Result<(), ArchiveError> {
        for measure in self.held.clone() {
            if !self.read.contains(&measure) {
                self.extract(measure)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, extract: &Extract) {
        let own = extract.disagreements.iter().cloned();
        self.disagreements.extend(own.map(|disagreement| (extract.measure, disagreement)));
        let mut span: Option<Span> = None;
        for column in &extract.columns {
            let (Some(&first), Some(&last)) = (column.points.times.first(), column.points.times.last())
            else {
                continue;
            };
            let step = native_step(&column.points).unwrap_or(HOUR);
            let key = SeriesKey { measure: extract.measure, labels: column.labels.clone() };
            self.seen.push(LastSeen { key, time: last, step });
            let points = column.points.len() as u64;
            let old =
                column.points.times.windows(2).take(100).map(|w| w[1] - w[0]).max().unwrap_or(step).max(step);
            let one = Span { series: 1, points, first, last, finest: step, coarsest: old };
            span = Some(span.map_or(one, |s| Span {
                series: s.series + 1,
                points: s.points + points,
                first: s.first.min(first),
                last: s.last.max(last),
                finest: s.finest.min(step),
                coarsest: s.coarsest.max(old.min(DAY)),
            }));
        }
        if let Some(span) = span {
            self.spans.push((extract.measure, span));
        }
    }
}
