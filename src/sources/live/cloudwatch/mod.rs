//! Amazon CloudWatch, asked by `GetMetricData` and `ListMetrics`.
//!
//! A question is a pack's entry: the metrics that the entry maps are listed once a run (`expansion.rs`), and each is one
//! query, so an answer is known by its Id and no label has to be guessed from. Or it is a search, which finds its metrics
//! itself and is told by labels. A range is cut by the periods still kept (`period.rs`) and by what one call takes
//! (`call.rs`); pages are merged by Id, and what is not whole is asked again (`answer.rs`). A missing period is a hole,
//! never a zero, also where AWS documents that no point means none.

mod answer;
mod api;
mod call;
mod examine;
mod expansion;
mod inquiry;
mod period;
mod price;
mod reading;
mod recognise;
mod sdk;
mod sdk_error;
mod seen;

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::{Examination, Fetched, LiveError, LiveSource, Question, Request};
use crate::{
    platform::{Asking, CloudWatch, Source, System},
    sources::{Identity, Packs},
};
use answer::Answer;
use api::{Api, ApiError};
use expansion::{Expansion, Listings};
use inquiry::{Inquiry, Metrics, Search};
use price::Spending;
use reading::Reading;

pub use price::{DOLLARS_A_LISTING, DOLLARS_A_METRIC, LARGEST_SEARCH};

/// CloudWatch in one region, as one identity sees it.
pub struct CloudWatchSource {
    name: String,
    asking: Asking,
    api: Box<dyn Api>,
    questions: Vec<Question>,
    /// In the order of the questions, as are the next two.
    inquiries: Vec<Inquiry>,
    expansions: Vec<Mutex<Option<Arc<Expansion>>>>,
    /// The most series that each gave as a search, or [`NOT_SEARCHED`].
    searched: Vec<AtomicUsize>,
    listings: Listings,
    spending: Spending,
    pause: fn(Duration),
}

/// A search that was not answered yet.
const NOT_SEARCHED: usize = usize::MAX;

impl CloudWatchSource {
    /// Makes ready to ask; nothing is asked yet. `packs` are those that the source is held to.
    ///
    /// # Errors
    /// The source is not CloudWatch's, or no region is known.
    pub fn new(source: &Source, packs: &Packs) -> Result<CloudWatchSource, LiveError> {
        let fail = |error: ApiError| in_words(&source.name, None, error);
        let live = source.origin.live();
        let Some((settings, live)) = live.and_then(|live| match &live.system {
            System::CloudWatch(settings) => Some((settings, live)),
            _ => None,
        }) else {
            return Err(fail(ApiError {
                problem: "is no CloudWatch source".to_owned(),
                next_step: "write kind = \"cloudwatch\"".to_owned(),
                passing: false,
                stale_token: false,
            }));
        };
        let inquiries = match (&source.declared, &live.query) {
            (Some(declared), Some(query)) => {
                vec![("declared".to_owned(), Inquiry::declared(query, declared))]
            }
            _ => inquiry::of_packs(packs),
        };
        let api = connect(settings, &live.asking).map_err(fail)?;
        Ok(CloudWatchSource::over(api, &source.name, &live.asking, inquiries, std::thread::sleep))
    }

    fn over(
        api: Box<dyn Api>,
        name: &str,
        asking: &Asking,
        inquiries: Vec<(String, Inquiry)>,
        pause: fn(Duration),
    ) -> CloudWatchSource {
        let step = period::finest(asking.step);
        let question = |(pack, inquiry): &(String, Inquiry)| Question {
            id: inquiry.id(),
            measure: inquiry.measure(),
            pack: pack.clone(),
            step,
        };
        CloudWatchSource {
            name: name.to_owned(),
            asking: asking.clone(),
            api,
            questions: inquiries.iter().map(question).collect(),
            expansions: inquiries.iter().map(|_| Mutex::default()).collect(),
            searched: inquiries.iter().map(|_| AtomicUsize::new(NOT_SEARCHED)).collect(),
            inquiries: inquiries.into_iter().map(|(_, inquiry)| inquiry).collect(),
            listings: Listings::default(),
            spending: Spending::default(),
            pause,
        }
    }

