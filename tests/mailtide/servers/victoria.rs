//! VictoriaMetrics, which takes history while it runs.

use std::path::Path;

use super::{Series, Tools, daemon::Daemon, http};

/// A running VictoriaMetrics.
#[derive(Debug)]
pub(crate) struct Victoria {
    pub(crate) daemon: Daemon,
}

impl Victoria {
    /// Starts one that keeps its data in `directory`.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path) -> Victoria {
        let daemon = Daemon::start("victoria", directory, "started VictoriaMetrics in", |port| {
            let mut command = tools.daemon("victoria-metrics");
            command.current_dir(directory).arg("-storageDataPath=victoria-data");
            command.arg(format!("-httpListenAddr=127.0.0.1:{port}"));
            // By default what is older than a month is dropped, and the last 30 seconds are not answered.
            command.args(["-retentionPeriod=10y", "-search.latencyOffset=0s", "-search.disableCache"]);
            command
        });
        Victoria { daemon }
    }

    /// Adds history.
    pub(crate) fn fill(&self, series: &[Series]) {
        let lines: Vec<String> = series.iter().map(import_line).collect();
        let body = lines.concat();
        let reply = http::ask(&self.url(), "POST", "/api/v1/import", &[], body.as_bytes());
        assert_eq!(reply.status, 204, "{}", reply.body);
        // What was received is only then seen by queries.
        assert_eq!(http::get(&self.url(), "/internal/force_flush", &[]).status, 200);
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.daemon.port)
    }
}

/// A series in the format of `/api/v1/import`, with times in milliseconds.
fn import_line(series: &Series) -> String {
    let mut metric: serde_json::Map<String, serde_json::Value> =
        series.labels.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    metric.insert("__name__".to_owned(), series.name.clone().into());
    let times: Vec<i64> = series.points.iter().map(|(time, _)| time * 1000).collect();
    let values: Vec<f64> = series.points.iter().map(|(_, value)| *value).collect();
    format!("{}\n", serde_json::json!({ "metric": metric, "values": values, "timestamps": times }))
}
