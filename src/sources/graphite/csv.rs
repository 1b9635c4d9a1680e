//! Graphite's `format=csv`: no header, `name,YYYY-MM-DD HH:MM:SS,value`, empty for a hole.
//!
//! The times carry no offset; they are read as UTC, so the export must ask for `tz=UTC`. Source:
//! <https://graphite.readthedocs.io/en/latest/render_api.html>.

use std::collections::{BTreeMap, HashMap};

use crate::sources::{
    Identity, decimal,
    fault::{EXPORT_AGAIN, Outcome},
    lines,
    sink::{Column, Sink},
    sniff::Opening,
    timestamp,
};

/// A first line of name, time and value.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.line().and_then(columns).is_some_and(|(_, time, value)| {
        timestamp::iso(time).is_some() && (is_hole(value) || decimal::parse(value).is_some())
    })
}

/// Reads every line.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let text = lines::whole(text, None, sink);
    let mut series: Vec<(&str, Column)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let outcome = lines::each(text, |line| {
        let Some((name, time, value)) = columns(line.text) else {
            return Err(line.fault("expected `name,time,value`", EXPORT_AGAIN));
        };
        let Some(time) = timestamp::iso(time) else {
            return Err(line.fault("expected a time such as 2026-11-20 10:30:00", "export with tz=UTC"));
        };
        // One series follows the other, so mostly it is the last one.
        let index = match series.last() {
            Some((last, _)) if *last == name => series.len() - 1,
            _ => *known.entry(name).or_insert_with(|| {
                series.push((name, Column::default()));
                series.len() - 1
            }),
        };
        let Some((_, column)) = series.get_mut(index) else { return Ok(()) };
        match decimal::parse(value) {
            Some(value) => column.push(time, value),
            None if is_hole(value) => column.hole(),
            None => return Err(line.fault("expected a number or nothing after the time", EXPORT_AGAIN)),
        }
        Ok(())
    });
    for (name, mut column) in series {
        sink.take(Identity::Graphite { path: unquoted(name), tags: BTreeMap::new() }, &mut column);
    }
    outcome
}

/// Name, time and value. Read from the right, for names contain commas.
fn columns(line: &str) -> Option<(&str, &str, &str)> {
    let (rest, value) = line.rsplit_once(',')?;
    let (name, time) = rest.rsplit_once(',')?;
    (!name.is_empty()).then_some((name, time, value.trim()))
}

fn is_hole(value: &str) -> bool {
    value.is_empty() || value == "None"
}

/// A name without the quotes that a CSV writer puts around one with commas or quotes.
fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, graphite, read, series_lists},
    };

    // 1700000000 is 2023-11-14 22:13:20 UTC.
    const TEXT: &str = "a.b,2023-11-14 22:13:20,144.52598500806528\r\n\
        a.b,2023-11-14 22:14:20,\r\n\
        \"sum(a,\"\"b\"\")\",2023-11-14 22:13:20,1.5\r\n\
        sum(a,b),2023-11-14 22:13:20,-2\r\n\
        a.b,2023-11-14 22:15:20,1e-3\r\n";

    #[test]
    fn names_may_be_quoted_and_hold_commas() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::GraphiteCsv));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (graphite("a.b"), &[(1_700_000_000, 144.52598500806528), (1_700_000_120, 0.001)]),
                (graphite("sum(a,\"b\")"), &[(1_700_000_000, 1.5)]),
                (graphite("sum(a,b)"), &[(1_700_000_000, -2.0)]),
            ],
        );
        assert_eq!(reading.report.holes, 1);
    }

    #[test]
    fn broken_lines_are_errors_with_their_line() {
        for (line, problem) in [
            ("a.b,5", "line 2: expected `name,time,value`"),
            ("a.b,2023-02-30 22:13:20,5", "line 2: expected a time such as 2026-11-20 10:30:00"),
            ("a.b,2023-11-14 22:13:20,x", "line 2: expected a number or nothing after the time"),
        ] {
            let reading = read(&format!("a,2023-11-14 22:13:20,1\n{line}\n"));
            assert_eq!(reading.report.points, 1);
            let error = reading.report.error.expect(line);
            assert_eq!((error.problem.as_str(), error.offset), (problem, Some(24)));
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    #[test]
    fn a_last_line_that_may_be_cut_is_noted_and_not_read() {
        let reading = read("a,2023-11-14 22:13:20,1\na,2023-11-14 22:14:20,12");
        assert_eq!(reading.report.points, 1);
        insta::assert_snapshot!(reading.report.not_read.join("\n"), @"the last line (at byte 24): it has no line break at its end and may be cut off; export it again, or end the file with a line break");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists()) {
            let mut text = String::new();
            for (name, points) in &all {
                let name = name.replace('"', "\"\"");
                for (time, value) in points {
                    let time = chrono::DateTime::from_timestamp(*time, 0).unwrap().format("%Y-%m-%d %H:%M:%S");
                    let value = value.map_or(String::new(), |v| v.to_string());
                    text += &format!("\"n{name}\",{time},{value}\r\n");
                }
            }
            if text.is_empty() {
                return Ok(());
            }
            assert_all_read(&read(&text), &all, |name| graphite(&format!("n{name}")))?;
        }
    }
}
