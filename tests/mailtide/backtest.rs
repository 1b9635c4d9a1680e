//! The back-test of an archive: what would have been forecast, held against what came.

use std::fs;

use serde_json::Value;

use crate::support::{
    AS_OF, AS_OF_SECONDS, differences, directory, files, mailtide, on_sample, small_platform, volume,
};

/// The scores of one kind, distance and method.
fn score<'a>(document: &'a Value, kind: &str, days: i64, method: &str) -> &'a Value {
    let fits = |row: &&Value| row["kind"] == kind && row["horizon_days"] == days && row["method"] == method;
    document["scores"]
        .as_array()
        .unwrap()
        .iter()
        .find(fits)
        .unwrap_or_else(|| panic!("{kind} {days} {method}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_straight_line_is_foretold_and_what_did_not_fill_is_no_alarm() {
    // 200 days at 4 GB a day, 900 GB now and so just full; it was 564 GB, 84 days from full, 84 days ago.
    let directory = small_platform(&volume("ms1", "/var/mail", AS_OF_SECONDS, 200, |ago| {
        900.5 - 4.0 / 24.0 * ago as f64
    }));
    let at = directory.path();
    mailtide(at, &["pull", "--as-of", AS_OF]).expect(0);
    let ran = mailtide(at, &["backtest", "--as-of", AS_OF, "--every", "28", "--format", "json"]).expect(0);
    let document = ran.json();
    // 28, 56 … 168 days before the end; 32 days of history, before the first of these, bear no forecast.
    assert_eq!(document["moments"].as_array().unwrap().len(), 6);
    assert_eq!(
        document["undecided"],
        serde_json::json!([{ "kind": "volume_exhaustion", "times": 1 },
        { "kind": "pool_exhaustion", "times": 1 }])
    );
    let of = |days: i64, method: &str| score(&document, "volume_exhaustion", days, method).clone();
    // 30 days ahead, three moments have an outcome besides the one 28 days before: 140, 112, 84 and 56 days before.
    let month = of(30, "model");
    assert_eq!(
        (&month["level"]["outcomes"], &month["level"]["coverage"]),
        (&Value::from(4), &Value::from(1.0))
    );
    assert!(number(&month["level"]["relative"]) < 0.1, "{month}");
    assert_eq!(of(30, "last_value")["level"]["relative"], 1.0);
    // Of the five, the one 28 days before the end was full within 30 days, a day or so from what was said.
    let date = &month["date"];
    assert_eq!(
        (&date["outcomes"], &date["filled"], &date["false_alarms"]),
        (&Value::from(5), &Value::from(1), &Value::from(0))
    );
    assert!(number(&date["error_days"]) < 2.0 && date["late"] == 0.0, "{date}");
    // Who says that nothing changes is right about none: capped at 30 days, some two days off, and late.
    let never = &of(30, "last_value")["date"];
    assert_eq!((&never["late"], &never["coverage"]), (&Value::from(1.0), &Value::Null));
    assert!(number(&of(90, "last_value")["date"]["error_days"]) > 20.0);
    assert!(number(&of(90, "model")["date"]["error_days"]) < 3.0);
}

#[test]
fn the_sample_is_scored_beside_the_naive_by_the_same_rules() {
    let directory = directory();
    let at = directory.path();
    on_sample(at, "pull", &[]).expect(0);
    let before = files(at);
    let ran = on_sample(at, "backtest", &["--every", "7", "--format", "json"]).expect(0);
    let document = ran.json();
    for days in [7, 14, 30] {
        let model = score(&document, "volume_exhaustion", days, "model");
        let coverage = number(&model["level"]["coverage"]);
        let outcomes = number(&model["level"]["outcomes"]);
        // Forty volumes and some weeks: chance, and that volumes of one platform go together, leave some percent.
        assert!((0.75..=1.0).contains(&coverage) && outcomes > 200.0, "{days}: {coverage} of {outcomes}");
        assert!(number(&model["level"]["relative"]) < 0.6, "{days}: {model}");
        // The sample grows in straight lines for four months, which a straight line through the last of them follows
        // well: farther ahead than a fortnight, it is the better one here.
        if days <= 14 {
            let naive = score(&document, "volume_exhaustion", days, "last_thirty_days");
            let error = |score: &Value| number(&score["level"]["error_of_mark"]);
            assert!(error(model) < error(naive), "{days}");
        }
    }
    // By the truth of the sample nothing was full before it ends: whatever was said to be is an alarm.
    for row in document["scores"].as_array().unwrap().iter().filter(|row| row["method"] == "model") {
        assert_eq!(row["date"]["filled"], 0, "{row}");
        let (share, outcomes) = (number(&row["date"]["false_alarm_share"]), number(&row["date"]["outcomes"]));
        // Of the 120 days, 90 days ahead only early warnings of the first six weeks can be held against what came: ms02,
        // which is cleaned for the first time after them. One of one is no share.
        assert!(share <= 0.05 || outcomes < 20.0, "{row}");
        assert!(number(&row["date"]["false_alarms"]) <= 3.0, "{row}");
    }
    let page = fs::read_to_string(at.join("out/backtest-2026-11-16/backtest.html")).unwrap();
    assert!(
        page.contains("How right the forecasts would have been") && page.contains("<svg class=\"chart\"")
    );
    assert!(!page.contains("http://") && !page.contains("https://"), "the page opens without a network");
    assert_eq!(fs::read_to_string(at.join("out/backtest-2026-11-16/backtest.json")).unwrap(), ran.stdout);

    // Nothing is kept of it, and a second time gives the same bytes.
    let first = files(at);
    let mut changed = differences(&before, &first);
    changed.retain(|name| !name.starts_with("out"));
    assert_eq!(changed, Vec::<std::path::PathBuf>::new());
    on_sample(at, "backtest", &["--every", "7", "--format", "json"]).expect(0);
    assert_eq!(differences(&first, &files(at)), Vec::<std::path::PathBuf>::new());
}

#[test]
fn what_is_looked_at_can_be_chosen_and_what_cannot_be_is_told() {
    let directory = directory();
    let at = directory.path();
    on_sample(at, "pull", &[]).expect(0);
    let chosen = ["--every", "28", "--horizon", "21,7,21", "--measure", "inodes.used"];
    let ran = on_sample(at, "backtest", &chosen).expect(0);
    assert!(
        ran.stdout.contains("Inodes of a volume: its level") && !ran.stdout.contains("pool"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("21 days") && !ran.stdout.contains("14 days"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("\nPage: out/backtest-2026-11-16/backtest.html\n"), "{}", ran.stdout);

    let refused = on_sample(at, "backtest", &["--measure", "queue.depth"]).expect(2);
    assert!(refused.stderr.contains("[possible values: disk.used, inodes.used]"), "{}", refused.stderr);
    for wrong in [["--every", "0"], ["--horizon", "0"], ["--horizon", "7,x"]] {
        on_sample(at, "backtest", &wrong).expect(2);
    }
    let beyond = on_sample(at, "backtest", &["--horizon", "366"]).expect(2);
    assert!(
        beyond.stderr.contains("--horizon 366 lies farther ahead than forecasts look, which is 365 days")
    );
    // Before there are weeks to play, that is said, and is no error.
    let early = on_sample(at, "backtest", &["--as-of", "2026-08-01"]).expect(0);
    assert!(
        early.stdout.starts_with("There is no moment to play: the history begins on "),
        "{}",
        early.stdout
    );
    let none = on_sample(at, "backtest", &["--as-of", "2020-01-01"]).expect(2);
    // The first moment of a local date in Berlin.
    assert!(none.stderr.contains("holds nothing up to 2019-12-31T23:00:00"), "{}", none.stderr);
}