    /// The metrics of a question, listed once a run.
    fn expand(&self, question: usize, asked: &Metrics) -> Result<Arc<Expansion>, LiveError> {
        let Some(place) = self.expansions.get(question) else { return Ok(Arc::default()) };
        let mut known = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expansion) = known.as_ref() {
            return Ok(Arc::clone(expansion));
        }
        let expansion = self
            .listings
            .expand(asked, self.api.as_ref(), &self.spending)
            .map_err(|error| self.error(question, error))?;
        Ok(Arc::clone(known.insert(Arc::new(expansion))))
    }

    fn error(&self, question: usize, error: ApiError) -> LiveError {
        in_words(&self.name, self.questions.get(question).map(|question| question.id.as_str()), error)
    }

    /// How many series a search gave, if it has been asked.
    fn series_of_search(&self, question: usize) -> Option<usize> {
        let count = self.searched.get(question)?.load(Ordering::Relaxed);
        (count != NOT_SEARCHED).then_some(count)
    }

    fn fetch_metrics(&self, request: &Request, asked: &Metrics) -> Result<Fetched, LiveError> {
        let expansion = self.expand(request.question, asked)?;
        let metrics = call::part(asked, &expansion.metrics, request);
        let asks = call::of_metrics(asked, metrics, request.step);
        let answer = self.collect(request, &asks)?;
        let recognise = |identity: &Identity| asked.recognise(identity, request.step);
        let mut reading = Reading::new(&recognise);
        for (at, (dimensions, _)) in metrics.iter().enumerate() {
            let identity = asked.identity(dimensions);
            match answer.of(&call::visible_id(asked, at)).next() {
                Some((_, answered)) => reading.take(identity, answered),
                None => reading.miss(identity),
            }
        }
        Ok(reading.finish(self.shown(request.question), answer))
    }

    fn fetch_search(&self, request: &Request, search: &Search) -> Result<Fetched, LiveError> {
        let ask = call::of_search(search, request.step, self.series_of_search(request.question));
        let answer = self.collect(request, std::slice::from_ref(&ask))?;
        let series = answer.of(call::SEARCH_ID).count();
        if let Some(searched) = self.searched.get(request.question) {
            let known = self.series_of_search(request.question).unwrap_or_default();
            searched.store(series.max(known), Ordering::Relaxed);
        }
        let recognise = |identity: &Identity| search.recognise(identity);
        let mut reading = Reading::new(&recognise);
        for (label, answered) in answer.of(call::SEARCH_ID) {
            reading.take(search.identity(label), answered);
        }
        Ok(reading.finish(self.shown(request.question), answer))
    }

    fn collect(&self, request: &Request, asks: &[answer::Ask]) -> Result<Answer, LiveError> {
        answer::collect(self.api.as_ref(), asks, &request.range, &self.spending, self.pause)
            .map_err(|error| self.error(request.question, error))
    }

    /// A question for people.
    fn shown(&self, question: usize) -> String {
        let id = self.questions.get(question).map(|question| question.id.as_str()).unwrap_or_default();
        format!("{}: {id}", self.name)
    }
}

impl LiveSource for CloudWatchSource {
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn cut(&self, question: &Question, range: Range<i64>, now: i64) -> Result<Vec<Request>, LiveError> {
        let Some(at) = self.questions.iter().position(|known| known.id == question.id) else {
            return Ok(Vec::new());
        };
        let pieces = period::pieces(&range, now, self.asking.step);
        let metrics = match self.inquiries.get(at) {
            Some(Inquiry::Metrics(asked)) => Some((asked, self.expand(at, asked)?)),
            _ => None,
        };
        let parts = |piece: &period::Piece| match &metrics {
            Some((asked, expansion)) => {
                let slots = call::slots(&piece.range, piece.period);
                expansion.metrics.len().div_ceil(call::capacity(asked, slots))
            }
            None => 1,
        };
        let requests = pieces.iter().flat_map(|piece| {
            (0..parts(piece)).map(|part| Request {
                question: at,
                range: piece.range.clone(),
                step: piece.period,
                part,
            })
        });
        Ok(requests.collect())
    }

    fn price(&self, request: &Request) -> f64 {
        self.charged(request) as f64 * DOLLARS_A_METRIC
    }

    fn spent(&self) -> f64 {
        self.spending.dollars()
    }

    fn describe(&self, request: &Request) -> String {
        let id =
            self.questions.get(request.question).map(|question| question.id.as_str()).unwrap_or_default();
        let count = match self.inquiries.get(request.question) {
            Some(Inquiry::Metrics(asked)) => {
                self.expand(request.question, asked).map_or(0, |expansion| expansion.metrics.len())
            }
            _ => self.charged(request),
        };
        match self.inquiries.get(request.question) {
            Some(Inquiry::Search(_)) => format!("{id} (at most {count} metrics)"),
            _ if count == 1 => format!("{id} (1 metric)"),
            _ => format!("{id} ({count} metrics)"),
        }
    }

    fn fetch(&self, request: &Request) -> Result<Fetched, LiveError> {
        match self.inquiries.get(request.question) {
            Some(Inquiry::Metrics(asked)) => self.fetch_metrics(request, asked),
            Some(Inquiry::Search(search)) => self.fetch_search(request, search),
            None => Err(in_words(
                &self.name,
                None,
                ApiError {
                    problem: format!("there is no question {}", request.question),
                    next_step: "ask what `cut` gave".to_owned(),
                    passing: false,
                    stale_token: false,
                },
            )),
        }
    }

    fn examine(&self, now: i64) -> Result<Examination, LiveError> {
        self.look(now)
    }

    fn notes(&self) -> Vec<String> {
        self.found()
    }
}

impl CloudWatchSource {
    /// How many metrics a request is charged for. A search that was not asked yet counts as the largest there is.
    fn charged(&self, request: &Request) -> usize {
        match self.inquiries.get(request.question) {
            Some(Inquiry::Metrics(asked)) => self
                .expand(request.question, asked)
                .map_or(0, |expansion| call::part(asked, &expansion.metrics, request).len()),
            Some(Inquiry::Search(_)) => {
                self.series_of_search(request.question).map_or(LARGEST_SEARCH, |found| found.max(1))
            }
            None => 0,
        }
    }
}

fn connect(settings: &CloudWatch, asking: &Asking) -> Result<Box<dyn Api>, ApiError> {
    Ok(Box::new(sdk::Sdk::connect(settings, asking)?))
}

fn in_words(source: &str, question: Option<&str>, error: ApiError) -> LiveError {
    let ApiError { problem, next_step, passing, stale_token: _ } = error;
    let problem = question.map_or(problem.clone(), |question| format!("{question}: {problem}"));
    LiveError { source_name: source.to_owned(), problem, next_step, passing }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
