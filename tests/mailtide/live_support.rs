//! What the tests of live sources share: a fleet whose history is known by formula, a platform that pulls it, and
//! what the archive holds afterwards.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::{DateTime, SecondsFormat};
use mailtide::{archive::Archive, platform::Measure};

use crate::{
    servers::{Series, value_at},
    support::{Ran, binary},
};

/// What an archive holds: by measure and host, (time, value).
pub(crate) type Held = BTreeMap<(&'static str, String), Vec<(i64, f64)>>;

/// The metrics of a volume, and what Mailtide calls them.
const METRICS: [(&str, &str); 3] = [
    ("node_filesystem_size_bytes", "disk.size"),
    ("node_filesystem_free_bytes", "disk.free"),
    ("node_filesystem_avail_bytes", "disk.avail"),
];

/// Mailstores, each with a volume that node_exporter tells of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fleet {
    pub(crate) hosts: u32,
    /// Seconds since 1970-01-01 UTC, on the hour.
    pub(crate) from: i64,
    /// Up to this, and not at it; on the hour.
    pub(crate) to: i64,
    /// Seconds between samples. They are taken a fifth of it past each multiple, so that none is on the hour.
    pub(crate) scraped: i64,
}

impl Fleet {
    /// Which series of [`value_at`] a metric of a host is.
    fn number(metric: usize, host: u32) -> u32 {
        host * 10 + metric as u32 + 1
    }

    fn host(host: u32) -> String {
        format!("ms{host:02}.example.net")
    }

    /// As a Prometheus is filled with it.
    pub(crate) fn series(&self) -> Vec<Series> {
        let mut series = Vec::new();
        for (metric, (name, _)) in METRICS.iter().enumerate() {
            for host in 0..self.hosts {
                let instance = format!("{}:9100", Fleet::host(host));
                let labels = [
                    ("instance", &*instance),
                    ("mountpoint", "/var/mail"),
                    ("device", "/dev/sdb1"),
                    ("fstype", "xfs"),
                ];
                let times = self.from + self.scraped / 5..self.to;
                let number = Fleet::number(metric, host);
                series.push(Series::new(name, &labels, times, self.scraped as usize, |time| {
                    value_at(number, time)
                }));
            }
        }
        series
    }

    /// What the archive must hold at `from` and each `step` seconds up to `to`, both included: the mean of the
    /// step before, in which all samples are as many seconds late as in every other.
    pub(crate) fn held(&self, from: i64, to: i64, step: i64) -> Held {
        let late = self.scraped / 5;
        // Samples at `t - step + late`, …, `t - scraped + late`: the mean of a line is the middle of its ends.
        let middle = |time: i64| ((time - step + late) as f64 + (time - self.scraped + late) as f64) / 2.0;
        let mut held = Held::new();
        for (metric, (_, measure)) in METRICS.iter().enumerate() {
            for host in 0..self.hosts {
                let number = f64::from(Fleet::number(metric, host));
                let points = (from..=to).step_by(step as usize);
                let points = points.map(|time| (time, number * 1e9 + middle(time) / 60.0)).collect();
                held.insert((*measure, Fleet::host(host)), points);
            }
        }
        held
    }
}

/// Writes a platform file with these `[[source]]` tables into a directory.
pub(crate) fn write_platform(directory: &Path, sources: &str) {
    let head = "[platform]\nname = \"Live\"\ntimezone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n";
    let pool = "[[pool]]\nname = \"mailstore\"\nrole = \"mailstore\"\nhosts = [\"ms*\"]\n";
    fs::write(directory.join("platform.toml"), format!("{head}\n{sources}\n{pool}")).unwrap();
}

/// A `[[source]]` of a Prometheus that is asked for volumes, each hour of 40 days, with these further fields.
pub(crate) fn prometheus_source(name: &str, url: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\nkind = \"prometheus\"\nurl = \"{url}\"\npacks = [\"node_exporter\"]\n\
         history = \"40d\"\n{more}\n"
    )
}

/// Runs a command on the platform file in `directory` as of a moment, with these environment variables.
pub(crate) fn run_as_of(directory: &Path, command: &str, as_of: i64, environment: &[(&str, &str)]) -> Ran {
    let as_of = DateTime::from_timestamp(as_of, 0).unwrap().to_rfc3339_opts(SecondsFormat::Secs, true);
    let output = binary(directory)
        .args([command, "--archive", "archive", "--format", "json", "--as-of", &as_of])
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// All that the archive in `directory` holds.
pub(crate) fn held(directory: &Path) -> Held {
    let archive = Archive::open(&directory.join("archive")).unwrap();
    let mut held = Held::new();
    for measure in archive.measures().unwrap() {
        for column in archive.extract(measure, i64::MIN..i64::MAX).unwrap().columns {
            let points = column.points.times.into_iter().zip(column.points.values).collect();
            let host = column.labels.get("host").unwrap_or_default().to_owned();
            let known = held.insert((Measure::name(measure), host.clone()), points);
            assert!(known.is_none(), "{} of {host} is held twice", Measure::name(measure));
        }
    }
    held
}

/// Fails where two archives differ: in series or times at all, in values by more than rounding.
#[track_caller]
pub(crate) fn assert_same(left: &Held, right: &Held) {
    let names = |held: &Held| held.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(left), names(right));
    for (name, points) in left {
        let other = &right[name];
        let times = |points: &[(i64, f64)]| points.iter().map(|(time, _)| *time).collect::<Vec<_>>();
        assert_eq!(times(points), times(other), "the times of {name:?}");
        for ((time, value), (_, expected)) in points.iter().zip(other) {
            // A mean of a few values is exact to some units of the last place, 2e-16 each.
            assert!(
                (value - expected).abs() <= 1e-14 * expected.abs(),
                "{name:?} at {time}: {value}, not {expected}"
            );
        }
    }
}
