//! How each command ends, what it says on stderr, and what it keeps off stdout.

use std::fs;

use tempfile::TempDir;

use crate::support::{AS_OF, AS_OF_SECONDS, DAY, HOUR, Ran, directory, mailtide, small_platform, volume};

/// A volume of 1,000 GB that holds 300 GB and neither grows nor shrinks.
fn flat() -> String {
    volume("ms1", "/var/mail", AS_OF_SECONDS, 60, |_| 300.0)
}

/// One that gains 5 GB a day and holds 860 GB: full, at 900 GB, in 8 days.
fn filling() -> String {
    volume("ms1", "/var/mail", AS_OF_SECONDS, 60, |ago| 860.0 - 5.0 / 24.0 * ago as f64)
}

/// One that has sent nothing for three days.
fn silent() -> String {
    volume("ms1", "/var/mail", AS_OF_SECONDS - 3 * DAY, 60, |_| 300.0)
}

fn command(directory: &TempDir, command: &str, more: &[&str]) -> Ran {
    mailtide(directory.path(), &[&[command, "--as-of", AS_OF], more].concat())
}

#[test]
fn a_run_with_nothing_to_say_is_quiet_and_ends_with_0() {
    let quiet = small_platform(&flat());
    let ran = command(&quiet, "run", &["--fail-on", "warning"]).expect(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert!(quiet.path().join("out/latest/weekly.html").is_file());
}

#[test]
fn a_run_with_something_to_say_prints_the_table_and_names_the_report() {
    let ran = command(&small_platform(&filling()), "run", &[]).expect(0);
    assert!(ran.stdout.contains("ms1:/var/mail"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("\nReport: out/2026-11-16/weekly.html\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "no colours where nobody looks");
    assert_eq!(ran.stderr, "");
}

#[test]
fn warnings_and_critical_findings_end_with_4_and_5_where_asked_for() {
    let critical = small_platform(&filling());
    command(&critical, "run", &["--fail-on", "critical"]).expect(5);
    command(&critical, "report", &["--fail-on", "warning"]).expect(5);
    command(&critical, "plan", &["--fail-on", "warning"]).expect(5);
    command(&critical, "plan", &[]).expect(0);

    let warning = small_platform(&silent());
    command(&warning, "run", &["--fail-on", "warning"]).expect(4);
    command(&warning, "plan", &["--fail-on", "critical"]).expect(0);
}

#[test]
fn a_file_that_is_cut_off_ends_with_3_and_the_others_are_read() {
    let partial = small_platform(&flat());
    let whole = volume("ms2", "/var/mail", AS_OF_SECONDS, 60, |_| 300.0);
    fs::write(partial.path().join("other.json"), &whole[..whole.len() / 2]).unwrap();
    let ran = command(&partial, "run", &[]).expect(3);
    let complaint = ran.stderr.strip_prefix("not read: ").unwrap();
    let place = format!("other.json: byte {}: ", whole.len() / 2);
    assert!(complaint.starts_with(&place), "{complaint}");
    assert!(complaint.ends_with("the file is cut off: export it again\n"), "{complaint}");
    // The report says so as well, and the whole file's volume is judged.
    let document = fs::read_to_string(partial.path().join("out/latest/findings.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["inputs"]["unreadable"][0], complaint.trim_end());
    assert_eq!(document["inputs"]["files_read"], 1);
    let findings = document["findings"].as_array().unwrap();
    assert!(findings.iter().any(|f| f["id"] == "disk-full/ms1/var/mail" && f["verdict"] == "flat"));
    let page = fs::read_to_string(partial.path().join("out/latest/weekly.html")).unwrap();
    assert!(page.contains(&place), "the page must tell what was not read");
    command(&partial, "pull", &[]).expect(3);
    // What asks for the archive only has nothing that it could not read.
    command(&partial, "plan", &[]).expect(0);
}

#[test]
fn a_pattern_that_matches_nothing_ends_with_3() {
    let none = small_platform(&flat());
    let platform = fs::read_to_string(none.path().join("platform.toml")).unwrap();
    fs::write(none.path().join("platform.toml"), platform.replace("\"*.json\"", "\"*.json\", \"gone/*\""))
        .unwrap();
    let ran = command(&none, "run", &[]).expect(3);
    assert_eq!(
        ran.stderr,
        "not read: gone/*: matches no file; check the path; `*` does not cross directories, `**` does\n"
    );
    // The other pattern's file is still read.
    assert!(none.path().join("out/latest/weekly.html").is_file());
}

#[test]
fn a_bad_platform_file_ends_with_2_and_all_its_mistakes() {
    let directory = directory();
    fs::write(
        directory.path().join("platform.toml"),
        r#"[platform]
name = "Bad"
timezone = "Europe/Berln"
currency = "EUR"
colour = "red"

[[source]]
name = "prometheus"
files = ["*.json"]

[[pool]]
name = "mailstore"
role = "mailstor"
hosts = ["ms*"]
full_mark = 1.5
"#,
    )
    .unwrap();
    let expected = "\
error: platform.toml:3: platform: timezone: \"Europe/Berln\" is not an IANA time zone; nearest: Europe/Berlin
platform.toml:5: platform: colour: is not a field here; legal: name, timezone, currency, queries
platform.toml:13: pool \"mailstore\": role: \"mailstor\" is not a role; did you mean mailstore? legal: mx, smtp, \
outbound, routing, imap_proxy, mailstore, webmail, admin, database, cache, dns
platform.toml:15: pool \"mailstore\": full_mark: 1.5 is not a share of the usable bytes; legal: more than 0, at most 1
";
    for each in ["run", "pull", "plan", "report"] {
        let ran = command(&directory, each, &[]).expect(2);
        assert_eq!((ran.stderr.as_str(), ran.stdout.as_str()), (expected, ""));
    }
    assert!(!directory.path().join("archive").exists() && !directory.path().join("out").exists());
}

#[test]
fn a_missing_platform_file_ends_with_2_and_the_next_step() {
    let ran = mailtide(directory().path(), &["run", "--platform", "mine.toml"]).expect(2);
    assert_eq!(
        ran.stderr,
        "error: mine.toml: there is no such file; name yours with `--platform FILE`, or have one written from what \
         your servers hold: `mailtide init --help`\n"
    );
}

#[test]
fn unknown_arguments_end_with_2() {
    for (arguments, said) in [
        (&["run", "--frobnicate"][..], "unexpected argument '--frobnicate'"),
        (&["frobnicate"][..], "unrecognized subcommand 'frobnicate'"),
        (&["run", "--as-of", "yesterday"][..], "give a date (2026-11-16) or a moment with its zone"),
        (&["run", "--fail-on", "info"][..], "[possible values: warning, critical]"),
    ] {
        let ran = mailtide(directory().path(), arguments).expect(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn without_an_archive_planning_says_so_and_makes_none() {
    let empty = small_platform(&flat());
    let expected = "error: the archive archive/small holds nothing up to 2026-11-16T06:00:00+00:00; check the \
                    sources, and run `mailtide pull`\n";
    for each in ["plan", "report"] {
        assert_eq!(command(&empty, each, &[]).expect(2).stderr, expected);
    }
    let ran = mailtide(empty.path(), &["archive", "info"]).expect(1);
    assert_eq!(ran.stderr, "error: there is no archive at archive/small; `mailtide pull` makes it\n");
    assert!(!empty.path().join("archive").exists() && !empty.path().join("out").exists());
}

#[test]
fn json_is_all_that_stands_on_stdout() {
    let directory = small_platform(&filling());
    let json = ["--format", "json"];
    assert_eq!(command(&directory, "pull", &json).expect(0).json()["files"], 1);
    let ran = command(&directory, "run", &json).expect(0).json();
    assert_eq!(ran["schema"], "mailtide-findings");
    let published = fs::read_to_string(directory.path().join("out/latest/findings.json")).unwrap();
    assert_eq!(ran, serde_json::from_str::<serde_json::Value>(&published).unwrap());
    for each in ["plan", "report"] {
        let document = command(&directory, each, &json).expect(0).json();
        // Only `run` and `pull` have read files.
        assert_eq!((&document["findings"], &document["inputs"]["files_read"]), (&ran["findings"], &0.into()));
    }
    let info = mailtide(directory.path(), &["archive", "info", "--format", "json"]).expect(0).json();
    // Size, free and avail of one volume, hourly over 60 days and both ends.
    let points: u64 =
        info["measures"].as_array().unwrap().iter().map(|m| m["points"].as_u64().unwrap()).sum();
    assert_eq!(points, 3 * (60 * 24 + 1));
}

#[test]
fn archive_info_tells_series_spans_and_gaps() {
    let directory = small_platform(&flat());
    let late = volume("ms2", "/var/mail", AS_OF_SECONDS, 2, |_| 300.0);
    let early = volume("ms2", "/var/mail", AS_OF_SECONDS - 4 * DAY, 2, |_| 300.0);
    fs::write(directory.path().join("late.json"), late).unwrap();
    fs::write(directory.path().join("early.json"), early).unwrap();
    command(&directory, "pull", &[]).expect(0);
    let table = mailtide(directory.path(), &["archive", "info"]).expect(0).stdout;
    let free = table.lines().find(|line| line.trim_start().starts_with("disk.free")).unwrap();
    let cells: Vec<&str> = free.split_whitespace().collect();
    // 60 days and twice 2 days by the hour, both ends; nothing between four and two days before the end.
    let source = "prometheus".to_owned();
    let points = (60 * 24 + 1 + 2 * (2 * 24 + 1)).to_string();
    let expected = [
        "disk.free",
        "2",
        &source,
        &points,
        "2026-09-17",
        "06:00",
        "2026-11-16",
        "06:00",
        "3",
        "0",
        "1",
        "48.0",
        "h",
    ];
    assert_eq!(cells[..13], expected);
    assert_eq!(
        AS_OF_SECONDS - 60 * DAY - 20_713 * DAY,
        6 * HOUR,
        "2026-09-17 is 20,713 days after 1970-01-01"
    );
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let directory = small_platform(&flat());
    command(&directory, "run", &[]).expect(0);
    let archive = fs::File::open(directory.path().join("archive/small/lock")).unwrap();
    archive.lock().unwrap();
    let ran = command(&directory, "run", &[]).expect(1);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("archive/small/lock"), "{}", ran.stderr);
    drop(archive);

    let reports = fs::File::open(directory.path().join("out/.publishing.lock")).unwrap();
    reports.lock().unwrap();
    let ran = command(&directory, "report", &[]).expect(1);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("out"), "{}", ran.stderr);
    drop(reports);
    command(&directory, "run", &[]).expect(0);
}

#[test]
fn what_the_machine_refuses_ends_with_1_and_names_the_place() {
    let directory = small_platform(&flat());
    let ran = command(&directory, "run", &["--out", "export.json"]).expect(1);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("export.json"), "{}", ran.stderr);
    let ran = command(&directory, "run", &["--archive", "export.json"]).expect(1);
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("export.json"), "{}", ran.stderr);
    // A directory of other things is not taken for an archive.
    let ran = command(&directory, "run", &["--archive", "."]).expect(1);
    assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    assert!(directory.path().join("platform.toml").is_file());
}

#[test]
fn a_damaged_archive_ends_with_1_and_names_the_file() {
    let directory = small_platform(&flat());
    command(&directory, "run", &[]).expect(0);
    let page = fs::read(directory.path().join("out/latest/weekly.html")).unwrap();
    let damaged = "archive/small/measure=disk.free/month=2026-10/points.parquet";
    let mut bytes = fs::read(directory.path().join(damaged)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(directory.path().join(damaged), &bytes).unwrap();

    for each in ["plan", "report"] {
        let ran = command(&directory, each, &[]).expect(1);
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(damaged), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    // The last good report stays, and the rest of the archive can still be looked into.
    assert!(fs::read(directory.path().join("out/latest/weekly.html")).unwrap() == page);
    let info = mailtide(directory.path(), &["archive", "info"]).expect(3).stdout;
    assert!(info.contains("disk.avail") && info.contains(&format!("damaged: {damaged}")), "{info}");
}
