//! Examining: what the server is, how far back it answers, and which questions find series.

use serde::{Deserialize, de::DeserializeOwned};

use super::{PrometheusSource, SECONDS_PER_DAY, trouble::said};
use crate::{
    net::{Answer, NetError},
    sources::live::{Examination, LiveError},
};

/// How far apart the moments are at which the oldest sample is looked for, in seconds.
const LOOK_EVERY: i64 = SECONDS_PER_DAY;

/// How long before each of those moments a sample counts, in seconds: longer than any usual scrape interval, and
/// short enough that a server reads an hour of each day only.
const LOOK_BACK: &str = "1h";

/// The envelope of every answer, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Envelope<T> {
    data: T,
}

/// The data of `api/v1/status/buildinfo`. VictoriaMetrics 1.79 answers it empty; Mimir names itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BuildInfo {
    version: Option<String>,
    application: Option<String>,
}

/// The data of a query: pairs of a time in seconds and a number in quotes.
#[derive(Debug, Deserialize)]
struct QueryData {
    result: Vec<Answered>,
}

#[derive(Debug, Deserialize)]
struct Answered {
    #[serde(default)]
    value: Option<(f64, String)>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl PrometheusSource {
    /// What the server is, with its version; `None` where it does not say.
    ///
    /// # Errors
    /// It does not answer at all, or refuses who asks.
    pub fn buildinfo(&self) -> Result<Option<String>, LiveError> {
        Ok(self.build()?.0)
    }

    /// The same, with the server's clock.
    fn build(&self) -> Result<(Option<String>, Option<i64>), LiveError> {
        match self.api.get("api/v1/status/buildinfo", &[]) {
            Ok(answer) => {
                let info = serde_json::from_slice::<Envelope<BuildInfo>>(&answer.body);
                let info = info.map(|envelope| envelope.data).unwrap_or_default();
                let name = info.application.unwrap_or_else(|| "Prometheus".to_owned());
                Ok((info.version.map(|version| format!("{name} {version}")), answer.server_time))
            }
            // Old and other servers have no such page, and may say so in several ways.
            Err(NetError::Status { status: 400 | 404 | 405 | 422 | 500 | 501, .. }) => Ok((None, None)),
            Err(error) => Err(self.trouble(None, &error)),
        }
    }

    /// The oldest moment, to the day, for which the server still has samples: of `up`, which Prometheus writes for
    /// every target, and of the first question that finds series. It looks back as far as a first pull would.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn oldest(&self, now: i64) -> Result<Option<i64>, LiveError> {
        let answering = (0..self.queries.len()).find(|at| self.learned.series(*at).is_some_and(|n| n > 0));
        let metric =
            answering.and_then(|at| self.queries.get(at)).and_then(|query| query.expression.metric());
        let mut oldest = None;
        for name in ["up"].into_iter().chain(metric.filter(|name| *name != "up")) {
            let seen = self.oldest_of(name, now)?;
            oldest = [oldest, seen].into_iter().flatten().min();
        }
        Ok(oldest)
    }

    fn oldest_of(&self, metric: &str, now: i64) -> Result<Option<i64>, LiveError> {
        let days = self.history / LOOK_EVERY;
        let range = now - days * LOOK_EVERY..now + LOOK_EVERY;
        let expression = format!("count(last_over_time({metric}[{LOOK_BACK}]))");
        let answer = self
            .api
            .query_range(&expression, &range, LOOK_EVERY)
            .map_err(|error| self.trouble(None, &error))?;
        let data: QueryData = self.parse(&answer, "api/v1/query_range")?;
        let times = data.result.iter().flat_map(|series| &series.values).map(|(time, _)| *time as i64);
        Ok(times.min())
    }

    /// How many series a question has at a moment, or now; the number is remembered. The inner error is what the
    /// server has against this query alone.
    ///
    /// # Errors
    /// The server does not answer.
    pub(super) fn count_series(
        &self,
        question: usize,
        time: Option<i64>,
    ) -> Result<Result<usize, String>, LiveError> {
        let query = self.query(question)?;
        let step = self.questions.get(question).map_or(1, |question| question.step);
        match self.api.query_at(&query.expression.count(query.over, step), time) {
            Ok(answer) => {
                let data: QueryData = self.parse(&answer, "api/v1/query")?;
                let value = data.result.first().and_then(|series| series.value.as_ref());
                let series = value.and_then(|(_, number)| number.parse().ok()).unwrap_or(0);
                self.learned.saw_series(question, series);
                Ok(Ok(series))
            }
            Err(NetError::Status { status: 400 | 413 | 422 | 500 | 503 | 504, body, .. }) => {
                Ok(Err(said(&body)))
            }
            Err(error @ NetError::Late { .. }) => Ok(Err(error.problem())),
            Err(error) => Err(self.trouble(Some(query), &error)),
        }
    }

    pub(super) fn examination(&self, now: i64) -> Result<Examination, LiveError> {
        let (server, server_time) = self.build()?;
        let mut examination = Examination { server, server_time, ..Examination::default() };
        for (at, question) in self.questions.iter().enumerate() {
            match self.count_series(at, None)? {
                Ok(series) => examination.answers.push((question.id.clone(), series)),
                Err(refusal) => {
                    let text = self.queries.get(at).map_or("", |query| query.expression.text());
                    examination.notes.push(format!(
                        "`{text}` of {} is refused: {refusal}; mend the query in a pack of your own, or leave the \
                         pack out by `packs`",
                        question.pack
                    ));
                }
            }
        }
        match self.oldest(now) {
            Ok(oldest) => examination.oldest = oldest,
            Err(LiveError { problem, next_step, .. }) => {
                examination
                    .notes
                    .push(format!("how far back it answers could not be seen: {problem}; {next_step}"));
            }
        }
        Ok(examination)
    }

    /// The data of an answer.
    pub(super) fn parse<T: DeserializeOwned>(&self, answer: &Answer, path: &str) -> Result<T, LiveError> {
        let parsed = serde_json::from_slice::<Envelope<T>>(&answer.body);
        parsed.map(|envelope| envelope.data).map_err(|error| LiveError {
            source_name: self.name.clone(),
            problem: format!(
                "{path}: the answer is not that of Prometheus ({error}); it begins {:?}",
                said(&String::from_utf8_lossy(answer.body.get(..BEGINNING).unwrap_or(&answer.body)))
            ),
            next_step:
                "look at that address in a browser: is it a login page, or another program? check `url`"
                    .to_owned(),
            passing: false,
        })
    }
}

/// Bytes of a wrong answer that are shown: enough to know a login page by.
const BEGINNING: usize = 64;
