//! What a point of a live Prometheus stands for: the same on Prometheus and on VictoriaMetrics, at the edges too.

use std::path::Path;

use mailtide::{
    platform::{
        Asking, Auth, Declared, Labels, Live, Measure, Origin, Server, Source, SourceUnit, System, Tls,
    },
    sources::{Packs, live},
};

use crate::{
    servers::{Access, Prometheus, Series, Tools, Victoria},
    support::{AS_OF_SECONDS, DAY, HOUR, directory},
};

/// Five minutes between points, which stand on the ends of the hours.
const STEP: usize = 300;

/// A gauge of two hosts that is at each moment the minutes of the day, plus a thousand for the second host; and a
/// counter that starts again from zero at the beginning of the last day.
fn history() -> Vec<Series> {
    let times = AS_OF_SECONDS - 3 * DAY..AS_OF_SECONDS + 1;
    let minutes = |time: i64| (time.rem_euclid(DAY) / 60) as f64;
    let gauge = |host: &str, more: f64| {
        Series::new("depth", &[("instance", host)], times.clone(), STEP, |time| minutes(time) + more)
    };
    let restart = AS_OF_SECONDS - DAY;
    let total = |time: i64| (if time < restart { time - restart + 30 * DAY } else { time - restart }) as f64;
    let counter = Series::new("passed_total", &[("instance", "mx1:1")], times.clone(), STEP, total);
    vec![gauge("mx1:1", 0.0), gauge("mx2:1", 1_000.0), counter]
}

/// All points of one query at a server, series by series: host, time from the moment of the test, value.
fn pulled(url: &str, measure: Measure, query: &str, step: i64, hours: i64) -> Vec<(String, i64, f64)> {
    let server = Server {
        url: format!("{url}/").parse().unwrap(),
        auth: Auth::None,
        headers: Vec::new(),
        tls: Tls::default(),
    };
    let asking = Asking {
        step,
        history_days: 10.0,
        retention_days: None,
        overlap: 7200,
        parallel: 1,
        timeout: 60,
        largest_answer: 1 << 26,
    };
    let live = Live { system: System::Prometheus(server), asking, query: Some(query.to_owned()) };
    let declared = Declared {
        measure,
        unit: SourceUnit::Messages,
        labels: Labels::new(),
        label_map: [("host".to_owned(), "instance".to_owned())].into(),
    };
    let origin = Origin::Live(Box::new(live.clone()));
    let source = Source { name: "real".to_owned(), origin, declared: Some(declared), packs: None };
    let asked =
        live::open(&source, &live, &Packs::shipped().unwrap(), &|path: &Path| path.to_owned()).unwrap();
    let range = AS_OF_SECONDS - hours * HOUR..AS_OF_SECONDS + step;
    let mut points = Vec::new();
    for request in asked.cut(&asked.questions()[0], range, AS_OF_SECONDS).unwrap() {
        for samples in asked.fetch(&request).unwrap().reading.samples {
            let host = samples.key.labels.get("host").unwrap_or_default().to_owned();
            let of_host =
                samples.points.iter().map(|(time, value)| (host.clone(), time - AS_OF_SECONDS, value));
            points.extend(of_host);
        }
    }
    points
}

/// Asks both servers, which must agree to the last digits.
fn agreed(urls: &[String], measure: Measure, query: &str, step: i64, hours: i64) -> Vec<(String, i64, f64)> {
    let answers: Vec<_> = urls.iter().map(|url| pulled(url, measure, query, step, hours)).collect();
    let rounded = |answer: &[(String, i64, f64)]| -> Vec<(String, i64, i64)> {
        answer.iter().map(|(host, time, value)| (host.clone(), *time, (value * 1e6).round() as i64)).collect()
    };
    assert_eq!(rounded(&answers[0]), rounded(&answers[1]), "{query}");
    answers[0].clone()
}

#[test]
fn a_point_stands_for_the_step_before_it() {
    let Some(tools) = Tools::installed() else { return };
    let (first, second) = (directory(), directory());
    Prometheus::fill(&tools, first.path(), &history());
    let prometheus = Prometheus::start(&tools, first.path(), Access::Open, &[]);
    let victoria = Victoria::start(&tools, second.path());
    victoria.fill(&history());
    let urls = [prometheus.url(), victoria.url()];
    let point = |host: &str, hours: i64, value: f64| (host.to_owned(), hours * HOUR, value);

    // The moment is six in the morning, minute 360. The hour before it holds the minutes 305, 310, … and 360, not
    // 300: their mean is (305 + 360) / 2 = 332.5.
    assert_eq!(
        agreed(&urls, Measure::QueueDepth, "depth", HOUR, 1),
        [point("mx1", -1, 272.5), point("mx1", 0, 332.5), point("mx2", -1, 1272.5), point("mx2", 0, 1332.5)]
    );
    // The same of an expression, which becomes a subquery.
    assert_eq!(
        agreed(&urls, Measure::QueueDepth, "depth * 2", HOUR, 0),
        [point("mx1", 0, 665.0), point("mx2", 0, 2665.0)]
    );
    // Of a running total the last value; it starts again from zero 24 hours before.
    assert_eq!(
        agreed(&urls, Measure::MessagesTotal, "passed_total", HOUR, 25)[..2],
        [point("mx1", -25, (30 * DAY - HOUR) as f64), point("mx1", -24, 0.0)]
    );
    // 72 hours at each 10 s are 25,921 points, more than Prometheus answers at once. With a point each 5 minutes,
    // each is seen once, in the ten seconds that end with it.
    let fine = agreed(&urls, Measure::QueueDepth, "depth{instance='mx1:1'}", 10, 72);
    assert_eq!(fine.len(), 3 * 24 * 12 + 1);
    assert!(fine.iter().all(|(_, time, _)| time % 300 == 0));
}
