//! Graphite: graphite-web's render API, asked tier by tier.
//!
//! Of each question the server is asked first which series it has, and then for these, so many at once that an
//! answer stays bounded. Facts that this relies on, each seen on graphite-web 1.1.8 with carbon:
//! - An answer holds the slots after `from`, up to `until`. Here a range holds the slots that begin in it, so that
//!   repeated pulls meet with no point lost or doubled. A point of a coarse tier stands at the start of its slot.
//! - The age of `from` alone decides which tier answers, for the whole range.
//! - `summarize(…, false)` puts its buckets on multiples of the step since 1970.
//! - A name that it does not know and a target that it cannot parse are both answered by 200 and `[]`.

mod answer;
mod api;
mod examine;
mod fetch;
mod query;
mod questions;
mod series;
mod spans;
#[cfg(test)]
mod tests;
mod tiers;
mod trouble;

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::DateTime;

use self::{api::Api, fetch::Put, questions::Asked, series::Series};
use super::{Examination, Fetched, LiveError, LiveSource, Question, Request};
use crate::{
    net::Client,
    platform::{Source, System, Tier},
    sources::{Names, Packs, live::transport::Transport},
};

/// How many series of a question are looked at to see its tiers: one may have stopped, and two schemas may meet in
/// one question.
const LOOKED_AT: usize = 5;

/// A Graphite server and what is asked of it.
#[derive(Debug)]
pub struct GraphiteSource {
    api: Api,
    /// The finest step wanted, in seconds.
    step: i64,
    /// How far back is looked for tiers, in seconds.
    history: i64,
    /// What the platform file says that the storage keeps.
    declared: Vec<Tier>,
    questions: Vec<Question>,
    asked: Vec<Asked>,
    /// What was seen of each question in this run.
    seen: Vec<Mutex<Seen>>,
    /// Ages at which the steps of a question changed.
    ages: Mutex<BTreeSet<i64>>,
    /// What the server calls each series, to notice where two have become one.
    names: Mutex<Names>,
}

/// What the server has told of a question; it is asked once a run.
#[derive(Debug, Default)]
struct Seen {
    series: Option<Arc<Series>>,
    tiers: Option<Arc<[Tier]>>,
}

impl GraphiteSource {
    /// A source for a live server. `packs` are those that the source uses; one that declares its measure asks its
    /// own query.
    ///
    /// # Errors
    /// The source is no Graphite server, or there is nothing to ask.
    pub fn new(source: &Source, client: Client, packs: &Packs) -> Result<GraphiteSource, LiveError> {
        GraphiteSource::asking(source, Box::new(client), packs)
    }

    fn asking(source: &Source, ask: Box<dyn Transport>, packs: &Packs) -> Result<GraphiteSource, LiveError> {
        let refused = |problem: &str, next_step: &str| LiveError {
            source_name: source.name.clone(),
            problem: problem.to_owned(),
            next_step: next_step.to_owned(),
            passing: false,
        };
        let Some((live, System::Graphite(graphite))) = source.origin.live().map(|live| (live, &live.system))
        else {
            return Err(refused("is no Graphite server", "write kind = \"graphite\" and its `url`"));
        };
        let kept = graphite.tiers.first().map_or(0, |tier| tier.step);
        let step = live.asking.step.max(1);
        let asked = match (&source.declared, &live.query) {
            (Some(declared), Some(query)) => vec![questions::of_declared(declared, query, step.max(kept))],
            _ => questions::of_packs(packs, step.max(kept)),
        };
        if asked.is_empty() {
            let next_step = "name packs with a table [measure.graphite], or declare `measure` and `query`";
            return Err(refused("no query pack of it asks Graphite", next_step));
        }
        Ok(GraphiteSource {
            api: Api::new(&source.name, ask),
            step,
            // A day holds the seconds of any history whole.
            history: (live.asking.history_days.clamp(1.0, 36_500.0) * 86_400.0) as i64,
            declared: graphite.tiers.clone(),
            questions: asked.iter().map(|asked| asked.question.clone()).collect(),
            seen: asked.iter().map(|_| Mutex::default()).collect(),
            asked,
            ages: Mutex::default(),
            names: Mutex::default(),
        })
    }

    /// A question by its place.
    fn at(&self, place: usize) -> Result<(&Asked, MutexGuard<'_, Seen>), LiveError> {
        let both = self.asked.get(place).zip(self.seen.get(place));
        let (asked, seen) = both.ok_or_else(|| LiveError {
            source_name: self.api.source.clone(),
            problem: format!("has no question {place}"),
            next_step: "ask only what it cut itself".to_owned(),
            passing: false,
        })?;
        Ok((asked, locked(seen)))
    }

