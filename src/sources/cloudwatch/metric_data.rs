//! `aws cloudwatch get-metric-data`: `{"MetricDataResults": [{"Id", "Label", "Timestamps", "Values",
//! "StatusCode"}, …], "Messages": […], "NextToken"}`, one page or several, newest points first or last.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.

use super::{labelled, time};
use crate::sources::{
    fault::{Fault, Outcome},
    json::Json,
    sink::{Column, Sink},
    sniff::Opening,
};

/// A page, or its bare list of results.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.is_object_with(&["MetricDataResults"])
        || opening.is_array_with(&["Id", "Timestamps", "Values", "StatusCode"])
}

/// Reads every page of the text. The same `Id` and `Label` on several pages is one series.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut json = Json::new(text);
    let mut columns = Columns::default();
    let mut more = false;
    while let Some(next) = json.peek() {
        more = false;
        match next {
            b'[' => json.array(|json| result(json, &mut columns, sink))?,
            _ => json.object(|json, name| match name {
                "MetricDataResults" => json.array(|json| result(json, &mut columns, sink)),
                "Messages" => {
                    messages(json)?.into_iter().for_each(|message| sink.warn(message));
                    Ok(())
                }
                "NextToken" => {
                    more = json.string_or_null()?.is_some_and(|token| !token.is_empty());
                    Ok(())
                }
                _ => json.skip(),
            })?,
        }
    }
    if more {
        sink.warn(
            "the last page holds a NextToken: further pages are missing, unless they are in another file"
                .to_owned(),
        );
    }
    Ok(())
}

/// The columns of a result as they stand in the text, apart.
#[derive(Default)]
struct Columns {
    times: Vec<i64>,
    values: Vec<f64>,
}

