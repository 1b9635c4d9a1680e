//! What a pull did.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{archive::Appended, sources::FileReport};

/// What a pull did.
#[derive(Debug, Clone, Default)]
pub struct Pulled {
    /// Every exported file, in the order of the platform file.
    pub files: Vec<FileReport>,
    /// Every live source, in the order of the platform file.
    pub live: Vec<LiveSourcePulled>,
    /// Patterns that name no file, and what else kept a file from being found.
    pub missing: Vec<String>,
    /// Series that a source tells apart and Mailtide does not, each pair in words.
    pub merged: Vec<String>,
    /// What the archive took.
    pub appended: Appended,
}

impl Pulled {
    /// Whether a part of the input could not be read.
    pub fn is_partial(&self) -> bool {
        !self.unreadable().is_empty()
    }

    /// What could not be read, each with its reason and the next step.
    pub fn unreadable(&self) -> Vec<String> {
        let broken = self.files.iter().chain(self.questions()).filter_map(|f| f.error.as_ref());
        let failures = self.live.iter().flat_map(|source| source.failures.iter().cloned());
        self.missing.iter().cloned().chain(broken.map(ToString::to_string)).chain(failures).collect()
    }

    /// What a source has cost in this run so far, in US dollars.
    pub(super) fn spent_on(&self, source: &str) -> f64 {
        self.live.iter().find(|earlier| earlier.name == source).map_or(0.0, |earlier| earlier.price)
    }

    /// Adds what a source brought, to what it brought in an earlier round if there was one.
    pub(super) fn add_live(&mut self, source: LiveSourcePulled) {
        match self.live.iter_mut().find(|earlier| earlier.name == source.name) {
            Some(earlier) => earlier.add(source),
            None => self.live.push(source),
        }
    }

    /// What was read of the live sources, by question.
    pub fn questions(&self) -> impl Iterator<Item = &FileReport> {
        self.live.iter().flat_map(|source| &source.questions)
    }
}

/// What was got from a live source.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LiveSourcePulled {
    /// The source, as the platform file names it.
    pub name: String,
    /// Its monitoring system.
    pub system: &'static str,
    /// Requests that were planned.
    pub requests: u64,
    /// Requests that were answered.
    pub answered: u64,
    /// Points read.
    pub points: u64,
    /// Bytes read, unfolded.
    pub bytes: u64,
    /// What the answered requests cost, in US dollars.
    pub price: f64,
    /// What was not answered, each with its reason and the next step.
    pub failures: Vec<String>,
    /// What else to know, such as a clock that is wrong.
    pub warnings: Vec<String>,
    /// Each question as it was answered, all its requests together.
    #[serde(skip)]
    pub questions: Vec<FileReport>,
}

impl LiveSourcePulled {
    /// Adds what a second round of asking brought.
    fn add(&mut self, more: LiveSourcePulled) {
        self.requests += more.requests;
        self.answered += more.answered;
        self.points += more.points;
        self.bytes += more.bytes;
        self.price += more.price;
        merge(&mut self.failures, more.failures);
        merge(&mut self.warnings, more.warnings);
        for question in more.questions {
            match self.questions.iter_mut().find(|known| known.path == question.path) {
                Some(known) => join(known, question),
                None => self.questions.push(question),
            }
        }
    }
}

/// How a live source has fared: kept in the archive, so that a report can tell which is stale, and since when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// The source, as the platform file names it.
    pub name: String,
    /// When all that was asked of it was last answered, seconds since 1970-01-01 UTC.
    pub answered: Option<i64>,
    /// Why it was not at the last pull.
    pub failure: Option<String>,
}

/// Adds what one request brought to what is known of its question.
pub(super) fn join(known: &mut FileReport, more: FileReport) {
    known.bytes += more.bytes;
    known.points += more.points;
    known.holes += more.holes;
    known.series = known.series.max(more.series);
    known.format = known.format.or(more.format);
    known.error = known.error.take().or(more.error);
    merge(&mut known.not_read, more.not_read);
    merge(&mut known.warnings, more.warnings);
    merge(&mut known.merged, more.merged);
    merge(&mut known.incomplete, more.incomplete);
    let seen: BTreeSet<String> = known.unrecognised.iter().map(|u| u.identity.clone()).collect();
    known.unrecognised.extend(more.unrecognised.into_iter().filter(|u| !seen.contains(&u.identity)));
}

/// Lines that are not there yet.
fn merge(lines: &mut Vec<String>, more: Vec<String>) {
    for line in more {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
}
