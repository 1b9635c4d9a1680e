//! A double of CloudWatch that checks every call against the service's model, and misbehaves by script.

use std::path::Path;

use serde_json::Value;

use super::{Tools, daemon::Daemon, http};
use crate::support::repository;

/// A running double; `tests/servers/cloudwatch/scripted.py` says what a script may hold.
#[derive(Debug)]
pub(crate) struct CloudWatchDouble {
    daemon: Daemon,
}

impl CloudWatchDouble {
    /// Starts one; its log is in `directory`.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path) -> CloudWatchDouble {
        let daemon = Daemon::start("cloudwatch", directory, "Running on http://127.0.0.1:", |port| {
            let mut command = tools.daemon("moto-python");
            command.current_dir(directory).env("HOME", directory).env("PYTHONDONTWRITEBYTECODE", "1");
            command.arg(repository("tests/servers/cloudwatch/scripted.py")).arg(port.to_string());
            command
        });
        CloudWatchDouble { daemon }
    }

    /// Begins anew by this script.
    #[track_caller]
    pub(crate) fn play(&self, script: &Value) {
        let reply = http::ask(&self.url(), "PUT", "/script", &[], script.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.daemon.port)
    }
}

/// Every call that the double at an address has had since its script began: `{"operation": …, "parameters": {…}}`.
#[track_caller]
pub(crate) fn cloudwatch_calls(url: &str) -> Vec<Value> {
    match http::get(url, "/calls", &[]).json() {
        Value::Array(calls) => calls,
        other => panic!("no list of calls: {other}"),
    }
}
