//! CloudWatch: what the AWS CLI prints, and what a metric stream delivers.

use std::collections::BTreeMap;

use super::{
    Identity,
    fault::{EXPORT_AGAIN, Fault, Outcome, excerpt},
    json::Json,
    timestamp,
};

pub(super) mod metric_data;
pub(super) mod statistics;
pub(super) mod stream;

/// Reads a time as the CLI prints it: ISO 8601 (version 2) or seconds since 1970 (version 1).
fn time(json: &mut Json<'_>) -> Outcome<i64> {
    if json.peek() != Some(b'"') {
        return json.time();
    }
    let start = json.offset();
    let text = json.string()?;
    timestamp::iso(&text).ok_or_else(|| {
        let problem = format!("expected a time such as 2026-11-20T10:30:00Z, found {}", excerpt(&text));
        Fault::at(start, problem, EXPORT_AGAIN)
    })
}

/// A series of which only the query's label, id and statistic are known.
fn labelled(label: Option<String>, id: Option<String>, statistic: Option<String>) -> Identity {
    Identity::CloudWatch { namespace: None, metric: None, dimensions: BTreeMap::new(), statistic, label, id }
}
