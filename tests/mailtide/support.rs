//! What the integration tests share: the real binary, the sample platform's run, and a platform of one host.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

/// The moment that the sample's story ends at.
pub(crate) const AS_OF: &str = "2026-11-16T06:00:00Z";

/// The same in seconds since 1970-01-01 UTC: 20,773 days (`date -ud 2026-11-16 +%s` / 86,400) and six hours.
pub(crate) const AS_OF_SECONDS: i64 = 20_773 * DAY + 6 * HOUR;

/// Seconds.
pub(crate) const DAY: i64 = 86_400;

/// Seconds.
pub(crate) const HOUR: i64 = 3_600;

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The sample's platform file.
pub(crate) fn sample_platform() -> String {
    repository("sample-data/platform.toml").to_str().unwrap().to_owned()
}

/// An empty directory to run in. It lies below `target/`, on the disk that the build is on.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// The real binary, to be run in `directory`, where archive and reports go.
pub(crate) fn binary(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailtide"));
    command.current_dir(directory).env_remove("RUST_LOG").env_remove("NO_COLOR");
    command
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Its standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON ({error}):\n{}\n{}", self.stdout, self.stderr))
    }

    /// The run, if it ended with this code; else the test ends with what it said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// Runs `mailtide` with these arguments in `directory`.
pub(crate) fn mailtide(directory: &Path, arguments: &[&str]) -> Ran {
    let output = binary(directory).args(arguments).output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a command on the sample platform.
pub(crate) fn on_sample(directory: &Path, command: &str, more: &[&str]) -> Ran {
    let platform = sample_platform();
    let mut arguments = vec![command, "--platform", &platform];
    if !more.contains(&"--as-of") {
        arguments.extend(["--as-of", AS_OF]);
    }
    arguments.extend(more);
    mailtide(directory, &arguments)
}

/// A file's path within its directory, and its bytes.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Every file below a directory; links are read as files of their own, with what they point to as bytes.
pub(crate) fn files(directory: &Path) -> Files {
    let entries = walkdir::WalkDir::new(directory).into_iter().map(Result::unwrap);
    let content = |path: &Path| match fs::read_link(path) {
        Ok(target) => target.to_str().unwrap().as_bytes().to_vec(),
        Err(_) => fs::read(path).unwrap(),
    };
    let kept = entries.filter(|entry| !entry.file_type().is_dir());
    kept.map(|e| (e.path().strip_prefix(directory).unwrap().to_owned(), content(e.path()))).collect()
}

/// The names of the files that differ or that only one of the two has.
pub(crate) fn differences(a: &Files, b: &Files) -> Vec<PathBuf> {
    let names = a.keys().chain(b.keys());
    let mut different: Vec<PathBuf> = names.filter(|name| a.get(*name) != b.get(*name)).cloned().collect();
    different.sort();
    different.dedup();
    different
}

/// What the weekly job made of the sample.
pub(crate) struct SampleRun {
    pub(crate) ran: Ran,
    /// Everything below the working directory: `archive/…`, `out/…`.
    pub(crate) files: Files,
    /// `findings.json`.
    pub(crate) document: Value,
}

impl SampleRun {
    /// The findings.
    pub(crate) fn findings(&self) -> &[Value] {
        self.document["findings"].as_array().unwrap()
    }

    /// The only finding of this kind about a series with these labels (others may be there as well).
    #[track_caller]
    pub(crate) fn finding(&self, kind: &str, labels: &[(&str, &str)]) -> &Value {
        let fits =
            |f: &&Value| f["kind"] == kind && labels.iter().all(|(k, v)| f["subject"]["labels"][k] == *v);
        only(self.findings().iter().filter(fits), &format!("{kind} finding on {labels:?}"))
    }

    /// The only finding of this kind about a pool as a whole.
    #[track_caller]
    pub(crate) fn of_pool(&self, kind: &str, pool: &str) -> &Value {
        let fits = |f: &&Value| f["kind"] == kind && f["subject"]["pool"] == pool;
        only(self.findings().iter().filter(fits), &format!("{kind} finding on pool {pool}"))
    }
}

#[track_caller]
fn only<'a>(found: impl Iterator<Item = &'a Value>, what: &str) -> &'a Value {
    let found: Vec<&Value> = found.collect();
    assert_eq!(found.len(), 1, "there must be one {what}, not {}", found.len());
    found[0]
}

/// The weekly job on the sample, run once for all tests.
pub(crate) fn sample_run() -> &'static SampleRun {
    static RUN: OnceLock<SampleRun> = OnceLock::new();
    RUN.get_or_init(|| {
        let directory = directory();
        let ran = on_sample(directory.path(), "run", &[]).expect(0);
        let files = files(directory.path());
        let document = serde_json::from_slice(&files[Path::new("out/2026-11-16/findings.json")]).unwrap();
        SampleRun { ran, files, document }
    })
}

/// What is true of the sample: `sample-data/truth.json`.
pub(crate) fn truth() -> &'static Value {
    static TRUTH: OnceLock<Value> = OnceLock::new();
    TRUTH.get_or_init(|| {
        serde_json::from_slice(&fs::read(repository("sample-data/truth.json")).unwrap()).unwrap()
    })
}

/// A moment of the truth file in seconds since 1970-01-01 UTC.
pub(crate) fn seconds(moment: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(moment.as_str().unwrap()).unwrap().timestamp()
}

/// An answer of Prometheus to a range query.
pub(crate) fn prometheus(series: &[(Value, Vec<(i64, f64)>)]) -> String {
    let result: Vec<Value> = series
        .iter()
        .map(|(labels, points)| {
            let values: Vec<Value> =
                points.iter().map(|(time, value)| serde_json::json!([time, value.to_string()])).collect();
            serde_json::json!({ "metric": labels, "values": values })
        })
        .collect();
    serde_json::json!({ "status": "success", "data": { "resultType": "matrix", "result": result } })
        .to_string()
}

/// A volume of 1,000 GB as node_exporter tells of it, hourly up to `until`: so many GB used so many hours before.
pub(crate) fn volume(host: &str, mount: &str, until: i64, days: i64, used: impl Fn(i64) -> f64) -> String {
    let labels = |name: &str| {
        serde_json::json!({
            "__name__": name, "instance": format!("{host}:9100"), "mountpoint": mount,
            "device": "/dev/sdb1", "fstype": "xfs",
        })
    };
    let hours = (0..=days * 24).rev();
    let points = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
        hours.clone().map(|ago| (until - ago * HOUR, value(ago) * 1e9)).collect()
    };
    prometheus(&[
        (labels("node_filesystem_size_bytes"), points(&|_| 1000.0)),
        (labels("node_filesystem_free_bytes"), points(&|ago| 1000.0 - used(ago))),
        (labels("node_filesystem_avail_bytes"), points(&|ago| 1000.0 - used(ago))),
    ])
}

/// A directory with a platform file of one pool of mailstores, `ms*`, and this one export of it.
pub(crate) fn small_platform(export: &str) -> TempDir {
    let directory = directory();
    fs::write(directory.path().join("export.json"), export).unwrap();
    fs::write(
        directory.path().join("platform.toml"),
        r#"[platform]
name = "Small"
timezone = "Europe/Berlin"
currency = "EUR"

[[source]]
name = "prometheus"
files = ["*.json"]

[[pool]]
name = "mailstore"
role = "mailstore"
hosts = ["ms*"]
"#,
    )
    .unwrap();
    directory
}
