//! Looking: what a source has now, without keeping anything. A live source is asked each of its questions over the last
//! hours; files are read as a pull would read them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{clock::now, workers::GIVE_UP};
use crate::{
    platform::{HostSeen, Labels, Measure, Platform, SeriesKey, Source},
    sources::{
        FileReport, Identity, Recogniser, Samples, expand,
        live::{Fetched, LiveError, LiveSource},
        read_file, recognise_declared,
    },
};

/// Seconds that are looked back: CloudWatch's and Graphite's newest points can be an hour late.
const LOOK_BACK: i64 = 3 * 3600;

/// Failures of single questions that are told; more are counted.
const TOLD: usize = 3;

/// What a source has.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// How many series each question of a live source has, by the questions' places.
    pub(super) questions: BTreeMap<usize, usize>,
    /// Each series with its newest value.
    pub(super) series: BTreeMap<SeriesKey, f64>,
    /// What was not answered.
    pub(super) failures: Vec<LiveError>,
    /// Seconds by which the server's clock is ahead of this machine's, as far as the time of asking leaves no doubt.
    pub(super) clock: Option<i64>,
    /// What it cost, in US dollars.
    pub(super) price: f64,
    /// The files that were read.
    pub(super) files: Vec<FileReport>,
    /// Patterns that name no file, and directories that cannot be listed.
    pub(super) missing: Vec<String>,
}

/// Asks each question of a server over the hours before `at`, `parallel` at once.
pub(super) fn look(server: &dyn LiveSource, parallel: usize, at: i64) -> Looked {
    let next = AtomicUsize::new(0);
    let failed_in_a_row = AtomicUsize::new(0);
    let looked = Mutex::new(Looked::default());
    let lock = || looked.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        for _ in 0..parallel.max(1) {
            scope.spawn(|| {
                while failed_in_a_row.load(Ordering::Relaxed) < GIVE_UP {
                    let question = next.fetch_add(1, Ordering::Relaxed);
                    if question >= server.questions().len() {
                        return;
                    }
                    let answers = ask(server, question, at);
                    match &answers {
                        Err(error) if error.passing => failed_in_a_row.fetch_add(1, Ordering::Relaxed),
                        _ => failed_in_a_row.swap(0, Ordering::Relaxed),
                    };
                    match answers {
                        Ok(answers) => answers.into_iter().for_each(|answer| lock().take(question, answer)),
                        Err(error) => lock().failures.push(error),
                    }
                }
            });
        }
    });
    let mut looked = looked.into_inner().unwrap_or_else(PoisonError::into_inner);
    looked.failures.sort_by(|a, b| a.problem.cmp(&b.problem));
    looked
}

/// An answer, what it cost, and how far the server's clock is ahead.
struct Answer {
    samples: Vec<Samples>,
    price: f64,
    clock: Option<i64>,
}

fn ask(server: &dyn LiveSource, question: usize, at: i64) -> Result<Vec<Answer>, LiveError> {
    let Some(asked) = server.questions().get(question) else { return Ok(Vec::new()) };
    let step = asked.step.max(1);
    let start = (at - LOOK_BACK.max(2 * step)).div_euclid(step) * step;
    let end = at.div_euclid(step) * step + step;
    let mut answers = Vec::new();
    for request in server.cut(asked, start..end, at)? {
        let before = now();
        let Fetched { reading, server_time } = server.fetch(&request)?;
        let clock = server_time.map(|time| ahead(time, before, now()));
        answers.push(Answer { samples: reading.samples, price: server.price(&request), clock });
    }
    Ok(answers)
}

/// How far a clock is ahead that said `time` at some moment from `before` to `after`: zero where it can have been right.
pub(super) fn ahead(time: i64, before: i64, after: i64) -> i64 {
    time - time.clamp(before, after.max(before))
}

/// Reads the files of a source.
pub(super) fn look_into(
    source: &Source,
    patterns: &[String],
    platform: &Platform,
    recogniser: &Recogniser,
) -> Looked {
    let mut looked = Looked::default();
    let (paths, errors) = expand(patterns, &platform.directory);
    looked.missing = errors.iter().map(ToString::to_string).collect();
    for path in paths {
        let shown = path.strip_prefix(&platform.directory).unwrap_or(&path).display().to_string();
        let recognise = |identity: &Identity| {
            let identity = &identity.in_file(&shown);
            match &source.declared {
                Some(declared) => recognise_declared(declared, identity),
                None => recogniser.recognise(identity),
            }
        };
        let reading = read_file(&path, &shown, &recognise);
        looked.keep(&reading.samples);
        looked.files.push(reading.report);
    }
    looked
}

impl Looked {
    fn take(&mut self, question: usize, answer: Answer) {
        *self.questions.entry(question).or_default() += answer.samples.len();
        self.keep(&answer.samples);
        self.price += answer.price;
        // The answer that leaves least doubt: one that was long under way makes a clock look slow.
        self.clock = self.clock.into_iter().chain(answer.clock).min_by_key(|difference| difference.abs());
    }

    fn keep(&mut self, samples: &[Samples]) {
        for sample in samples {
            if let Some(value) = sample.points.values.last() {
                self.series.insert(sample.key.clone(), *value);
            }
        }
    }

    /// What was not answered or could not be read, with the next step; of many questions the first few, for one cause
    /// fails them all.
    pub(super) fn problems(&self, name: &str) -> Vec<String> {
        let broken = self.files.iter().filter_map(|file| file.error.as_ref()).map(ToString::to_string);
        let told = self.failures.iter().take(TOLD).map(ToString::to_string);
        let mut problems: Vec<String> = self.missing.iter().cloned().chain(broken).chain(told).collect();
        if let Some(more) = self.failures.len().checked_sub(TOLD).filter(|more| *more > 0) {
            problems
                .push(format!("{name}: {more} more questions were not answered; mend the first ones first"));
        }
        problems
    }

    /// What is measured.
    pub(super) fn measures(&self) -> BTreeSet<Measure> {
        self.series.keys().map(|key| key.measure).collect()
    }
}

/// The hosts of several sources, with what is measured of each. Where a series tells only its pool, as an
/// auto-scaling group does, that stands for a host: [`Pool::hosts`](crate::platform::Pool::hosts) matches it as well.
pub(super) fn hosts<'a>(looked: impl Iterator<Item = &'a Looked>) -> BTreeMap<String, HostSeen> {
    let mut hosts: BTreeMap<String, HostSeen> = BTreeMap::new();
    for looked in looked {
        for key in looked.series.keys() {
            let Some(host) = host(&key.labels) else { continue };
            hosts.entry(host.to_owned()).or_default().measures.insert(key.measure);
            let most = inodes_used(key, looked);
            if let Some((seen, most)) = hosts.get_mut(host).zip(most) {
                seen.most_inodes = seen.most_inodes.max(most);
            }
        }
    }
    hosts
}

fn host(labels: &Labels) -> Option<&str> {
    labels.get("host").or_else(|| labels.get("pool"))
}

/// The inodes in use on a volume, from the series that tells them or their total.
fn inodes_used(key: &SeriesKey, looked: &Looked) -> Option<f64> {
    let of = |measure| looked.series.get(&SeriesKey { measure, labels: key.labels.clone() });
    match key.measure {
        Measure::InodesUsed => of(Measure::InodesUsed).copied(),
        Measure::InodesTotal => Some(of(Measure::InodesTotal)? - of(Measure::InodesFree)?),
        _ => None,
    }
}
