//! What `doctor` and `init` want to know of CloudWatch.

use std::{collections::BTreeMap, sync::PoisonError};

use super::{
    CloudWatchSource,
    inquiry::{Inquiry, Search},
    period,
};
use crate::sources::live::{Examination, LiveError, Request};

/// Seconds that a search is asked over to see how many series it finds.
const LOOK: i64 = 3 * 3600;

impl CloudWatchSource {
    /// What CloudWatch tells of itself. Listing metrics and looking with a search cost a little: see
    /// [`LiveSource::spent`](crate::sources::live::LiveSource::spent).
    ///
    /// # Errors
    /// There are no credentials, or not one question was answered.
    pub(super) fn look(&self, now: i64) -> Result<Examination, LiveError> {
        let identity = self.api.identity().map_err(|error| self.error(usize::MAX, error))?;
        let mut examination = Examination {
            server: Some(format!("CloudWatch in {identity}")),
            oldest: Some(now - period::OLDEST),
            ..Examination::default()
        };
        let mut refused = None;
        for (at, (question, inquiry)) in self.questions.iter().zip(&self.inquiries).enumerate() {
            let series = match inquiry {
                Inquiry::Metrics(asked) => self.expand(at, asked).map(|expansion| expansion.metrics.len()),
                Inquiry::Search(search) => self.look_for(at, search, now, &mut examination),
            };
            match series {
                Ok(series) => examination.answers.push((question.id.clone(), series)),
                Err(error) => {
                    examination.notes.push(format!("{}; {}", error.problem, error.next_step));
                    refused.get_or_insert(error);
                }
            }
        }
        match refused {
            Some(error) if examination.answers.is_empty() => Err(error),
            _ => {
                examination.notes.extend(self.found());
                examination.server_time = examination.server_time.or(self.listings.server_time());
                Ok(examination)
            }
        }
    }

    /// What the listings of this run have shown: series with several metrics, and packs without any.
    pub(super) fn found(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut packs: BTreeMap<&str, usize> = BTreeMap::new();
        for (question, expansion) in self.questions.iter().zip(&self.expansions) {
            let known = expansion.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(expansion) = known.as_ref() else { continue };
            notes.extend(expansion.notes.iter().cloned());
            *packs.entry(&question.pack).or_default() += expansion.metrics.len();
        }
        let without: Vec<&str> =
            packs.into_iter().filter(|(_, metrics)| *metrics == 0).map(|(pack, _)| pack).collect();
        if !without.is_empty() {
            notes.push(format!(
                "CloudWatch has no metric of the packs {} with points of the last two weeks; it lists no others. Leave \
                 them out with `packs`, or check the region",
                without.join(", ")
            ));
        }
        notes
    }

    /// How many series a search finds now.
    fn look_for(
        &self,
        question: usize,
        search: &Search,
        now: i64,
        examination: &mut Examination,
    ) -> Result<usize, LiveError> {
        let pieces = period::pieces(&(now - LOOK..now), now, self.asking.step.min(LOOK / 3));
        let Some(piece) = pieces.last() else { return Ok(0) };
        let request = Request { question, range: piece.range.clone(), step: piece.period, part: 0 };
        let fetched = self.fetch_search(&request, search)?;
        examination.server_time = fetched.server_time.or(examination.server_time);
        examination.notes.extend(fetched.reading.report.warnings);
        for unknown in fetched.reading.report.unrecognised {
            examination.notes.push(format!("{}: {}", unknown.identity, unknown.nearest.join("; ")));
        }
        Ok(fetched.reading.report.series)
    }
}
