//! Keeping: answers of live sources go into the archive as they come, and what was answered is noted after that.
//! Whoever is killed in between asks again for what was not noted, and the same points replace themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    PipelineError, Progress, Pulled,
    asking::{Opened, coverage_note},
    clock::now,
    pulled::{LiveSourcePulled, join},
    workers::Answered,
};
use crate::{
    archive::{Appended, Archive, Coverage},
    sources::{FileReport, Points, Samples, live::Request},
};

/// Points that are gathered before they are written: a million take 16 MB, and are a question's month or more, so that
/// few partitions are written twice.
const BATCH: usize = 1_000_000;

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
    /// Ranges that were asked for in several parts, until all of them have come.
    parts: BTreeMap<Whole, Parts>,
    done: LiveSourcePulled,
    questions: BTreeMap<usize, FileReport>,
    not_asked: u64,
    clock: Option<i64>,
}

/// Coverage as it was before this pull.
fn begun(coverage: &[Coverage]) -> Vec<Coverage> {
    let mut coverage = coverage.to_vec();
    coverage.iter_mut().for_each(Coverage::begin);
    coverage
}

/// What is asked for in one request, or in several parts: question, start, end and step.
type Whole = (usize, i64, i64, i64);

/// The parts of a range: it is answered when all are there.
#[derive(Default)]
struct Parts {
    missing: usize,
    /// The series of those that have come, with their times only.
    come: Vec<Samples>,
}

fn whole(request: &Request) -> Whole {
    (request.question, request.range.start, request.range.end, request.step)
}

/// The ranges that are asked for in more than one part.
fn parts(requests: &[Request]) -> BTreeMap<Whole, Parts> {
    let mut parts: BTreeMap<Whole, Parts> = BTreeMap::new();
    for request in requests {
        parts.entry(whole(request)).or_default().missing += 1;
    }
    parts.retain(|_, of| of.missing > 1);
    parts
}

impl<'a> Keeper<'a> {
    pub(super) fn new(archive: &'a Archive, sources: &'a [Opened<'a>], progress: &'a dyn Progress) -> Self {
        let kept = |opened: &'a Opened<'a>| Kept {
            opened,
            coverage: begun(&opened.coverage),
            waiting: Vec::new(),
            parts: parts(&opened.requests),
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
                    let source = &kept.opened.source.name;
                    self.appended = self.appended.plus(self.archive.append(source, fetched.reading.samples)?);
                }
            }
        }
        self.progress.step(&self.in_words(source));
        if self.points >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Writes what waits, and notes what that answers.
    fn flush(&mut self) -> Result<(), PipelineError> {
        for kept in &mut self.sources {
            let mut changed = BTreeSet::new();
            let mut samples = Vec::new();
            for (request, answer) in std::mem::take(&mut kept.waiting) {
                changed.extend(kept.cover(&request, &answer));
                samples.extend(answer);
            }
            self.appended = self.appended.plus(self.archive.append(&kept.opened.source.name, samples)?);
            for question in changed {
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

    /// Writes the rest, and adds what was done; tells the sources in which series came up whose past is still to be
    /// asked for.
    pub(super) fn finish(mut self, pulled: &mut Pulled) -> Result<BTreeSet<String>, PipelineError> {
        self.flush()?;
        let whole = |kept: &&Kept<'_>| kept.done.failures.is_empty() && kept.not_asked == 0;
        let has_past = |kept: &&Kept<'_>| kept.coverage.iter().any(|coverage| !coverage.unseen.is_empty());
        let more =
            self.sources.iter().filter(whole).filter(has_past).map(|kept| kept.done.name.clone()).collect();
        pulled.appended = pulled.appended.plus(self.appended);
        let live: Vec<LiveSourcePulled> = self.sources.into_iter().map(Kept::finish).collect();
        let merged =
            live.iter().flat_map(|source| source.questions.iter().flat_map(|q| q.merged.iter().cloned()));
        pulled.merged.extend(merged);
        live.into_iter().for_each(|source| pulled.add_live(source));
        Ok(more)
    }

    /// How far a source is, by requests, series and bytes.
    fn in_words(&self, source: usize) -> String {
        let Some(kept) = self.sources.get(source) else { return String::new() };
        let series: usize = kept.questions.values().map(|question| question.series).sum();
        format!("{}: {series} series, {:.1} MB", kept.done.name, kept.done.bytes as f64 / 1e6)
    }
}

impl Kept<'_> {
    /// Notes what an answer covers, once all its parts have come; tells the question where it does.
    fn cover(&mut self, request: &Request, answer: &[Samples]) -> Option<usize> {
        let coverage = self.coverage.get_mut(request.question)?;
        let Some(parts) = self.parts.get_mut(&whole(request)) else {
            coverage.note(request.range.clone(), request.step, answer);
            return Some(request.question);
        };
        let times = |sample: &Samples| Samples {
            key: sample.key.clone(),
            points: Points { times: sample.points.times.clone(), values: Vec::new() },
        };
        parts.come.extend(answer.iter().map(times));
        parts.missing -= 1;
        if parts.missing > 0 {
            return None;
        }
        coverage.note(request.range.clone(), request.step, &std::mem::take(&mut parts.come));
        Some(request.question)
    }

    /// The largest difference between the server's clock and this one's.
    fn note_clock(&mut self, server_time: Option<i64>) {
        let Some(difference) = server_time.map(|time| time - now()) else { return };
        if self.clock.is_none_or(|largest| difference.abs() > largest.abs()) {
            self.clock = Some(difference);
        }
    }

    fn finish(self) -> LiveSourcePulled {
        let mut done = self.done;
        // Repeats, and what it took to find the series, are only known now.
        done.price = done.price.max(self.opened.server.spent());
        done.warnings.extend(self.opened.server.notes());
        done.questions = self.questions.into_values().collect();
        for question in &done.questions {
            if let Some(why) = question.incomplete.first() {
                let path = &question.path;
                done.failures
                    .push(format!("{path}: answered in part: {why}; it is asked for again at the next pull"));
            }
        }
        if done.answered > 0 && done.questions.iter().all(|question| question.series == 0) {
            done.warnings.push(format!(
                "{}: the server knows none of the series that were asked for; check `url`, tenant and packs with \
                 `mailtide doctor`",
                done.name
            ));
        }
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
