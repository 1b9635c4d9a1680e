//! moto: CloudWatch and S3, in memory.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    Tools,
    daemon::Daemon,
    http::{self, Reply},
};
use crate::support::repository;

/// One metric of CloudWatch.
#[derive(Debug, Clone)]
pub(crate) struct Metric {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) dimensions: Vec<(&'static str, String)>,
    /// Such as `Count` or `Bytes`.
    pub(crate) unit: &'static str,
    /// (time, value), seconds since 1970-01-01 UTC.
    pub(crate) points: Vec<(i64, f64)>,
}

/// A running moto. It takes any key; keep what it stores small, it answers slowly from much.
#[derive(Debug)]
pub(crate) struct Moto {
    pub(crate) daemon: Daemon,
}

/// The region that it is filled for.
pub(crate) const REGION: &str = "eu-central-1";

/// The most that one call of PutMetricData takes.
const DATA_A_CALL: usize = 1000;

impl Moto {
    /// Starts one; its log is in `directory`.
    #[track_caller]
    pub(crate) fn start(tools: &Tools, directory: &Path) -> Moto {
        let daemon = Daemon::start("moto", directory, "Running on http://127.0.0.1:", |port| {
            let mut command = tools.daemon("moto-python");
            command.current_dir(directory).env("HOME", directory);
            command.arg(repository("tests/servers/moto_server.py")).arg(port.to_string());
            command
        });
        Moto { daemon }
    }

    /// Adds points to CloudWatch.
    pub(crate) fn fill(&self, metrics: &[Metric]) {
        for metric in metrics {
            let dimensions: Vec<Value> =
                metric.dimensions.iter().map(|(n, v)| json!({ "Name": n, "Value": v })).collect();
            let datum = |(time, value): &(i64, f64)| {
                json!({
                    "MetricName": metric.name, "Dimensions": dimensions, "Timestamp": time,
                    "Value": value, "Unit": metric.unit,
                })
            };
            for points in metric.points.chunks(DATA_A_CALL) {
                let data: Vec<Value> = points.iter().map(datum).collect();
                let call = json!({ "Namespace": metric.namespace, "MetricData": data });
                let reply = self.cloudwatch("PutMetricData", &call);
                assert_eq!(reply.status, 200, "{}", reply.body);
            }
        }
    }

    /// Calls CloudWatch, without the code under test.
    pub(crate) fn cloudwatch(&self, operation: &str, call: &Value) -> Reply {
        let headers = [
            ("X-Amz-Target", format!("GraniteServiceVersion20100801.{operation}")),
            ("Content-Type", "application/x-amz-json-1.0".to_owned()),
            ("Authorization", authorization("monitoring")),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        http::ask(&self.url(), "POST", "/", &headers, call.to_string().as_bytes())
    }

    /// Makes an empty bucket.
    pub(crate) fn bucket(&self, name: &str) {
        let body = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint>\
             </CreateBucketConfiguration>"
        );
        let headers = [("Authorization", &*authorization("s3"))];
        let reply = http::ask(&self.url(), "PUT", &format!("/{name}"), &headers, body.as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// Calls S3 without the code under test; `target` is `/bucket/key`.
    pub(crate) fn s3(&self, method: &str, target: &str, body: &[u8]) -> Reply {
        http::ask(&self.url(), method, target, &[("Authorization", &authorization("s3"))], body)
    }

    /// Its address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.daemon.port)
    }
}

/// moto looks here for the service and the region, and at no signature.
fn authorization(service: &str) -> String {
    let scope = format!("ANYKEY/20260101/{REGION}/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none")
}
