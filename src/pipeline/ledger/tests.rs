use std::{fs, path::Path};

use super::*;
use crate::{
    archive::{Location, StoreOptions},
    pipeline::{Progress, plan},
    plans::Verdict,
    platform::{Labels, Measure, SeriesKey},
    series::HOUR,
    sources::{Points, Samples},
};

/// 2026-11-16T06:00:00Z, a Monday.
const AS_OF: i64 = 1_794_808_800;
const GB: f64 = 1e9;

const PLATFORM: &str = r#"
[platform]
name = "Example Mail"
timezone = "UTC"
currency = "EUR"

[[source]]
name = "exports"
files = ["exports"]

[[pool]]
name = "mailstore"
role = "mailstore"
hosts = ["ms*"]
"#;

struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}
    fn step(&self, _note: &str) {}
}

/// A platform whose archive holds 200 days of one volume of 1,000 GB: 500 GB at `AS_OF` and 2 more a day, with an
/// unevenness from week to week, so that there is something to forecast.
fn set_up(root: &Path) -> (Platform, Places) {
    let platform = Platform::parse(PLATFORM, Path::new("platform.toml")).unwrap();
    let places = Places {
        archive: Location::Directory(root.join("archive")),
        store: StoreOptions::default(),
        out: root.join("out"),
    };
    let labels = Labels::from([("host", "ms01"), ("volume", "/var/mail")]);
    let hours = || (0..200 * 24).rev().map(|ago| AS_OF - ago * HOUR);
    let level = |time: i64| {
        let days = (time - AS_OF) as f64 / DAY as f64;
        (500.0 + 2.0 * days + 3.0 * (days / 9.0).sin()) * GB
    };
    let samples = |measure, value: &dyn Fn(i64) -> f64| Samples {
        key: SeriesKey { measure, labels: labels.clone() },
        points: hours().map(|time| (time, value(time))).collect::<Points>(),
    };
    let used = samples(Measure::DiskUsed, &level);
    let size = samples(Measure::DiskSize, &|_| 1_000.0 * GB);
    places.open_archive().unwrap().append("exports", vec![used, size]).unwrap();
    (platform, places)
}

/// A report of so many days before the end, which keeps what it foretells.
fn run(platform: &Platform, places: &Places, days_ago: i64) -> Report {
    let report = plan(platform, places, AS_OF - days_ago * DAY, None, &Silent).unwrap();
    keep_forecasts(platform, places, &report).unwrap();
    report
}

fn archive(places: &Places) -> Archive {
    places.find_archive().unwrap().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_run_is_compared_with_the_one_four_weeks_before_and_scored() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    let first = run(&platform, &places, 28);
    assert!(first.findings.iter().all(|finding| finding.earlier.is_none()));
    assert_eq!(first.track_record, TrackRecord::default());
    run(&platform, &places, 7);
    let last = run(&platform, &places, 0);

    // The volume, and the pool that it is all of.
    assert_eq!((last.track_record.runs, last.track_record.forecasts), (2, 4));
    let volume = last.findings.iter().find(|f| f.id.0 == "disk-full/ms01/var/mail").unwrap();
    let earlier = volume.earlier.as_ref().unwrap();
    assert_eq!((earlier.on, earlier.days_ago), (date("2026-10-19"), 28.0));
    let Verdict::Fills(said) =
        &first.findings.iter().find(|f| f.id.0 == "disk-full/ms01/var/mail").unwrap().verdict
    else {
        panic!("400 GB at 2 a day are 200 days")
    };
    assert_eq!((earlier.p5, earlier.p50, earlier.p95), (said.p5, said.p50, said.p95));
    assert!(earlier.within, "{earlier:?}");
    // Seven days ahead, both runs have come due; fourteen, the first alone.
    let outcomes = |days: i64| {
        let rows = last.track_record.rows.iter().filter(|row| row.horizon_days == days);
        rows.filter_map(|row| row.level.as_ref()).map(|level| level.outcomes).sum::<usize>()
    };
    assert_eq!((outcomes(7), outcomes(14), outcomes(30)), (4, 2, 0));
    let newest = last.track_record.newest.unwrap();
    assert_eq!((newest.as_of, newest.horizon_days, newest.held), (AS_OF - 7 * DAY, 7, 2));
}

