//! A live Prometheus, or what answers its HTTP API: Thanos, Mimir, VictoriaMetrics.
//!
//! A `Query` is an expression of a pack and what its answer means; a [`Request`] is asked by
//! `query_range` at multiples of the step, so that repeated pulls meet at the same moments.

mod api;
mod examine;
mod expression;
mod fetch;
mod learned;
mod pieces;
mod query;
mod refusal;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod tests;
mod trouble;

use std::{
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::DateTime;

use super::{Examination, Fetched, LiveError, LiveSource, Question, Request};
use crate::{
    net::Client,
    platform::Source,
    sources::{Names, Packs, live::transport::Transport},
};

use api::Api;
use learned::Learned;
use query::Query;

/// A Prometheus server that is asked for history.
#[derive(Debug)]
pub struct PrometheusSource {
    /// As the platform file names it.
    name: String,
    api: Api,
    /// Seconds back that a first pull asks for.
    history: i64,
    questions: Vec<Question>,
    /// What lies behind each question.
    queries: Vec<Query>,
    learned: Learned,
    names: Mutex<Names>,
}

impl PrometheusSource {
    /// A source that asks its declared query, or every pack's; `packs` are those that the source is held to.
    ///
    /// # Errors
    /// The source is no live one, or there is nothing to ask.
    pub fn new(source: &Source, client: Client, packs: &Packs) -> Result<PrometheusSource, LiveError> {
        PrometheusSource::over(source, Box::new(client), packs)
    }

    fn over(
        source: &Source,
        transport: Box<dyn Transport>,
        packs: &Packs,
    ) -> Result<PrometheusSource, LiveError> {
        let refuse = |problem: &str, next_step: &str| LiveError {
            source_name: source.name.clone(),
            problem: problem.to_owned(),
            next_step: next_step.to_owned(),
            passing: false,
        };
        let Some(live) = source.origin.live() else {
            return Err(refuse("has files and no server", "give it `kind` and `url`"));
        };
        let (questions, queries): (Vec<_>, Vec<_>) =
            query::queries(query::declared(source), packs, &live.asking).into_iter().unzip();
        if questions.is_empty() {
            return Err(refuse(
                "no query pack that it uses asks Prometheus for anything",
                "name another in `packs`, or remove the field to use them all",
            ));
        }
        Ok(PrometheusSource {
            name: source.name.clone(),
            api: Api::new(transport, live.asking.timeout),
            history: (live.asking.history_days * SECONDS_PER_DAY as f64) as i64,
            learned: Learned::new(questions.len()),
            questions,
            queries,
            names: Mutex::default(),
        })
    }

    /// The names so far. A thread that has panicked leaves at worst one name out.
    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A question's query, for a request that was made of it.
    fn query(&self, question: usize) -> Result<&Query, LiveError> {
        self.queries.get(question).ok_or_else(|| self.no_such_question(&question.to_string()))
    }

    fn no_such_question(&self, question: &str) -> LiveError {
        LiveError {
            source_name: self.name.clone(),
            problem: format!("the question {question} is none of its own"),
            next_step: "ask a source only what it has listed itself".to_owned(),
            passing: false,
        }
    }
}

/// POSIX time has no leap seconds.
const SECONDS_PER_DAY: i64 = 86_400;

impl LiveSource for PrometheusSource {
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Where the number of series is not known yet, the server is asked for it at the range's end, so that the
    /// very first answer is bounded too.
    fn cut(&self, question: &Question, range: Range<i64>, _now: i64) -> Result<Vec<Request>, LiveError> {
        let at = self.questions.iter().position(|own| own.id == question.id);
        let at = at.ok_or_else(|| self.no_such_question(&question.id))?;
        let step = question.step;
        if self.learned.series(at).is_none()
            && let Some(last) = pieces::pieces(&range, step, usize::MAX).last()
        {
            // Where the server refuses to count, the size of its answers will show.
            let _ = self.count_series(at, Some(last.end - step))?;
        }
        let pieces = pieces::pieces(&range, step, self.learned.most_points(at));
        Ok(pieces.into_iter().map(|range| Request { question: at, range, step, part: 0 }).collect())
    }

    fn describe(&self, request: &Request) -> String {
        let moment = |time: i64| {
            DateTime::from_timestamp(time, 0)
                .map_or_else(|| time.to_string(), |moment| moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        };
        let asked = match self.queries.get(request.question) {
            Some(query) => query.expression.over(query.over, request.step),
            None => format!("question {}", request.question),
        };
        format!(
            "{}: {asked} from {} to {} every {} s",
            self.name,
            moment(request.range.start),
            moment(request.range.end.saturating_sub(request.step)),
            request.step
        )
    }

    fn fetch(&self, request: &Request) -> Result<Fetched, LiveError> {
        self.ask(request, self.query(request.question)?)
    }

    fn notes(&self) -> Vec<String> {
        self.api.warnings()
    }

    fn examine(&self, now: i64) -> Result<Examination, LiveError> {
        self.examination(now)
    }
}
