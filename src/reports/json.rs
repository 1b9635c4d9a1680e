//! `findings.json`: everything that the findings carry, for other programs. Its schema is
//! `docs/findings.schema.json`.

use std::io::{self, Write};

use chrono::{SecondsFormat, Utc};
use serde::{Serialize, ser::Error};
use serde_json::ser::Formatter;

use super::{InputNotes, Report, ReportError, what_if::Assumed};
use crate::plans::{Evidence, Finding, TrackRecord};

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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scenarios: Vec<Assumed<'a>>,
    findings: Vec<Finding>,
    track_record: &'a TrackRecord,
    inputs: &'a InputNotes,
}

/// The findings by urgency, and what they rest on, as one JSON document ending with a line break.
///
/// # Errors
/// When the as-of moment is no calendar date, or a value has no form in JSON.
pub fn findings_json(report: &Report) -> Result<String, ReportError> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut text, Short);
    document(report)?.serialize(&mut writer).map_err(ReportError::Json)?;
    text.push(b'\n');
    String::from_utf8(text).map_err(|wrong| ReportError::Json(serde_json::Error::custom(wrong)))
}

/// Writes large numbers with an exponent where that is shorter; every number reads back as it was.
struct Short;

impl Formatter for Short {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        /// Smaller numbers are read at a glance as they stand.
        const PLAIN_BELOW: f64 = 1e6;
        let (plain, short) = (format!("{value:?}"), format!("{value:e}"));
        let shorter = value.abs() >= PLAIN_BELOW && short.len() < plain.len();
        writer.write_all(if shorter { short.as_bytes() } else { plain.as_bytes() })
    }
}

/// The finding with the columns of its evidence rounded: they are there to be drawn, and thousands of numbers at
/// full precision are most of a file. What a finding says stays exact.
fn rounded(mut finding: Finding) -> Finding {
    let Evidence { lines, band, week, .. } = &mut finding.evidence;
    let holed = |column: &mut Vec<Option<f64>>| column.iter_mut().flatten().for_each(|v| *v = six_digits(*v));
    lines.iter_mut().for_each(|line| holed(&mut line.values));
    if let Some(band) = band {
        for column in [&mut band.p5, &mut band.p50, &mut band.p95] {
            column.iter_mut().for_each(|v| *v = six_digits(*v));
        }
    }
    if let Some(week) = week {
        holed(&mut week.median);
        holed(&mut week.upper);
    }
    finding
}

/// A number with six significant digits, finer than any chart and any sensor.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
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
        scenarios: Assumed::all(report),
        findings: report.ranked().into_iter().cloned().map(rounded).collect(),
        track_record: &report.track_record,
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
                week.needed.truncate(2);
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
    fn columns_have_six_digits_and_what_a_finding_says_has_all() {
        assert_eq!(six_digits(926_789_607_878.017_7), 926_790_000_000.0);
        assert_eq!(six_digits(-0.012_345_678), -0.012_345_7);
        assert_eq!((six_digits(0.0), six_digits(f64::MAX)), (0.0, 1.797_69e308));
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].evidence.lines[0].values[0] = Some(926_789_607_878.017_7);
        let text = findings_json(&report).unwrap();
        assert!(text.contains("9.2679e11"), "{text}");
        let document: Value = serde_json::from_str(&text).unwrap();
        let evidence = &document["findings"][0]["evidence"];
        assert_eq!(evidence["lines"][0]["values"][0].as_f64(), Some(926_790_000_000.0));
        let used = match report.findings[0].evidence.facts[0].quantity {
            crate::plans::Quantity::Number { value, .. } => value,
            _ => f64::NAN,
        };
        assert_eq!(evidence["facts"][0]["value"].as_f64(), Some(used));
    }

    proptest::proptest! {
        #[test]
        fn every_number_reads_back_as_it_was(value: f64) {
            proptest::prop_assume!(value.is_finite());
            let mut text = Vec::new();
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Short)).unwrap();
            let text = String::from_utf8(text).unwrap();
            proptest::prop_assert_eq!(text.parse::<f64>().unwrap(), value);
            proptest::prop_assert!(serde_json::from_str::<f64>(&text).is_ok());
        }
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

    #[test]
    fn scenarios_are_in_both_schemas() {
        let report = crate::reports::what_if::tests::report();
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let document: Value = serde_json::from_str(&findings_json(&report).unwrap()).unwrap();
        assert_eq!(document["findings"][0]["what_if"][0]["scenario"], "takeover");
        check("document", &document, &schema, &schema);
        let schema: Value = serde_json::from_str(include_str!("../../docs/what-if.schema.json")).unwrap();
        let document: Value = serde_json::from_str(&crate::reports::what_if_json(&report).unwrap()).unwrap();
        check("what-if", &document, &schema, &schema);
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
