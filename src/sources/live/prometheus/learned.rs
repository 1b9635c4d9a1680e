//! What a run learns of a server: how much it answers at once.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Points of a series in one answer that Prometheus allows: web/api/v1/api.go refuses more than 11,000 steps.
const MOST_POINTS: usize = 11_000;

/// Points in one answer, all series together. An answer of a million is 30 MB of JSON and 16 MB once it is read, so
/// that several at once stay far below what a small machine has.
const MOST_IN_AN_ANSWER: usize = 1_000_000;

/// What requests so far have shown. Requests run side by side; a stale value only makes a request larger or
/// smaller than it should be.
#[derive(Debug)]
pub(super) struct Learned {
    /// Points of a series that the server allows.
    points: AtomicUsize,
    questions: Vec<OfQuestion>,
}

#[derive(Debug)]
struct OfQuestion {
    /// How many series an answer had at most; `usize::MAX` before the first.
    series: AtomicUsize,
    /// Points of a series that the server has not refused for this question.
    points: AtomicUsize,
}

impl Learned {
    pub(super) fn new(questions: usize) -> Learned {
        let nothing =
            || OfQuestion { series: AtomicUsize::new(usize::MAX), points: AtomicUsize::new(usize::MAX) };
        Learned {
            points: AtomicUsize::new(MOST_POINTS),
            questions: (0..questions).map(|_| nothing()).collect(),
        }
    }

    /// How many points of a series to ask for at once, at least one.
    pub(super) fn most_points(&self, question: usize) -> usize {
        let allowed = self.points.load(Ordering::Relaxed);
        let Some(of) = self.questions.get(question) else { return allowed };
        let series = match of.series.load(Ordering::Relaxed) {
            usize::MAX => 1,
            series => series.max(1),
        };
        allowed.min(of.points.load(Ordering::Relaxed)).min(MOST_IN_AN_ANSWER / series).max(1)
    }

    /// How many series a question has, where that is known.
    pub(super) fn series(&self, question: usize) -> Option<usize> {
        let series = self.questions.get(question)?.series.load(Ordering::Relaxed);
        (series != usize::MAX).then_some(series)
    }

    /// Notes how many series a question has.
    pub(super) fn saw_series(&self, question: usize, series: usize) {
        if let Some(of) = self.questions.get(question) {
            let known = of.series.load(Ordering::Relaxed);
            if known == usize::MAX || series > known {
                of.series.store(series, Ordering::Relaxed);
            }
        }
    }

    /// Notes that the server refused so many points of a question, and the limit that it told.
    pub(super) fn was_refused(&self, question: usize, points: usize, limit: Option<usize>) {
        match limit.filter(|limit| *limit < points) {
            Some(limit) => drop(self.points.fetch_min(limit.max(1), Ordering::Relaxed)),
            None => {
                if let Some(of) = self.questions.get(question) {
                    of.points.fetch_min((points / 2).max(1), Ordering::Relaxed);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_shrink_by_what_was_seen() {
        let learned = Learned::new(2);
        assert_eq!((learned.most_points(0), learned.series(0)), (11_000, None));
        learned.saw_series(0, 500);
        learned.saw_series(0, 20);
        // 1,000,000 points / 500 series
        assert_eq!((learned.most_points(0), learned.most_points(1)), (2_000, 11_000));
        learned.was_refused(0, 1_000, None);
        assert_eq!((learned.most_points(0), learned.most_points(1)), (500, 11_000));
        learned.was_refused(1, 11_000, Some(100));
        assert_eq!((learned.most_points(0), learned.most_points(1)), (100, 100));
        learned.saw_series(1, 3_000_000);
        assert_eq!(learned.most_points(1), 1);
        assert_eq!(learned.most_points(7), 100);
    }
}
