//! The sample's volumes and pools held against what its generator knows of them (`sample-data/truth.json`).
//!
//! The truth has two dates for each volume: the law's, without noise, and the one on which the generator's own
//! future reached the mark. A forecast can know neither exactly. Its middle is held to the law within a quarter:
//! an intensity that wanders over weeks moves the slope of four months by about a tenth, and twice that and a
//! little is what chance allows. Its interval is held to the realised date, which is what it is for.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use crate::support::{AS_OF_SECONDS, DAY, sample_run, seconds, truth};

/// How far the middle of a forecast may be from the law.
const MIDDLE: f64 = 0.25;

/// What fills by the law after more than this share of the horizon may be said not to be sure to: a forecast tells what
/// more than half of its futures do in the first five sixths, and an intensity that wanders moves a date by a tenth. Its
/// early edge lies before the day all the same.
const SURELY_WITHIN: f64 = 0.75;

/// How far the size of a step may be from the truth: what grows and goes on the same day is part of what is seen.
const STEP_SIZE: f64 = 0.15;

/// How many days the date of a step may be off: local days begin one or two hours before those of UTC.
const STEP_DAYS: i64 = 1;

/// Steps of at least this share of the usable bytes must be in the truth. Below it are the nightly, weekly and
/// random comings and goings that every volume of the sample has.
const NOTABLE_STEP: f64 = 0.03;

fn list(name: &str) -> &'static [Value] {
    truth()[name].as_array().unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// The finding on a volume's bytes or inodes.
#[track_caller]
fn finding_on(kind: &str, of: &Value) -> &'static Value {
    sample_run().finding(kind, &[("host", text(of, "host")), ("volume", text(of, "volume"))])
}

fn date(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}

fn fact<'a>(finding: &'a Value, name: &str) -> Option<&'a Value> {
    finding["evidence"]["facts"].as_array().unwrap().iter().find(|f| f["name"] == name).map(|f| &f["value"])
}

