//! Asking: which requests a pull has to make, from what the archive has been answered before.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::{PipelineError, losses::losses, packs::packs_of};
use crate::{
    archive::{Archive, Coverage, Wanted},
    platform::{Live, Origin, Platform, Source, System, fnv1a},
    sources::{
        Packs,
        live::{LiveError, LiveSource, Question, Request, open},
    },
};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// CloudWatch takes samples of the last two weeks only (API reference, `PutMetricData`): an older gap stays one,
/// and each question about it is charged.
const CLOUDWATCH_TAKES_DAYS: f64 = 14.0;

/// What a pull would ask, for `--dry-run`.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// Each live source, in the order of the platform file.
    pub sources: Vec<AskedSource>,
}

/// What a pull would ask one source.
#[derive(Debug, Clone, Serialize)]
pub struct AskedSource {
    /// The source, as the platform file names it.
    pub name: String,
    /// Its monitoring system.
    pub system: &'static str,
    /// Each request, in the order of asking.
    pub requests: Vec<AskedRequest>,
    /// What they cost together, in US dollars.
    pub price: f64,
    /// Why some of it cannot be asked.
    pub problems: Vec<String>,
}

/// One request, in words.
#[derive(Debug, Clone, Serialize)]
pub struct AskedRequest {
    /// The question that it belongs to.
    pub question: String,
    /// What is asked, in the server's words.
    pub what: String,
    /// From when, RFC 3339.
    pub from: String,
    /// Up to but not at, RFC 3339.
    pub to: String,
    /// Seconds between points.
    pub step: i64,
}

/// A live source, and what is to be asked of it.
pub(super) struct Opened<'a> {
    pub(super) source: &'a Source,
    pub(super) live: &'a Live,
    pub(super) server: Box<dyn LiveSource + 'a>,
    /// What each question was answered before, in the order of the questions.
    pub(super) coverage: Vec<Coverage>,
    /// What is to be asked.
    pub(super) requests: Vec<Request>,
    /// What that costs, in US dollars.
    pub(super) price: f64,
    /// What cannot be asked, and why.
    pub(super) problems: Vec<LiveError>,
}

/// A live source that cannot be asked anything.
pub(super) struct Unopened<'a> {
    pub(super) source: &'a Source,
    pub(super) system: &'static str,
    pub(super) problem: LiveError,
}

/// Every live source of a platform that is `meant`, with what is to be asked of it up to `until`; `now` tells how old
/// that is.
pub(super) fn what_to_ask<'a>(
    platform: &'a Platform,
    packs: &Packs,
    archive: Option<&Archive>,
    until: i64,
    now: i64,
    meant: &dyn Fn(&Source) -> bool,
) -> Result<Vec<Result<Opened<'a>, Unopened<'a>>>, PipelineError> {
    let mut all = Vec::new();
    for source in platform.sources.iter().filter(|source| meant(source)) {
        let Origin::Live(live) = &source.origin else { continue };
        let own = packs_of(source, packs)?;
        let resolve = |path: &std::path::Path| platform.resolve(path);
        all.push(match open(source, live, &own, &resolve) {
            Ok(server) => Ok(plan_source(source, live, server, archive, until, now)?),
            Err(problem) => Err(Unopened { source, system: live.system.name(), problem }),
        });
    }
    Ok(all)
}

/// What is to be asked of one source.
pub(super) fn plan_source<'a>(
    source: &'a Source,
    live: &'a Live,
    server: Box<dyn LiveSource + 'a>,
    archive: Option<&Archive>,
    until: i64,
    now: i64,
) -> Result<Opened<'a>, PipelineError> {
    let losses = match archive {
        Some(archive) => losses(archive)?,
        None => Vec::new(),
    };
    let mut coverage = Vec::new();
    for question in server.questions() {
        let known = match archive {
            Some(archive) => read_coverage(archive, &source.name, question)?,
            None => Coverage::default(),
        };
        coverage.push(known);
    }
    let mut opened =
        Opened { source, live, server, coverage, requests: Vec::new(), price: 0.0, problems: Vec::new() };
    for (question, coverage) in opened.server.questions().iter().zip(&mut opened.coverage) {
        let wanted = wanted(live, question.step, until, now);
        coverage.forget_unwanted(&wanted);
        coverage.forget_lost(
            &losses
                .iter()
                .filter(|loss| loss.measure == question.measure)
                .map(|loss| loss.start..loss.end)
                .collect::<Vec<_>>(),
        );
        let cut = || -> Result<Vec<Request>, LiveError> {
            let mut requests = Vec::new();
            for range in coverage.to_ask(&wanted).iter() {
                requests.extend(opened.server.cut(question, range, now)?);
            }
            Ok(requests)
        };
        match cut() {
            Ok(requests) => opened.requests.extend(requests),
            Err(problem) => {
                let gone = problem.passing;
                opened.problems.push(problem);
                // A server that is down answers no other question either.
                if gone {
                    break;
                }
            }
        }
    }
    // Month by month, so that a partition of the archive is written once; within a month as the questions stand.
    opened
        .requests
        .sort_by_key(|request| (month(request.range.start), request.question, request.range.start));
    opened.price = opened.requests.iter().map(|request| opened.server.price(request)).sum();
    Ok(opened)
}

