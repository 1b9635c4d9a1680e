//! `findings.json`: everything that the findings carry, for other programs. Its schema is
//! `docs/findings.schema.json`.

use chrono::{SecondsFormat, Utc};
use serde::Serialize;

use super::{InputNotes, Report, ReportError};
use crate::plans::Finding;

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: u32,
    platform: &'a str,
    title: &'a str,
    as_of: String,
    timezone: &'a str,
    currency: &'a str,
    findings: Vec<&'a Finding>,
    inputs: &'a InputNotes,
}

/// The findings by urgency, and what they rest on, as one JSON document ending with a line break.
///
/// # Errors
/// When the as-of moment is no calendar date, or a value has no form in JSON.
pub fn findings_json(report: &Report) -> Result<String, ReportError> {
    let mut text = serde_json::to_string(&document(report)?).map_err(ReportError::Json)?;
    text.push('\n');
    Ok(text)
}

fn document(report: &Report) -> Result<Document<'_>, ReportError> {
    let as_of = report.local(report.as_of).ok_or(ReportError::AsOf { seconds: report.as_of })?;
    Ok(Document {
        schema: "mailtide-findings",
        version: VERSION,
        platform: &report.platform,
        title: &report.title,
        as_of: as_of.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true),
        timezone: report.timezone.name(),
        currency: &report.currency,
        findings: report.ranked(),
        inputs: &report.inputs,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::reports::fixture;

    const SCHEMA: &str = include_str!("../../docs/findings.schema.json");

    #[test]
    fn the_whole_document() {
        let mut report = fixture::report();
        // One of each kind of evidence is enough to read; the columns are shortened.
        for finding in &mut report.findings {
            for line in &mut finding.evidence.lines {
                line.times.truncate(2);
                line.values.truncate(2);
            }
            if let Some(band) = &mut finding.evidence.band {
                band.times.truncate(2);
                band.p5.truncate(2);
                band.p50.truncate(2);
                band.p95.truncate(2);
            }
            if let Some(week) = &mut finding.evidence.week {
                week.median.truncate(2);
                week.upper.truncate(2);
                week.servers.truncate(2);
            }
        }
        insta::assert_snapshot!(serde_json::to_string_pretty(&document(&report).unwrap()).unwrap());
    }

    #[test]
    fn holes_are_null_and_nothing_else_is() {
        let text = findings_json(&fixture::report()).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let used = document["findings"][0]["evidence"]["lines"][0]["values"].as_array().unwrap();
        // The fixture leaves out 22 of 480 samples.
        assert_eq!((used.len(), used.iter().filter(|v| v.is_null()).count()), (480, 22));
        assert_eq!(document["as_of"], "2026-11-16T05:00:00Z");
    }

    #[test]
    fn a_moment_outside_the_calendar_is_an_error() {
        let report = Report { as_of: i64::MAX, ..fixture::report() };
        assert!(matches!(findings_json(&report), Err(ReportError::AsOf { .. })));
    }

    /// The schema names every field that is written, and each field that it requires is written.
    #[test]
    fn the_schema_and_the_document_have_the_same_fields() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let document: Value = serde_json::from_str(&findings_json(&fixture::report()).unwrap()).unwrap();
        check("document", &document, &schema, &schema);
    }

    fn check(place: &str, value: &Value, rule: &Value, schema: &Value) {
        if let Some(name) = rule["$ref"].as_str() {
            let name = name.trim_start_matches("#/$defs/");
            return check(&format!("{place}:{name}"), value, &schema["$defs"][name], schema);
        }
        let types: BTreeSet<&str> = match &rule["type"] {
            Value::String(one) => [one.as_str()].into(),
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = types.contains(is) || (is == "integer" && types.contains("number"));
        assert!(fits, "{place} is {is}, the schema says {types:?}");
        if let Some(words) = rule["enum"].as_array() {
            assert!(words.contains(value), "{place} is {value}, which the schema does not list");
        }
        match value {
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(i, v)| check(&format!("{place}[{i}]"), v, &rule["items"], schema));
            }
            Value::Object(fields) => {
                for name in rule["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    assert!(fields.contains_key(name), "{place} lacks `{name}`, which the schema requires");
                }
                for (name, v) in fields {
                    let known = [&rule["properties"][name], &rule["additionalProperties"]];
                    let rule = known.into_iter().find(|r| r.is_object());
                    let rule = rule.unwrap_or_else(|| panic!("{place} has `{name}`, which the schema lacks"));
                    check(&format!("{place}.{name}"), v, rule, schema);
                }
            }
            _ => {}
        }
    }
}
