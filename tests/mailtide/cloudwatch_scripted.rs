//! CloudWatch's hard parts, from a double that checks every call against the service's model and limits.

use std::collections::BTreeMap;

use mailtide::{
    platform::{Declared, Labels, Measure, Origin, SourceUnit},
    sources::{
        Packs,
        live::{CloudWatchSource, LiveSource},
    },
};
use serde_json::{Value, json};

use crate::{
    cloudwatch_support::{CREDENTIALS, NOW, Served, asking, cut, live, pull, samples, source, warnings},
    servers::{CloudWatchDouble, Tools, cloudwatch_calls},
    support::{DAY, HOUR},
};

/// Seconds.
const MINUTE: i64 = 60;

/// The double, playing a script.
fn playing(directory: &std::path::Path, script: &Value) -> Option<Served> {
    let double = CloudWatchDouble::start(&Tools::installed()?, directory);
    let mut script = script.clone();
    script["now"] = json!(NOW);
    double.play(&script);
    Some(Served { endpoint: double.url(), _server: Box::new(double) })
}

fn calls(endpoint: &str, operation: &str) -> Vec<Value> {
    let all = cloudwatch_calls(endpoint);
    all.iter().filter(|call| call["operation"] == operation).map(|call| call["parameters"].clone()).collect()
}

fn metric(namespace: &str, name: &str, dimensions: Value, seed: i64) -> Value {
    json!({ "namespace": namespace, "metric": name, "dimensions": dimensions, "seed": seed })
}

fn instances(count: i64) -> Vec<Value> {
    (1..=count)
        .map(|n| metric("AWS/EC2", "CPUUtilization", json!({ "InstanceId": format!("i-{n}") }), n))
        .collect()
}

/// What the double's metric of a seed has at a minute.
fn raw(seed: i64, minute: i64) -> f64 {
    (seed * 1000 + minute / MINUTE % 1440) as f64
}

/// The mean over the minutes of a period.
fn mean(seed: i64, from: i64, period: i64) -> f64 {
    let minutes = (from..from + period).step_by(60);
    minutes.map(|minute| raw(seed, minute)).sum::<f64>() / (period / MINUTE) as f64
}

#[track_caller]
fn assert_near(got: f64, wanted: f64) {
    assert!((got - wanted).abs() <= 1e-9 * wanted.abs(), "{got} is not {wanted}");
}

#[test]
fn everything_kept_is_pulled_as_fine_as_it_is_kept() {
    let script = json!({ "metrics": instances(3), "page_points": 5000, "page_metrics": 2 });
    let test = "cloudwatch_scripted::everything_kept_is_pulled_as_fine_as_it_is_kept";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let source = source(&endpoint, &["ec2"]);
    let answers = pull(&source, "CPUUtilization", 456 * DAY);
    assert_eq!(warnings(&answers), Vec::<String>::new());
    let all = samples(&answers);
    assert_eq!(all.len(), 3);
    for (seed, series) in (1..).zip(all.values()) {
        let times: Vec<i64> = series.keys().copied().collect();
        // From 455 days ago to the last whole minute, without a hole: 60 s for 15 days, 300 s for 63, then hours,
        // each three hours less, up to where the coarser period ends.
        let (first, last) = (times[0], times[times.len() - 1]);
        assert!((NOW - 455 * DAY..NOW - 455 * DAY + 5 * HOUR).contains(&first), "{first}");
        assert_eq!(last, NOW - 20 - MINUTE);
        for pair in times.windows(2) {
            let period = pair[1] - pair[0];
            let age = NOW - pair[0];
            let expected = match age {
                age if age > 63 * DAY - 2 * HOUR => HOUR,
                age if age < 15 * DAY - 4 * HOUR => MINUTE,
                age if age < 63 * DAY - 5 * HOUR && age > 15 * DAY => 300,
                // The hours around the ages at which it changes.
                _ => period,
            };
            assert_eq!(period, expected, "at the age of {age} s");
            assert_near(series[&pair[0]], mean(seed, pair[0], period) / 100.0);
        }
    }
    // Three metrics in each of the windows, and two pages of ListMetrics.
    let windows = cut(&source, "CPUUtilization", 456 * DAY).len() as f64;
    assert_near(source.spent(), (3.0 * windows + 2.0) * 0.01 / 1000.0);
    assert_eq!(calls(&endpoint, "ListMetrics").len(), 2);
    // The pages of 5000 points have split Ids: there are more calls than windows.
    assert!(calls(&endpoint, "GetMetricData").len() as f64 > windows * 2.0);
}

