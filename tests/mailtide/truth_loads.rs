//! The sample's latencies, queues, probes and daily use held against what its generator knows of them
//! (`sample-data/truth.json`).

use std::collections::BTreeMap;

use chrono::{NaiveTime, Timelike};
use serde_json::Value;

use crate::support::{Files, sample_run, truth};

/// How far the size of a drift may be from the truth, as a share of it: noise moves it by some points.
const DRIFT_SIZE: f64 = 0.25;

/// The least share of the law's spare server-hours that must be found. The law has no noise; a schedule has to
/// keep the busiest of some weeks, a warm-up before each rise, and windows that people can read.
const LEAST_EBB: f64 = 0.7;

/// Never more than the law's, but for what a window of whole hours rounds.
const MOST_EBB: f64 = 1.02;

/// How far the share of a stage may be from the truth: the other stages' noise over 75 days is a hundredth or two.
const STAGE_SHARE: f64 = 0.05;

/// Shares of late deliveries above this are compared with the law by night; over the whole day they are a little larger.
const RARE: f64 = 3e-4;

/// Quantities that the truth tells apart by stage of the delivery are judged by host: the sum of the stages.
fn drifts() -> impl Iterator<Item = &'static Value> {
    truth()["drift"].as_array().unwrap().iter().filter(|drift| drift["labels"].get("stage").is_none())
}

#[track_caller]
fn finding_on(drift: &Value) -> &'static Value {
    let labels = drift["labels"].as_object().unwrap();
    let named: BTreeMap<&str, &str> = labels.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap())).collect();
    let fits = |f: &&Value| {
        (f["kind"] == "drift" || f["kind"] == "resource")
            && f["subject"]["measure"] == drift["measure"]
            && named.iter().all(|(name, value)| f["subject"]["labels"][name] == *value)
    };
    let found: Vec<&Value> = sample_run().findings().iter().filter(fits).collect();
    assert_eq!(found.len(), 1, "there must be one finding on {} {named:?}", drift["measure"]);
    found[0]
}

/// By how many percent the law rises within the last so many days.
fn percent_within(drift: &Value, days: f64) -> f64 {
    let all = drift["true_percent"].as_f64().unwrap();
    if drift.get("rises_from").is_some() {
        // 75 days ago at most: within what is looked at.
        assert!(days >= 75.0, "only {days} days are looked at");
        return all;
    }
    // A straight line over the whole history.
    let history = drift["span_days"].as_f64().unwrap();
    let start = 1.0 + all / 100.0 * (1.0 - days / history);
    ((1.0 + all / 100.0) / start - 1.0) * 100.0
}

