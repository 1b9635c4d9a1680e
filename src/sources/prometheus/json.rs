//! Prometheus JSON: answers of `/api/v1/query_range` and `/api/v1/query`, whole or as the bare list of series.
//! VictoriaMetrics, Thanos and Mimir answer the same.
//!
//! Source: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

use std::collections::BTreeMap;

use crate::sources::{
    Identity, decimal,
    fault::{Fault, Outcome},
    json::Json,
    sink::{Column, Sink},
    sniff::Opening,
};

/// An answer, its `data`, or a bare list of series.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.is_object_with(&["status", "data", "resultType", "result"])
        || opening.is_array_with(&["metric", "values", "value", "histograms", "histogram"])
}

/// Reads every document of the text.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut json = Json::new(text);
    let mut column = Column::default();
    while let Some(next) = json.peek() {
        match next {
            b'[' => series_list(&mut json, &mut column, sink)?,
            _ => answer(&mut json, &mut column, sink)?,
        }
    }
    Ok(())
}

/// An answer in its envelope, or only its `data`.
fn answer(json: &mut Json<'_>, column: &mut Column, sink: &mut Sink<'_>) -> Outcome<()> {
    let start = json.offset();
    let (mut failed, mut kind, mut message) = (false, String::new(), String::new());
    json.object(|json, name| {
        match name {
            "status" => failed = json.string()? == "error",
            "errorType" => kind = json.string()?.into_owned(),
            "error" => message = json.string()?.into_owned(),
            "data" if json.null() => (),
            "data" => json.object(|json, name| match name {
                "result" => result(json, column, sink),
                _ => json.skip(),
            })?,
            "result" => result(json, column, sink)?,
            "warnings" | "infos" => notes(json, name, sink)?,
            "isPartial" if json.peek() == Some(b't') => {
                sink.warn("the server calls its answer partial (`isPartial`)".to_owned());
                json.skip()?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if failed {
        let problem = format!("the file holds an error of the server ({kind}): {message}");
        return Err(Fault::at(start, problem, "mend the query and export again"));
    }
    Ok(())
}

/// `warnings` and `infos`: lists of sentences.
fn notes(json: &mut Json<'_>, name: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    if json.null() {
        return Ok(());
    }
    json.array(|json| {
        sink.warn(format!("{}: {}", name.trim_end_matches('s'), json.string()?));
        Ok(())
    })
}

/// A matrix, a vector, or the one pair of a scalar or a string.
fn result(json: &mut Json<'_>, column: &mut Column, sink: &mut Sink<'_>) -> Outcome<()> {
    if json.null() {
        return Ok(());
    }
    let mut scalar_time = None;
    json.array(|json| match (json.peek(), scalar_time) {
        (Some(b'-' | b'0'..=b'9'), None) => {
            scalar_time = Some(json.time()?);
            Ok(())
        }
        (_, Some(time)) => {
            column.push(time, json.quoted_number()?);
            sink.take(Identity::Prometheus { name: String::new(), labels: BTreeMap::new() }, column);
            Ok(())
        }
        _ => series(json, column, sink),
    })
}

fn series_list(json: &mut Json<'_>, column: &mut Column, sink: &mut Sink<'_>) -> Outcome<()> {
    json.array(|json| series(json, column, sink))
}

/// One series; its members stand in any order.
fn series(json: &mut Json<'_>, column: &mut Column, sink: &mut Sink<'_>) -> Outcome<()> {
    json.peek();
    let start = json.offset();
    let mut identity = None;
    let mut histogram = false;
    json.object(|json, name| {
        match name {
            "metric" => identity = Some(metric(json)?),
            "values" if !json.at_null() => json.array(|json| pair(json, column))?,
            "value" if !json.at_null() => pair(json, column)?,
            "histogram" | "histograms" => {
                histogram = true;
                json.skip()?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if histogram {
        sink.count_not_read(
            "native histogram",
            "export histogram_quantile() of it, or histogram_sum() and histogram_count()",
        );
    }
    let Some(identity) = identity else {
        return Err(Fault::at(
            start,
            "a series without its `metric`",
            "export the whole answer of the server",
        ));
    };
    sink.take(identity, column);
    Ok(())
}

/// `[seconds, "number"]`.
#[inline]
fn pair(json: &mut Json<'_>, column: &mut Column) -> Outcome<()> {
    json.peek();
    let (time, value) = match json.compact_pair() {
        Some((time, value)) => (decimal::whole_seconds(time), value),
        None => json.pair(Json::time, Json::quoted_number)?,
    };
    column.push(time, value);
    Ok(())
}

fn metric(json: &mut Json<'_>) -> Outcome<Identity> {
    let mut name = String::new();
    let mut labels = BTreeMap::new();
    json.object(|json, label| {
        let value = json.string()?.into_owned();
        if label == "__name__" {
            name = value;
        } else {
            labels.insert(label.to_owned(), value);
        }
        Ok(())
    })?;
    Ok(Identity::Prometheus { name, labels })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sources::{
        Format,
        testing::{assert_cuts_invent_nothing, assert_read, prometheus, read, series_lists},
    };

    const MATRIX: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"up","job":"a"},"values":[[1700000000.781,"1"],[1700000060,"NaN"],[1700000120,"+Inf"]]},
        {"values":[[1700000000,2.5],[1700000060,"-Inf"],[1700000120,"1.5e+03"]],"extra":[{}],"metric":{"__name__":"q"}}
    ]},"warnings":["w1"],"infos":["i1"]}"#;

    #[test]
    fn reads_a_matrix_whatever_the_order_of_members() {
        let reading = read(MATRIX);
        assert_eq!(reading.report.format, Some(Format::PrometheusJson));
        assert_read(
            &reading,
            &[
                (prometheus("up", &[("job", "a")]), &[(1_700_000_000, 1.0)]),
                (prometheus("q", &[]), &[(1_700_000_000, 2.5), (1_700_000_120, 1500.0)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.points, reading.report.holes), (2, 3, 3));
        assert_eq!(reading.report.warnings, ["warning: w1", "info: i1"]);
    }

    #[test]
    fn reads_vectors_scalars_bare_lists_and_appended_answers() {
        let vector = r#"{"data":{"result":[{"metric":{"__name__":"v"},"value":[1700000000,"7"]}]}}"#;
        let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1700000000.5,"3"]}}"#;
        let bare = r#"[{"metric": {"__name__": "v"}, "values": [[1700000060, "8"]]}]"#;
        let reading = read(&[vector, scalar, bare].join("\n"));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (prometheus("v", &[]), &[(1_700_000_000, 7.0), (1_700_000_060, 8.0)]),
                (prometheus("", &[]), &[(1_700_000_000, 3.0)]),
            ],
        );
    }

    #[test]
    fn counts_native_histograms_and_keeps_the_floats_beside_them() {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"d"},"histograms":[[1700000000,{"count":"1","buckets":[[0,"1","2","1"]]}]]},
            {"metric":{"__name__":"e"},"values":[[1700000000,"1"]],"histograms":[]},
            {"metric":{"__name__":"f"},"histogram":[1700000000,{"count":"1"}]}]}}"#;
        let reading = read(text);
        assert_eq!(
            reading.report.not_read,
            [
                "3 native histograms: export histogram_quantile() of it, or histogram_sum() and histogram_count()"
            ]
        );
        assert_read(&reading, &[(prometheus("e", &[]), &[(1_700_000_000, 1.0)])]);
    }

    #[test]
    fn hands_on_the_error_of_the_server() {
        let reading = read(r#"{"status":"error","errorType":"bad_data","error":"1:5: unclosed \"(\""}"#);
        insta::assert_snapshot!(reading.report.error.unwrap(), @r#"test: byte 0: the file holds an error of the server (bad_data): 1:5: unclosed "("; mend the query and export again"#);
    }

    #[test]
    fn an_answer_without_series_says_so() {
        let reading = read(r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#);
        assert_eq!(reading.report.error, None);
        assert_eq!(reading.report.warnings, ["the file holds no series"]);
    }

    #[test]
    fn names_the_byte_of_a_wrong_value_and_keeps_the_series_before_it() {
        let text = MATRIX.replace("2.5", "\"abc\"");
        let reading = read(&text);
        assert_read(&reading, &[(prometheus("up", &[("job", "a")]), &[(1_700_000_000, 1.0)])]);
        let error = reading.report.error.unwrap();
        assert_eq!(error.offset, text.find("\"abc\"").map(|at| at as u64));
        insta::assert_snapshot!(error, @r#"test: byte 211: expected a number, found "abc"; was it edited? export it again"#);
    }

    #[test]
    fn wrong_types_are_errors() {
        for (text, problem) in [
            (r#"[{"metric":{"__name__":1},"values":[]}]"#, "expected a string, found \"1\""),
            (r#"[{"values":[[1700000000,"1"]]}]"#, "a series without its `metric`"),
            (r#"{"status":"success","data":[]}"#, "expected an object, found \"[\""),
            (
                r#"[{"metric":{},"values":[[NaN,"1"]]}]"#,
                "expected a time in seconds since 1970, found \"NaN\"",
            ),
            (r#"[{"metric":{},"values":[[1700000000,"1",2]]}]"#, "expected `]`, found \",\""),
            (r#"[{"metric":{},"values":[[1700000000,""]]}]"#, "expected a number, found \"\""),
        ] {
            assert_eq!(read(text).report.error.expect(text).problem, problem, "{text}");
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(MATRIX);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists(), bare: bool, pretty: bool) {
            let list: Vec<_> = all
                .iter()
                .map(|(name, points)| {
                    let values: Vec<_> = points
                        .iter()
                        .map(|(t, v)| serde_json::json!([t, v.map_or("NaN".to_owned(), |v| v.to_string())]))
                        .collect();
                    serde_json::json!({"metric": {"__name__": name, "l": name}, "values": values})
                })
                .collect();
            let list = serde_json::Value::from(list);
            let answer = if bare {
                list
            } else {
                serde_json::json!({"status": "success", "data": {"resultType": "matrix", "result": list}})
            };
            let text = if pretty { serde_json::to_string_pretty(&answer) } else { serde_json::to_string(&answer) };
            let reading = read(&text.unwrap());
            crate::sources::testing::assert_all_read(&reading, &all, |name| prometheus(name, &[("l", name)]))?;
        }
    }
}
