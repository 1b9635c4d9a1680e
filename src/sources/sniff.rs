//! Sniffing: how a text begins, which is enough to tell its format.

use super::{Format, json::Json};

/// How much of a text is looked at. Telling members stand long before.
const HEAD: usize = 64 * 1024;

/// How a text begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opening<'a> {
    /// A JSON object with these members.
    Object(Vec<String>),
    /// A JSON array whose first element is an object with these members.
    Array(Vec<String>),
    /// `[]`.
    EmptyArray,
    /// Text: its first line that is not blank.
    Line(&'a str),
}

impl<'a> Opening<'a> {
    /// How `text` begins.
    pub(super) fn of(text: &'a str) -> Self {
        let end = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let head = &text[..end];
        let mut json = Json::new(head);
        match json.peek() {
            Some(b'{') => {
                let members = members(&mut json);
                if !members.is_empty() {
                    return Opening::Object(members);
                }
            }
            Some(b'[') => return array(&mut json),
            _ => (),
        }
        Opening::Line(head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default())
    }

    /// Whether it is an object with any of these members.
    pub(super) fn is_object_with(&self, any: &[&str]) -> bool {
        matches!(self, Opening::Object(members) if members.iter().any(|m| any.contains(&m.as_str())))
    }

    /// Whether it is an array of objects with any of these members.
    pub(super) fn is_array_with(&self, any: &[&str]) -> bool {
        matches!(self, Opening::Array(members) if members.iter().any(|m| any.contains(&m.as_str())))
    }

    /// Its first line, where it is not JSON.
    pub(super) fn line(&self) -> Option<&'a str> {
        match self {
            Opening::Line(line) => Some(line),
            _ => None,
        }
    }
}

/// The format that claims a text, if any does.
pub(super) fn format_of(text: &str) -> Option<Format> {
    let opening = Opening::of(text);
    Format::ALL.iter().copied().find(|format| format.claims(&opening))
}

/// The names of an object's members, as many as can be read of it.
fn members(json: &mut Json<'_>) -> Vec<String> {
    let mut members = Vec::new();
    // The head may end inside the object: whatever was seen until then is the answer.
    let _cut = json.object(|json, name| {
        members.push(name.to_owned());
        json.skip()
    });
    members
}

fn array<'a>(json: &mut Json<'_>) -> Opening<'a> {
    let mut first = None;
    let whole = json.array(|json| match first {
        None if json.peek() == Some(b'{') => {
            first = Some(members(json));
            Ok(())
        }
        _ => {
            first.get_or_insert_default();
            json.skip()
        }
    });
    match first {
        None if whole.is_ok() => Opening::EmptyArray,
        first => Opening::Array(first.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_told_by_its_content_and_by_one_reader_only() {
        let texts = [
            (r#"{"status":"success","data":{}}"#, Format::PrometheusJson),
            (r#" [ {"values":[[1,"2"]], "metric":{}} ]"#, Format::PrometheusJson),
            (r#"{"resultType":"matrix","result":[]}"#, Format::PrometheusJson),
            (r#"{"status":"error","errorType":"bad_da"#, Format::PrometheusJson),
            ("# HELP up x\nup 1 2\n", Format::OpenMetrics),
            ("\n# EOF\n", Format::OpenMetrics),
            ("up 1 1795163050\n", Format::OpenMetrics),
            ("up{a=\"b c\"} 1 1795163050\n", Format::OpenMetrics),
            ("{__name__=\"up\", a=\"b\"} 5 1795163050000\n", Format::OpenMetrics),
            ("{\"mail.queue\", a=\"b\"} 5 1795163050\n", Format::OpenMetrics),
            (r#"[{"target": "a", "datapoints": []}]"#, Format::GraphiteJson),
            ("[]", Format::GraphiteJson),
            ("a.b,2026-11-20 10:30:00,1.5\n", Format::GraphiteCsv),
            ("\"sum(a,b)\",2026-11-20 10:30:00,\n", Format::GraphiteCsv),
            ("sum(a,b),1795163000,1795163600,300|None,2\n", Format::GraphiteRaw),
            (r#"{"MetricDataResults":[],"Messages":[]}"#, Format::CloudWatchMetricData),
            (r#"{"Messages":[],"MetricDataResults":[]}"#, Format::CloudWatchMetricData),
            (r#"{"Label":"a","Datapoints":[]}"#, Format::CloudWatchStatistics),
            (r#"{"metric_stream_name":"s","namespace":"AWS/EC2"}"#, Format::CloudWatchStream),
            ("series,timestamp,value\n", Format::TidyCsv),
            ("Timestamp,Series,Value\n", Format::TidyCsv),
            ("time,ms1,ms2\n", Format::WideCsv),
        ];
        for (text, format) in texts {
            let opening = Opening::of(text);
            let claims: Vec<_> = Format::ALL.iter().filter(|f| f.claims(&opening)).collect();
            assert_eq!(claims, [&format], "{text}");
        }
        for text in ["", "{", "{}", "[1,2]", "[{}]", "hello world", "<html>", "{\"sta", "a,b,c", "time;ms1\n"]
        {
            assert_eq!(format_of(text), None, "{text}");
        }
    }
}
