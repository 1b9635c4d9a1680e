//! Fetching: one request put to the server, in halves where it is too much, and its answer understood.

use std::{cell::RefCell, ops::Range};

use super::{
    GraphiteSource,
    answer::{self, Halves, Unread},
    locked,
    query::Query,
    questions::Asked,
    series::Series,
    trouble,
};
use crate::{
    net::NetError,
    sources::{
        Identity, Recognition,
        live::{Fetched, LiveError},
        packs::functions,
    },
};

/// How often a request that took too long is halved: a server that hangs would cost a deadline each time.
pub(super) const PATIENCE: u32 = 3;

/// How one request is put.
pub(super) struct Put<'a> {
    pub(super) asked: &'a Asked,
    pub(super) series: &'a Series,
    /// Seconds between points.
    pub(super) step: i64,
    /// Whether the server keeps finer points, of which it is to make these.
    pub(super) summarized: bool,
}

impl GraphiteSource {
    /// Asks for some targets of a question; in halves where that is too much at once, and `patience` times where
    /// it takes too long.
    pub(super) fn answer(
        &self,
        put: &Put<'_>,
        targets: &[String],
        range: Range<i64>,
        patience: u32,
    ) -> Result<Fetched, LiveError> {
        let (error, patience) = match self.ask(put, targets, &range) {
            Ok(fetched) => return Ok(fetched),
            Err(Refused::TooMuch(error)) => (error, patience),
            Err(Refused::Late(error)) if patience > 0 => (error, patience - 1),
            Err(Refused::Late(error) | Refused::Other(error)) => return Err(error),
        };
        let slots = (range.end - range.start) / put.step;
        if targets.len() > 1 {
            let (first, second) = targets.split_at(targets.len() / 2);
            let first = self.answer(put, first, range.clone(), patience)?;
            let second = self.answer(put, second, range, patience)?;
            return Ok(answer::joined(first, second, Halves::Series));
        }
        if slots > 1 {
            let middle = range.start + slots / 2 * put.step;
            let first = self.answer(put, targets, range.start..middle, patience)?;
            let second = self.answer(put, targets, middle..range.end, patience)?;
            return Ok(answer::joined(first, second, Halves::Range));
        }
        Err(error)
    }

    fn ask(&self, put: &Put<'_>, targets: &[String], range: &Range<i64>) -> Result<Fetched, Refused> {
        let source = &self.api.source;
        let what = &put.asked.text;
        let wanted: Vec<String> = targets.iter().map(|target| put.target(target)).collect();
        // The first slot of a rate is made of the one before.
        let lead = if matches!(put.asked.query, Query::Function(_)) { put.step } else { 0 };
        let merged = RefCell::default();
        let mut again = true;
        loop {
            let answer = self
                .api
                .render(&wanted, range.start - lead - 1, range.end - 1, "json")
                .map_err(|error| refused(source, what, &error))?;
            let recognise = |identity: &Identity| self.recognise(put, identity, &merged);
            match answer::read(&answer, &format!("{source}: {what}"), range, &recognise) {
                Ok(mut fetched) => {
                    let report = &mut fetched.reading.report;
                    report.merged = merged.take();
                    if report.series == 0 {
                        report.warnings.push(put.unanswered(&wanted));
                    }
                    return Ok(fetched);
                }
                Err(Unread::CutOff(_)) if again => again = false,
                Err(Unread::CutOff(problem)) => {
                    return Err(Refused::Other(trouble::cut_off(source, what, &problem)));
                }
                Err(Unread::Other(problem)) => {
                    return Err(Refused::Other(trouble::of_body(source, what, &problem, &answer.body)));
                }
            }
        }
    }

    /// What a series of an answer is; two that have become one are told of, once.
    fn recognise(&self, put: &Put<'_>, identity: &Identity, merged: &RefCell<Vec<String>>) -> Recognition {
        let identity = put.plain(identity);
        let recognition = put.asked.recognise(&identity);
        if let Recognition::Known { key, .. } = &recognition {
            let told = locked(&self.names).note(&self.api.source, key, identity.to_string());
            merged.borrow_mut().extend(told);
        }
        recognition
    }
}

/// Why there is no answer, and whether less would have one.
enum Refused {
    TooMuch(LiveError),
    Late(LiveError),
    Other(LiveError),
}

fn refused(source: &str, what: &str, error: &NetError) -> Refused {
    let told = trouble::of_net(source, what, error);
    if trouble::is_too_much(error) {
        Refused::TooMuch(told)
    } else if trouble::is_late(error) {
        Refused::Late(told)
    } else {
        Refused::Other(told)
    }
}

impl Put<'_> {
    /// A target as it is asked.
    fn target(&self, target: &str) -> String {
        if self.summarized {
            format!("summarize({target},\"{}s\",\"{}\",false)", self.step, self.asked.over.name())
        } else {
            target.to_owned()
        }
    }

    /// The name that a series has without what was put around it here.
    fn plain(&self, identity: &Identity) -> Identity {
        let Identity::Graphite { path, tags } = identity else { return identity.clone() };
        let path = match self.asked.query {
            Query::Function(_) => {
                let after = format!(", \"{}s\", \"{}\")", self.step, self.asked.over.name());
                let inside = path.strip_prefix("summarize(").and_then(|rest| rest.strip_suffix(&after));
                inside.filter(|_| self.summarized).unwrap_or(path).to_owned()
            }
            Query::Paths(_) | Query::Tags(_) => functions::series_of(path).into_owned(),
        };
        Identity::Graphite { path, tags: tags.clone() }
    }

    /// What an empty answer means here.
    fn unanswered(&self, targets: &[String]) -> String {
        let target = targets.first().map(String::as_str).unwrap_or_default();
        format!("{}, or it cannot parse the target {target}", unanswered(self.series))
    }
}

/// That there is no answer where there should be one, as far as is known.
pub(super) fn unanswered(series: &Series) -> String {
    match series.known() {
        Some(count) => format!(
            "the server knows {count} series of this and answered none: they have stopped, or are older than what it \
             keeps"
        ),
        None => "the server answered no series: it knows none of that name".to_owned(),
    }
}
