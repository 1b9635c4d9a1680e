use std::{collections::BTreeMap, sync::Mutex};

use super::*;
use api::{Asks, DataPage, Dimensions, ListPage, Listing, PageResult, Query, Status};

const DAY: i64 = 86_400;

/// 2026-11-20 10:30:20 UTC.
const NOW: i64 = 1_795_170_620;

/// CloudWatch with some metrics. Each has one point a call, at the range's start: 6.
#[derive(Clone, Default)]
struct Few {
    metrics: Vec<(&'static str, Dimensions)>,
    calls: Arc<Mutex<Vec<String>>>,
    refuses_listings: bool,
}

impl Few {
    fn of(metrics: &[(&'static str, &[(&str, &str)])]) -> Few {
        let metric = |(name, pairs): &(&'static str, &[(&str, &str)])| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            (*name, pairs.collect())
        };
        Few { metrics: metrics.iter().map(metric).collect(), ..Few::default() }
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

impl Api for Few {
    fn list(&self, listing: &Listing, next: Option<&str>) -> Result<ListPage, ApiError> {
        self.calls.lock().unwrap().push(format!("list {} {}", listing.metric, next.unwrap_or("-")));
        if self.refuses_listings {
            let (problem, next_step) = ("AccessDenied: no".to_owned(), "allow it".to_owned());
            return Err(ApiError { problem, next_step, passing: false, stale_token: false });
        }
        // One metric a page.
        let all: Vec<&Dimensions> =
            self.metrics.iter().filter(|(name, _)| *name == listing.metric).map(|(_, d)| d).collect();
        let at: usize = next.map_or(0, |next| next.parse().unwrap());
        Ok(ListPage {
            metrics: all.get(at).map(|d| (*d).clone()).into_iter().collect(),
            next: (at + 1 < all.len()).then(|| (at + 1).to_string()),
            server_time: Some(NOW + 90),
        })
    }

    fn data(&self, queries: &[&Query], range: &Range<i64>, _: Option<&str>) -> Result<DataPage, ApiError> {
        let text = |query: &&Query| match &query.asks {
            Asks::Expression(expression) => format!("{}={expression}", query.id),
            Asks::Metric { statistic, dimensions, .. } => {
                let values: Vec<&str> = dimensions.values().map(String::as_str).collect();
                format!("{}={statistic}({})", query.id, values.join(","))
            }
        };
        let shown: Vec<String> = queries.iter().map(text).collect();
        self.calls.lock().unwrap().push(shown.join(" "));
        let result = |query: &&Query| PageResult {
            id: query.id.clone(),
            label: query.label.clone().unwrap_or_default(),
            times: vec![range.start],
            values: vec![6.0],
            status: Status::Complete,
            messages: Vec::new(),
        };
        let results =
            queries.iter().copied().filter(|query| query.shown).map(|query| result(&query)).collect();
        Ok(DataPage { results, server_time: Some(NOW + 90), ..DataPage::default() })
    }

    fn identity(&self) -> Result<String, ApiError> {
        Ok("eu-central-1, as access key …MPLE".to_owned())
    }
}

fn source(few: &Few, packs: &[&str]) -> CloudWatchSource {
    let names: Vec<String> = packs.iter().map(|name| (*name).to_owned()).collect();
    let packs = Packs::shipped().unwrap().only(&names).unwrap();
    let asking = Asking {
        step: 60,
        history_days: 455.0,
        retention_days: None,
        overlap: 7200,
        parallel: 4,
        timeout: 60,
        largest_answer: 1 << 28,
    };
    CloudWatchSource::over(Box::new(few.clone()), "aws", &asking, inquiry::of_packs(&packs), |_| {})
}

fn instances(count: usize) -> Few {
    let dimensions = |at| BTreeMap::from([("InstanceId".to_owned(), format!("i-{at:04}"))]);
    Few { metrics: (0..count).map(|at| ("CPUUtilization", dimensions(at))).collect(), ..Few::default() }
}

fn cut(source: &CloudWatchSource, question: usize, days: i64) -> Vec<Request> {
    source.cut(&source.questions()[question], NOW - days * DAY..NOW, NOW).unwrap()
}

#[test]
fn a_call_holds_no_more_than_500_metrics_and_100_800_points() {
    // An hour is 60 slots: 1201 metrics are 500 + 500 + 201.
    let source = source(&instances(1201), &["ec2"]);
    let hour = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap();
    let prices: Vec<f64> =
        hour.iter().map(|request| (source.price(request) / DOLLARS_A_METRIC).round()).collect();
    assert_eq!(prices, [500.0, 500.0, 201.0]);
    // Ten days are 14,400 slots, of which seven metrics fit: 100,800 / 14,400. 1201 / 7 is 171.6.
    assert_eq!(cut(&source, 0, 10).len(), 172);
}

#[test]
fn a_first_pull_over_all_that_is_kept_is_charged_for_each_window() {
    let few = instances(10);
    let source = source(&few, &["ec2"]);
    let requests = cut(&source, 0, 455);
    let total: f64 = requests.iter().map(|request| source.price(request)).sum();
    // From 22 August 2025: 14 windows of hours to 18 September 2026, 3 of 300 s to 5 November, 1 of minutes. Ten
    // metrics in each, at 0.01 dollars a thousand.
    assert!((total - 18.0 * 10.0 * 0.01 / 1000.0).abs() < 1e-12, "{total}");
    assert_eq!(source.describe(&requests[0]), "AWS/EC2 CPUUtilization Average by InstanceId (10 metrics)");
    // So far ten pages of ListMetrics, and listed only once.
    assert_eq!(few.calls().len(), 10);
    assert!((source.spent() - 10.0 * DOLLARS_A_LISTING).abs() < 1e-12);
}

#[test]
fn an_answer_is_known_by_its_id_and_converted() {
    let few = Few::of(&[
        ("CPUUtilization", &[("InstanceId", "i-2")]),
        ("CPUUtilization", &[("AutoScalingGroupName", "mx")]),
        ("CPUUtilization", &[("InstanceId", "i-1")]),
    ]);
    let source = source(&few, &["ec2"]);
    let requests = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap();
    let fetched = source.fetch(&requests[0]).unwrap();
    assert_eq!(few.calls().last().unwrap(), "m0=Average(i-1) m1=Average(i-2)");
    let samples: Vec<String> =
        fetched.reading.samples.iter().map(|s| format!("{} {:?}", s.key, s.points.values)).collect();
    // 6 percent.
    assert_eq!(samples, [r#"load.cpu{host="i-1"} [0.06]"#, r#"load.cpu{host="i-2"} [0.06]"#]);
    assert_eq!(fetched.server_time, Some(NOW + 90));
    assert_eq!(fetched.reading.report.path, "aws: AWS/EC2 CPUUtilization Average by InstanceId");
}

#[test]
fn the_whole_is_asked_and_not_its_parts() {
    let few = Few::of(&[("Send", &[]), ("Send", &[("ses:configuration-set", "bulk")])]);
    let source = source(&few, &["ses"]);
    let requests = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap();
    let fetched = source.fetch(&requests[0]).unwrap();
    assert_eq!(few.calls().last().unwrap(), "m0=Sum() e0=m0 / PERIOD(m0)");
    // Already messages a second.
    assert_eq!(fetched.reading.samples[0].points.values, [6.0]);
    assert_eq!(source.price(&requests[0]), DOLLARS_A_METRIC);
}

#[test]
fn one_thing_under_changed_names_is_asked_whole_and_told() {
    let few = Few::of(&[
        ("mem_used_percent", &[("InstanceId", "i-1"), ("InstanceType", "m7g.large")]),
        ("mem_used_percent", &[("InstanceId", "i-1"), ("InstanceType", "m7g.xlarge")]),
    ]);
    let source = source(&few, &["cwagent"]);
    let memory = source.questions().iter().position(|q| q.id.contains("mem_used_percent")).unwrap();
    let requests = cut(&source, memory, 20);
    assert_eq!(requests.len(), 3);
    source.fetch(&requests[0]).unwrap();
    assert_eq!(few.calls().last().unwrap(), "m0=Average(i-1,m7g.large) m1=Average(i-1,m7g.xlarge)");
    insta::assert_snapshot!(source.notes().join("\n"), @r#"{InstanceId="i-1",InstanceType="m7g.large"} and {InstanceId="i-1",InstanceType="m7g.xlarge"} are both load.memory{host="i-1"}; their samples are mixed. Give the dimension that tells them apart in a query pack of your own, or leave one out by `where` or `without`"#);
}

#[test]
fn two_statistics_of_one_metric_are_listed_once() {
    let few = Few::of(&[("TargetResponseTime", &[("LoadBalancer", "app/webmail/1")])]);
    let source = source(&few, &["alb"]);
    assert_eq!((cut(&source, 1, 1).len(), cut(&source, 2, 1).len()), (1, 1));
    assert_eq!(few.calls(), ["list TargetResponseTime -"]);
}

#[test]
fn an_examination_counts_the_series_of_each_question() {
    let examination = source(&instances(3), &["ec2", "ses"]).examine(NOW).unwrap();
    insta::assert_snapshot!(format!("{examination:#?}"), @r#"
    Examination {
        server: Some(
            "CloudWatch in eu-central-1, as access key …MPLE",
        ),
        server_time: Some(
            1795170710,
        ),
        oldest: Some(
            1755858620,
        ),
        answers: [
            (
                "AWS/EC2 CPUUtilization Average by InstanceId",
                3,
            ),
            (
                "AWS/SES Send Sum as m1 / PERIOD(m1)",
                0,
            ),
        ],
        notes: [
            "CloudWatch has no metric of the packs ses with points of the last two weeks; it lists no others. Leave them out with `packs`, or check the region",
        ],
    }
    "#);
}

#[test]
fn nobody_may_list() {
    let few = Few { refuses_listings: true, ..Few::default() };
    let source = source(&few, &["ec2"]);
    let error = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap_err();
    insta::assert_snapshot!(error, @"aws: AWS/EC2 CPUUtilization Average by InstanceId: AccessDenied: no; allow it");
    assert_eq!(source.examine(NOW).unwrap_err(), error);
}
