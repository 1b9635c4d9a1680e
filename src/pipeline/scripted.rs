//! A live source for tests, which answers as it is told.

use std::{ops::Range, sync::Mutex};

use crate::{
    platform::{Labels, Measure, SeriesKey},
    sources::{
        FileReading, FileReport, Points, Samples,
        live::{Examination, Fetched, LiveError, LiveSource, Question, Request},
    },
};

/// Seconds.
pub(super) const HOUR: i64 = 3_600;

/// Days that one request covers.
pub(super) const DAYS: i64 = 10;

/// What a request is answered with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reply {
    /// A point each hour, for as far as the answer is there.
    Points,
    /// The server is down.
    Down,
    /// The question is wrong.
    Wrong,
    /// The answer breaks off in the middle.
    Half,
    /// There is no such series.
    Nothing,
}

/// Told a request and how many came before it.
type Script = dyn Fn(&Request, usize) -> Reply + Sync;

/// Questions about one measure, of one host each.
pub(super) struct Scripted {
    questions: Vec<Question>,
    reply: Box<Script>,
    /// What was asked, in the order of asking.
    pub(super) asked: Mutex<Vec<Request>>,
}

impl Scripted {
    /// So many questions; `reply` is told the request and how many came before it.
    pub(super) fn new(questions: usize, reply: impl Fn(&Request, usize) -> Reply + Sync + 'static) -> Self {
        let question = |at: usize| Question {
            id: format!("question {at}"),
            measure: Measure::QueueDepth,
            pack: "scripted".to_owned(),
            step: HOUR,
        };
        let questions = (0..questions).map(question).collect();
        Scripted { questions, reply: Box::new(reply), asked: Mutex::default() }
    }

    pub(super) fn key(question: usize) -> SeriesKey {
        SeriesKey {
            measure: Measure::QueueDepth,
            labels: Labels::from([("host", format!("mx{question}").as_str())]),
        }
    }

    /// What the server holds: a point an hour, whose value is the hour.
    pub(super) fn samples(question: usize, range: Range<i64>) -> Samples {
        let hours = (range.start..range.end).step_by(HOUR as usize);
        let points: Points = hours.map(|time| (time, (time / HOUR) as f64)).collect();
        Samples { key: Self::key(question), points }
    }
}

impl LiveSource for &Scripted {
    fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn cut(&self, question: &Question, range: Range<i64>, _now: i64) -> Result<Vec<Request>, LiveError> {
        let at = self.questions.iter().position(|own| own == question).unwrap();
        let starts = (range.start..range.end).step_by((DAYS * 24 * HOUR) as usize);
        let request = |start: i64| Request {
            question: at,
            range: start..(start + DAYS * 24 * HOUR).min(range.end),
            step: HOUR,
            part: 0,
        };
        Ok(starts.map(request).collect())
    }

    fn describe(&self, request: &Request) -> String {
        format!("question {}", request.question)
    }

    fn fetch(&self, request: &Request) -> Result<Fetched, LiveError> {
        let mut asked = self.asked.lock().unwrap();
        let reply = (self.reply)(request, asked.len());
        asked.push(request.clone());
        drop(asked);
        let failed = |passing: bool| LiveError {
            source_name: "scripted".to_owned(),
            problem: if passing {
                "is down".to_owned()
            } else {
                format!("question {} is wrong", request.question)
            },
            next_step: "mend it".to_owned(),
            passing,
        };
        let mut report =
            FileReport { path: format!("question {}", request.question), ..FileReport::default() };
        let mut range = request.range.clone();
        match reply {
            Reply::Points => {}
            Reply::Nothing => range.end = range.start,
            Reply::Down => return Err(failed(true)),
            Reply::Wrong => return Err(failed(false)),
            Reply::Half => {
                range.end = range.start + (range.end - range.start) / 2;
                report.error = Some(crate::sources::ReadError {
                    path: report.path.clone(),
                    offset: None,
                    uncompressed: false,
                    problem: "breaks off".to_owned(),
                    next_step: "ask again".to_owned(),
                });
            }
        }
        let samples = vec![Scripted::samples(request.question, range)];
        report.points = samples[0].points.len() as u64;
        report.series = usize::from(!samples[0].points.is_empty());
        Ok(Fetched { reading: FileReading { report, samples }, server_time: None })
    }

    fn examine(&self, _now: i64) -> Result<Examination, LiveError> {
        Ok(Examination::default())
    }
}
