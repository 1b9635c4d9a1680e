//! The servers themselves: each starts, holds what it was filled with, and is gone afterwards.

use std::{
    path::Path,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use super::{
    Access, Carbon, Certificates, Front, Graphite, Metric, Moto, Nginx, Prometheus, Series, Tools, Victoria,
    Whisper, daemon::Daemon, http, value_at,
};
use crate::support::{AS_OF_SECONDS, DAY, HOUR, directory};

/// Seconds between points.
const STEP: usize = 300;

/// Stops the server, which must be gone then.
fn gone(server: Daemon) {
    let process = Path::new("/proc").join(server.pid().to_string());
    assert!(process.exists());
    drop(server);
    assert!(!process.exists());
}

/// A minute past a multiple of five, so that no point stands on an end of an hour.
const END: i64 = AS_OF_SECONDS + 60;

/// 40 days of two series that end at [`END`].
fn queues() -> Vec<Series> {
    let times = END - 40 * DAY..END + 1;
    let queue = |number: u32, host: &str| {
        let labels = [("instance", host), ("queue", "deferred \"é\\")];
        Series::new("postfix_queue_length", &labels, times.clone(), STEP, |time| value_at(number, time))
    };
    vec![queue(1, "mx1"), queue(2, "mx2")]
}

#[test]
fn prometheus_answers_what_it_was_filled_with() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    Prometheus::fill(&tools, directory.path(), &queues());
    let server = Prometheus::start(&tools, directory.path(), Access::Open, &[]);
    for (number, host) in [(1, "mx1"), (2, "mx2")] {
        for time in [END - 40 * DAY, END - 7 * DAY, END] {
            let answer = server.query(&format!("postfix_queue_length{{instance='{host}'}}"), time).json();
            let found = &answer["data"]["result"][0];
            assert_eq!(found["metric"]["queue"], "deferred \"é\\");
            assert_eq!(found["value"], json!([time, value_at(number, time).to_string()]));
        }
    }
    let mean = server.query("avg_over_time(postfix_queue_length{instance='mx1'}[1h])", AS_OF_SECONDS).json();
    // 12 points, 59, 54, … and 4 minutes old.
    let expected = (value_at(1, AS_OF_SECONDS) - 31.5).to_string();
    assert_eq!(mean["data"]["result"][0]["value"][1], expected);
    gone(server.daemon);
}

#[test]
fn prometheus_is_filled_again_between_two_starts() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let week = |ends: i64| {
        let times = ends - 7 * DAY + 60..ends;
        vec![Series::new("up", &[("instance", "mx1")], times, STEP, |time| value_at(1, time))]
    };
    Prometheus::fill(&tools, directory.path(), &week(AS_OF_SECONDS - 7 * DAY));
    drop(Prometheus::start(&tools, directory.path(), Access::Open, &[]));
    Prometheus::fill(&tools, directory.path(), &week(AS_OF_SECONDS));
    let server = Prometheus::start(&tools, directory.path(), Access::Open, &[]);
    let points = server.query("count_over_time(up[14d])", AS_OF_SECONDS).json();
    assert_eq!(points["data"]["result"][0]["value"][1], (14 * DAY / 300).to_string());
}

#[test]
fn victoria_answers_what_it_was_filled_with() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Victoria::start(&tools, directory.path());
    server.fill(&queues());
    let time = END - 30 * DAY;
    let query = [("query", "postfix_queue_length{instance='mx2'}"), ("time", &time.to_string())];
    let answer = http::get(&server.url(), &http::target("/api/v1/query", &query), &[]).json();
    let found = &answer["data"]["result"][0];
    assert_eq!(found["metric"]["queue"], "deferred \"é\\");
    assert_eq!(found["value"], json!([time, value_at(2, time).to_string()]));
    gone(server.daemon);
}

#[test]
fn graphite_answers_each_archive_of_what_it_was_filled_with() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    // Graphite counts ages from its own clock.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let hour = now - now % HOUR;
    let times = (hour - 90 * DAY..hour).step_by(STEP);
    let series = Whisper {
        path: "mail.mx1.queue".to_owned(),
        retentions: vec!["5m:60d", "1h:2y"],
        aggregation: "max",
        points: times.map(|time| (time, value_at(3, time))).collect(),
    };
    Graphite::fill(&tools, directory.path(), &[series]);
    let server = Graphite::start(&tools, directory.path());
    // A range (from, until] with one slot each five minutes.
    let fine = server.render("mail.mx1.queue", hour - DAY - 600, hour - DAY).json();
    let at = |time: i64| json!([value_at(3, time), time]);
    assert_eq!(fine[0]["datapoints"], json!([at(hour - DAY - 300), at(hour - DAY)]));
    // Hours, each the highest of its points, which is the last one.
    let old = hour - 80 * DAY;
    let coarse = server.render("mail.mx1.queue", old, old + HOUR).json();
    let highest = value_at(3, old + 2 * HOUR - 300);
    assert_eq!(coarse[0]["datapoints"], json!([[highest, old + HOUR]]));
    assert_eq!(server.render("mail.none", hour - DAY, hour).json(), json!([]));
    gone(server.daemon);
}

