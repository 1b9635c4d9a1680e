//! A replay sees what was known at the time: an archive that holds the month after it changes nothing.

use std::path::Path;

use mailtide::{
    archive::Archive,
    platform::SeriesKey,
    sources::{Points, Samples},
};
use serde_json::Value;

use crate::support::{AS_OF_SECONDS, DAY, directory, on_sample};

/// Thirty days before the sample ends: before a migration, a new host and one that falls silent.
const EARLIER: &str = "2026-10-17T06:00:00Z";
const EARLIER_SECONDS: i64 = AS_OF_SECONDS - 30 * DAY;

/// Copies what an archive knew at a moment.
fn cut(from: &Path, to: &Path, moment: i64) {
    let (whole, early) = (Archive::open(from).unwrap(), Archive::open(to).unwrap());
    for measure in whole.measures().unwrap() {
        let columns = whole.extract(measure, i64::MIN..moment + 1).unwrap().columns;
        let samples: Vec<Samples> = columns
            .into_iter()
            .map(|column| Samples {
                key: SeriesKey { measure, labels: column.labels },
                points: column.points,
            })
            .collect();
        early.append("exports", samples).unwrap();
    }
}

#[test]
fn a_replay_does_not_see_its_future() {
    let directory = directory();
    let at = directory.path();
    on_sample(at, "pull", &[]).expect(0);
    cut(&at.join("archive/example-mail"), &at.join("early"), EARLIER_SECONDS);

    let whole = on_sample(at, "plan", &["--as-of", EARLIER, "--format", "json"]).expect(0);
    let early =
        on_sample(at, "plan", &["--as-of", EARLIER, "--format", "json", "--archive", "early"]).expect(0);
    let (whole, early) = (whole.json(), early.json());
    let count = |document: &Value| document["findings"].as_array().unwrap().len();
    assert!(count(&early) > 80, "only {} findings", count(&early));
    assert_eq!(count(&whole), count(&early));
    for (whole, early) in
        whole["findings"].as_array().unwrap().iter().zip(early["findings"].as_array().unwrap())
    {
        assert_eq!(whole, early);
    }
    assert_eq!(whole["inputs"], early["inputs"]);

    // What came later is not there: the new host, the silence of ca02, the migration on ms04.
    assert!(!whole["findings"].to_string().contains("ms08"));
    for finding in whole["findings"].as_array().unwrap() {
        assert_ne!(finding["kind"], "stale", "{finding}");
        past(&finding["id"], &finding["evidence"]);
    }
    assert!(whole["inputs"]["newest"].as_i64().unwrap() <= EARLIER_SECONDS);
}

/// History ends with the moment. A value of a whole day stands at its noon, the as-of moment's own day included. That day
/// counts once half of it is over, so in the morning a forecast begins with the noon before.
fn past(id: &Value, evidence: &Value) {
    let times = |value: &Value| -> Vec<i64> {
        value.as_array().into_iter().flatten().map(|time| time.as_i64().unwrap()).collect()
    };
    for line in evidence["lines"].as_array().unwrap() {
        let day = |time: i64| time.div_euclid(DAY);
        let ends = times(&line["times"]).iter().all(|&time| day(time) <= day(EARLIER_SECONDS));
        assert!(ends, "{id}: {}", line["name"]);
    }
    for mark in evidence["marks"].as_array().unwrap() {
        assert!(mark["time"].as_i64().unwrap() <= EARLIER_SECONDS, "{id}: {mark}");
    }
    let begins = |time: i64| time >= EARLIER_SECONDS - DAY;
    assert!(times(&evidence["band"]["times"]).into_iter().all(begins), "{id}: band");
}

/// An archive that holds one sample, of the moment at which the sample data ends.
fn with_one_sample(archive: &Path) {
    let points = Points { times: vec![AS_OF_SECONDS], values: vec![1.0] };
    let labels = mailtide::platform::Labels::from([("host", "ms01")]);
    let key = SeriesKey { measure: mailtide::platform::Measure::HostUp, labels };
    Archive::open(archive).unwrap().append("exports", vec![Samples { key, points }]).unwrap();
}

#[test]
fn a_replay_before_the_history_says_that_there_is_none() {
    let directory = directory();
    let at = directory.path();
    with_one_sample(&at.join("late"));
    let before = on_sample(at, "plan", &["--as-of", "2026-11-16T05:59:59Z", "--archive", "late"]);
    assert_eq!(
        before.expect(2).stderr,
        "error: the archive late holds nothing up to 2026-11-16T05:59:59+00:00; check the sources, \
         and run `mailtide pull`\n"
    );
}

#[test]
fn a_run_long_after_the_history_names_the_day_to_plan_as_of() {
    let directory = directory();
    let at = directory.path();
    with_one_sample(&at.join("old"));
    let after = on_sample(at, "plan", &["--as-of", "2027-11-16T06:00:00Z", "--archive", "old"]);
    assert_eq!(
        after.expect(2).stderr,
        "error: the archive old holds nothing of the months before 2027-11-16T06:00:00+00:00; its newest sample is of \
         2026-11-16T06:00:00+00:00: plan as of that day with `--as-of`, or check the sources, and run `mailtide pull`\n"
    );
}
