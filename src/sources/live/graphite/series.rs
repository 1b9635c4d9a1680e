//! The series of a question, and how many of them are asked at once.

use super::query::{Query, target_of};

/// The most points that one answer should hold: some 30 MB of JSON, and 16 MB once read. (Some 30 bytes a point.)
const POINTS: i64 = 1_000_000;

/// The most targets in one form. Django, under graphite-web, refuses more than 1,000 fields
/// (`DATA_UPLOAD_MAX_NUMBER_FIELDS`).
const TARGETS: i64 = 500;

/// The longest span of a request, in seconds: a month of 31 days.
const MONTH: i64 = 31 * 86_400;

/// The series that a question has on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    /// The targets to ask; a function is one target of several series.
    targets: Vec<String>,
    /// How many series the server knows of them; `None` where it could not be asked.
    known: Option<usize>,
}

impl Series {
    /// The series of a query, by the names that the server found for it; `None` where it could not be asked.
    pub(super) fn of(query: &Query, names: Option<&[String]>) -> Series {
        let known = names.map(<[String]>::len);
        let targets = match query {
            Query::Function(_) if known == Some(0) => Vec::new(),
            Query::Function(text) => vec![text.clone()],
            Query::Paths(_) | Query::Tags(_) => {
                let mut targets: Vec<String> =
                    names.unwrap_or_default().iter().map(|name| target_of(name)).collect();
                // Two odd names may have become one pattern.
                targets.dedup();
                targets
            }
        };
        Series { targets, known }
    }

    /// How many series there are, as far as the server could be asked.
    pub(super) fn known(&self) -> Option<usize> {
        self.known
    }

    /// How many series there are; one where the server could not be asked.
    pub(super) fn count(&self) -> usize {
        self.known.unwrap_or(1)
    }

    /// How many parts they are asked in, at a step.
    pub(super) fn parts(&self, step: i64) -> usize {
        self.targets.len().div_ceil(at_once(step))
    }

    /// The targets of one part; none where there are fewer parts.
    pub(super) fn part(&self, step: i64, part: usize) -> &[String] {
        self.targets.chunks(at_once(step)).nth(part).unwrap_or_default()
    }

    /// The most slots that a request of one part should span.
    pub(super) fn slots(&self, step: i64) -> i64 {
        let each = self.count().div_ceil(self.parts(step).max(1)).max(1);
        (POINTS / i64::try_from(each).unwrap_or(POINTS)).max(1)
    }

    /// A few of the targets, from the first to the last: what to look at to learn of all.
    pub(super) fn some(&self, wanted: usize) -> Vec<String> {
        let wanted = wanted.min(self.targets.len());
        let last = self.targets.len().saturating_sub(1);
        let place = |at: usize| (last * at).checked_div(wanted.saturating_sub(1)).unwrap_or(0);
        (0..wanted).filter_map(|at| self.targets.get(place(at)).cloned()).collect()
    }
}

/// How many series are asked at once: as many as have [`POINTS`] points in a month. It depends on the step alone, so
/// that a part is the same series in every request.
fn at_once(step: i64) -> usize {
    let slots = MONTH.div_euclid(step.max(1)).max(1);
    usize::try_from((POINTS / slots).clamp(1, TARGETS)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(count: usize) -> Series {
        let names: Vec<String> = (0..count).map(|n| format!("a.{n}")).collect();
        Series::of(&Query::Paths("a.*".to_owned()), Some(&names))
    }

    #[test]
    fn parts_hold_a_million_points_of_a_month_and_every_series_once() {
        // 31 days are 44,640 minutes, of which a million points hold 22 series; and 744 hours, 500 series at most.
        let series = paths(1_001);
        assert_eq!((series.part(60, 0).len(), series.parts(60)), (22, 46));
        assert_eq!((series.part(3600, 0).len(), series.parts(3600)), (500, 3));
        let all: Vec<&String> = (0..series.parts(60)).flat_map(|part| series.part(60, part)).collect();
        assert_eq!(all.len(), 1_001);
        assert!(series.part(60, 46).is_empty());
        // A part of 22 series may span all of the month.
        assert!(series.slots(60) >= 44_640);
    }

    #[test]
    fn a_function_is_one_target_whose_span_is_shorter_the_more_series_it_has() {
        let names: Vec<String> = (0..1_000).map(|n| format!("a.{n}")).collect();
        let query = Query::Function("perSecond(a.*)".to_owned());
        let series = Series::of(&query, Some(&names));
        assert_eq!((series.parts(60), series.slots(60)), (1, 1_000));
        assert_eq!(Series::of(&query, Some(&[])).parts(60), 0);
        assert_eq!(Series::of(&query, None).parts(60), 1);
    }

    #[test]
    fn a_few_stand_for_all() {
        assert_eq!(paths(101).some(3), ["a.0", "a.50", "a.100"]);
        assert_eq!(paths(2).some(3), ["a.0", "a.1"]);
        assert_eq!(paths(1).some(3), ["a.0"]);
        assert!(paths(0).some(3).is_empty());
    }
}
