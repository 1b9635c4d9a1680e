//! An archive in a real S3 interface: several processes write to it at once, and what goes wrong is told.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    ops::Range,
    process::{Child, Command, Stdio},
};

use mailtide::{
    archive::{Archive, Location, StoreOptions},
    platform::{Labels, Measure, SeriesKey},
    sources::{Points, Samples},
};

use crate::{
    servers::{Moto, Tools},
    support::{AS_OF_SECONDS, DAY, HOUR, directory},
};

/// What a process of its own is to do, and with which server.
const TASK: &str = "MAILTIDE_TEST_S3_TASK";
const ENDPOINT: &str = "MAILTIDE_TEST_S3_ENDPOINT";

/// As many processes append at once.
const WRITERS: i64 = 3;
/// As many times each.
const APPENDS: i64 = 4;

/// Where the bucket is made.
const REGION: &str = "eu-central-1";

const ARCHIVE: &str = "s3://capacity/mail";

/// moto takes any.
const KEYS: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")];

const ALL_TIME: Range<i64> = i64::MIN..i64::MAX;

/// What a writer appends in one go: two days of a series of its own, and two of one that all of them know; the
/// days of one writer overlap with those of the next.
fn part(writer: i64, append: i64) -> Vec<Samples> {
    let start = AS_OF_SECONDS - 40 * DAY + (append * WRITERS + writer) * DAY;
    ["common".to_owned(), format!("own{writer}")]
        .map(|host| {
            let mut points = Points::default();
            (0..48)
                .map(|hour| start + hour * HOUR)
                .for_each(|time| points.push(time, (time / HOUR % 97) as f64));
            let labels = Labels::from([("host", host.as_str()), ("volume", "/var/mail")]);
            Samples { key: SeriesKey { measure: Measure::DiskUsed, labels }, points }
        })
        .into()
}

/// Every series with its points.
type Held = BTreeMap<String, BTreeMap<i64, u64>>;

fn expected() -> Held {
    let mut held = Held::new();
    for samples in (0..WRITERS).flat_map(|w| (0..APPENDS).map(move |a| (w, a))).flat_map(|(w, a)| part(w, a))
    {
        let points = samples.points.iter().map(|(time, value)| (time, value.to_bits()));
        held.entry(samples.key.labels.to_string()).or_default().extend(points);
    }
    held
}

fn held(archive: &Archive) -> Held {
    let columns = archive.extract(Measure::DiskUsed, ALL_TIME).unwrap().columns;
    let points = |points: &Points| points.iter().map(|(time, value)| (time, value.to_bits())).collect();
    columns.iter().map(|column| (column.labels.to_string(), points(&column.points))).collect()
}

/// Keys come from the environment, which only another process can be given.
#[test]
#[ignore = "needs a server and a task; run by the tests below"]
fn in_a_process_of_its_own() {
    let endpoint = std::env::var(ENDPOINT).unwrap().parse().unwrap();
    let options = StoreOptions { region: Some(REGION.to_owned()), endpoint: Some(endpoint) };
    let open = |location: &str| Archive::open_at(&Location::parse(location).unwrap(), &options);
    let task = std::env::var(TASK).unwrap();
    match task.split_once(' ').unwrap() {
        ("append", writer) => {
            let archive = open(ARCHIVE).unwrap();
            for append in 0..APPENDS {
                archive.append(part(writer.parse().unwrap(), append)).unwrap();
                let line = format!("{writer}.{append} ");
                let add = |held: Option<&[u8]>| Some([held.unwrap_or_default(), line.as_bytes()].concat());
                archive.update_note("lines", add).unwrap();
            }
        }
        ("check", _) => {
            let archive = open(ARCHIVE).unwrap();
            assert_eq!(held(&archive), expected());
            let lines = String::from_utf8(archive.note("lines").unwrap().unwrap()).unwrap();
            assert_eq!(lines.split_whitespace().count() as i64, WRITERS * APPENDS, "{lines}");
            let info = archive.info().unwrap();
            assert_eq!((info.measures[0].series as i64, info.measures[0].damaged.len()), (WRITERS + 1, 0));
        }
        (_, location) => {
            let error = open(location).unwrap_err();
            assert!(Archive::exists(&Location::parse(location).unwrap(), &options).is_err());
            writeln!(io::stdout(), "<{error}>").unwrap();
        }
    }
}

/// Starts a process for a task.
fn start(moto: &Moto, task: &str, environment: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "archive_s3::in_a_process_of_its_own"])
        .env(ENDPOINT, moto.url())
        .env(TASK, task)
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What it has said, when it has succeeded.
#[track_caller]
fn said(process: Child) -> String {
    let output = process.wait_with_output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    said
}

#[test]
fn processes_that_append_at_once_lose_nothing() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let moto = Moto::start(&tools, directory.path());
    moto.bucket("capacity");
    let writers: Vec<Child> =
        (0..WRITERS).map(|writer| start(&moto, &format!("append {writer}"), KEYS)).collect();
    writers.into_iter().for_each(|writer| drop(said(writer)));
    said(start(&moto, "check all", KEYS));
}

#[test]
fn what_is_missing_is_told_with_the_next_step() {
    let Some(tools) = Tools::installed() else { return };
    let directory = directory();
    let moto = Moto::start(&tools, directory.path());
    let nowhere = directory.path().to_str().unwrap();
    // No keys, no profile, no machine that gives any.
    let bare = [
        ("HOME", nowhere),
        ("AWS_CONFIG_FILE", "/nowhere"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    for (environment, message) in [
        (
            KEYS,
            "<s3://nowhere/mail/format.json: cannot read: there is no bucket `nowhere`; \
             make it, or correct the location of the archive>",
        ),
        (
            &bare[..],
            "<s3://nowhere/mail/format.json: cannot read: there are no credentials (none in the environment or \
             a profile, and this machine has no role); set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a \
             role>",
        ),
    ] {
        let said = said(start(&moto, "open s3://nowhere/mail", environment));
        assert!(said.contains(message), "{said}");
    }
}
