//! `aws cloudwatch get-metric-statistics`: `{"Label", "Datapoints": [{"Timestamp", "Average", …, "Unit"}, …]}`,
//! unordered; each statistic that is there becomes a series.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html>.

use std::collections::{BTreeMap, BTreeSet};

use super::{labelled, time};
use crate::sources::{
    fault::{Fault, Outcome},
    json::Json,
    sink::{Column, Sink},
    sniff::Opening,
};

const STATISTICS: [&str; 5] = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];

/// An answer.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.is_object_with(&["Datapoints"])
}

/// Reads every answer of the text.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut json = Json::new(text);
    while json.peek().is_some() {
        answer(&mut json, sink)?;
    }
    Ok(())
}

/// One answer; its members stand in any order.
fn answer(json: &mut Json<'_>, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut label = None;
    let mut columns: BTreeMap<String, Column> = BTreeMap::new();
    let mut units = BTreeSet::new();
    json.object(|json, name| {
        match name {
            "Label" => label = json.string_or_null()?.map(String::from),
            "Datapoints" => json.array(|json| point(json, &mut columns, &mut units))?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if units.len() > 1 {
        let units = units.into_iter().collect::<Vec<_>>().join(", ");
        let label = label.as_deref().unwrap_or("(no label)");
        sink.warn(format!("{label}: its points are in several units ({units}): export each with `--unit`"));
    }
    for (statistic, mut column) in columns {
        sink.take(labelled(label.clone(), None, Some(statistic)), &mut column);
    }
    Ok(())
}

fn point(
    json: &mut Json<'_>,
    columns: &mut BTreeMap<String, Column>,
    units: &mut BTreeSet<String>,
) -> Outcome<()> {
    json.peek();
    let start = json.offset();
    let mut moment = None;
    let mut values: Vec<(String, f64)> = Vec::new();
    json.object(|json, name| {
        match name {
            "Timestamp" => moment = Some(time(json)?),
            "Unit" => units.extend(json.string_or_null()?.map(String::from)),
            "ExtendedStatistics" if !json.at_null() => json.object(|json, percentile| {
                values.push((percentile.to_owned(), value(json)?));
                Ok(())
            })?,
            name if STATISTICS.contains(&name) => values.push((name.to_owned(), value(json)?)),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let Some(moment) = moment else {
        return Err(Fault::at(start, "a datapoint without its `Timestamp`", "export the whole answer"));
    };
    for (statistic, value) in values {
        columns.entry(statistic).or_default().push(moment, value);
    }
    Ok(())
}

fn value(json: &mut Json<'_>) -> Outcome<f64> {
    if json.null() { Ok(f64::NAN) } else { json.number() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        Format, Identity,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, read, series_lists},
    };

    const TEXT: &str = r#"{"Label":"CPUUtilization","Datapoints":[
        {"Timestamp":"2023-11-14T22:15:20+00:00","Average":3.5,"Unit":"Percent"},
        {"Timestamp":1700000000,"Average":1.5,"Maximum":9,"ExtendedStatistics":{"p95":8.25},"Unit":"Percent"},
        {"Unit":"Percent","Average":null,"Timestamp":"2023-11-14T22:14:20Z"}],"ResponseMetadata":{}}"#;

    fn series(statistic: &str) -> Identity {
        labelled(Some("CPUUtilization".into()), None, Some(statistic.into()))
    }

    #[test]
    fn each_statistic_is_a_series() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::CloudWatchStatistics));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (series("Average"), &[(1_700_000_120, 3.5), (1_700_000_000, 1.5)]),
                (series("Maximum"), &[(1_700_000_000, 9.0)]),
                (series("p95"), &[(1_700_000_000, 8.25)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.holes), (3, 1));
        assert!(reading.report.warnings.is_empty());
    }

    #[test]
    fn several_units_are_doubtful() {
        let reading = read(&TEXT.replacen("Percent", "Count", 1));
        assert_eq!(
            reading.report.warnings,
            ["CPUUtilization: its points are in several units (Count, Percent): export each with `--unit`"]
        );
    }

    #[test]
    fn a_point_without_a_time_is_an_error() {
        let error = read(r#"{"Label":"a","Datapoints":[{"Average":1}]}"#).report.error.unwrap();
        assert_eq!((error.offset, error.problem.as_str()), (Some(27), "a datapoint without its `Timestamp`"));
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
                let points: Vec<_> =
                    points.iter().map(|(t, v)| serde_json::json!({"Timestamp": t, "Sum": v, "Unit": "None"})).collect();
                text += &serde_json::json!({"Label": name, "Datapoints": points}).to_string();
            }
            if text.is_empty() {
                return Ok(());
            }
            let named = |name: &str| labelled(Some(name.into()), None, Some("Sum".into()));
            assert_all_read(&read(&text), &all, named)?;
        }
    }
}
