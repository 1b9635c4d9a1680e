use std::sync::Mutex;

use super::*;
use crate::sources::live::cloudwatch::api::{Asks, ListPage, Listing};

/// What each call is answered with, one after the other, and the Ids and token that it asked with.
struct Script {
    pages: Mutex<std::vec::IntoIter<Result<DataPage, ApiError>>>,
    asked: Mutex<Vec<String>>,
}

impl Script {
    fn new(pages: Vec<Result<DataPage, ApiError>>) -> Script {
        Script { pages: Mutex::new(pages.into_iter()), asked: Mutex::default() }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Api for Script {
    fn list(&self, _: &Listing, _: Option<&str>) -> Result<ListPage, ApiError> {
        panic!("nothing is listed here")
    }

    fn data(&self, queries: &[&Query], _: &Range<i64>, next: Option<&str>) -> Result<DataPage, ApiError> {
        let ids: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
        self.asked.lock().unwrap().push(format!("{} {}", ids.join(","), next.unwrap_or("-")));
        self.pages.lock().unwrap().next().expect("no call more than the script has")
    }

    fn identity(&self) -> Result<String, ApiError> {
        panic!("nobody asks who asks here")
    }
}

fn metric(id: &str) -> Ask {
    let asks = Asks::Metric {
        namespace: "N".into(),
        metric: "M".into(),
        dimensions: BTreeMap::new(),
        statistic: "Average".into(),
    };
    let query = Query { id: id.into(), asks, period: 60, label: None, shown: true };
    Ask { queries: vec![query], several: false, charged: 1 }
}

fn search() -> Ask {
    let mut ask = metric("s0");
    ask.several = true;
    ask
}

/// Id, label, points and status.
type Told<'a> = (&'a str, &'a str, &'a [(i64, f64)], Status);

fn page(results: &[Told<'_>], next: Option<&str>) -> Result<DataPage, ApiError> {
    let result = |(id, label, points, status): &Told<'_>| PageResult {
        id: (*id).into(),
        label: (*label).into(),
        times: points.iter().map(|point| point.0).collect(),
        values: points.iter().map(|point| point.1).collect(),
        status: status.clone(),
        messages: Vec::new(),
    };
    let results = results.iter().map(result).collect();
    Ok(DataPage {
        results,
        next: next.map(str::to_owned),
        server_time: Some(7),
        bytes: 10,
        ..DataPage::default()
    })
}

fn collect(script: &Script, asks: &[Ask]) -> Result<Answer, ApiError> {
    super::collect(script, asks, &(0..600), &Spending::default(), |_| {})
}

fn points(answer: &Answer, id: &str) -> Vec<(i64, f64)> {
    answer.of(id).flat_map(|(_, answered)| answered.points.clone()).collect()
}

use Status::{Complete, Forbidden, InternalError, PartialData};

#[test]
fn pages_are_one_series_by_id_and_the_last_page_says_whether_it_is_whole() {
    let script = Script::new(vec![
        page(&[("m0", "x", &[(0, 1.0)], PartialData), ("m1", "x", &[(0, 9.0)], Complete)], Some("two")),
        page(&[("m0", "changed", &[(60, 2.0)], PartialData)], Some("three")),
        page(&[("m0", "x", &[(60, 2.5), (120, 3.0)], Complete)], None),
    ]);
    let answer = collect(&script, &[metric("m0"), metric("m1")]).unwrap();
    assert_eq!(points(&answer, "m0"), [(0, 1.0), (60, 2.5), (120, 3.0)]);
    assert_eq!(points(&answer, "m1"), [(0, 9.0)]);
    assert!(answer.series.values().all(|answered| answered.status == Complete));
    assert_eq!((answer.bytes, answer.server_time), (30, Some(7)));
    assert_eq!(script.asked(), ["m0,m1 -", "m0,m1 two", "m0,m1 three"]);
}

#[test]
fn only_what_is_not_whole_is_asked_again() {
    let script = Script::new(vec![
        page(
            &[("m0", "", &[(0, 1.0)], Complete), ("m1", "", &[], InternalError), ("m3", "", &[], Forbidden)],
            None,
        ),
        page(&[("m1", "", &[(0, 5.0)], PartialData), ("m2", "", &[(0, 6.0)], Complete)], None),
        page(&[("m1", "", &[(60, 7.0)], Complete)], None),
    ]);
    let answer = collect(&script, &["m0", "m1", "m2", "m3"].map(metric)).unwrap();
    // m2 had no result at all; what is forbidden stays so.
    assert_eq!(script.asked(), ["m0,m1,m2,m3 -", "m1,m2 -", "m1 -"]);
    assert_eq!(points(&answer, "m1"), [(0, 5.0), (60, 7.0)]);
    assert_eq!(answer.of("m3").next().unwrap().1.status, Forbidden);
}

#[test]
fn what_stays_broken_keeps_its_points_and_says_so() {
    let broken = || page(&[("m0", "", &[(0, 1.0)], PartialData)], None);
    let script = Script::new(vec![broken(), broken(), broken(), broken()]);
    let answer = collect(&script, &[metric("m0")]).unwrap();
    assert_eq!(points(&answer, "m0"), [(0, 1.0)]);
    insta::assert_snapshot!(answer.of("m0").next().unwrap().1.status.trouble().unwrap(), @"PartialData: its points are not all there; they are asked for again by the next pull");
}

#[test]
fn a_search_is_told_by_its_labels_and_may_find_nothing() {
    let script = Script::new(vec![
        page(
            &[("s0", "i-1 cpu", &[(0, 1.0)], Complete), ("s0", "i-2 cpu", &[(0, 2.0)], PartialData)],
            Some("n"),
        ),
        page(&[("s0", "i-2 cpu", &[(60, 3.0)], Complete)], None),
    ]);
    let answer = collect(&script, &[search()]).unwrap();
    let labels: Vec<&str> = answer.of("s0").map(|(label, _)| label).collect();
    assert_eq!(labels, ["i-1 cpu", "i-2 cpu"]);
    assert_eq!(collect(&Script::new(vec![page(&[], None)]), &[search()]).unwrap().series.len(), 0);
}

fn refused(stale_token: bool) -> Result<DataPage, ApiError> {
    Err(ApiError { problem: "refused".into(), next_step: "do".into(), passing: stale_token, stale_token })
}

#[test]
fn a_stale_token_begins_again_and_another_refusal_does_not() {
    let script = Script::new(vec![
        page(&[("m0", "", &[(0, 1.0)], PartialData)], Some("two")),
        refused(true),
        page(&[("m0", "", &[(0, 1.0), (60, 2.0)], Complete)], None),
    ]);
    assert_eq!(points(&collect(&script, &[metric("m0")]).unwrap(), "m0").len(), 2);
    assert_eq!(script.asked(), ["m0 -", "m0 two", "m0 -"]);
    let error = collect(&Script::new(vec![refused(false)]), &[metric("m0")]).unwrap_err();
    assert_eq!(error.problem, "refused");
}

#[test]
fn a_repeat_that_fails_loses_nothing_of_the_first_round() {
    let script = Script::new(vec![
        page(&[("m0", "", &[(0, 1.0)], Complete), ("m1", "", &[], InternalError)], None),
        refused(false),
    ]);
    let answer = collect(&script, &["m0", "m1"].map(metric)).unwrap();
    assert_eq!(points(&answer, "m0"), [(0, 1.0)]);
    assert_eq!(answer.messages, ["a repeat failed: refused; do"]);
}

#[test]
fn pages_that_lead_to_themselves_end() {
    let again = || page(&[("m0", "", &[(0, 1.0)], PartialData)], Some("same"));
    let error = collect(&Script::new(vec![again(), again()]), &[metric("m0")]).unwrap_err();
    assert_eq!(error.problem, "the pages of the answer have no end");
}

#[test]
fn times_without_their_values_are_no_points() {
    let torn = |ids: &str| {
        let mut page = page(&[(ids, "", &[(0, 1.0), (60, 2.0)], Complete)], None).unwrap();
        page.results[0].values.pop();
        Ok(page)
    };
    let script = Script::new(vec![torn("m0"), torn("m0"), torn("m0"), torn("m0")]);
    let answer = collect(&script, &[metric("m0")]).unwrap();
    assert_eq!(points(&answer, "m0"), []);
    assert_eq!(answer.of("m0").next().unwrap().1.status, Status::Other("2 times and 1 values".into()));
}
