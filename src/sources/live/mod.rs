//! Live servers: what is asked, in which requests, and what they answer.
//!
//! A [`LiveSource`] turns query packs into [`Question`]s, cuts each into [`Request`]s that a server answers whole,
//! and makes a [`FileReading`] of each answer. It keeps no state between requests: what was asked before is known
//! to the archive, and the pipeline brings the two together.

pub mod cloudwatch;
mod examination;
mod graphite;
mod month;
mod prometheus;
mod transport;

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use super::{FileReading, Packs};
use crate::{
    net::{Client, NetError},
    platform::{Live, Measure, Source, System},
};

pub use cloudwatch::CloudWatchSource;
pub use examination::Examination;
pub use graphite::GraphiteSource;
pub use prometheus::PrometheusSource;

/// One thing to know from a server: a query pack's expression, or the one that a source declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What tells it from every other question of its source, over runs and versions: the expression, and what
    /// else changes the answer, such as a statistic. It is kept in the archive.
    pub id: String,
    /// What is measured.
    pub measure: Measure,
    /// The query pack, or `declared`.
    pub pack: String,
    /// Seconds between the points asked for where they are fresh.
    pub step: i64,
}

/// One request: a question over a range that the server answers whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The question's place among the questions of its source.
    pub question: usize,
    /// Seconds since 1970-01-01 UTC; both ends lie on the step.
    pub range: Range<i64>,
    /// Seconds between points.
    pub step: i64,
    /// Which part of the question's series, where a server takes only so many at once; zero where it takes all.
    pub part: usize,
}

/// An answer that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// What it held.
    pub reading: FileReading,
    /// What the server's clock said when it answered, seconds since 1970-01-01 UTC.
    pub server_time: Option<i64>,
}

/// A server that answers questions about history.
pub trait LiveSource: Sync {
    /// What there is to ask, in the order of the packs.
    fn questions(&self) -> &[Question];

    /// Cuts a range of a question into requests, ascending, none crossing the end of a month in UTC. `now` tells
    /// the age of the range, and with it the finest step that is still kept.
    ///
    /// # Errors
    /// The server was asked which series there are, and did not answer.
    fn cut(&self, question: &Question, range: Range<i64>, now: i64) -> Result<Vec<Request>, LiveError>;

    /// What a request costs, in US dollars; zero where nobody charges for it.
    fn price(&self, _request: &Request) -> f64 {
        0.0
    }

    /// What this run has cost so far, in US dollars, by the prices that [`LiveSource::price`] goes by: repeats and what
    /// it took to find the series included.
    fn spent(&self) -> f64 {
        0.0
    }

    /// A request in words, as `--dry-run` shows it.
    fn describe(&self, request: &Request) -> String;

    /// Asks, and reads the answer. One that the server refuses as too large is cut finer and asked again.
    ///
    /// # Errors
    /// Why there is no answer, after all retries, and what to do.
    fn fetch(&self, request: &Request) -> Result<Fetched, LiveError>;

    /// What the server tells of itself and of each question at `now`: few and small requests, for `mailtide doctor`.
    ///
    /// # Errors
    /// The server does not answer at all. A single question that it refuses is one of the notes.
    fn examine(&self, now: i64) -> Result<Examination, LiveError>;

    /// What is to be told once after a run, beside its answers, such as packs that find nothing on this server.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Why a live source did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}: {problem}; {next_step}")]
pub struct LiveError {
    /// The source, as the platform file names it.
    pub source_name: String,
    /// What happened, with the question where one was asked.
    pub problem: String,
    /// What to do about it.
    pub next_step: String,
    /// Whether the same question may be answered later: a server that is down, and not a query that is wrong.
    pub passing: bool,
}

/// The live source that a platform file declares. `packs` are the ones that it is held to; `resolve` gives the path
/// of a file that the platform file names. Nothing is asked yet.
///
/// # Errors
/// A secret or a certificate cannot be used.
pub fn open<'a>(
    source: &'a Source,
    live: &'a Live,
    packs: &Packs,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Result<Box<dyn LiveSource + 'a>, LiveError> {
    let of = |error: NetError| LiveError {
        source_name: source.name.clone(),
        problem: error.problem(),
        next_step: error.next_step().to_owned(),
        passing: false,
    };
    match &live.system {
        System::Prometheus(server) => {
            let client = Client::new(server, &live.asking, resolve).map_err(of)?;
            Ok(Box::new(PrometheusSource::new(source, client, packs)?))
        }
        System::Graphite(graphite) => {
            let client = Client::new(&graphite.server, &live.asking, resolve).map_err(of)?;
            Ok(Box::new(GraphiteSource::new(source, client, packs)?))
        }
        System::CloudWatch(_) => Ok(Box::new(CloudWatchSource::new(source, packs)?)),
    }
}