/// What is wanted of a question: whole steps, from as far back as the source is asked up to `until`.
fn wanted(live: &Live, step: i64, until: i64, now: i64) -> Wanted {
    let Live { asking, system, .. } = live;
    let step = step.max(1);
    let days = |days: f64| (days * DAY) as i64;
    let start = (now.min(until) - days(asking.history_days)).div_euclid(step) * step;
    // The point at `until` itself is complete: it stands for the step before it.
    let end = until.min(now).div_euclid(step) * step + step;
    let kept = match system {
        System::CloudWatch(_) => Some(CLOUDWATCH_TAKES_DAYS),
        System::Prometheus(_) | System::Graphite(_) => asking.retention_days,
    };
    let kept_from = kept.map_or(start, |kept| now - days(kept));
    Wanted { range: start..end, overlap: asking.overlap, kept_from }
}

/// A number for each month in UTC, ascending.
fn month(time: i64) -> i64 {
    use chrono::Datelike;
    DateTime::from_timestamp(time, 0).map_or(0, |time| i64::from(time.year()) * 12 + i64::from(time.month0()))
}

/// Where the coverage of a question is kept: by source, question and step, so that none is taken for another.
pub(super) fn coverage_note(source: &str, question: &Question) -> String {
    format!("coverage-{:016x}", checksum(&[source, &question.id, &question.step.to_string()]))
}

/// Where the state of a source is kept.
pub(super) fn state_note(source: &str) -> String {
    format!("source-{:016x}", checksum(&[source]))
}

/// A checksum of texts, each ended by a byte that stands in no UTF-8.
fn checksum(texts: &[&str]) -> u64 {
    fnv1a(texts.iter().flat_map(|text| text.bytes().chain([0xff])))
}

fn read_coverage(archive: &Archive, source: &str, question: &Question) -> Result<Coverage, PipelineError> {
    let known = archive.note(&coverage_note(source, question))?;
    // A note that cannot be read is no note: everything is asked for again, and replaces.
    let known = known.and_then(|text| serde_json::from_slice(&text).ok());
    Ok(known.unwrap_or_else(|| Coverage::of(&question.id)))
}

/// The server that a source asks: requests to one are bounded together.
pub(super) fn address(live: &Live) -> String {
    match &live.system {
        System::Prometheus(server) => server.url.origin().ascii_serialization(),
        System::Graphite(graphite) => graphite.server.url.origin().ascii_serialization(),
        System::CloudWatch(cloudwatch) => match &cloudwatch.endpoint {
            Some(endpoint) => endpoint.origin().ascii_serialization(),
            None => format!("cloudwatch {}", cloudwatch.region.as_deref().unwrap_or_default()),
        },
    }
}

impl Asked {
    pub(super) fn of(sources: &[Result<Opened<'_>, Unopened<'_>>]) -> Asked {
        let sources = sources.iter().map(|source| match source {
            Ok(opened) => AskedSource {
                name: opened.source.name.clone(),
                system: opened.live.system.name(),
                requests: opened.requests.iter().map(|request| in_words(opened, request)).collect(),
                price: opened.price,
                problems: opened
                    .problems
                    .iter()
                    .map(ToString::to_string)
                    .chain(too_dear(opened, 0.0))
                    .collect(),
            },
            Err(unopened) => AskedSource {
                name: unopened.source.name.clone(),
                system: unopened.system,
                requests: Vec::new(),
                price: 0.0,
                problems: vec![unopened.problem.to_string()],
            },
        });
        Asked { sources: sources.collect() }
    }
}

fn in_words(opened: &Opened<'_>, request: &Request) -> AskedRequest {
    let moment = |time: i64| {
        DateTime::from_timestamp(time, 0)
            .map_or_else(|| time.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    let question = opened.server.questions().get(request.question);
    AskedRequest {
        question: question.map(|question| question.id.clone()).unwrap_or_default(),
        what: opened.server.describe(request),
        from: moment(request.range.start),
        to: moment(request.range.end),
        step: request.step,
    }
}

/// Why a source must not be asked, where this run, which has `spent` so much on it, would cost more than the platform
/// file allows.
pub(super) fn too_dear(opened: &Opened<'_>, spent: f64) -> Option<String> {
    let System::CloudWatch(cloudwatch) = &opened.live.system else { return None };
    let price = spent + opened.price;
    let limit = cloudwatch.cost_limit.filter(|limit| price > *limit)?;
    let nothing = if spent > 0.0 { "nothing more" } else { "nothing" };
    Some(format!(
        "{}: this pull would cost about {price:.4} USD, `cost_limit` is {limit} USD; {nothing} is asked. Raise the \
         limit, ask for less `history`, or hold the source to fewer `packs`",
        opened.source.name
    ))
}