#[test]
fn every_latency_queue_and_probe_is_judged_and_only_what_rises_is_said_to() {
    let mut wrong = Vec::new();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for drift in drifts() {
        let finding = finding_on(drift);
        *verdicts.entry(drift["expected"].as_str().unwrap()).or_default() += 1;
        if finding["verdict"] != drift["expected"] {
            wrong.push(format!("{}: {}, found: {}", finding["id"], drift["expected"], finding["headline"]));
        }
    }
    // The probe `outbound`, the delay of four outbound servers, a queue and a disk rise.
    assert_eq!(verdicts["rises"], 7);
    assert!(verdicts["steady"] >= 6 + 20, "{verdicts:?}");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn drifts_have_their_true_size_and_are_warned_of() {
    let mut wrong = Vec::new();
    for drift in drifts().filter(|drift| drift["expected"] == "rises") {
        let finding = finding_on(drift);
        let truth = percent_within(drift, finding["span_days"].as_f64().unwrap());
        let found = finding["percent_over_span"].as_f64().unwrap();
        if (found / truth - 1.0).abs() > DRIFT_SIZE {
            wrong.push(format!("{}: {truth:.1} % by the law, found {found:.1} %", finding["id"]));
        }
        let (low, high) = (finding["low"].as_f64().unwrap(), finding["high"].as_f64().unwrap());
        let middle = finding["percent_per_month"].as_f64().unwrap();
        assert!(low > 0.0 && low <= middle && middle <= high, "{}", finding["id"]);
        // The queue rises on one of four hosts, the disk on one of eight; the delays rise on all, and call for their pool; a probe has no pool.
        let measure = drift["measure"].as_str().unwrap();
        let (scope, severity) = match measure {
            "queue.depth" | "disk.busy" => (Some("local"), "info"),
            "delivery.delay" => (Some("pool"), "info"),
            _ => (None, "warning"),
        };
        assert_eq!(finding["scope"].as_str(), scope, "{}", finding["id"]);
        assert_eq!(finding["severity"], severity, "{}", finding["id"]);
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_pool_whose_hosts_all_rise_is_one_warning() {
    let pools = || sample_run().findings().iter().filter(|f| f["kind"] == "pool_drift");
    let rises = |f: &&Value| f["verdict"] == "rises" && f["subject"]["measure"] == "delivery.delay";
    let rising: Vec<&Value> = pools().filter(rises).collect();
    let [pool] = rising.as_slice() else { panic!("{rising:?}") };
    assert_eq!(
        (&pool["id"], &pool["severity"]),
        (&"pool-drift/delivery.delay/outbound".into(), &"warning".into())
    );
    // The law of each host: 30 % since 2 September, whatever the host.
    let percent = pool["percent_over_span"].as_f64().unwrap();
    assert!((percent / 30.0 - 1.0).abs() < DRIFT_SIZE, "{percent}");
    assert!(pools().count() > 1, "the steady queues of mx and outbound have findings as well");
}

#[test]
fn the_stage_whose_deliveries_are_late_is_told_with_its_share_and_once_for_its_pool() {
    let shares = || sample_run().findings().iter().filter(|f| f["subject"]["measure"] == "delivery.buckets");
    let mut sized = 0;
    for late in truth()["late"].as_array().unwrap() {
        let own =
            |f: &&Value| ["host", "stage"].iter().all(|name| f["subject"]["labels"][name] == late[name]);
        let [found] = shares().filter(own).collect::<Vec<_>>()[..] else { panic!("{late}") };
        assert_eq!(found["verdict"], late["expected"], "{}: {}", found["id"], found["headline"]);
        let share = &found["share"];
        assert_eq!(share["late"]["seconds"], late["above_seconds"]);
        // What is rarer is rounded away in the counts of an hour.
        let by_night = late["share_now_percent"].as_f64().unwrap() / 100.0;
        if by_night > RARE {
            let ratio = share["now"]["share"].as_f64().unwrap() / by_night;
            assert!((0.9..1.5).contains(&ratio), "{}: {share} against {by_night}", found["id"]);
            sized += 1;
        }
    }
    // Setting up a connection and the transmission, on four hosts.
    assert_eq!(sized, 8);
    let of_pools: Vec<&Value> = shares().filter(|f| f["kind"] == "pool_drift").collect();
    let rising: Vec<&&Value> = of_pools.iter().filter(|f| f["verdict"] == "rises").collect();
    let [pool] = rising[..] else { panic!("{rising:?}") };
    assert_eq!(pool["id"], "pool-drift/delivery.buckets/outbound/transmission/smtp");
    assert_eq!(pool["severity"], "warning");
    // Each of its hosts rises, and calls nobody.
    let hosts = || shares().filter(|f| f["kind"] == "drift" && f["verdict"] == "rises");
    assert_eq!(hosts().count(), 4);
    assert!(hosts().all(|f| f["severity"] == "info"));
}

#[test]
fn a_slower_delivery_is_told_with_the_stage_that_it_is_in() {
    let mut told = 0;
    for drift in drifts().filter(|drift| drift.get("from_stage").is_some()) {
        let finding = finding_on(drift);
        let most = &finding["rise_explained"]["host"]["parts"][0];
        assert_eq!(most["name"], drift["from_stage"], "{}", finding["id"]);
        // All of it is in that stage; the others do not change.
        let share = most["share"].as_f64().unwrap();
        assert!((share - 1.0).abs() < STAGE_SHARE, "{}: {share}", finding["id"]);
        assert!(finding["advice"].as_str().unwrap().contains("stage transmission"), "{}", finding["id"]);
        told += 1;
    }
    assert_eq!(told, 4);
}

#[test]
fn what_rose_together_is_what_the_law_makes_rise() {
    // Stories 7 and 8 of the sample: the delay of `out*` rises in its remote side, the probe `outbound` with it, and the
    // deferred queue on `out02` by itself. No processor, session or other queue rises.
    let rose = |finding: &Value| -> Vec<String> {
        let beside = finding["rose_with"]["looked_at"].as_array().unwrap();
        assert!(beside.len() >= 3, "{}: {beside:?}", finding["id"]);
        let rose = beside.iter().filter(|one| one["strength"] != "none");
        rose.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut told = 0;
    // Of a resource nothing is asked: it is what other things may rise with.
    let rises = |f: &&Value| f["verdict"] == "rises" && f["kind"] != "resource";
    for finding in sample_run().findings().iter().filter(rises) {
        let id = finding["id"].as_str().unwrap();
        let expected: &[&str] = match id {
            "drift/probe.duration/probe01/outbound" => &["delivery delay of pool outbound"],
            "drift/queue.depth/out02/deferred" => &["delivery delay"],
            "drift/delivery.delay/out02" => &["queue deferred"],
            "drift/delivery.buckets/out02/transmission/smtp" => &["queue deferred"],
            _ => &[],
        };
        assert_eq!(rose(finding), expected, "{id}");
        told += 1;
    }
    // The probe, the queue, and twice the four hosts with their pool: their delays, and their late mail.
    assert_eq!(told, 2 + 2 * 5);
}

#[test]
fn no_load_is_said_to_be_too_much_where_nothing_depends_on_its_load() {
    // By the law every latency and queue follows the time of day, and none its load.
    let of = |verdict: Option<&str>| {
        let capacity = sample_run().findings().iter().filter(|finding| finding["kind"] == "capacity");
        capacity.filter(|finding| verdict.is_none_or(|verdict| finding["verdict"] == verdict)).count()
    };
    assert!(of(None) >= 12);
    assert_eq!(of(Some("crosses")), 0);
    // On unrelated pairs 1.5 of 100 are said to rise with their load; of these, the probe `outbound` is.
    assert!(of(Some("holds")) <= 1);
    assert_eq!(of(Some("independent")) + of(Some("undecided")) + of(Some("holds")), of(None));
}

#[test]
fn every_pool_has_an_ebb_or_the_reason_why_not() {
    let ebbing: Vec<&Value> = truth()["ebb"].as_array().unwrap().iter().map(|ebb| &ebb["pool"]).collect();
    for pool in truth()["pools"].as_array().unwrap().iter().map(|pool| &pool["pool"]) {
        let finding = sample_run().of_pool("ebb", pool.as_str().unwrap());
        let expected = if ebbing.contains(&pool) { "ebbs" } else { "no_ebb" };
        assert_eq!(finding["verdict"], expected, "{pool}: {}", finding["headline"]);
    }
}

#[test]
fn the_ebb_saves_what_the_law_leaves_to_spare() {
    for law in truth()["ebb"].as_array().unwrap() {
        let finding = sample_run().of_pool("ebb", law["pool"].as_str().unwrap());
        let found = finding["server_hours_per_week"].as_f64().unwrap();
        let spare = law["spare_server_hours_per_week"].as_f64().unwrap();
        let range = LEAST_EBB * spare..=MOST_EBB * spare;
        assert!(range.contains(&found), "{}: {found} of {spare} server-hours a week", law["pool"]);
        // A week has 168 hours; the price of an hour is the truth's money by its hours.
        let share = found / (law["servers_now"].as_f64().unwrap() * 168.0);
        let money = found * law["money_per_week"].as_f64().unwrap() / spare;
        assert!((finding["share"].as_f64().unwrap() - share).abs() < 1e-9);
        assert!((finding["money_per_week"].as_f64().unwrap() / money - 1.0).abs() < 0.001, "{money}");
    }
}

#[test]
fn no_window_goes_below_what_the_law_needs() {
    let mut hours = 0;
    for law in truth()["ebb"].as_array().unwrap() {
        let finding = sample_run().of_pool("ebb", law["pool"].as_str().unwrap());
        for window in finding["windows"].as_array().unwrap() {
            for day in window["days"].as_array().unwrap() {
                for hour in hours_of(window, day.as_u64().unwrap()) {
                    let kind = if hour / 24 % 7 < 5 { "workday" } else { "weekend" };
                    let need = &law["need"][kind]["servers"][(hour % 24) as usize];
                    let (need, kept) = (need.as_u64().unwrap(), window["servers"].as_u64().unwrap());
                    assert!(kept >= need, "{} in hour {hour} of the week: {kept} of {need}", law["pool"]);
                    hours += 1;
                }
            }
        }
    }
    assert!(hours > 100, "only {hours} hours of windows were looked at");
}

/// The hours, from Monday 00:00, that a window which begins on this day touches.
fn hours_of(window: &Value, day: u64) -> std::ops::Range<u64> {
    let time = |field: &str| window[field].as_str().unwrap().parse::<NaiveTime>().unwrap();
    let from = day * 24 + u64::from(time("from").hour());
    let minutes = f64::from(time("from").minute()) + window["hours"].as_f64().unwrap() * 60.0;
    from..from + (minutes / 60.0).ceil() as u64
}

#[test]
fn what_no_pack_recognises_is_listed_and_every_file_is_read() {
    let inputs = &sample_run().document["inputs"];
    let exports: Files = crate::support::files(&crate::support::repository("sample-data/exports"));
    assert_eq!(inputs["files_read"].as_u64().unwrap(), exports.len() as u64);
    assert_eq!(inputs["unreadable"].as_array().unwrap().len(), 0);
    let unrecognised = inputs["unrecognised"].as_array().unwrap();
    let names: Vec<&str> = unrecognised.iter().map(|u| u["identity"].as_str().unwrap()).collect();
    // The only thing in the exports that no pack asks for (sample-data/README.md).
    let expected =
        ["ad01", "ad02", "ns01", "ns02"].map(|h| format!("collectd.{h}.df-root.df_inodes-reserved"));
    assert_eq!(names, expected);
}