    /// The series of a question. The server is asked once; who comes meanwhile waits.
    fn series(&self, place: usize) -> Result<Arc<Series>, LiveError> {
        let (asked, mut seen) = self.at(place)?;
        if let Some(series) = &seen.series {
            return Ok(series.clone());
        }
        let names = self.api.names(&asked.query)?;
        let series = Arc::new(Series::of(&asked.query, names.as_deref()));
        seen.series = Some(series.clone());
        Ok(series)
    }

    /// What the server keeps of a question: what is declared, or what its answers show.
    fn tiers(&self, place: usize, now: i64) -> Result<Arc<[Tier]>, LiveError> {
        if !self.declared.is_empty() {
            return Ok(self.declared.clone().into());
        }
        let series = self.series(place)?;
        let (_, mut seen) = self.at(place)?;
        if let Some(tiers) = &seen.tiers {
            return Ok(tiers.clone());
        }
        let tiers: Arc<[Tier]> = self.seen_tiers(&series, now)?.into();
        seen.tiers = Some(tiers.clone());
        Ok(tiers)
    }

    /// The tiers that the server's answers show, at ages from ten minutes to the length of the history.
    fn seen_tiers(&self, series: &Series, now: i64) -> Result<Vec<Tier>, LiveError> {
        let targets = series.some(LOOKED_AT);
        let mut ages = locked(&self.ages).clone();
        let tiers = tiers::discover(self.history, &mut ages, |age| {
            self.api.steps(&targets, now - age - 1, now - age)
        })?;
        locked(&self.ages).extend(ages);
        Ok(tiers)
    }
}

impl LiveSource for GraphiteSource {
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Nothing is asked of a question that has no series, nor of what is older than the server keeps.
    fn cut(&self, question: &Question, range: Range<i64>, now: i64) -> Result<Vec<Request>, LiveError> {
        let place = self.questions.iter().position(|own| own.id == question.id);
        let place = place.unwrap_or(self.questions.len());
        let series = self.series(place)?;
        let mut requests = Vec::new();
        if series.count() == 0 {
            return Ok(requests);
        }
        let tiers = self.tiers(place, now)?;
        for span in spans::by_tier(&tiers, self.step, &range, now) {
            for piece in spans::pieces(&span, series.slots(span.step)) {
                let parts = 0..series.parts(span.step);
                requests.extend(parts.map(|part| Request {
                    question: place,
                    range: piece.clone(),
                    step: span.step,
                    part,
                }));
            }
        }
        Ok(requests)
    }

    fn describe(&self, request: &Request) -> String {
        let text = self.asked.get(request.question).map(|asked| asked.text.as_str()).unwrap_or_default();
        let seen = self.seen.get(request.question).and_then(|seen| locked(seen).series.clone());
        let (count, parts) = seen.map_or((0, 1), |series| (series.count(), series.parts(request.step)));
        let part = if parts > 1 { format!(", part {} of {parts}", request.part + 1) } else { String::new() };
        let time = |time: i64| {
            DateTime::from_timestamp(time, 0)
                .map_or_else(|| time.to_string(), |time| time.format("%Y-%m-%d %H:%M").to_string())
        };
        format!(
            "{text} ({count} series{part}) from {} to {} UTC, a point every {} s",
            time(request.range.start),
            time(request.range.end),
            request.step
        )
    }

    fn fetch(&self, request: &Request) -> Result<Fetched, LiveError> {
        let series = self.series(request.question)?;
        let (asked, seen) = self.at(request.question)?;
        let tiers =
            if self.declared.is_empty() { seen.tiers.clone() } else { Some(self.declared.clone().into()) };
        drop(seen);
        let finer = tiers.is_none_or(|tiers| tiers.iter().any(|tier| tier.step < request.step));
        let summarized = request.step == self.step && finer;
        let put = Put { asked, series: &series, step: request.step.max(1), summarized };
        self.answer(&put, series.part(request.step, request.part), request.range.clone(), fetch::PATIENCE)
    }

    fn examine(&self, now: i64) -> Result<Examination, LiveError> {
        self.examination(now)
    }

    /// What finds nothing here is told once, beside the answers: a server mostly has one agent and not the other.
    fn notes(&self) -> Vec<String> {
        self.api.warnings().into_iter().chain(self.found_nothing()).collect()
    }
}

/// A lock's content. What is kept is whole after each step, so another thread's panic has not harmed it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
