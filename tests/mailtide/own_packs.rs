//! A folder of the user's own query packs.

use std::fs;

use tempfile::TempDir;

use crate::support::{AS_OF, AS_OF_SECONDS, HOUR, Ran, mailtide, prometheus, small_platform};

/// A storage box of which no shipped pack knows: hourly gibibytes, one more a day, 690 of 1,000 at the end.
fn storage_box() -> TempDir {
    let labels = |name: &str| serde_json::json!({ "__name__": name, "box": "ms1", "share": "/var/mail" });
    let points = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
        (0..=60 * 24).rev().map(|ago| (AS_OF_SECONDS - ago * HOUR, value(ago))).collect()
    };
    let directory = small_platform(&prometheus(&[
        (labels("box_used_gib"), points(&|ago| 690.0 - ago as f64 / 24.0)),
        (labels("box_size_gib"), points(&|_| 1000.0)),
    ]));
    let platform = directory.path().join("platform.toml");
    let text = fs::read_to_string(&platform).unwrap();
    fs::write(&platform, text.replace("currency = \"EUR\"", "currency = \"EUR\"\nqueries = \"packs\""))
        .unwrap();
    fs::create_dir(directory.path().join("packs")).unwrap();
    directory
}

const PACK: &str = r#"title = "The storage box"
exporter = "boxstat 3"
why = "The names are boxstat's own."

[[measure]]
measure = "disk.used"
unit = "gib"
[measure.prometheus]
metric = "box_used_gib"
labels = { host = "box", volume = "share" }

[[measure]]
measure = "disk.size"
unit = "gib"
[measure.prometheus]
metric = "box_size_gib"
labels = { host = "box", volume = "share" }
"#;

fn run(directory: &TempDir) -> Ran {
    mailtide(directory.path(), &["run", "--as-of", AS_OF, "--format", "json"])
}

#[test]
fn a_pack_of_ones_own_is_used_with_its_units() {
    let directory = storage_box();
    fs::write(directory.path().join("packs/box.toml"), PACK).unwrap();
    let document = run(&directory).expect(0).json();
    assert_eq!(document["inputs"]["unrecognised"].as_array().unwrap().len(), 0);
    let findings = document["findings"].as_array().unwrap();
    let full = findings.iter().find(|finding| finding["id"] == "disk-full/ms1/var/mail").unwrap();
    // 90 % of 1,000 GiB less 690 GiB, at 1 GiB a day: 210 days. The date is that by which two in five futures are
    // full, a little before the line's own.
    let runway = full["runway"]["p50_days"].as_f64().unwrap();
    assert!((205.0..210.0).contains(&runway), "{runway}");
    let facts = full["evidence"]["facts"].as_array().unwrap();
    let used = facts.iter().find(|fact| fact["name"] == "used").unwrap()["value"].as_f64().unwrap();
    assert_eq!((used, &full["evidence"]["unit"]), (690.0 * 1_073_741_824.0, &"bytes".into()));
}

#[test]
fn without_the_pack_its_series_are_listed_and_that_is_no_error() {
    let directory = storage_box();
    // Something that is recognised, so that there is history.
    let up = serde_json::json!({ "__name__": "up", "instance": "ms1:9100", "job": "node" });
    fs::write(directory.path().join("up.json"), prometheus(&[(up, vec![(AS_OF_SECONDS, 1.0)])])).unwrap();
    let document = run(&directory).expect(0).json();
    let unrecognised = document["inputs"]["unrecognised"].as_array().unwrap();
    let names: Vec<&str> = unrecognised.iter().map(|u| u["identity"].as_str().unwrap()).collect();
    let expected = ["size", "used"].map(|what| format!("box_{what}_gib{{box=\"ms1\",share=\"/var/mail\"}}"));
    assert_eq!(names, expected);
}

#[test]
fn a_bad_pack_is_refused_with_its_line_and_what_is_legal() {
    let directory = storage_box();
    let bad = PACK.replacen("disk.used", "disk.usd", 1).replacen("unit = \"gib\"", "unit = \"parsec\"", 2);
    fs::write(directory.path().join("packs/box.toml"), bad).unwrap();
    for command in ["run", "pull"] {
        let ran = mailtide(directory.path(), &[command]).expect(2);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert_eq!(lines.len(), 3, "{}", ran.stderr);
        let of = |line: &str| line.rsplit_once("packs/box.toml").unwrap().1.to_owned();
        assert!(of(lines[0]).starts_with(":6: measure 1 \"disk.usd\": measure: "), "{}", lines[0]);
        assert!(of(lines[1]).starts_with(":7: measure 1 \"disk.usd\": unit: "), "{}", lines[1]);
        assert!(of(lines[2]).starts_with(":14: measure 2 \"disk.size\": unit: "), "{}", lines[2]);
        assert!(lines[1].contains("gib, "), "the legal units must be named: {}", lines[1]);
        assert!(!directory.path().join("archive").exists());
    }
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let directory = storage_box();
    fs::remove_dir(directory.path().join("packs")).unwrap();
    let ran = run(&directory).expect(2);
    assert!(ran.stderr.contains("packs: "), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}
