//! Fetching: a request is asked, cut finer where the server wants that, and its answers are read.

use std::{cell::RefCell, collections::HashSet, ops::Range};

use super::{
    PrometheusSource,
    pieces::{join, pieces, points},
    query::Query,
    refusal::Refusal,
};
use crate::{
    net::{Answer, NetError},
    sources::{
        FileReading, Format, Identity, Recognition,
        live::{Fetched, LiveError, Request},
        read::read_answer,
    },
};

/// How many times in a row a range is halved because it took too long: after four, a sixteenth of it does, and it is
/// not the range that is slow. Each try waits as long as the source's `timeout`.
const SLOW_HALVES: usize = 4;

/// What to do where even one point is refused for its size.
const TOO_MUCH_AT_ONCE: &str = "even one point at a time is too much: raise the server's limit (in Prometheus \
     `--query.max-samples`), or narrow the query in a pack of your own";

/// What is gathered while one request is asked, piece by piece.
#[derive(Default)]
struct Gathered {
    reading: Option<FileReading>,
    server_time: Option<i64>,
    /// The series of all pieces.
    series: HashSet<Identity>,
    /// Series that became one.
    merged: Vec<String>,
}

/// Why a piece was not answered.
enum Failure {
    /// The server may answer a shorter range; `points` is how many it allows, where it says so.
    Refused { error: LiveError, slow: bool, points: Option<usize> },
    /// The answer broke off inside.
    Torn(LiveError),
    /// Asking otherwise would not help.
    Final(LiveError),
}

impl PrometheusSource {
    /// Asks a request, in as many pieces as the server wants.
    pub(super) fn ask(&self, request: &Request, query: &Query) -> Result<Fetched, LiveError> {
        let mut gathered = Gathered::default();
        let mut waiting = vec![request.range.clone()];
        let mut slow_before = 0;
        while let Some(range) = waiting.pop() {
            let asked = points(&range, request.step);
            let most = self.learned.most_points(request.question);
            if asked > most {
                // Taken from the end, so that the times ascend.
                waiting.extend(pieces(&range, request.step, most).into_iter().rev());
                continue;
            }
            match self.piece(request, query, &range, &mut gathered) {
                Ok(()) => slow_before = 0,
                Err(Failure::Refused { error, slow, points }) => {
                    slow_before += usize::from(slow);
                    if asked <= 1 || slow_before > SLOW_HALVES {
                        return Err(error);
                    }
                    self.learned.was_refused(request.question, asked, points);
                    waiting.push(range);
                }
                Err(Failure::Torn(error) | Failure::Final(error)) => return Err(error),
            }
        }
        self.learned.saw_series(request.question, gathered.series.len());
        let empty = || FileReading { report: Default::default(), samples: Vec::new() };
        let mut reading = gathered.reading.unwrap_or_else(empty);
        reading.report.path = format!("{}: {}", self.name, query.expression.text());
        reading.report.series = gathered.series.len();
        reading.report.merged = gathered.merged;
        // Thanos and Mimir answer with what the stores that they reach have, and warn that it is not all. What begins
        // with PromQL's name speaks of the query.
        let partial = |warning: &&String| warning.starts_with("warning: ") && !warning.contains("PromQL ");
        let partial: Vec<String> = reading.report.warnings.iter().filter(partial).cloned().collect();
        reading.report.incomplete.extend(partial);
        Ok(Fetched { reading, server_time: gathered.server_time })
    }

    /// Asks for a range; once more where the answer breaks off inside, for a proxy may have cut it.
    fn piece(
        &self,
        request: &Request,
        query: &Query,
        range: &Range<i64>,
        gathered: &mut Gathered,
    ) -> Result<(), Failure> {
        let expression = query.expression.over(query.over, request.step);
        let mut once = || {
            let answer = self.api.query_range(&expression, range, request.step).map_err(|error| {
                let refusal = Refusal::of(&error);
                let is_status = matches!(error, NetError::Status { .. });
                let mut error = self.trouble(Some(query), &error);
                match refusal {
                    Refusal::TooMuch { points } => {
                        if is_status {
                            error.next_step = TOO_MUCH_AT_ONCE.to_owned();
                        }
                        Failure::Refused { error, slow: false, points }
                    }
                    Refusal::TooSlow => Failure::Refused { error, slow: true, points: None },
                    Refusal::Other => Failure::Final(error),
                }
            })?;
            self.read(query, answer, gathered)
        };
        match once() {
            Err(Failure::Torn(_)) => once(),
            outcome => outcome,
        }
    }

    /// Reads an answer. Of one that breaks off nothing is kept, for it is asked for again.
    fn read(&self, query: &Query, answer: Answer, gathered: &mut Gathered) -> Result<(), Failure> {
        if answer.body.is_empty() {
            return Err(Failure::Torn(self.unreadable(query, "it is empty", true)));
        }
        let seen = RefCell::new((&mut gathered.series, &mut gathered.merged));
        let recognise = |identity: &Identity| -> Recognition {
            let recognition = query.recognise(identity);
            let (series, merged) = &mut *seen.borrow_mut();
            if series.insert(identity.clone())
                && let Recognition::Known { key, .. } = &recognition
            {
                merged.extend(self.names().note(&self.name, key, query.spell(identity)));
            }
            recognition
        };
        let mut reading = read_answer(answer.body, query.expression.text(), &recognise);
        let error = reading.report.error.take();
        match (reading.report.format, error) {
            (Some(Format::PrometheusJson), None) => {}
            (Some(Format::PrometheusJson), Some(error)) => {
                return Err(Failure::Torn(self.unreadable(query, &error.problem, true)));
            }
            (_, Some(error)) => return Err(Failure::Final(self.unreadable(query, &error.problem, false))),
            (format, None) => {
                let problem = format!("it is {}", format.map_or("empty", Format::name));
                return Err(Failure::Final(self.unreadable(query, &problem, false)));
            }
        }
        gathered.server_time = answer.server_time.or(gathered.server_time);
        match &mut gathered.reading {
            Some(whole) => join(whole, reading),
            None => gathered.reading = Some(reading),
        }
        Ok(())
    }
}
