//! graphite-web under gunicorn, on whisper files that are written straight to its disk.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use super::{
    Tools,
    daemon::Daemon,
    http::{self, Reply},
};
use crate::support::repository;

/// One series of a Graphite.
#[derive(Debug, Clone)]
pub(crate) struct Whisper {
    /// Such as `mail.mx1.queue`.
    pub(crate) path: String,
    /// Its archives, finest first, such as `5m:60d`.
    pub(crate) retentions: Vec<&'static str>,
    /// How points become one of a coarser archive: `average`, `max`, `sum`, `last`.
    pub(crate) aggregation: &'static str,
    /// (time, value), seconds since 1970-01-01 UTC. Graphite counts ages from its own clock, so they must be recent.
    pub(crate) points: Vec<(i64, f64)>,
}

/// A running graphite-web.
#[derive(Debug)]
pub(crate) struct Graphite {
    pub(crate) daemon: Daemon,
}

impl Graphite {
    /// Adds history to the files in `directory`; a running server sees it.
    pub(crate) fn fill(tools: &Tools, directory: &Path, series: &[Whisper]) {
        let mut command = tools.command("graphite-python");
        command.arg(repository("tests/servers/whisper_fill.py")).arg(directory.join("whisper"));
        let mut filler = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut input = filler.stdin.take().unwrap();
        for one in series {
            let line = json!({
                "path": one.path, "retentions": one.retentions, "aggregation": one.aggregation,
                "points": one.points,
            });
            writeln!(input, "{line}").unwrap();
        }
        drop(input);
        assert!(filler.wait().unwrap().success());
    }

    /// Starts one on the files in `directory`.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path) -> Graphite {
        fs::create_dir_all(directory.join("whisper")).unwrap();
        fs::copy(tools.graphite().join("graphite.db"), directory.join("graphite.db")).unwrap();
        // Each worker says so once it has loaded all.
        let daemon = Daemon::start("graphite", directory, "Booting worker with pid", |port| {
            let mut command = tools.daemon("graphite-python");
            with_settings(&mut command, directory);
            command.args(["-m", "gunicorn", "--bind", &format!("127.0.0.1:{port}"), "--threads", "4"]);
            command.args(["--worker-tmp-dir"]).arg(directory).arg("graphite.wsgi:application");
            command
        });
        Graphite { daemon }
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.daemon.port)
    }

    /// What it answers to `/render`, asked without the code under test.
    pub(crate) fn render(&self, target: &str, from: i64, until: i64) -> Reply {
        let (from, until) = (from.to_string(), until.to_string());
        let query = [("target", target), ("from", &from), ("until", &until), ("format", "json")];
        http::get(&self.url(), &http::target("/render", &query), &[])
    }
}

fn with_settings(command: &mut Command, directory: &Path) {
    command.current_dir(directory).env("GRAPHITE_DIRECTORY", directory);
    command.env("GRAPHITE_SETTINGS_MODULE", "graphite_settings");
    command.env("DJANGO_SETTINGS_MODULE", "graphite.settings");
}
