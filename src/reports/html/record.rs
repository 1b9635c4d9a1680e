//! "Was last week's answer right?": the track record of earlier runs.

use serde::Serialize;

use crate::{
    plans::{Kind, Miss},
    reports::{
        Report, format, looking_back,
        scores::{ScoreTable, tables},
        text::one_line,
    },
};

/// The track record as its template sees it.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    answer: String,
    made_on: String,
    ahead: String,
    missed: Vec<Missed>,
    tables: Vec<ScoreTable>,
    unreadable: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Missed {
    subject: String,
    interval: String,
    came: String,
}

impl Record {
    pub(super) fn new(report: &Report) -> Self {
        let record = &report.track_record;
        let newest = record.newest.as_ref();
        let made_on = newest.and_then(|run| report.local_date(run.as_of)).map(format::date);
        let kinds = [Kind::VolumeExhaustion, Kind::InodeExhaustion, Kind::PoolExhaustion];
        Self {
            answer: looking_back::answer(report, record),
            made_on: made_on.unwrap_or_default(),
            ahead: newest.map(|run| format::days(run.horizon_days as f64)).unwrap_or_default(),
            missed: newest.map(|run| run.missed.iter().map(Missed::new).collect()).unwrap_or_default(),
            tables: kinds.into_iter().flat_map(|kind| tables(kind, record.rows.iter())).collect(),
            unreadable: record.unreadable.iter().map(|text| one_line(text, 300)).collect(),
        }
    }
}

impl Missed {
    fn new(miss: &Miss) -> Self {
        let amount = |amount: f64| format::value(amount, miss.unit);
        Self {
            subject: one_line(&miss.subject, 120),
            interval: format!("{} to {}", amount(miss.p5), amount(miss.p95)),
            came: amount(miss.came),
        }
    }
}
