//! Wide CSV: the first column a time, every other column a series.

use super::{
    Identity, csv_table,
    fault::{Outcome, excerpt},
    sink::{Column, Sink},
    sniff::Opening,
    tidy, timestamp,
};

/// What the first column may be called, in any case.
const TIME_COLUMN: [&str; 6] = ["time", "timestamp", "date", "datetime", "date_time", "ts"];

/// A header that begins with a name for time and is not tidy.
pub(super) fn claims(opening: &Opening<'_>) -> bool {
    let Some(line) = opening.line() else { return false };
    let names = csv_table::header(line);
    let timed =
        names.first().is_some_and(|first| TIME_COLUMN.iter().any(|name| name.eq_ignore_ascii_case(first)));
    timed && names.len() > 1 && !tidy::claims(opening)
}

/// Reads every row.
pub(super) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let mut series: Option<Vec<(String, Column)>> = None;
    let outcome = csv_table::rows(text, sink, |row| {
        let Some(series) = &mut series else {
            let mut columns: Vec<(String, Column)> = Vec::new();
            for (index, name) in row.cells().enumerate().skip(1) {
                if name.is_empty() {
                    let problem = format!("column {} has no name", index + 1);
                    return Err(row.fault(problem, "give every column the name of its series"));
                }
                columns.push((name.to_owned(), Column::default()));
            }
            let mut names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            if let Some(name) =
                names.iter().zip(names.iter().skip(1)).find_map(|(a, b)| (a == b).then_some(*a))
            {
                let problem = format!("two columns are called {}", excerpt(name));
                return Err(row.fault(problem, "give every series a name of its own"));
            }
            series = Some(columns);
            return Ok(());
        };
        let mut cells = row.cells();
        let time = cells.next().unwrap_or_default();
        let moment = timestamp::cell(time).ok_or_else(|| {
            row.fault(format!("expected {}, found {}", csv_table::TIME, excerpt(time)), "mend the cell")
        })?;
        let values: Vec<_> = cells
            .map(csv_table::value)
            .collect::<Result<_, _>>()
            .map_err(|problem| row.fault(problem, "mend the cell"))?;
        for ((_, column), value) in series.iter_mut().zip(values) {
            match value {
                Some(value) => column.push(moment, value),
                None => column.hole(),
            }
        }
        Ok(())
    });
    for (name, mut column) in series.unwrap_or_default() {
        sink.take(Identity::Named { name }, &mut column);
    }
    outcome
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sources::{
        Format,
        testing::{assert_cuts_invent_nothing, assert_points_read, assert_read, name, read, series_lists},
    };

    // 1700000000 is 2023-11-14 22:13:20 UTC.
    const TEXT: &str =
        "Time,\"a,b\",c\n2023-11-14 22:13:20,1.5,\n1700000060,,2\n\"2023-11-14T22:15:20Z\",NaN,3\n";

    #[test]
    fn every_column_is_a_series_and_an_empty_cell_a_hole() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::WideCsv));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (name("a,b"), &[(1_700_000_000, 1.5)]),
                (name("c"), &[(1_700_000_060, 2.0), (1_700_000_120, 3.0)]),
            ],
        );
        assert_eq!(reading.report.holes, 3);
    }

    #[test]
    fn doubtful_headers_are_refused() {
        insta::assert_snapshot!(read("time,a,a\n1700000000,1,2\n").report.error.unwrap(), @r#"test: byte 0: line 1: two columns are called "a"; give every series a name of its own"#);
        insta::assert_snapshot!(read("time,a,\n1700000000,1,2\n").report.error.unwrap(), @"test: byte 0: line 1: column 3 has no name; give every column the name of its series");
    }

    #[test]
    fn broken_rows_are_errors_and_what_came_before_is_kept() {
        for (row, problem) in [
            ("1700000060", "line 3: 1 cells under a header of 2"),
            ("1700000060,x", "line 3: expected a number or nothing, found \"x\""),
        ] {
            let reading = read(&format!("time,a\n1700000000,1\n{row}\n"));
            assert_read(&reading, &[(name("a"), &[(1_700_000_000, 1.0)])]);
            let error = reading.report.error.expect(row);
            assert_eq!((error.problem.as_str(), error.offset), (problem, Some(20)));
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists()) {
            if all.is_empty() {
                return Ok(());
            }
            // Each series has rows of its own; the other columns are empty there.
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            let names = all.iter().map(|(name, _)| format!("n{name}n"));
            writer.write_record(["time".to_owned()].into_iter().chain(names)).unwrap();
            for (column, (_, points)) in all.iter().enumerate() {
                for (time, value) in points {
                    let cells = (0..all.len()).map(|c| match value {
                        Some(value) if c == column => value.to_string(),
                        _ => String::new(),
                    });
                    writer.write_record([time.to_string()].into_iter().chain(cells)).unwrap();
                }
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let reading = read(&text);
            let mut expected = all.clone();
            let rows: usize = all.iter().map(|(_, points)| points.len()).sum();
            let points: usize = all.iter().flat_map(|(_, points)| points).filter(|(_, v)| v.is_some()).count();
            prop_assert_eq!(reading.report.holes as usize, rows * all.len() - points);
            expected.iter_mut().for_each(|(_, points)| points.retain(|(_, value)| value.is_some()));
            assert_points_read(&reading, &expected, |n| name(&format!("n{n}n")))?;
        }
    }
}
