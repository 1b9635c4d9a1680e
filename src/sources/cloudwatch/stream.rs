//! CloudWatch metric streams in their JSON format: one object a line (or only one after the other), `timestamp` in
//! milliseconds, `value` an object of `min`, `max`, `sum`, `count` and perhaps percentiles.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-formats-json.html>.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::sources::{
    Identity, decimal,
    fault::{Fault, Outcome},
    json::Json,
    sink::{Column, Sink},
    sniff::Opening,
};

/// A record.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.is_object_with(&["metric_stream_name", "metric_name"])
}

/// Reads every record of the text.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut json = Json::new(text);
    let mut records = Records::default();
    let mut outcome = Ok(());
    while outcome.is_ok() && json.peek().is_some() {
        outcome = records.read(&mut json);
    }
    records.hand_over(sink);
    outcome
}

/// Of what a record is: its namespace, its metric's name and its dimensions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Subject {
    namespace: Option<String>,
    metric: Option<String>,
    dimensions: BTreeMap<String, String>,
}

/// What a stream has told so far.
#[derive(Default)]
struct Records {
    known: HashMap<Subject, usize>,
    /// In the order of their first record; the columns by statistic.
    series: Vec<(Subject, BTreeMap<String, Column>)>,
    /// Account and region of the records: identities do not tell them apart.
    origins: BTreeSet<(String, String)>,
}