#[test]
fn the_same_run_leaves_the_same_ledger_and_an_older_one_sees_and_touches_no_later_one() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    let first = run(&platform, &places, 28);
    run(&platform, &places, 0);
    let ledger = root.path().join("archive/ledger");
    let read = |day: &str| fs::read(ledger.join(format!("{day}.parquet"))).unwrap();
    let (then, now) = (read("2026-10-19"), read("2026-11-16"));
    let again = run(&platform, &places, 28);
    assert_eq!(again.findings, first.findings);
    assert_eq!(again.track_record, first.track_record);
    assert_eq!((read("2026-10-19"), read("2026-11-16")), (then, now.clone()));

    // An earlier moment of the same day leaves what the later one has kept.
    let report = plan(&platform, &places, AS_OF - HOUR, None, &Silent).unwrap();
    keep_forecasts(&platform, &places, &report).unwrap();
    assert_eq!(read("2026-11-16"), now);
    // A later one replaces it.
    let report = plan(&platform, &places, AS_OF + HOUR, None, &Silent).unwrap();
    keep_forecasts(&platform, &places, &report).unwrap();
    assert_ne!(read("2026-11-16"), now);
}

#[test]
fn a_damaged_table_costs_what_it_says_and_is_named() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    run(&platform, &places, 28);
    run(&platform, &places, 14);
    let path = root.path().join("archive/ledger/2026-10-19.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&path, bytes).unwrap();
    let report = run(&platform, &places, 0);
    let record = &report.track_record;
    assert_eq!(record.runs, 1);
    let [problem] = &record.unreadable[..] else { panic!("{record:?}") };
    assert!(
        problem.contains("2026-10-19.parquet: is damaged") && problem.contains("--remove-damaged"),
        "{problem}"
    );
    // The run of a fortnight ago stands in for it.
    let earlier = report.findings.iter().filter_map(|finding| finding.earlier.as_ref());
    assert!(earlier.map(|earlier| earlier.days_ago).eq([14.0, 14.0]));
}

#[test]
fn a_table_under_another_days_name_says_nothing() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    run(&platform, &places, 0);
    let ledger = root.path().join("archive/ledger");
    fs::rename(ledger.join("2026-11-16.parquet"), ledger.join("2026-11-01.parquet")).unwrap();
    let report = plan(&platform, &places, AS_OF - 7 * DAY, None, &Silent).unwrap();
    assert_eq!((report.track_record.runs, report.track_record.unreadable), (0, vec![]));
}

#[test]
fn where_another_process_writes_nothing_is_kept_and_that_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    let report = plan(&platform, &places, AS_OF, None, &Silent).unwrap();
    let lock = fs::File::options().write(true).open(root.path().join("archive/lock")).unwrap();
    lock.lock().unwrap();
    let error = keep_forecasts(&platform, &places, &report).unwrap_err().to_string();
    assert!(error.contains("another Mailtide is writing to this archive"), "{error}");
    drop(lock);
    keep_forecasts(&platform, &places, &report).unwrap();
    assert_eq!(archive(&places).ledger_days().unwrap(), [date("2026-11-16")]);
}

#[test]
fn weekly_runs_of_years_stay_few() {
    // A run a week for four years.
    let today = date("2026-11-16");
    let days: Vec<NaiveDate> =
        (0..208).rev().map(|weeks| today - chrono::Duration::days(7 * weeks)).collect();
    let held = kept(&days, today);
    let age = |day: &NaiveDate| (today - *day).num_days();
    // 14 within 100 days, today's aside, and of the 100 weeks before that one in each of the 26 spans that they touch.
    assert_eq!(held.iter().filter(|day| age(day) <= 100).count(), 14);
    assert_eq!(held.len(), 14 + 26);
    assert!(held.iter().all(|day| (1..=800).contains(&age(day))), "{held:?}");
    // Whoever has thinned out sees what was seen before.
    assert_eq!(kept(&held, today), held);
    assert_eq!(kept(&days, date("2020-01-01")), Vec::<NaiveDate>::new());
}

#[test]
fn old_runs_are_thinned_out_and_later_ones_stay() {
    let root = tempfile::tempdir().unwrap();
    let (platform, places) = set_up(root.path());
    let archive = archive(&places);
    let first = date("2026-10-19");
    let days = |back: i64| first - chrono::Duration::days(back);
    for day in [days(900), days(113), days(106), days(0), date("2027-03-01")] {
        archive.update_ledger(day, |_| Some(ledger_table::of(&[]))).unwrap();
    }
    run(&platform, &places, 28);
    // 28 June and 5 July lie in one span of four weeks (days 7 and 14 of it since the year 1).
    assert_eq!(archive.ledger_days().unwrap(), [date("2026-06-28"), first, date("2027-03-01")]);
}
