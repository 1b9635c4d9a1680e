//! Graphite's `format=json`: `[{"target": …, "tags": {…}, "datapoints": [[value or null, time], …]}, …]`.
//!
//! Source: <https://graphite.readthedocs.io/en/latest/render_api.html>.

use std::collections::BTreeMap;

use crate::sources::{
    Identity,
    fault::{Fault, Outcome},
    json::Json,
    sink::{Column, Sink},
    sniff::Opening,
};

/// A list of targets, or the empty list.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    *opening == Opening::EmptyArray || opening.is_array_with(&["target", "datapoints"])
}

/// Reads every document of the text.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut json = Json::new(text);
    let mut column = Column::default();
    while json.peek().is_some() {
        let mut empty = true;
        json.array(|json| {
            empty = false;
            target(json, &mut column, sink)
        })?;
        if empty {
            sink.warn(
                "the server answered with no series: it knows none of that name, or could not parse the target"
                    .to_owned(),
            );
        }
    }
    Ok(())
}

/// One target; its members stand in any order.
fn target(json: &mut Json<'_>, column: &mut Column, sink: &mut Sink<'_>) -> Outcome<()> {
    json.peek();
    let start = json.offset();
    let mut path = None;
    let mut tags = BTreeMap::new();
    json.object(|json, name| match name {
        "target" => {
            path = Some(json.string()?.into_owned());
            Ok(())
        }
        "tags" if !json.at_null() => json.object(|json, tag| {
            match json.peek() {
                Some(b'"') => drop(tags.insert(tag.to_owned(), json.string()?.into_owned())),
                _ => json.skip()?,
            }
            Ok(())
        }),
        "datapoints" => json.array(|json| {
            let (value, time) = json.pair(value, Json::time)?;
            match value {
                Some(value) => column.push(time, value),
                None => column.hole(),
            }
            Ok(())
        }),
        _ => json.skip(),
    })?;
    let Some(path) = path else {
        return Err(Fault::at(
            start,
            "a series without its `target`",
            "export the whole answer of the server",
        ));
    };
    sink.take(Identity::Graphite { path, tags }, column);
    Ok(())
}

#[inline]
fn value(json: &mut Json<'_>) -> Outcome<Option<f64>> {
    if json.null() { Ok(None) } else { json.number().map(Some) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, graphite, read, series_lists},
    };

    const TEXT: &str = r#"[{"target": "a.b", "tags": {"name": "a.b", "n": 1}, "datapoints": [[1.5, 1700000000],
        [null, 1700000060], [1e9999, 1700000120], [NaN, 1700000180], [-Infinity, 1700000240], [2, 1700000300],
        [null, 1700000360]]},
        {"datapoints": [], "target": "c"}, {"target": "d", "tags": null, "datapoints": [[83.799999999999997, 1700000000]]}]"#;

    fn tagged() -> Identity {
        Identity::Graphite { path: "a.b".into(), tags: [("name".into(), "a.b".into())].into() }
    }

    #[test]
    fn nulls_infinities_and_nan_are_holes() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::GraphiteJson));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (tagged(), &[(1_700_000_000, 1.5), (1_700_000_300, 2.0)]),
                (graphite("d"), &[(1_700_000_000, 83.8)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.points, reading.report.holes), (3, 3, 5));
    }

    #[test]
    fn an_empty_answer_is_valid_and_doubtful() {
        let reading = read("[]\n");
        assert_eq!(reading.report.error, None);
        insta::assert_snapshot!(reading.report.warnings.join("\n"), @"the server answered with no series: it knows none of that name, or could not parse the target");
    }

    #[test]
    fn wrong_types_are_errors() {
        for (text, problem) in [
            (r#"[{"target":1}]"#, "expected a string, found \"1\""),
            (r#"[{"datapoints":[[1,1700000000]]}]"#, "a series without its `target`"),
            (r#"[{"target":"a","datapoints":[["1",1700000000]]}]"#, "expected a number, found \"1\""),
            (r#"[{"target":"a","datapoints":[[1,null]]}]"#, "expected a number, found \"null\""),
            (r#"[{"target":"a","datapoints":{}}]"#, "expected an array, found \"{\""),
        ] {
            assert_eq!(read(text).report.error.expect(text).problem, problem, "{text}");
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists()) {
            let list: Vec<_> = all
                .iter()
                .map(|(name, points)| {
                    let points: Vec<_> = points.iter().map(|(t, v)| serde_json::json!([v, t])).collect();
                    serde_json::json!({"target": name, "datapoints": points})
                })
                .collect();
            assert_all_read(&read(&serde_json::to_string(&list).unwrap()), &all, graphite)?;
        }
    }
}
