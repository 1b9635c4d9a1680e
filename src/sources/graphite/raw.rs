//! Graphite's `format=raw`: a series a line, `name,start,end,step|value,None,…`.
//!
//! Source: <https://graphite.readthedocs.io/en/latest/render_api.html>.

use std::collections::BTreeMap;

use crate::sources::{
    Identity, decimal,
    fault::{EXPORT_AGAIN, Outcome},
    lines,
    sink::{Column, Sink},
    sniff::Opening,
};

/// A first line that begins like a series.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    opening.line().and_then(Row::parse).is_some_and(|row| {
        let first = row.values.split(',').next().unwrap_or_default();
        matches!(first, "" | "None") || decimal::parse(first).is_some()
    })
}

/// Reads every line.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let text = lines::whole(text, None, sink);
    let mut column = Column::default();
    lines::each(text, |line| {
        let row = Row::parse(line.text)
            .ok_or_else(|| line.fault("expected `name,start,end,step|value,…`", EXPORT_AGAIN))?;
        let mut slots: i64 = 0;
        let mut series = std::mem::take(&mut column);
        for value in row.values.split(',').filter(|value| !value.is_empty()) {
            let time = row.step.checked_mul(slots).and_then(|passed| row.start.checked_add(passed));
            match (value.trim(), time) {
                ("None", _) => series.hole(),
                (value, Some(time)) => match decimal::parse(value) {
                    Some(value) => series.push(time, value),
                    None => {
                        let problem = format!("value {} is neither a number nor `None`", slots + 1);
                        return Err(line.fault(&problem, EXPORT_AGAIN));
                    }
                },
                (_, None) => return Err(line.fault("times beyond all bounds", EXPORT_AGAIN)),
            }
            slots += 1;
        }
        if row.slots() != Some(slots) {
            let problem = format!("{slots} values where start, end and step call for another number");
            return Err(line.fault(&problem, "the line is cut off or was edited: export it again"));
        }
        sink.take(Identity::Graphite { path: row.name.to_owned(), tags: BTreeMap::new() }, &mut series);
        column = series;
        Ok(())
    })
}

/// The step of each series, in the order of the lines; `None` where a line is not one of this format.
pub(in crate::sources) fn steps(text: &str) -> Option<Vec<i64>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| Row::parse(line).map(|row| row.step)).collect()
}

/// A line, its values still as text.
struct Row<'a> {
    name: &'a str,
    start: i64,
    end: i64,
    step: i64,
    values: &'a str,
}

impl<'a> Row<'a> {
    /// Reads from the right, for names contain commas and bars.
    fn parse(line: &'a str) -> Option<Self> {
        let (head, values) = line.rsplit_once('|')?;
        let mut fields = head.rsplitn(4, ',');
        let mut number = || fields.next().and_then(|field| field.trim().parse::<i64>().ok());
        let (step, end, start) = (number()?, number()?, number()?);
        let name = fields.next().filter(|name| !name.is_empty())?;
        (step > 0).then_some(Row { name, start, end, step, values })
    }

    /// How many values belong between start and end.
    fn slots(&self) -> Option<i64> {
        self.end.checked_sub(self.start).map(|span| span.div_euclid(self.step))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, graphite, read, series_lists},
    };

    const TEXT: &str = "sumSeries(a.b,c|d),1700000000,1700000240,60|1.5,None,nan,2\n\
        e,1700000000,1700000000,60|\n\
        f,1700000000,1700000300,300|-1e-05\n";

    #[test]
    fn names_hold_commas_and_none_is_a_hole() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::GraphiteRaw));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (graphite("sumSeries(a.b,c|d)"), &[(1_700_000_000, 1.5), (1_700_000_180, 2.0)]),
                (graphite("f"), &[(1_700_000_000, -1e-5)]),
            ],
        );
        assert_eq!((reading.report.series, reading.report.holes), (3, 2));
    }

    #[test]
    fn the_steps_are_told_without_the_values() {
        assert_eq!(super::steps(TEXT), Some(vec![60, 60, 300]));
        assert_eq!(super::steps("\n"), Some(vec![]));
        assert_eq!(super::steps("<html>"), None);
    }

    #[test]
    fn broken_lines_are_errors() {
        for (line, problem) in [
            ("a,1,2|5", "line 2: expected `name,start,end,step|value,…`"),
            ("a,1,2,0|5", "line 2: expected `name,start,end,step|value,…`"),
            ("a,1700000000,1700000060,60|x", "line 2: value 1 is neither a number nor `None`"),
            (
                "a,1700000000,1700000120,60|1",
                "line 2: 1 values where start, end and step call for another number",
            ),
            ("a,9223372036854775807,1,1|1,2", "line 2: times beyond all bounds"),
        ] {
            let reading = read(&format!("a,1700000000,1700000060,60|1\n{line}\n"));
            assert_eq!(reading.report.points, 1, "{line}");
            let error = reading.report.error.expect(line);
            assert_eq!((error.problem.as_str(), error.offset), (problem, Some(29)));
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists()) {
            // Raw has a grid, so every series gets one: its own first time and a step of 300 seconds.
            let mut expected = Vec::new();
            let mut text = String::new();
            for (name, points) in all {
                let name = format!("n{name}");
                let start = points.first().map_or(1_700_000_000, |(time, _)| *time);
                let end = start + 300 * points.len() as i64;
                let values: Vec<_> = points.iter().map(|(_, v)| v.map_or("None".into(), |v| v.to_string())).collect();
                text += &format!("{name},{start},{end},300|{}\n", values.join(","));
                let gridded = points.iter().enumerate().map(|(i, (_, v))| (start + 300 * i as i64, *v)).collect();
                expected.push((name, gridded));
            }
            if text.is_empty() {
                return Ok(());
            }
            assert_all_read(&read(&text), &expected, graphite)?;
        }
    }
}