impl Records {
    /// Reads one record; its members stand in any order.
    fn read(&mut self, json: &mut Json<'_>) -> Outcome<()> {
        let start = json.offset();
        let mut subject = Subject::default();
        let mut time = None;
        let mut statistics = Vec::new();
        let (mut account, mut region) = (String::new(), String::new());
        json.object(|json, name| {
            match name {
                "namespace" => subject.namespace = json.string_or_null()?.map(String::from),
                "metric_name" => subject.metric = json.string_or_null()?.map(String::from),
                "account_id" => account = json.string_or_null()?.unwrap_or_default().into_owned(),
                "region" => region = json.string_or_null()?.unwrap_or_default().into_owned(),
                "timestamp" => time = Some(milliseconds(json)?),
                "dimensions" if !json.at_null() => json.object(|json, dimension| {
                    subject.dimensions.insert(dimension.to_owned(), json.string()?.into_owned());
                    Ok(())
                })?,
                "value" => json.object(|json, statistic| {
                    let value = if json.null() { f64::NAN } else { json.number()? };
                    statistics.push((statistic.to_owned(), value));
                    Ok(())
                })?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        let Some(time) = time else {
            return Err(Fault::at(
                start,
                "a record without its `timestamp`",
                "export the records as they came",
            ));
        };
        if subject.metric.is_none() {
            return Err(Fault::at(
                start,
                "a record without its `metric_name`",
                "export the records as they came",
            ));
        }
        self.origins.insert((account, region));
        self.keep(subject, time, statistics);
        Ok(())
    }

    /// Adds a record's statistics. With no observation behind them they say nothing, so they are holes.
    fn keep(&mut self, subject: Subject, time: i64, statistics: Vec<(String, f64)>) {
        let find = |wanted| statistics.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        let empty = find("count") == Some(0.0);
        let average = find("sum").zip(find("count")).map(|(sum, count)| ("Average", sum / count));
        let index = *self.known.entry(subject).or_insert_with_key(|subject| {
            self.series.push((subject.clone(), BTreeMap::new()));
            self.series.len() - 1
        });
        let Some((_, columns)) = self.series.get_mut(index) else { return };
        let named = statistics.iter().filter_map(|(name, value)| Some((statistic(name)?, *value)));
        for (name, value) in named.chain(average) {
            let value = if empty { f64::NAN } else { value };
            match columns.get_mut(name) {
                Some(column) => column.push(time, value),
                None => columns.entry(name.to_owned()).or_default().push(time, value),
            }
        }
    }

    fn hand_over(self, sink: &mut Sink<'_>) {
        if self.origins.len() > 1 {
            let origins: Vec<_> =
                self.origins.iter().map(|(account, region)| format!("{account} {region}")).collect();
            sink.warn(format!(
                "the stream holds several accounts or regions ({}), whose series are not told apart: split it by them",
                origins.join(", ")
            ));
        }
        for (subject, columns) in self.series {
            for (statistic, mut column) in columns {
                let Subject { namespace, metric, dimensions } = subject.clone();
                let statistic = Some(statistic);
                let identity =
                    Identity::CloudWatch { namespace, metric, dimensions, statistic, label: None, id: None };
                sink.take(identity, &mut column);
            }
        }
    }
}

/// The name that the rest of CloudWatch has for a statistic of a record; `count` serves the average only.
fn statistic(name: &str) -> Option<&str> {
    match name {
        "min" => Some("Minimum"),
        "max" => Some("Maximum"),
        "sum" => Some("Sum"),
        "count" => None,
        percentile => Some(percentile),
    }
}

fn milliseconds(json: &mut Json<'_>) -> Outcome<i64> {
    json.peek();
    let start = json.offset();
    let milliseconds = json.number()?;
    if !milliseconds.is_finite() {
        return Err(Fault::at(
            start,
            "expected a time in milliseconds since 1970",
            "export the records as they came",
        ));
    }
    Ok(decimal::whole_seconds(milliseconds / 1000.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, read, series_lists},
    };

    const TEXT: &str = r#"{"metric_stream_name":"s","account_id":"1","region":"eu-west-1","namespace":"AWS/EC2","metric_name":"CPU","dimensions":{"InstanceId":"i-1"},"timestamp":1700000000999,"value":{"max":9.0,"min":1.0,"sum":12.0,"count":4.0,"p99":8.5},"unit":"Percent"}
{"timestamp":1700000060000,"value":{"count":0,"sum":0,"max":0,"min":0},"dimensions":{"InstanceId":"i-1"},"metric_name":"CPU","namespace":"AWS/EC2","metric_stream_name":"s","account_id":"1","region":"eu-west-1","unit":"Percent"}
"#;

    fn series(statistic: &str) -> Identity {
        Identity::CloudWatch {
            namespace: Some("AWS/EC2".into()),
            metric: Some("CPU".into()),
            dimensions: [("InstanceId".into(), "i-1".into())].into(),
            statistic: Some(statistic.into()),
            label: None,
            id: None,
        }
    }

    #[test]
    fn each_statistic_is_a_series_and_no_observation_is_a_hole() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::CloudWatchStream));
        assert_eq!(reading.report.error, None);
        // 12 / 4 = 3.
        assert_read(
            &reading,
            &[
                (series("Average"), &[(1_700_000_000, 3.0)]),
                (series("Maximum"), &[(1_700_000_000, 9.0)]),
                (series("Minimum"), &[(1_700_000_000, 1.0)]),
                (series("Sum"), &[(1_700_000_000, 12.0)]),
                (series("p99"), &[(1_700_000_000, 8.5)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.points, reading.report.holes), (5, 5, 4));
    }

    #[test]
    fn several_regions_are_doubtful() {
        let reading = read(&TEXT.replacen("eu-west-1", "us-east-1", 1));
        insta::assert_snapshot!(reading.report.warnings.join("\n"), @"the stream holds several accounts or regions (1 eu-west-1, 1 us-east-1), whose series are not told apart: split it by them");
    }

    #[test]
    fn incomplete_records_are_errors_and_what_came_before_is_kept() {
        for (member, problem) in [
            (r#""timestamp":1700000060000,"#, "a record without its `timestamp`"),
            (r#""metric_name":"CPU","namespace""#, "a record without its `metric_name`"),
        ] {
            let text = TEXT.replacen(member, if member.ends_with(',') { "" } else { "\"namespace\"" }, 1);
            let reading = read(&text);
            assert_eq!(reading.report.error.expect(member).problem, problem);
            assert_eq!(reading.report.points, 5);
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists()) {
            let mut text = String::new();
            for (name, points) in &all {
                for (time, value) in points {
                    text += &serde_json::json!({
                        "metric_stream_name": "s", "namespace": "N", "metric_name": name, "dimensions": {},
                        "timestamp": time * 1000, "value": {"max": value},
                    }).to_string();
                    text += "\n";
                }
            }
            if text.is_empty() {
                return Ok(());
            }
            let named = |name: &str| Identity::CloudWatch {
                namespace: Some("N".into()),
                metric: Some(name.into()),
                dimensions: BTreeMap::new(),
                statistic: Some("Maximum".into()),
                label: None,
                id: None,
            };
            assert_all_read(&read(&text), &all, named)?;
        }
    }
}
