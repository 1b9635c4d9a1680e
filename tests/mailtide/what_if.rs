//! `mailtide what-if`, from the archive to the table, and every way to ask it wrongly.

use std::fs;

use tempfile::TempDir;

use crate::support::{AS_OF, AS_OF_SECONDS, Ran, mailtide, small_platform, volume};

/// A volume of 1,000 GB that holds 600 GB and gains 5 GB a day: full, at 900 GB, in 60 days.
fn growing() -> TempDir {
    let place =
        small_platform(&volume("ms1", "/var/mail", AS_OF_SECONDS, 90, |ago| 600.0 - 5.0 / 24.0 * ago as f64));
    mailtide(place.path(), &["pull", "--as-of", AS_OF]).expect(0);
    place
}

fn what_if(place: &TempDir, more: &[&str]) -> Ran {
    mailtide(place.path(), &[&["what-if", "--as-of", AS_OF], more].concat())
}

/// Days until the first subject of the answer is full, in the scenario.
fn days(ran: &Ran) -> f64 {
    let days = &ran.json()["subjects"][0]["what_if"][0]["runway"]["p50_days"];
    days.as_f64().unwrap_or_else(|| panic!("{}", ran.stdout))
}

#[test]
fn each_question_moves_the_day() {
    let place = growing();
    // Full in 60 days as things are; 1 December is day 15.
    for (asked, expected) in [
        (&["--growth", "2"][..], 30.0),
        // 250 GB are left to 850.
        (&["--full-mark", "0.85"], 50.0),
        (&["--pool", "mailstore", "--move-in", "100GB@2026-12-01"], 40.0),
        (&["--volume", "ms1:/var/mail", "--move-in", "200@2026-12-01", "--mailbox-size", "500MB"], 40.0),
        (&["--pool", "mailstore", "--move-out", "100GB@2026-12-01"], 80.0),
        (&["--pool", "mailstore", "--purge", "100GB@2026-12-01"], 80.0),
        // A tenth of 675 GB.
        (&["--pool", "mailstore", "--purge", "10%@2026-12-01"], 73.5),
        (&["--volume", "ms1:/var/mail", "--add", "111.11GB@2026-12-01"], 80.0),
    ] {
        let ran = what_if(&place, &[&["--format", "json"], asked].concat()).expect(0);
        let got = days(&ran);
        assert!((expected - got).abs() < 0.04 * expected, "{asked:?}: {got}, expected {expected}");
    }
    // Nothing was written.
    assert!(!place.path().join("out").exists());
}

