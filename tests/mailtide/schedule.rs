//! `mailtide schedule`, from the archive to the files and back: what it writes, what it refuses, and how it ends.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{AS_OF, AS_OF_SECONDS, HOUR, Ran, directory, mailtide, prometheus};

/// What is declared of the pool's targets.
const TARGETS: &str = r#"
[pool.schedule]
auto_scaling_group = "web"
max_size = 12
instance_schedule = "web-ebb"
namespace = "mail"
deployment = "web"
kubectl_image = "registry.example/kubectl:v1.34"
command = "/usr/local/bin/resize web {servers} 2>&1 | logger -t \"size $(date +%F)\""
"#;

/// Eight servers, loaded to `busy` of their processors from 07:00 to 22:00 in Berlin on working days and to 15 % else.
pub(crate) fn platform(busy: f64, targets: &str) -> TempDir {
    platform_of(targets, |day, hour| if day < 5 && (7..22).contains(&hour) { busy } else { 0.15 })
}

/// Eight servers, with this load at each hour of the weekdays (Monday is 0) in Berlin, hourly over 60 days; and a pool of
/// two more, as busy at night as by day.
pub(crate) fn platform_of(targets: &str, load: impl Fn(i64, i64) -> f64) -> TempDir {
    let directory = directory();
    let hours = || (0..60 * 24).rev().map(|ago| AS_OF_SECONDS - ago * HOUR);
    // Berlin is an hour ahead of UTC from 25 October 2026, 01:00 UTC, and two before.
    let local = |time: i64| time + if time >= 1_792_890_000 { HOUR } else { 2 * HOUR };
    // 1970-01-01 was a Thursday.
    let at = |time: i64| {
        let (day, hour) = (local(time).div_euclid(24 * HOUR), local(time).rem_euclid(24 * HOUR) / HOUR);
        load((day + 3).rem_euclid(7), hour)
    };
    let series = |host: String, load: &dyn Fn(i64) -> f64| {
        let points = hours().map(|time| (time, load(time))).collect();
        (serde_json::json!({ "instance": format!("{host}:9100") }), points)
    };
    let mut all: Vec<(Value, Vec<(i64, f64)>)> = (1..=8).map(|i| series(format!("web{i}"), &at)).collect();
    all.extend((1..=2).map(|i| series(format!("mx{i}"), &|_| 0.5)));
    fs::write(directory.path().join("cpu.json"), prometheus(&all)).unwrap();
    fs::write(
        directory.path().join("platform.toml"),
        format!(
            r#"[platform]
name = "Small"
timezone = "Europe/Berlin"
currency = "EUR"

[[source]]
name = "processors"
files = ["cpu.json"]
measure = "load.cpu"
unit = "ratio"
label_map = {{ host = "instance" }}

[[pool]]
name = "mx"
role = "mx"
hosts = ["mx*"]
scales_out = true

[[pool]]
name = "web"
role = "webmail"
hosts = ["web*"]
scales_out = true
floor = 2
{targets}"#
        ),
    )
    .unwrap();
    mailtide(directory.path(), &["pull"]).expect(0);
    directory
}

fn schedule(directory: &Path, more: &[&str]) -> Ran {
    mailtide(directory, &[&["schedule", "--as-of", AS_OF], more].concat())
}

#[test]
fn files_are_written_read_back_and_compared() {
    let place = platform(0.58, TARGETS);
    let ran = schedule(place.path(), &["--as", "all", "--out", "plans", "--pool", "web"]).expect(0);
    assert_eq!(ran.stdout, "");
    let mut names: Vec<String> = fs::read_dir(place.path().join("plans"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let suffixes = [
        "cronjob.json",
        "crontab",
        "ec2.json",
        "ics",
        "instance-scheduler.json",
        "keda.json",
        "kube-downscaler.json",
        "tf.json",
    ];
    assert_eq!(names, suffixes.map(|suffix| format!("web.{suffix}")));
    for name in &names {
        let file = format!("plans/{name}");
        let same = ["--in-force", &file, "--fail-on-change", "--pool", "web"];
        let ran = schedule(place.path(), &same).expect(0);
        assert!(ran.stdout.ends_with(": as planned\n"), "{}", ran.stdout);
    }
    // Twice gives the same bytes.
    schedule(place.path(), &["--as", "all", "--out", "again", "--pool", "web"]).expect(0);
    for name in &names {
        let read = |folder: &str| fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("plans") == read("again"), "{name}");
    }

    // Another number and another time in what is in force.
    let file = place.path().join("plans/web.ec2.json");
    let mut request: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let actions = request["ScheduledUpdateGroupActions"].as_array_mut().unwrap();
    let low = actions.iter_mut().find(|action| action["MinSize"] != 8).unwrap();
    low["DesiredCapacity"] = 7.into();
    low["TimeZone"] = "UTC".into();
    fs::write(&file, request.to_string()).unwrap();
    let change = ["--in-force", "plans/web.ec2.json", "--pool", "web"];
    assert!(schedule(place.path(), &change).expect(0).stdout.contains("  servers    "));
    schedule(place.path(), &[&change[..], &["--fail-on-change"]].concat()).expect(6);
    let document = schedule(place.path(), &[&change[..], &["--format", "json"]].concat()).expect(0).json();
    assert_eq!((&document["changed"], &document["comparisons"][0]["pool"]), (&true.into(), &"web".into()));
}

#[test]
fn a_single_file_goes_to_stdout_and_several_do_not() {
    let place = platform(0.58, TARGETS);
    let ran = schedule(place.path(), &["--as", "ec2"]).expect(0);
    assert_eq!(ran.json()["AutoScalingGroupName"], "web");
    assert!(ran.stderr.contains("nothing to hand over of pool mx: "), "{}", ran.stderr);
    let ran = schedule(place.path(), &["--as", "ec2,keda"]).expect(2);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr.contains("2 files cannot all go to stdout; name a directory with --out"),
        "{}",
        ran.stderr
    );
    // Without a format, the windows.
    let table = schedule(place.path(), &[]).expect(0).stdout;
    assert!(table.contains("web") && table.contains("Europe/Berlin"), "{table}");
    let document = schedule(place.path(), &["--format", "json"]).expect(0).json();
    assert_eq!(
        (&document["schema"], &document["without"][0]["pool"]),
        (&"mailtide-schedule".into(), &"mx".into())
    );
    assert!(!place.path().join("out").exists(), "nothing is written beside the files asked for");
}

