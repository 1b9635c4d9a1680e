//! What has changed since the plan in force, for programs.

use serde_json::{Value, json};

use super::{InForce, format::utc, window_words};
use crate::plans::{Comparison, WindowChange};

/// What has changed.
pub fn comparison_json(in_force: &InForce, pool: Option<&str>, comparison: &Comparison) -> Value {
    let pair = |was: Value, is: Value| json!({ "in_force": was, "planned": is });
    let moment = |at: Option<i64>| at.map_or(Value::Null, |at| json!(utc(at)));
    json!({
        "target": in_force.target,
        "format": in_force.format.name(),
        "pool": pool,
        "changed": !comparison.is_empty(),
        "timezone": comparison.timezone.as_ref().map(|(was, is)| pair(json!(was), json!(is))),
        "servers_outside": comparison.servers_now.map(|(was, is)| pair(json!(was), json!(is))),
        "windows": comparison.windows.iter().map(change).collect::<Vec<Value>>(),
        "dates": {
            "gone": comparison.dates.0.iter().map(window_words::stretch_json).collect::<Vec<Value>>(),
            "added": comparison.dates.1.iter().map(window_words::stretch_json).collect::<Vec<Value>>(),
        },
        "expires": comparison.expires.map(|(was, is)| pair(moment(was), moment(is))),
        "parts": in_force.names,
        "notes": in_force.notes,
    })
}

fn change(change: &WindowChange) -> Value {
    match change {
        WindowChange::Added(window) => json!({ "change": "added", "planned": window_words::json(window) }),
        WindowChange::Gone(window) => json!({ "change": "gone", "in_force": window_words::json(window) }),
        WindowChange::Servers { window, was } => {
            json!({ "change": "servers", "planned": window_words::json(window), "servers_in_force": was })
        }
        WindowChange::Moved { was, window } => json!({
            "change": "moved", "in_force": window_words::json(was), "planned": window_words::json(window),
        }),
    }
}
