//! The ledger: each report keeps what it foretells, and later ones say how right that was.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{AS_OF, differences, directory, files, mailtide, on_sample, sample_platform};

/// Four weeks and one week before the sample ends.
const THEN: &str = "2026-10-19T06:00:00Z";
const LAST_WEEK: &str = "2026-11-09T06:00:00Z";

/// The findings of the report that lies in a directory of `out`.
fn document(at: &Path, date: &str) -> Value {
    serde_json::from_slice(&fs::read(at.join(format!("out/{date}/findings.json"))).unwrap()).unwrap()
}

fn finding<'a>(document: &'a Value, id: &str) -> &'a Value {
    document["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == id).unwrap()
}

/// The sample's archive with the reports of four weeks and of one week before.
fn with_earlier_runs(at: &Path) {
    on_sample(at, "pull", &[]).expect(0);
    for as_of in [THEN, LAST_WEEK] {
        on_sample(at, "report", &["--as-of", as_of]).expect(0);
    }
}

#[test]
fn a_report_says_what_was_said_four_weeks_ago_and_how_often_the_interval_held() {
    let directory = directory();
    let at = directory.path();
    with_earlier_runs(at);
    on_sample(at, "report", &[]).expect(0);
    let (then, now) = (document(at, "2026-10-19"), document(at, "2026-11-16"));

    let (said, says) = (finding(&then, "disk-full/ms03/var/mail"), finding(&now, "disk-full/ms03/var/mail"));
    let earlier = &says["earlier"];
    assert_eq!((&earlier["on"], &earlier["days_ago"]), (&Value::from("2026-10-19"), &Value::from(28.0)));
    for edge in ["p5", "p50", "p95"] {
        assert_eq!(earlier[edge], said[edge], "{edge}");
    }
    // The generator's rule has it full in December; both runs' intervals hold that, so that neither is "outside".
    assert_eq!(earlier["within"], true, "{earlier}");
    // ms04 took in mailboxes on 27 October, between the two.
    let because = finding(&now, "disk-full/ms04/var/mail")["earlier"]["because"].to_string();
    assert!(because.contains("migration") && because.contains("2026-10-27"), "{because}");

    let record = &now["track_record"];
    assert_eq!(record["runs"], 2);
    let rows = record["rows"].as_array().unwrap();
    let levels = rows.iter().filter(|row| row["kind"] == "volume_exhaustion").map(|row| &row["level"]);
    let (mut outcomes, mut held) = (0.0, 0.0);
    for level in levels {
        outcomes += level["outcomes"].as_f64().unwrap();
        held += level["outcomes"].as_f64().unwrap() * level["coverage"].as_f64().unwrap();
    }
    // Some forty volumes, at 7 days twice and at 14 once. Volumes of one platform go together, so that the share of one
    // month may lie well off 90 %; far off, the intervals would be wrong.
    assert!(outcomes > 100.0 && held / outcomes > 0.75, "{held} of {outcomes}");
    assert!(rows.iter().all(|row| row["horizon_days"].as_i64().unwrap() <= 14), "{rows:?}");
    assert_eq!(
        record["newest"]["as_of"],
        Value::from(crate::support::AS_OF_SECONDS - 7 * crate::support::DAY)
    );

    let page = fs::read_to_string(at.join("out/2026-11-16/weekly.html")).unwrap().replace('\u{a0}', " ");
    assert!(page.contains("28 days ago, on 19 Oct 2026, we said "), "the cards say what was said");
    assert!(page.contains("forecasts made on 9 Nov 2026 for 7 days ahead held; over 2 earlier runs, "));
    let first = fs::read_to_string(at.join("out/2026-10-19/weekly.html")).unwrap();
    assert!(first.contains("No earlier run has left a forecast"));
}

#[test]
fn the_same_archive_gives_the_same_report_and_a_replay_touches_no_later_entry() {
    let directory = directory();
    let at = directory.path();
    with_earlier_runs(at);
    on_sample(at, "report", &[]).expect(0);
    let first = files(at);
    // The day of the report itself, and an older one with later entries in the ledger.
    on_sample(at, "report", &[]).expect(0);
    on_sample(at, "report", &["--as-of", THEN]).expect(0);
    let mut changed = differences(&first, &files(at));
    changed.retain(|name| !name.ends_with("lock") && !name.ends_with("latest"));
    assert_eq!(changed, Vec::<&Path>::new());
    // Planning looks at the ledger, and leaves it alone.
    on_sample(at, "plan", &["--as-of", "2026-11-12"]).expect(0);
    assert!(!at.join("archive/example-mail/ledger/2026-11-12.parquet").exists());
}

#[test]
fn a_damaged_entry_is_named_and_the_report_is_there() {
    let directory = directory();
    let at = directory.path();
    with_earlier_runs(at);
    let entry = at.join("archive/example-mail/ledger/2026-10-19.parquet");
    let mut bytes = fs::read(&entry).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs::write(&entry, &bytes).unwrap();
    on_sample(at, "report", &[]).expect(0);
    let record = &document(at, "2026-11-16")["track_record"];
    assert_eq!(record["runs"], 1);
    assert!(record["unreadable"].to_string().contains("ledger/2026-10-19.parquet"), "{record}");
    let page = fs::read_to_string(at.join("out/2026-11-16/weekly.html")).unwrap();
    assert!(page.contains("Of the ledger, what could not be read"));

    let platform = sample_platform();
    let verify = |more: &[&str]| {
        mailtide(at, &[&["archive", "verify", "--platform", &platform, "--as-of", AS_OF], more].concat())
    };
    assert!(verify(&[]).expect(3).stdout.contains("ledger/2026-10-19.parquet"));
    verify(&["--remove-damaged"]).expect(0);
    on_sample(at, "report", &[]).expect(0);
    assert_eq!(document(at, "2026-11-16")["track_record"]["unreadable"], serde_json::json!([]));
}

#[test]
fn a_report_that_cannot_be_kept_is_there_with_a_warning() {
    let directory = directory();
    let at = directory.path();
    on_sample(at, "pull", &[]).expect(0);
    let lock = fs::File::options().write(true).open(at.join("archive/example-mail/lock")).unwrap();
    lock.lock().unwrap();
    let ran = on_sample(at, "report", &[]).expect(0);
    assert!(ran.stderr.starts_with("warning: the forecasts of this run are not kept"), "{}", ran.stderr);
    assert!(at.join("out/2026-11-16/weekly.html").is_file());
}