#[test]
fn what_is_not_declared_is_refused_with_the_field_to_add() {
    let place = platform(0.58, "");
    let ran = schedule(place.path(), &["--as", "ec2", "--as", "cron", "--out", "plans"]).expect(2);
    assert_eq!(
        ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect::<Vec<_>>(),
        [
            "error: pool web: ec2 needs to know which group to change; add auto_scaling_group to its [pool.schedule] in \
             the platform file",
            "error: pool web: cron needs to know the command that changes the number of servers; add command to its \
             [pool.schedule] in the platform file",
        ]
    );
    assert!(!place.path().join("plans").exists(), "all or nothing");
    // A calendar needs no target.
    let ran = schedule(place.path(), &["--as", "all"]).expect(0);
    assert!(ran.stdout.starts_with("BEGIN:VCALENDAR\r\n"), "{}", ran.stdout);
}

#[test]
fn a_pool_without_an_ebb_says_so() {
    // Half of the servers' target at all hours.
    let place = platform(0.15, TARGETS);
    let busy = schedule(place.path(), &["--as", "ec2", "--pool", "mx"]).expect(1);
    assert!(
        busy.stderr.starts_with("error: nothing to hand over of pool mx: pool mx has no ebb"),
        "{}",
        busy.stderr
    );
    assert_eq!(busy.stdout, "");
    let unknown = schedule(place.path(), &["--pool", "wbe"]).expect(2);
    assert_eq!(unknown.stderr, "error: there is no pool \"wbe\"; legal: mx, web\n");
    assert!(
        schedule(place.path(), &["--in-force", "cpu.json"])
            .expect(1)
            .stderr
            .contains("cpu.json: it is no plan")
    );
    let nothing = schedule(place.path(), &["--fail-on-change"]).expect(2);
    assert!(nothing.stderr.contains("--in-force"), "{}", nothing.stderr);
}

#[test]
fn a_plan_that_is_withdrawn_is_a_change() {
    let place = platform(0.58, TARGETS);
    schedule(place.path(), &["--as", "cron", "--pool", "web", "--out", "plans"]).expect(0);
    // The pool is not to scale out any more.
    let file = place.path().join("platform.toml");
    let text = fs::read_to_string(&file).unwrap().replace("floor = 2", "floor = 8");
    fs::write(&file, text).unwrap();
    let ran =
        schedule(place.path(), &["--in-force", "plans/web.crontab", "--pool", "web", "--fail-on-change"])
            .expect(6);
    assert!(ran.stdout.contains("  gone       "), "{}", ran.stdout);
}

#[test]
fn an_end_is_written_and_one_that_has_passed_is_refused() {
    let place = platform(0.58, TARGETS);
    let ran = schedule(place.path(), &["--as", "ec2", "--expires", "2027-02-01"]).expect(0);
    let actions = ran.json()["ScheduledUpdateGroupActions"].clone();
    // Midnight of that Monday lies in the weekend's window, which begins on Friday evening; so before that.
    let end = actions[0]["EndTime"].as_str().unwrap();
    assert!(("2027-01-29T18:00:00Z"..="2027-01-29T22:00:00Z").contains(&end), "{end}");
    let ran = schedule(place.path(), &["--as", "ec2", "--expires", "2026-11-15"]).expect(1);
    assert!(ran.stderr.contains("it would have ended before it begins"), "{}", ran.stderr);
    let ran = schedule(place.path(), &["--expires", "soon"]).expect(2);
    assert!(
        ran.stderr.contains("give a date (2027-01-31) or a number of days (1 to 3650)"),
        "{}",
        ran.stderr
    );
}