/// One result; its members stand in any order.
fn result(json: &mut Json<'_>, columns: &mut Columns, sink: &mut Sink<'_>) -> Outcome<()> {
    json.peek();
    let start = json.offset();
    columns.times.clear();
    columns.values.clear();
    let (mut id, mut label, mut status, mut notes) = (None, None, None, Vec::new());
    json.object(|json, name| {
        match name {
            "Id" => id = json.string_or_null()?.map(String::from),
            "Label" => label = json.string_or_null()?.map(String::from),
            "StatusCode" => status = json.string_or_null()?.map(String::from),
            "Messages" => notes = messages(json)?,
            "Timestamps" => json.array(|json| {
                columns.times.push(time(json)?);
                Ok(())
            })?,
            "Values" => json.array(|json| {
                columns.values.push(if json.null() { f64::NAN } else { json.number()? });
                Ok(())
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let identity = labelled(label, id, None);
    let (times, values) = (columns.times.len(), columns.values.len());
    if times != values {
        let problem = format!("{identity} has {times} timestamps and {values} values");
        return Err(Fault::at(start, problem, "one belongs to each other: export it again"));
    }
    if let Some(status) = status.filter(|status| status != "Complete") {
        sink.warn(format!("{identity}: {status}: its points are not all there"));
    }
    notes.into_iter().for_each(|note| sink.warn(format!("{identity}: {note}")));
    let mut column = Column::default();
    columns.times.iter().zip(&columns.values).for_each(|(time, value)| column.push(*time, *value));
    sink.take(identity, &mut column);
    Ok(())
}

/// `[{"Code": …, "Value": …}, …]` as sentences.
fn messages(json: &mut Json<'_>) -> Outcome<Vec<String>> {
    let mut messages = Vec::new();
    if json.null() {
        return Ok(messages);
    }
    json.array(|json| {
        let (mut code, mut value) = (None, None);
        json.object(|json, name| {
            match name {
                "Code" => code = json.string_or_null()?,
                "Value" => value = json.string_or_null()?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        let parts: Vec<_> = [code, value].into_iter().flatten().collect();
        messages.push(parts.join(": "));
        Ok(())
    })?;
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        Format, Identity,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, read, series_lists},
    };

    // 1700000000 is 2023-11-14 22:13:20 UTC.
    const PAGES: &str = r#"{"MetricDataResults":[
          {"Id":"m1","Label":"ms1 disk_used","Timestamps":["2023-11-14T22:15:20Z","2023-11-14T22:14:20+00:00"],"Values":[3,2.5],"StatusCode":"PartialData"},
          {"Values":[7,null],"Timestamps":[1700000000,1700000060.5],"Label":"cpu","Id":"m2","StatusCode":"Complete","Messages":[{"Code":"C","Value":"v"}]}],
        "Messages":[{"Code":"MaxMetricsExceeded","Value":"only the first 500"}],"NextToken":"abc"}
        {"MetricDataResults":[
          {"Id":"m1","Label":"ms1 disk_used","Timestamps":["2023-11-14T23:13:20.123+01:00"],"Values":[1],"StatusCode":"Complete"}],"NextToken":null}"#;

    fn series(id: &str, label: &str) -> Identity {
        labelled(Some(label.into()), Some(id.into()), None)
    }

    #[test]
    fn joins_pages_newest_first_in_any_spelling_of_time() {
        let reading = read(PAGES);
        assert_eq!(reading.report.format, Some(Format::CloudWatchMetricData));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (
                    series("m1", "ms1 disk_used"),
                    &[(1_700_000_120, 3.0), (1_700_000_060, 2.5), (1_700_000_000, 1.0)],
                ),
                (series("m2", "cpu"), &[(1_700_000_000, 7.0)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.points, reading.report.holes), (2, 4, 1));
        insta::assert_snapshot!(reading.report.warnings.join("\n"), @r"
        ms1 disk_used: PartialData: its points are not all there
        cpu: C: v
        MaxMetricsExceeded: only the first 500
        ");
    }

    #[test]
    fn says_when_pages_are_missing() {
        let reading = read(r#"{"MetricDataResults":[],"NextToken":"abc"}"#);
        assert_eq!(
            reading.report.warnings,
            ["the last page holds a NextToken: further pages are missing, unless they are in another file"]
        );
    }

    #[test]
    fn times_without_their_values_are_an_error() {
        let reading = read(
            r#"[{"Id":"a","Label":"x","Timestamps":[1700000000],"Values":[1]},
                {"Id":"b","Label":"y","Timestamps":[1700000000,1700000060],"Values":[1]}]"#,
        );
        assert_eq!(reading.report.points, 1);
        insta::assert_snapshot!(reading.report.error.unwrap(), @"test: byte 80: y has 2 timestamps and 1 values; one belongs to each other: export it again");
    }

    #[test]
    fn wrong_types_are_errors() {
        for (text, problem) in [
            (
                r#"[{"Timestamps":["yesterday"]}]"#,
                "expected a time such as 2026-11-20T10:30:00Z, found \"yesterday\"",
            ),
            (r#"[{"Values":["1"]}]"#, "expected a number, found \"1\""),
            (r#"[{"Id":5}]"#, "expected a string, found \"5\""),
            (r#"{"MetricDataResults":{}}"#, "expected an array, found \"{\""),
        ] {
            assert_eq!(read(text).report.error.expect(text).problem, problem, "{text}");
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(PAGES);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists(), iso: bool) {
            let results: Vec<_> = all
                .iter()
                .map(|(name, points)| {
                    let times: Vec<_> = points
                        .iter()
                        .map(|(time, _)| match iso {
                            true => chrono::DateTime::from_timestamp(*time, 0).unwrap().to_rfc3339().into(),
                            false => serde_json::json!(time),
                        })
                        .collect();
                    let values: Vec<_> = points.iter().map(|(_, value)| value).collect();
                    serde_json::json!({"Id": "m", "Label": name, "Timestamps": times, "Values": values})
                })
                .collect();
            let text = serde_json::json!({"MetricDataResults": results}).to_string();
            assert_all_read(&read(&text), &all, |name| series("m", name))?;
        }
    }
}
