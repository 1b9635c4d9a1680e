//! A CloudWatch source as the tests ask it, in a process that has credentials.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Output},
};

use mailtide::{
    platform::{Asking, CloudWatch, Live, Origin, Source, System},
    sources::{
        Packs,
        live::{CloudWatchSource, Fetched, LiveSource, Request},
    },
};

/// Set in the process that asks, to the address that it asks.
const ENDPOINT: &str = "MAILTIDE_TEST_ENDPOINT";

/// Now, to every test: 2026-11-20 10:30:20 UTC (`date -ud '2026-11-20 10:30:20' +%s`).
pub(crate) const NOW: i64 = 1_795_170_620;

/// A secret that no error may show.
pub(crate) const SECRET: &str = "tide-waits-for-no-man";

/// The environment of somebody with credentials.
pub(crate) const CREDENTIALS: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET)];

/// The rest of a test runs in a process of its own, since the SDK takes credentials from the environment and that of
/// this process belongs to all tests. In the first process this starts the second, waits for it, fails as it does,
/// and gives `None`; in the second it gives the endpoint to ask.
#[track_caller]
pub(crate) fn asking(
    test: &str,
    environment: &[(&str, &str)],
    serve: impl FnOnce(&Path) -> Option<Served>,
) -> Option<String> {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        return Some(endpoint);
    }
    let directory = crate::support::directory();
    let served = serve(directory.path())?;
    let Output { status, stdout, stderr } = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_clear()
        .env("HOME", directory.path())
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // Where insta looks for the text of a snapshot; it would ask cargo, which has no home here.
        .env("INSTA_WORKSPACE_ROOT", env!("CARGO_MANIFEST_DIR"))
        .env(ENDPOINT, &served.endpoint)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    let logs = fs::read_to_string(directory.path().join("cloudwatch.log")).unwrap_or_default();
    assert!(status.success() && said.contains("1 passed"), "{said}\n{logs}");
    None
}

/// A server that a test asks, alive as long as this is.
pub(crate) struct Served {
    pub(crate) endpoint: String,
    pub(crate) _server: Box<dyn std::any::Any>,
}

/// A live source in Frankfurt.
pub(crate) fn live(endpoint: &str) -> Source {
    let asking = Asking {
        step: 60,
        history_days: 455.0,
        retention_days: None,
        overlap: 7200,
        parallel: 4,
        timeout: 30,
        largest_answer: 1 << 28,
    };
    let settings = CloudWatch {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(endpoint.parse().unwrap()),
        ..CloudWatch::default()
    };
    let system = System::CloudWatch(settings);
    Source {
        name: "aws".to_owned(),
        origin: Origin::Live(Box::new(Live { system, asking, query: None })),
        declared: None,
        packs: None,
    }
}

/// A live source held to some shipped packs.
pub(crate) fn source(endpoint: &str, packs: &[&str]) -> CloudWatchSource {
    let names: Vec<String> = packs.iter().map(|name| (*name).to_owned()).collect();
    CloudWatchSource::new(&live(endpoint), &Packs::shipped().unwrap().only(&names).unwrap()).unwrap()
}

/// What a question is asked for the last seconds.
pub(crate) fn cut(source: &CloudWatchSource, question: &str, seconds: i64) -> Vec<Request> {
    let known = source.questions();
    let ids: Vec<&str> = known.iter().map(|question| question.id.as_str()).collect();
    let found = known.iter().find(|known| known.id.contains(question)).unwrap_or_else(|| panic!("{ids:?}"));
    source.cut(found, NOW - seconds..NOW, NOW).unwrap()
}

/// All answers of some requests: by series, time to value. No time may come twice.
pub(crate) fn samples(answers: &[Fetched]) -> BTreeMap<String, BTreeMap<i64, f64>> {
    let mut all: BTreeMap<String, BTreeMap<i64, f64>> = BTreeMap::new();
    for samples in answers.iter().flat_map(|answer| &answer.reading.samples) {
        let series = all.entry(samples.key.to_string()).or_default();
        for (time, value) in samples.points.iter() {
            assert_eq!(series.insert(time, value), None, "{} has {time} twice", samples.key);
        }
    }
    all
}

/// Asks a question for the last seconds.
pub(crate) fn pull(source: &CloudWatchSource, question: &str, seconds: i64) -> Vec<Fetched> {
    cut(source, question, seconds).iter().map(|request| source.fetch(request).unwrap()).collect()
}

/// Everything that was said beside the data.
pub(crate) fn warnings(answers: &[Fetched]) -> Vec<String> {
    answers.iter().flat_map(|answer| answer.reading.report.warnings.clone()).collect()
}
