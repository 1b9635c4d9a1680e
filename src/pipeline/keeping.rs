//! Keeping: answers of live sources go into the archive as they come, and what was answered is noted after that.
//! Whoever is killed in between asks again for what was not noted, and the same points replace themselves.

use std::collections::BTreeMap;

use super::{
    PipelineError, Progress, Pulled,
    asking::{Opened, coverage_note},
    clock::now,
    pulled::{LiveSourcePulled, join},
    workers::Answered,
};
use crate::{
    archive::{Appended, Archive, Coverage},
    sources::{FileReport, Samples, live::Request},
};

/// Points that are gathered before they are written: 2 million take 32 MB, and are some questions' months, so that
/// few partitions are written twice.
const BATCH: usize = 2_000_000;

/// Seconds by which a server's clock may differ from this machine's: more than a slow answer explains.
pub(super) const CLOCK_SLACK: i64 = 120;

/// Takes answers in.
pub(super) struct Keeper<'a> {
    archive: &'a Archive,
    sources: Vec<Kept<'a>>,
    points: usize,
    appended: Appended,
    progress: &'a dyn Progress,
}

/// One source while it is asked.
struct Kept<'a> {
    opened: &'a Opened<'a>,
    coverage: Vec<Coverage>,
    waiting: Vec<(Request, Vec<Samples>)>,
    done: LiveSourcePulled,
    questions: BTreeMap<usize, FileReport>,
    not_asked: u64,
    clock: Option<i64>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(archive: &'a Archive, sources: &'a [Opened<'a>], progress: &'a dyn Progress) -> Self {
        let kept = |opened: &'a Opened<'a>| Kept {
            opened,
            coverage: opened.coverage.clone(),
            waiting: Vec::new(),
            done: LiveSourcePulled {
                name: opened.source.name.clone(),
                system: opened.live.system.name(),
                requests: opened.requests.len() as u64,
                failures: opened.problems.iter().map(ToString::to_string).collect(),
                ..LiveSourcePulled::default()
            },
            questions: BTreeMap::new(),
            not_asked: 0,
            clock: None,
        };
        let sources = sources.iter().map(kept).collect();
        Keeper { archive, sources, points: 0, appended: Appended::default(), progress }
    }

    /// Takes one answer.
    pub(super) fn take(&mut self, answered: Answered) -> Result<(), PipelineError> {
        let Answered { source, request, outcome } = answered;
        let Some(kept) = self.sources.get_mut(source) else { return Ok(()) };
        match outcome {
            None => kept.not_asked += 1,
            Some(Err(error)) => kept.done.failures.push(error.to_string()),
            Some(Ok(fetched)) => {
                kept.note_clock(fetched.server_time);
                let points: usize = fetched.reading.samples.iter().map(|sample| sample.points.len()).sum();
                let report = fetched.reading.report;
                kept.done.points += points as u64;
                kept.done.bytes += report.bytes;
                kept.done.price += kept.opened.server.price(&request);
                let whole = report.error.is_none() && report.incomplete.is_empty();
                kept.done.answered += u64::from(whole);
                join(kept.questions.entry(request.question).or_insert_with(|| empty(&report)), report);
                self.points += points;
                if whole {
                    kept.waiting.push((request, fetched.reading.samples));
                } else {
                    // What came is kept, and the range asked for again next time.
                    self.appended = self.appended.plus(self.archive.append(fetched.reading.samples)?);
                }
            }
        }
        self.progress.step(&self.in_words(source));
        if self.points >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Writes what waits, and notes what that answers.
    fn flush(&mut self) -> Result<(), PipelineError> {
        for kept in &mut self.sources {
            let mut changed = BTreeMap::new();
            let mut samples = Vec::new();
            for (request, answer) in std::mem::take(&mut kept.waiting) {
                if let Some(coverage) = kept.coverage.get_mut(request.question) {
                    coverage.note(request.range, request.step, &answer);
                    changed.insert(request.question, ());
                }
                samples.extend(answer);
            }
            self.appended = self.appended.plus(self.archive.append(samples)?);
            for (question, ()) in changed {
                let known = (kept.opened.server.questions().get(question), kept.coverage.get(question));
                if let (Some(question), Some(coverage)) = known {
                    let text = serde_json::to_vec(coverage).map_err(PipelineError::Note)?;
                    self.archive.put_note(&coverage_note(&kept.opened.source.name, question), &text)?;
                }
            }
        }
        self.points = 0;
        Ok(())
    }

    /// Writes the rest, and tells what was done.
    pub(super) fn finish(mut self, pulled: &mut Pulled) -> Result<(), PipelineError> {
        self.flush()?;
        pulled.appended = pulled.appended.plus(self.appended);
        let live: Vec<LiveSourcePulled> = self.sources.into_iter().map(Kept::finish).collect();
        let merged =
            live.iter().flat_map(|source| source.questions.iter().flat_map(|q| q.merged.iter().cloned()));
        pulled.merged.extend(merged);
        pulled.live.extend(live);
        Ok(())
    }

    /// How far a source is, by requests, series and bytes.
    fn in_words(&self, source: usize) -> String {
        let Some(kept) = self.sources.get(source) else { return String::new() };
        let series: usize = kept.questions.values().map(|question| question.series).sum();
        format!("{}: {series} series, {:.1} MB", kept.done.name, kept.done.bytes as f64 / 1e6)
    }
}

impl Kept<'_> {
    /// The largest difference between the server's clock and this one's.
    fn note_clock(&mut self, server_time: Option<i64>) {
        let Some(difference) = server_time.map(|time| time - now()) else { return };
        if self.clock.is_none_or(|largest| difference.abs() > largest.abs()) {
            self.clock = Some(difference);
        }
    }

    fn finish(self) -> LiveSourcePulled {
        let mut done = self.done;
        done.questions = self.questions.into_values().collect();
        if self.not_asked > 0 {
            done.failures.push(format!(
                "{}: {} more requests were not made after these failures; what is missing is asked for at the next pull",
                done.name, self.not_asked
            ));
        }
        if let Some(difference) = self.clock.filter(|difference| difference.abs() > CLOCK_SLACK) {
            done.warnings.push(clock_words(&done.name, difference));
        }
        done
    }
}

/// A clock that is wrong, and by how much.
pub(super) fn clock_words(name: &str, difference: i64) -> String {
    let direction = if difference > 0 { "ahead of" } else { "behind" };
    format!(
        "{name}: the server's clock is {} s {direction} this machine's; set both by NTP, or samples end up at the \
         wrong hour",
        difference.abs()
    )
}

/// The report of a question before anything has come.
fn empty(first: &FileReport) -> FileReport {
    FileReport { path: first.path.clone(), ..FileReport::default() }
}