#[test]
fn carbon_writes_what_graphite_answers() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Graphite::start(&tools, directory.path());
    let carbon = Carbon::start(&tools, directory.path(), &server, "5m:60d");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let time = now - now % HOUR;
    carbon.send(&[("mail.mx1.queue", 7.0, time), ("queue;host=mx2", 8.0, time)]);
    for (target, value) in [("mail.mx1.queue", 7.0), ("seriesByTag('name=queue', 'host=mx2')", 8.0)] {
        let mut answer = json!([]);
        // carbon writes once in a while; the test ends when it has.
        while answer[0]["datapoints"] != json!([[value, time]]) {
            thread::sleep(Duration::from_millis(100));
            answer = server.render(target, time - 300, time).json();
        }
    }
    gone(carbon.daemon);
    gone(server.daemon);
}

#[test]
fn nginx_lets_in_who_shows_who_it_is() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Victoria::start(&tools, directory.path());
    // printf planner:tide-and-time | base64
    let basic = ("Authorization", "Basic cGxhbm5lcjp0aWRlLWFuZC10aW1l");
    let bearer = ("Authorization", "Bearer moon-of-the-tide");
    let tenant = ("X-Scope-OrgID", "mail");
    for (front, header) in [(Front::Basic, basic), (Front::Bearer, bearer), (Front::Tenant("mail"), tenant)] {
        let nginx = Nginx::start(&tools, directory.path(), server.daemon.port, front, None);
        assert_eq!(http::get(&nginx.url(), "/health", &[]).status, 401);
        assert_eq!(http::get(&nginx.url(), "/health", &[header]).body, "OK");
        gone(nginx.daemon);
    }
}

#[test]
fn prometheus_and_nginx_speak_tls() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let at = directory.path();
    let certificates = Certificates::make(&tools, at);
    let basic = Prometheus::start(&tools, at, Access::Basic(&certificates), &[]);
    let nginx = Nginx::start(&tools, at, basic.daemon.port, Front::Bearer, Some(&certificates));
    // How openssl sees it: the certificate is good for the address, by the test's authority.
    let seen = |url: &str| {
        let mut command = tools.command("openssl");
        command.args([
            "s_client",
            "-connect",
            url.strip_prefix("https://").unwrap(),
            "-verify_ip",
            "127.0.0.1",
        ]);
        command.args(["-verify_return_error", "-CAfile"]).arg(certificates.certificate("authority"));
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for url in [basic.url(), nginx.url()] {
        let said = seen(&url);
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    }
    gone(nginx.daemon);
    gone(basic.daemon);

    let mutual = Prometheus::start(&tools, at, Access::MutualTls(&certificates), &[]);
    let said = seen(&mutual.url());
    assert!(said.contains("Acceptable client certificate CA names\nCN = authority of a test"), "{said}");
    gone(mutual.daemon);
}

#[test]
fn moto_answers_what_it_was_filled_with() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let server = Moto::start(&tools, directory.path());
    let times = (AS_OF_SECONDS - HOUR..AS_OF_SECONDS).step_by(STEP);
    server.fill(&[Metric {
        namespace: "Mail/Queue",
        name: "Deferred",
        dimensions: vec![("Host", "mx1".to_owned())],
        unit: "Count",
        points: times.map(|time| (time, value_at(4, time))).collect(),
    }]);
    let metric = json!({
        "Namespace": "Mail/Queue", "MetricName": "Deferred",
        "Dimensions": [{ "Name": "Host", "Value": "mx1" }],
    });
    let call = json!({
        "StartTime": AS_OF_SECONDS - HOUR, "EndTime": AS_OF_SECONDS, "ScanBy": "TimestampAscending",
        "MetricDataQueries": [
            { "Id": "q", "MetricStat": { "Metric": metric, "Period": 300, "Stat": "Average" } },
        ],
    });
    let answer = server.cloudwatch("GetMetricData", &call).json();
    assert_eq!(answer["MetricDataResults"][0]["Values"][11], json!(value_at(4, AS_OF_SECONDS - 300)));

    server.bucket("archive");
    assert_eq!(server.s3("PUT", "/archive/a/b", b"kept").status, 200);
    assert_eq!(server.s3("GET", "/archive/a/b", b"").body, "kept");
    gone(server.daemon);
}
