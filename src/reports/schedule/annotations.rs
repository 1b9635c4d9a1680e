//! What a manifest says about itself: annotations of Mailtide's own, written and read.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{Handover, format::utc, in_force::moment, names::plain};

const POOL: &str = "mailtide/pool";
const AS_OF: &str = "mailtide/as-of";
const SERVERS: &str = "mailtide/servers";
const EXPIRES: &str = "mailtide/expires";

/// The annotations of everything that is made for a schedule.
pub(super) fn annotations(schedule: &Handover) -> Map<String, Value> {
    let mut own = Map::new();
    own.insert(POOL.to_owned(), json!(schedule.pool));
    own.insert(AS_OF.to_owned(), json!(schedule.as_of_date().to_string()));
    // Values of annotations are texts.
    own.insert(SERVERS.to_owned(), json!(schedule.servers_now.to_string()));
    if let Some(end) = schedule.expires {
        own.insert(EXPIRES.to_owned(), json!(utc(end.at)));
    }
    own
}

/// The metadata of an object that is made for a schedule.
pub(super) fn metadata(schedule: &Handover, name: &str, namespace: &str) -> Value {
    json!({
        "name": name,
        "namespace": namespace,
        "labels": { "app.kubernetes.io/managed-by": "mailtide", "mailtide/pool": plain(&schedule.pool) },
        "annotations": annotations(schedule),
    })
}

fn annotation<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document["metadata"]["annotations"][name].as_str()
}

/// The pool that an object says it is of.
pub(super) fn pool(document: &Value) -> Option<String> {
    annotation(document, POOL).map(str::to_owned)
}

/// The day for which an object says that it was planned.
pub(super) fn as_of(document: &Value) -> Option<NaiveDate> {
    annotation(document, AS_OF)?.parse().ok()
}

/// The servers that an object says run outside the windows.
pub(super) fn servers(document: &Value) -> Option<u32> {
    annotation(document, SERVERS)?.parse().ok()
}

/// When an object says that it ends.
pub(super) fn expires(document: &Value) -> Option<i64> {
    moment(annotation(document, EXPIRES)?)
}
