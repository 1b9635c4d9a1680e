//! Answers: pages merged by Id, and what is not whole asked again.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    time::Duration,
};

use backon::{BlockingRetryable, ExponentialBuilder};

use super::{
    api::{Api, ApiError, DataPage, PageResult, Query, Status},
    price::Spending,
};

/// Pages of one call after which it is given up. A call is for at most 100,800 points, so even pages of a hundred
/// points end before.
const MOST_PAGES: usize = 2_000;

/// How often a series that is not whole is asked for again. CloudWatch's own trouble mostly passes within seconds,
/// and what stays broken is asked for by the next pull.
const REPEATS: usize = 3;

/// The queries that make one visible result, or several under one Id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    /// The visible query is the last.
    pub(super) queries: Vec<Query>,
    /// Whether the result is a search's: any number of series, told by their labels.
    pub(super) several: bool,
    /// Metrics that are charged for.
    pub(super) charged: usize,
}

impl Ask {
    fn id(&self) -> &str {
        self.queries.last().map(|query| query.id.as_str()).unwrap_or_default()
    }
}

/// What was answered, over all pages and repeats.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// By the visible query's Id, then by label; the label is empty where an Id is one series.
    pub(super) series: BTreeMap<(String, String), Answered>,
    /// What CloudWatch says of the whole, each once.
    pub(super) messages: Vec<String>,
    pub(super) server_time: Option<i64>,
    pub(super) bytes: u64,
    rounds: usize,
}

/// What was answered of one series.
#[derive(Debug, PartialEq)]
pub(super) struct Answered {
    /// Seconds since 1970-01-01 UTC to value; a time that comes again replaces.
    pub(super) points: BTreeMap<i64, f64>,
    /// As the last page that held the series says.
    pub(super) status: Status,
    /// What CloudWatch says of it, each once.
    pub(super) messages: Vec<String>,
}

/// Why a round is not the last.
enum Unfinished {
    Series,
    Failed(ApiError),
}

/// Asks for all, page by page, and again for what is not whole.
///
/// # Errors
/// There is no answer at all. What the first round has brought is kept if a repeat fails.
pub(super) fn collect(
    api: &dyn Api,
    asks: &[Ask],
    range: &Range<i64>,
    spending: &Spending,
    pause: fn(Duration),
) -> Result<Answer, ApiError> {
    let mut answer = Answer::default();
    let mut pending: Vec<&Ask> = asks.iter().collect();
    let repeats = ExponentialBuilder::default().with_jitter().with_max_times(REPEATS);
    let round = || {
        spending.add_metrics(pending.iter().map(|ask| ask.charged).sum());
        answer.ask(api, &pending, range).map_err(Unfinished::Failed)?;
        answer.rounds += 1;
        pending.retain(|ask| answer.is_wanting(ask));
        if pending.is_empty() { Ok(()) } else { Err(Unfinished::Series) }
    };
    let worth_it = |why: &Unfinished| match why {
        Unfinished::Series => true,
        Unfinished::Failed(error) => error.stale_token,
    };
    let outcome = round.retry(repeats).sleep(pause).when(worth_it).call();
    match outcome {
        Err(Unfinished::Failed(error)) if answer.rounds == 0 => Err(error),
        Err(Unfinished::Failed(error)) => {
            answer.say(format!("a repeat failed: {}; {}", error.problem, error.next_step));
            Ok(answer)
        }
        Ok(()) | Err(Unfinished::Series) => Ok(answer),
    }
}

impl Answer {
    /// One round: every page of one call.
    fn ask(&mut self, api: &dyn Api, pending: &[&Ask], range: &Range<i64>) -> Result<(), ApiError> {
        let queries: Vec<&Query> = pending.iter().flat_map(|ask| &ask.queries).collect();
        let several: HashMap<&str, bool> = pending.iter().map(|ask| (ask.id(), ask.several)).collect();
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = api.data(&queries, range, next.as_deref())?;
            let following = self.take(page, &several);
            if following.is_none() {
                return Ok(());
            }
            if following == next {
                break;
            }
            next = following;
        }
        Err(ApiError {
            problem: "the pages of the answer have no end".to_owned(),
            next_step: "check `endpoint`; if it is AWS, pull again later".to_owned(),
            passing: true,
            stale_token: false,
        })
    }

    /// Merges a page; gives the token of the next.
    fn take(&mut self, page: DataPage, several: &HashMap<&str, bool>) -> Option<String> {
        for result in page.results {
            if let Some(several) = several.get(result.id.as_str()) {
                self.merge(result, *several);
            }
        }
        page.messages.into_iter().for_each(|message| self.say(message));
        self.server_time = page.server_time.or(self.server_time);
        self.bytes += page.bytes;
        page.next.filter(|token| !token.is_empty())
    }

    fn merge(&mut self, result: PageResult, several: bool) {
        let PageResult { id, label, times, values, mut status, messages } = result;
        let place = (id, if several { label } else { String::new() });
        if times.len() != values.len() {
            status = Status::Other(format!("{} times and {} values", times.len(), values.len()));
        }
        let new = || Answered { points: BTreeMap::new(), status: Status::Complete, messages: Vec::new() };
        let answered = self.series.entry(place).or_insert_with(new);
        if times.len() == values.len() {
            answered.points.extend(times.into_iter().zip(values));
        }
        answered.status = status;
        for message in messages {
            if !answered.messages.contains(&message) {
                answered.messages.push(message);
            }
        }
    }

    /// Whether asking again may bring more. A search that finds nothing has no result; a metric always has one.
    fn is_wanting(&self, ask: &Ask) -> bool {
        let mut results = self.of(ask.id()).peekable();
        let missing = results.peek().is_none() && !ask.several;
        missing || results.any(|(_, answered)| answered.status.may_pass())
    }

    /// The series under an Id, by label.
    pub(super) fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a str, &'a Answered)> {
        let begin = (id.to_owned(), String::new());
        let under = self.series.range(begin..).take_while(move |((of, _), _)| of == id);
        under.map(|((_, label), answered)| (label.as_str(), answered))
    }

    fn say(&mut self, message: String) {
        if !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }
}

impl Status {
    fn may_pass(&self) -> bool {
        matches!(self, Status::PartialData | Status::InternalError | Status::Other(_))
    }

    /// Why a series is not whole and what to do; `None` where it is.
    pub(super) fn trouble(&self) -> Option<String> {
        match self {
            Status::Complete => None,
            Status::PartialData => {
                Some("PartialData: its points are not all there; they are asked for again by the next pull".to_owned())
            }
            Status::InternalError => Some(
                "InternalError: CloudWatch could not answer for it; it is asked for again by the next pull".to_owned(),
            ),
            Status::Forbidden => Some(
                "Forbidden: whoever asks may not see it; allow cloudwatch:GetMetricData (and cloudwatch:ListMetrics), in \
                 the account that the metric is from as well"
                    .to_owned(),
            ),
            Status::Other(what) => Some(format!("{what}: its points are not all there; pull again later")),
        }
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