#[test]
fn what_is_not_whole_is_asked_again_and_what_stays_so_is_told() {
    let script = json!({
        "metrics": instances(5),
        "statuses": {
            "i-1": ["InternalError"],
            "i-2": ["PartialData"],
            "i-3": ["Forbidden", "Forbidden"],
            "i-4": ["InternalError", "InternalError", "InternalError", "InternalError", "InternalError"],
        },
        "messages": [["MaxMetricsExceeded", "only some metrics were looked at"]],
    });
    let test = "cloudwatch_scripted::what_is_not_whole_is_asked_again_and_what_stays_so_is_told";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let source = source(&endpoint, &["ec2"]);
    let answers = pull(&source, "CPUUtilization", HOUR);
    let whole: Vec<(String, usize)> =
        samples(&answers).into_iter().map(|(key, points)| (key, points.len())).collect();
    let of = |host: &str| (format!("load.cpu{{host=\"{host}\"}}"), 60);
    assert_eq!(whole, [of("i-1"), of("i-2"), of("i-5")]);
    insta::assert_snapshot!(warnings(&answers).join("\n"), @r#"
    AWS/EC2/CPUUtilization{InstanceId="i-3"} Average: Forbidden: You are not authorized to see this metric
    AWS/EC2/CPUUtilization{InstanceId="i-3"} Average: Forbidden: whoever asks may not see it; allow cloudwatch:GetMetricData (and cloudwatch:ListMetrics), in the account that the metric is from as well
    AWS/EC2/CPUUtilization{InstanceId="i-4"} Average: InternalError: CloudWatch could not answer for it; it is asked for again by the next pull
    MaxMetricsExceeded: only some metrics were looked at
    "#);
    assert_eq!(
        answers[0].reading.report.incomplete,
        [
            r#"AWS/EC2/CPUUtilization{InstanceId="i-3"} Average"#,
            r#"AWS/EC2/CPUUtilization{InstanceId="i-4"} Average"#
        ]
    );
    let asked: Vec<usize> = calls(&endpoint, "GetMetricData")
        .iter()
        .map(|call| call["MetricDataQueries"].as_array().unwrap().len())
        .collect();
    assert_eq!(asked, [5, 3, 1, 1]);
}

#[test]
fn throttling_trouble_and_stale_tokens_lose_nothing() {
    let script = json!({
        "metrics": instances(2),
        "page_points": 50,
        "stale_tokens": 1,
        "faults": [
            { "operation": "ListMetrics", "code": "ThrottlingException" },
            { "operation": "GetMetricData", "code": "Throttling", "status": 429 },
            { "operation": "GetMetricData", "status": 503, "html": "<html>busy</html>" },
            { "operation": "GetMetricData", "code": "InternalServiceFault", "status": 500 },
        ],
    });
    let test = "cloudwatch_scripted::throttling_trouble_and_stale_tokens_lose_nothing";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let answers = pull(&source(&endpoint, &["ec2"]), "CPUUtilization", HOUR);
    let all = samples(&answers);
    assert_eq!(all.values().map(BTreeMap::len).collect::<Vec<_>>(), [60, 60]);
    assert_eq!(warnings(&answers), Vec::<String>::new());
}

#[test]
fn sums_mathematics_percentiles_and_holes() {
    let balancer = json!({ "LoadBalancer": "app/webmail/1" });
    let zone = json!({ "LoadBalancer": "app/webmail/1", "AvailabilityZone": "eu-central-1a" });
    let mut holed = metric("AWS/ApplicationELB", "ActiveConnectionCount", balancer.clone(), 2);
    let hole = NOW - 20 - 10 * MINUTE;
    holed["holes"] = json!([[hole, hole + 5 * MINUTE]]);
    let script = json!({ "metrics": [
        holed,
        metric("AWS/ApplicationELB", "ActiveConnectionCount", zone, 9),
        metric("AWS/ApplicationELB", "TargetResponseTime", balancer, 3),
        metric("AWS/SES", "Send", json!({}), 4),
    ]});
    let test = "cloudwatch_scripted::sums_mathematics_percentiles_and_holes";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let source = source(&endpoint, &["alb", "ses"]);

    // A sum of a minute, whatever the period: of five minutes it is their mean.
    let connections = samples(&pull(&source, "ActiveConnectionCount Sum", 20 * DAY));
    assert_eq!(connections.len(), 1);
    let (_, connections) = connections.first_key_value().unwrap();
    let (first, value) = connections.first_key_value().unwrap();
    assert_near(*value, mean(2, *first, 300));
    let (last, value) = connections.last_key_value().unwrap();
    assert_near(*value, raw(2, *last));
    // A hole is no point, and no zero.
    assert_eq!(connections.range(hole - MINUTE..=hole + 5 * MINUTE).count(), 2);

    // m1 / PERIOD(m1): messages a second.
    let sent = samples(&pull(&source, "Send Sum", 20 * DAY));
    let (key, sent) = sent.first_key_value().unwrap();
    assert_eq!(key, r#"load.messages{service="ses"}"#);
    let (first, value) = sent.first_key_value().unwrap();
    assert_near(*value, mean(4, *first, 300) / 60.0);

    // The nearest rank of 95 % of one value is that value.
    let slow = samples(&pull(&source, "TargetResponseTime p95", HOUR));
    let (key, slow) = slow.first_key_value().unwrap();
    assert_eq!(key, r#"response.time{pool="app/webmail/1",quantile="0.95"}"#);
    let (last, value) = slow.last_key_value().unwrap();
    assert_near(*value, raw(3, *last));
}

#[test]
fn more_metrics_than_one_call_takes() {
    let script = json!({ "metrics": instances(1100) });
    let test = "cloudwatch_scripted::more_metrics_than_one_call_takes";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let answers = pull(&source(&endpoint, &["ec2"]), "CPUUtilization", 10 * MINUTE);
    assert_eq!(answers.len(), 3);
    let all = samples(&answers);
    assert_eq!(all.len(), 1100);
    for (seed, host) in (1..=1100).map(|n| (n, format!("load.cpu{{host=\"i-{n}\"}}"))) {
        let (time, value) = all[&host].last_key_value().unwrap();
        assert_near(*value, raw(seed, *time) / 100.0);
    }
}

#[test]
fn a_search_in_a_pack_of_ones_own_and_in_a_declared_source() {
    let script = json!({ "metrics": instances(3) });
    let test = "cloudwatch_scripted::a_search_in_a_pack_of_ones_own_and_in_a_declared_source";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let search = "SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average', $period)";

    let folder = crate::support::directory();
    let pack = format!(
        "title = \"t\"\nwhy = \"w\"\nexporter = \"e\"\n[[measure]]\nmeasure = \"load.cpu\"\nunit = \"percent\"\n\
         [measure.cloudwatch]\nexpression = '''{search}'''\ndimensions = {{ host = \"InstanceId\" }}\n\
         label = \"{{host}} cpu\"\n"
    );
    std::fs::write(folder.path().join("own.toml"), pack).unwrap();
    let packs = Packs::shipped().unwrap().with_folder(folder.path()).unwrap();
    let own = CloudWatchSource::new(&live(&endpoint), &packs.only(&["own".to_owned()]).unwrap()).unwrap();
    // Before its first answer a search may find 500 metrics, and cost as much.
    let request = &cut(&own, "SEARCH", HOUR)[0];
    assert_near(own.price(request), 500.0 * 0.01 / 1000.0);
    let by_pack = samples(&pull(&own, "SEARCH", 20 * DAY));
    assert_near(own.price(request), 3.0 * 0.01 / 1000.0);

    let mut declared = live(&endpoint);
    declared.declared = Some(Declared {
        measure: Measure::LoadCpu,
        unit: SourceUnit::Percent,
        labels: Labels::new(),
        label_map: BTreeMap::from([("host".to_owned(), "InstanceId".to_owned())]),
    });
    if let Origin::Live(live) = &mut declared.origin {
        live.query = Some(search.to_owned());
    }
    let declared = CloudWatchSource::new(&declared, &packs).unwrap();
    let by_declaration = samples(&pull(&declared, "SEARCH", 20 * DAY));

    assert_eq!(
        by_pack.keys().collect::<Vec<_>>(),
        [r#"load.cpu{host="i-1"}"#, r#"load.cpu{host="i-2"}"#, r#"load.cpu{host="i-3"}"#]
    );
    assert_eq!(by_pack, by_declaration);
    let plain = samples(&pull(&source(&endpoint, &["ec2"]), "CPUUtilization", 20 * DAY));
    assert_eq!(by_pack, plain);
}

#[test]
fn a_wrong_clock_is_seen() {
    let script = json!({ "metrics": instances(1), "clock": NOW + 7777 });
    let test = "cloudwatch_scripted::a_wrong_clock_is_seen";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| playing(directory, &script)) else { return };
    let source = source(&endpoint, &["ec2"]);
    assert_eq!(pull(&source, "CPUUtilization", HOUR)[0].server_time, Some(NOW + 7777));
    let examination = source.examine(NOW).unwrap();
    assert_eq!(examination.server_time, Some(NOW + 7777));
    assert_eq!(
        examination.server,
        Some(format!("CloudWatch in eu-central-1 at {endpoint}/, as access key …MPLE"))
    );
}
