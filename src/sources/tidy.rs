//! Tidy CSV: the header `series,timestamp,value` in any order, then one point a row.

use std::collections::HashMap;

use super::{
    Identity, csv_table,
    fault::{Outcome, excerpt},
    sink::{Column, Sink},
    sniff::Opening,
    timestamp,
};

const HEADER: [&str; 3] = ["series", "timestamp", "value"];

/// A header with these names, and perhaps others.
pub(super) fn claims(opening: &Opening<'_>) -> bool {
    let Some(line) = opening.line() else { return false };
    let names = csv_table::header(line);
    HEADER.iter().all(|wanted| names.iter().any(|name| name.eq_ignore_ascii_case(wanted)))
}

/// Reads every row.
pub(super) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut places: Option<[usize; 3]> = None;
    let mut series: Vec<(String, Column)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut last = 0;
    let outcome = csv_table::rows(text, sink, |row| {
        let Some([name, time, value]) = places.map(|places| places.map(|column| row.cell(column))) else {
            let names: Vec<_> = row.cells().collect();
            let found = HEADER.map(|wanted| names.iter().position(|name| name.eq_ignore_ascii_case(wanted)));
            let [Some(name), Some(time), Some(value)] = found else {
                return Err(row.fault("the header lacks a column", "the header is `series,timestamp,value`"));
            };
            if names.len() != HEADER.len() {
                let problem = format!("{} columns in the header", names.len());
                return Err(row.fault(
                    problem,
                    "the header is `series,timestamp,value`; write labels into the series: `queue_depth{host=\"mx1\"}`",
                ));
            }
            places = Some([name, time, value]);
            return Ok(());
        };
        if name.is_empty() {
            return Err(row.fault("a row without its series", "give every row the name of its series"));
        }
        let moment = timestamp::cell(time).ok_or_else(|| {
            row.fault(format!("expected {}, found {}", csv_table::TIME, excerpt(time)), NEXT_STEP)
        })?;
        let value = csv_table::value(value).map_err(|problem| row.fault(problem, NEXT_STEP))?;
        if series.get(last).is_none_or(|(last, _)| last != name) {
            last = match known.get(name) {
                Some(index) => *index,
                None => {
                    known.insert(name.to_owned(), series.len());
                    series.push((name.to_owned(), Column::default()));
                    series.len() - 1
                }
            };
        }
        if let Some((_, column)) = series.get_mut(last) {
            match value {
                Some(value) => column.push(moment, value),
                None => column.hole(),
            }
        }
        Ok(())
    });
    for (name, mut column) in series {
        sink.take(Identity::Named { name }, &mut column);
    }
    outcome
}

const NEXT_STEP: &str = "mend the cell";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, name, read, series_lists},
    };

    // 1700000000 is 2023-11-14 22:13:20 UTC.
    const TEXT: &str = "Series,timestamp,VALUE\r\n\
        a,2023-11-14T22:13:20Z,1.5\r\n\
        \"q{x=\"\"1\"\",y=\"\"2\"\"}\",2023-11-14 22:13:20,2\r\n\
        a,1700000060,\r\n\
        \r\n\
        a,1700000120123,NaN\r\n\
        a,2023-11-14T23:16:20+01:00,-3e2\r\n";

    #[test]
    fn reads_every_spelling_of_time_and_hole() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::TidyCsv));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (name("a"), &[(1_700_000_000, 1.5), (1_700_000_180, -300.0)]),
                (name("q{x=\"1\",y=\"2\"}"), &[(1_700_000_000, 2.0)]),
            ],
        );
        assert_eq!(reading.report.holes, 2);
    }

    #[test]
    fn columns_stand_in_any_order() {
        let reading = read("value,series,timestamp\n1,a,1700000000\n");
        assert_read(&reading, &[(name("a"), &[(1_700_000_000, 1.0)])]);
    }

    #[test]
    fn further_columns_are_refused() {
        insta::assert_snapshot!(read("series,timestamp,value,host\na,1700000000,1,b\n").report.error.unwrap(), @r#"test: byte 0: line 1: 4 columns in the header; the header is `series,timestamp,value`; write labels into the series: `queue_depth{host="mx1"}`"#);
    }

    #[test]
    fn broken_rows_are_errors_and_what_came_before_is_kept() {
        for (row, problem) in [
            ("a,1700000060", "line 3: 2 cells under a header of 3"),
            (",1700000060,1", "line 3: a row without its series"),
            ("a,1700000060,x", "line 3: expected a number or nothing, found \"x\""),
            (
                "a,2023-02-30,1",
                "line 3: expected a time such as 2026-11-20T10:30:00Z, 2026-11-20 10:30:00 (UTC) or 1795170600, found \"2023-02-30\"",
            ),
        ] {
            let reading = read(&format!("series,timestamp,value\na,1700000000,1\n{row}\n"));
            assert_read(&reading, &[(name("a"), &[(1_700_000_000, 1.0)])]);
            let error = reading.report.error.expect(row);
            assert_eq!((error.problem.as_str(), error.offset), (problem, Some(38)));
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists(), iso: bool) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(HEADER).unwrap();
            for (name, points) in &all {
                for (time, value) in points {
                    let moment = chrono::DateTime::from_timestamp(*time, 0).unwrap();
                    let time = if iso { moment.to_rfc3339() } else { time.to_string() };
                    let value = value.map_or(String::new(), |value| value.to_string());
                    writer.write_record([format!("n{name}n"), time, value]).unwrap();
                }
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            assert_all_read(&read(&text), &all, |n| name(&format!("n{n}n")))?;
        }
    }
}