#[test]
fn scenarios_of_the_file_are_compared_side_by_side() {
    let place = growing();
    let file = place.path().join("platform.toml");
    let scenarios = "\n[[scenario]]\nname = \"twice\"\ngrowth = 2\n\n[[scenario]]\nname = \"slow\"\nlead_time_days = 60\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + scenarios).unwrap();
    let both = what_if(&place, &[]).expect(0).stdout;
    assert!(both.starts_with("twice: growth times 2\nslow: lead time 60 days\n\n"), "{both}");
    for case in ["as it is", "twice", "slow"] {
        assert_eq!(both.matches(&format!(" {case} ")).count(), 2, "pool and volume:\n{both}");
    }
    let names = |more: &[&str]| -> Vec<String> {
        let ran = what_if(&place, &[&["--format", "json"], more].concat()).expect(0);
        let scenarios = ran.json()["scenarios"].as_array().unwrap().clone();
        scenarios.iter().map(|scenario| scenario["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&[]), ["twice", "slow"]);
    assert_eq!(names(&["--scenario", "slow"]), ["slow"]);
    assert_eq!(names(&["--growth", "3"]), ["as asked"]);
    assert_eq!(names(&["--scenario", "slow", "--growth", "3"]), ["slow", "as asked"]);
    // The weekly report sets them beside its findings.
    mailtide(place.path(), &["report", "--as-of", AS_OF]).expect(0);
    let page = fs::read_to_string(place.path().join("out/latest/weekly.html")).unwrap();
    assert!(page.contains("<h2 id=\"what-if\">"), "no section of scenarios");
    let document = fs::read_to_string(place.path().join("out/latest/findings.json")).unwrap();
    assert!(document.contains("\"scenario\":\"twice\""), "no scenario in findings.json");
}

#[test]
fn a_question_that_cannot_be_asked_ends_with_2_and_says_how() {
    let place = growing();
    for (asked, said) in [
        (&[][..], "there is no scenario to compare; write a [[scenario]] into the platform file, or ask one"),
        (&["--scenario", "x"], "there is no scenario \"x\" in the platform file; it has none"),
        (&["--pool", "x", "--growth", "2"], "there is no pool \"x\" in the platform file; it has mailstore"),
        (&["--pool", "mailstore"], "--pool says nothing by itself"),
        (&["--volume", "ms1:/var/mail"], "--volume says nothing by itself"),
        (&["--move-in", "1TB@2026-12-01"], "--move-in needs a place; add --pool with one of mailstore"),
        (&["--without", "x"], "nothing that is planned in the platform file is called \"x\"; it has none"),
        (&["--move-in", "1TB"], "legal: such as 200GB@2027-01-15"),
        (&["--move-in", "1TB@2026-02-30"], "\"2026-02-30\" is not a day"),
        (&["--move-in", "TB@2026-12-01"], "legal: bytes such as 200GB, or a number of mailboxes"),
        (&["--move-out", "0@2026-12-01"], "legal: bytes such as 200GB, or a number of mailboxes"),
        (&["--add", "10@2026-12-01"], "legal: a number and a unit"),
        (&["--mailbox-size", "10"], "legal: a number and a unit"),
        (&["--purge", "0%@2026-12-01"], "legal: bytes such as 500GB, or a share such as 5%"),
        (&["--purge", "101%@2026-12-01"], "legal: bytes such as 500GB, or a share such as 5%"),
        (&["--purge", "5%@2026-12-01/0d"], "legal after the slash: 1d to 3650d"),
        (&["--purge", "5%@2026-12-01/monthly"], "legal after the slash: 1d to 3650d"),
        (&["--growth", "0"], "legal: more than 0, at most 100"),
        (&["--growth", "NaN"], "legal: more than 0, at most 100"),
        (&["--full-mark", "85"], "legal: a share of the usable bytes"),
        (&["--lead-time", "-1"], "error: "),
        (&["--lead-time", "inf"], "legal: 0 to 3650 days"),
        (&["--volume", "ms1"], "legal: a host and a mount point"),
        (&["--volume", "ms1:/", "--pool", "mailstore", "--add", "1TB@2026-12-01"], "cannot be used with"),
        (&["--volume", "ms1:/", "--growth", "2"], "cannot be used with"),
    ] {
        let ran = what_if(&place, asked).expect(2);
        assert!(ran.stderr.contains(said), "{asked:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn what_is_asked_of_nothing_is_told() {
    let place = growing();
    let ran = what_if(&place, &["--volume", "ms9:/", "--add", "1TB@2026-12-01"]).expect(0);
    assert_eq!(
        ran.stdout,
        "as asked: 931 GiB more for ms9:/ on 1 Dec 2026\n\
         not counted: scenario \"as asked\": planned \"add\" is for no volume that is known\n\
         No volume or pool is concerned.\n"
    );
    // Nobody counts mailboxes here.
    let unknown = what_if(&place, &["--pool", "mailstore", "--move-in", "10@2026-12-01"]).expect(0);
    assert!(unknown.stdout.contains("is neither declared nor measured"), "{}", unknown.stdout);
    let past = what_if(&place, &["--pool", "mailstore", "--add", "1TB@2025-12-01"]).expect(0);
    assert!(past.stdout.contains("lies in the past: what came of it is in the history"), "{}", past.stdout);
}