/// The known points of a line of the evidence.
fn line(finding: &Value, name: &str) -> Vec<(i64, f64)> {
    let lines = finding["evidence"]["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == name).unwrap();
    let times = line["times"].as_array().unwrap().iter().map(|t| t.as_i64().unwrap());
    let values = line["values"].as_array().unwrap().iter().map(Value::as_f64);
    times.zip(values).filter_map(|(t, v)| Some((t, v?))).collect()
}

/// A forecast's interval holds the day on which it came to pass, and its middle is near the law's.
fn check_runway(name: &str, runway: &Value, law: f64, realised: Option<f64>) -> Vec<String> {
    let mut wrong = Vec::new();
    let edge = |edge: &str| runway[edge].as_f64().unwrap_or(f64::INFINITY);
    if (edge("p50_days") / law - 1.0).abs() > MIDDLE {
        wrong.push(format!("{name}: full after {law} days by the law, forecast {runway}"));
    }
    if let Some(realised) = realised.filter(|&r| r < edge("p5_days") || r > edge("p95_days")) {
        wrong.push(format!("{name}: was full after {realised} days, outside of {runway}"));
    }
    wrong
}

/// Whether a volume that fills so late may be, and is, said not to be sure to.
fn may_fill(volume: &Value, finding: &Value) -> bool {
    let days = |of: &Value| of.as_f64().unwrap_or(f64::INFINITY);
    let late = (SURELY_WITHIN * 365.0..365.0).contains(&days(&volume["days_to_full_mark"]));
    late && finding["verdict"] == "fills_beyond"
        && days(&finding["runway"]["p5_days"]) < days(&volume["days_to_full_mark_realised"])
}

#[track_caller]
fn nothing(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_volume_ends_as_one_finding_with_the_right_verdict() {
    let mut wrong = Vec::new();
    for volume in list("volumes") {
        let finding = finding_on("volume_exhaustion", volume);
        let accepted = volume["acceptable_verdicts"].as_array().unwrap();
        // A volume whose host has gone silent says so; that the host has is a finding of its own, held below.
        let silent = accepted.contains(&Value::from("stale"))
            && finding["verdict"] == "undecided"
            && text(finding, "reason").starts_with("no sample for");
        if !silent && !accepted.contains(&finding["verdict"]) && !may_fill(volume, finding) {
            wrong.push(format!("{}: {accepted:?}, found: {}", finding["id"], finding["headline"]));
        }
    }
    nothing(wrong);
}

#[test]
fn volumes_fill_when_the_law_and_their_future_say() {
    let mut wrong = Vec::new();
    let (mut held, mut late) = (0, 0);
    for volume in list("volumes").iter().filter(|v| v["expected_verdict"] == "fills") {
        let finding = finding_on("volume_exhaustion", volume);
        if may_fill(volume, finding) {
            late += 1;
            continue;
        }
        let law = volume["days_to_full_mark"].as_f64().unwrap();
        let realised = volume["days_to_full_mark_realised"].as_f64();
        wrong.extend(check_runway(&finding["id"].to_string(), &finding["runway"], law, realised));
        held += 1;
    }
    // By the law ms06 has 292 days left and ms04 290.
    assert_eq!((held, late), (4, 1), "ms01, ms03, ms04 and ms05 fill, and ms06 may");
    nothing(wrong);
}

#[test]
fn only_what_fills_within_its_lead_time_is_critical() {
    for volume in list("volumes") {
        let finding = finding_on("volume_exhaustion", volume);
        let critical = finding["severity"] == "critical";
        assert_eq!(
            critical,
            volume["within_lead_time"] == true && volume["story"] != "too short",
            "{finding}"
        );
    }
}

#[test]
fn orders_are_due_a_lead_time_before_the_early_edge() {
    let mut held = 0;
    for volume in list("volumes").iter().filter(|v| v["expected_verdict"] == "fills") {
        let finding = finding_on("volume_exhaustion", volume);
        if may_fill(volume, finding) {
            continue;
        }
        let lead_time = volume["lead_time_days"].as_u64().unwrap();
        assert_eq!(
            date(&finding["order_by"]) + Days::new(lead_time),
            date(&finding["p5"]),
            "{}",
            finding["id"]
        );
        held += 1;
    }
    assert_eq!(held, 4);
}

#[test]
fn inodes_run_out_where_the_truth_says_and_nowhere_else() {
    let mut wrong = Vec::new();
    for inodes in list("inodes") {
        let finding = finding_on("inode_exhaustion", inodes);
        match inodes["days_to_full_mark"].as_f64() {
            Some(law) => {
                assert_eq!((text(inodes, "host"), &finding["verdict"]), ("ms07", &Value::from("fills")));
                wrong.extend(check_runway(&finding["id"].to_string(), &finding["runway"], law, Some(law)));
            }
            None if finding["verdict"] == "fills" => wrong.push(format!("{}", finding["headline"])),
            None => {}
        }
    }
    nothing(wrong);
}

#[test]
fn pools_fill_as_a_whole_when_the_law_and_their_future_say() {
    let mut wrong = Vec::new();
    for pool in list("pools") {
        let finding = sample_run().of_pool("pool_exhaustion", text(pool, "pool"));
        // The sample's horizon is a year. A pool's growth may be too slow to be told from none.
        let within = pool["days_to_full_mark"].as_f64().filter(|&days| days <= 365.0);
        let expected: &[&str] = match within {
            Some(_) => &["fills"],
            None if pool["growth_bytes_per_day"].as_f64().unwrap() < 0.0 => &["shrinking", "flat"],
            None => &["fills_beyond", "flat"],
        };
        if !expected.contains(&text(finding, "verdict")) {
            wrong.push(format!("{}: {expected:?}, found: {}", finding["id"], finding["headline"]));
        } else if let Some(law) = within {
            let realised = pool["days_to_full_mark_realised"].as_f64();
            wrong.extend(check_runway(&finding["id"].to_string(), &finding["runway"], law, realised));
        }
    }
    nothing(wrong);
}

/// The value of a line on the last day before a moment; the day of the step itself holds a bit of both levels.
fn before(line: &[(i64, f64)], moment: i64) -> f64 {
    let mut known = line.iter().filter(|(time, _)| *time <= moment - DAY);
    known.next_back().or(line.first()).unwrap().1
}

#[test]
fn purges_migrations_and_resizes_are_marked_with_their_date_and_size() {
    let mut wrong = Vec::new();
    let mut held = 0;
    for volume in list("volumes") {
        let finding = finding_on("volume_exhaustion", volume);
        let marks = finding["evidence"]["marks"].as_array().unwrap();
        for step in volume["steps"].as_array().unwrap() {
            let kinds: &[&str] = match text(step, "kind") {
                "purge" => &["purge", "retention job"],
                "migration" => &["migration"],
                _ => &["resize"],
            };
            let time = seconds(&step["time"]);
            let base = line(finding, if kinds == ["resize"] { "usable" } else { "used" });
            let size = step["percent"].as_f64().unwrap() / 100.0 * before(&base, time);
            let fits = |mark: &&Value| {
                kinds.contains(&text(mark, "name"))
                    && (mark["time"].as_i64().unwrap() - time).abs() <= STEP_DAYS * DAY
                    && (mark["size"].as_f64().unwrap_or(0.0) / size - 1.0).abs() <= STEP_SIZE
            };
            if marks.iter().filter(fits).count() != 1 {
                wrong.push(format!("{}: {step} of {size:.3e} bytes, marks: {marks:?}", finding["id"]));
            }
            held += 1;
        }
    }
    assert_eq!(held, 10, "seven retention jobs, a purge, a migration and a resize");
    nothing(wrong);
}

#[test]
fn what_is_marked_has_happened() {
    let mut wrong = Vec::new();
    for volume in list("volumes") {
        let finding = finding_on("volume_exhaustion", volume);
        let happened: Vec<i64> =
            volume["steps"].as_array().unwrap().iter().map(|step| seconds(&step["time"])).collect();
        for mark in finding["evidence"]["marks"].as_array().unwrap() {
            let notable = mark["size"].as_f64().unwrap_or(0.0).abs()
                >= NOTABLE_STEP * volume["usable_bytes"].as_f64().unwrap();
            let time = mark["time"].as_i64().unwrap();
            if notable && !happened.iter().any(|step| (step - time).abs() <= STEP_DAYS * DAY) {
                wrong.push(format!("{}: {mark}", finding["id"]));
            }
        }
    }
    nothing(wrong);
}

#[test]
fn holes_are_told_and_neither_they_nor_readings_near_zero_are_levels() {
    // The outages of 30 and of 5 hours, as both ends of the hole count them.
    for (host, hours) in [("mx02", 30), ("ns02", 5)] {
        let volume = list("volumes").iter().find(|v| v["host"] == host).unwrap();
        let holes = fact(finding_on("volume_exhaustion", volume), "holes").and_then(Value::as_str).unwrap();
        let told: i64 = holes.trim_end_matches(" h").parse().unwrap();
        assert!((told - hours).abs() <= 1, "{host}: {holes}");
    }
    for volume in list("volumes").iter().filter(|v| v["story"] == "grows") {
        // Whatever came and went, no volume that grows was ever below a third of what it holds now.
        let used = line(finding_on("volume_exhaustion", volume), "used");
        let least = used.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
        assert!(least > volume["used_bytes"].as_f64().unwrap() / 3.0, "{volume}: {least}");
    }
}

#[test]
fn second_mounts_and_pseudo_file_systems_are_dropped() {
    for mount in list("dropped_mounts") {
        let same = |f: &&Value| {
            f["subject"]["labels"]["host"] == mount["host"]
                && f["subject"]["labels"]["volume"] == mount["volume"]
        };
        assert_eq!(sample_run().findings().iter().find(same), None, "{mount}");
    }
    let ms01 = sample_run().finding("volume_exhaustion", &[("host", "ms01"), ("volume", "/var/mail")]);
    assert_eq!(fact(ms01, "also mounted as").unwrap(), "ms01:/var/mail-export");
}

#[test]
fn a_volume_that_is_too_new_says_when_there_will_be_enough() {
    for new in list("too_short") {
        let labels = [("host", text(new, "host")), ("volume", "/var/mail")];
        let finding = sample_run().finding("volume_exhaustion", &labels);
        let (enough, today) = (date(&finding["enough_on"]), date(&Value::from("2026-11-16")));
        assert!(text(finding, "reason").contains("days of history"), "{finding}");
        // Two months of history are enough for whatever grows steadily.
        assert!(enough > today && enough < today + Days::new(60), "{enough}");
    }
}

#[test]
fn a_silent_host_is_told_once_with_its_last_sample_and_no_other_host_is() {
    let stale: Vec<&Value> = sample_run().findings().iter().filter(|f| f["kind"] == "stale").collect();
    assert_eq!(stale.len(), list("stale").len(), "{stale:?}");
    for host in list("stale") {
        let finding = sample_run().finding("stale", &[("host", text(host, "host"))]);
        let since = finding["since"].as_i64().unwrap();
        assert_eq!((since, &finding["severity"]), (seconds(&host["last_sample"]), &Value::from("warning")));
        assert!(AS_OF_SECONDS - since > 8 * DAY);
    }
}

/// How far the growth of mailboxes may be from the law, in hundredths of a logarithm a month: a count is off by two.
const MAILBOX_GROWTH: f64 = 0.2;

#[test]
fn growth_is_explained_by_the_mailboxes_that_the_truth_counts() {
    let mut held = 0;
    for count in list("mailboxes").iter().filter(|count| count["host"] != "ms08") {
        let finding = finding_on("volume_exhaustion", count);
        let explained = &finding["growth_explained"];
        let rate = |part: &str| explained[part]["percent_per_month"].as_f64().unwrap();
        let law = count["percent_per_month"].as_f64().unwrap();
        assert!((rate("mailboxes") - law).abs() < MAILBOX_GROWTH, "{}: {explained}", finding["id"]);
        assert!((rate("mailboxes") + rate("bytes_per_mailbox") - rate("used")).abs() < 1e-6, "{explained}");
        assert_eq!(explained["mailboxes_now"].as_f64(), count["mailboxes"].as_f64());
        held += 1;
    }
    assert_eq!(held, 9, "all mailstore volumes but the new one");
}

#[test]
fn mailboxes_are_moved_off_ms03_and_onto_what_lasts() {
    let pool = sample_run().of_pool("pool_exhaustion", "mailstore");
    let moves = pool["rebalance"]["moves"].as_array().unwrap();
    let law = |name: &str| {
        let volume =
            list("volumes").iter().find(|v| format!("{}:{}", text(v, "host"), text(v, "volume")) == name);
        volume.unwrap()["days_to_full_mark"].as_f64().unwrap_or(f64::INFINITY)
    };
    assert!(!moves.is_empty() && moves.len() <= 3, "{moves:?}");
    for one in moves {
        assert_eq!(one["from"], "ms03:/var/mail");
        // What takes lasts for a year and more by the law.
        assert!(law(text(one, "to")) > 365.0, "{one}");
        let (share, mailboxes) = (one["share"].as_f64().unwrap(), one["mailboxes"].as_f64().unwrap());
        let count = list("mailboxes").iter().find(|count| count["host"] == "ms03").unwrap();
        assert_eq!(mailboxes, (share * count["mailboxes"].as_f64().unwrap()).round());
    }
    for relieved in pool["rebalance"]["volumes"].as_array().unwrap() {
        // Nobody is in trouble within the lead time of 30 days and a fortnight.
        assert!(relieved["after"]["p5_days"].as_f64().is_none_or(|days| days >= 44.0 - 1e-6), "{relieved}");
    }
}
