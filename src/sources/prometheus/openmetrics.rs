//! OpenMetrics text: what `promtool tsdb dump-openmetrics` prints (times in seconds, `# EOF` at the end), and
//! `promtool tsdb dump` (times in milliseconds, the name among the labels).
//!
//! Source: <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>.

use std::collections::HashMap;

use super::labels;
use crate::sources::{
    Identity, decimal,
    fault::{EXPORT_AGAIN, Outcome},
    lines::{self, Line},
    sink::{Column, Sink},
    sniff::Opening,
};

const END_MARK: &str = "# EOF";

/// How `promtool tsdb dump` begins each line.
const DUMPED: &str = "{__name__=";

/// A comment of the format, or a series and something after it.
pub(in crate::sources) fn claims(opening: &Opening<'_>) -> bool {
    let Some(line) = opening.line() else { return false };
    let comments = ["# HELP ", "# TYPE ", "# UNIT ", END_MARK];
    comments.iter().any(|comment| line.starts_with(comment)) || is_sample(line)
}

fn is_sample(line: &str) -> bool {
    let Some((series, rest)) = labels::end(line).map(|end| line.split_at(end)) else { return false };
    let value = rest.split_ascii_whitespace().next().unwrap_or_default();
    let named = series.ends_with('}') && !value.is_empty();
    labels::parse(series).is_some() && (named || decimal::parse(value).is_some())
}

/// Reads a text to its end.
pub(in crate::sources) fn read(text: &str, sink: &mut Sink<'_>) -> Outcome<()> {
    let text = lines::whole(text, Some(END_MARK), sink);
    let mut dump = Dump { columns: Vec::new(), known: HashMap::new(), last: ("", 0) };
    let (mut dumped, mut ended) = (false, false);
    let outcome = lines::each(text, |line| {
        ended = line.text.trim_end() == END_MARK;
        if line.text.starts_with('#') {
            return Ok(());
        }
        dumped |= line.text.starts_with(DUMPED);
        dump.sample(line, sink)
    });
    for (identity, mut column) in dump.columns {
        sink.take(identity, &mut column);
    }
    if outcome.is_ok() && !ended && !dumped {
        sink.warn(format!("the last line is not `{END_MARK}`: the file may be cut off"));
    }
    outcome
}

/// The series of a text. They may be interleaved; each is parsed once and then known by its spelling.
struct Dump<'a> {
    columns: Vec<(Identity, Column)>,
    known: HashMap<&'a str, usize>,
    /// The series of the line before, as spelt, and its column: mostly the next line goes on with it.
    last: (&'a str, usize),
}

impl<'a> Dump<'a> {
    fn sample(&mut self, line: Line<'a>, sink: &mut Sink<'_>) -> Outcome<()> {
        let (index, rest) = self.column(line)?;
        let rest = rest.trim_start_matches([' ', '\t']);
        if rest.starts_with('{') {
            sink.count_not_read(
                "sample of native histograms",
                "export histogram_quantile() of them through the query API",
            );
            return Ok(());
        }
        let mut tokens = rest.split([' ', '\t']).filter(|token| !token.is_empty());
        let Some(value) = tokens.next().and_then(decimal::parse) else {
            return Err(line.fault("expected a number after the series", EXPORT_AGAIN));
        };
        let Some(time) = tokens.next().filter(|token| !token.starts_with('#')) else {
            return Err(line.fault(
                "a sample without its time",
                "a page of /metrics is no history: export with `promtool tsdb dump-openmetrics`, which prints times",
            ));
        };
        let Some(time) = decimal::parse(time).filter(|time| time.is_finite()) else {
            return Err(line.fault("expected a time after the value", EXPORT_AGAIN));
        };
        let seconds = if line.text.starts_with(DUMPED) { time / 1000.0 } else { time };
        if let Some((_, column)) = self.columns.get_mut(index) {
            column.push(decimal::whole_seconds(seconds), value);
        }
        Ok(())
    }

    /// The column of the series that begins a line, and what follows it there.
    fn column(&mut self, line: Line<'a>) -> Outcome<(usize, &'a str)> {
        let (spelt, index) = self.last;
        if let Some(rest) = line.text.strip_prefix(spelt)
            && !spelt.is_empty()
            && rest.starts_with([' ', '\t'])
        {
            return Ok((index, rest));
        }
        let broken = || line.fault("expected `name{label=\"value\"} value time`", EXPORT_AGAIN);
        let (spelt, rest) = labels::end(line.text).map(|end| line.text.split_at(end)).ok_or_else(broken)?;
        let index = match self.known.get(spelt) {
            Some(index) => *index,
            None => {
                let identity = labels::parse(spelt).ok_or_else(broken)?;
                self.columns.push((identity, Column::default()));
                self.known.insert(spelt, self.columns.len() - 1);
                self.columns.len() - 1
            }
        };
        self.last = (spelt, index);
        Ok((index, rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::sources::{
        Format,
        testing::{assert_all_read, assert_cuts_invent_nothing, assert_read, prometheus, read, series_lists},
    };

    const TEXT: &str = "# HELP q What waits.\n# TYPE q gauge\n# UNIT q messages\n\
        q{host=\"a\\\"b\",queue=\"x y\"} 9 1700000000.781\n\
        up 1 1700000000\n\
        q{host=\"a\\\"b\",queue=\"x y\"} NaN 1700000060.000 # {trace=\"1\"} 0.5 1700000060\n\
        up 0.5 1.70000006e+09\n\
        # EOF\n";

    #[test]
    fn reads_interleaved_series_comments_escapes_and_exemplars() {
        let reading = read(TEXT);
        assert_eq!(reading.report.format, Some(Format::OpenMetrics));
        assert_eq!(reading.report.error, None);
        assert_read(
            &reading,
            &[
                (prometheus("q", &[("host", "a\"b"), ("queue", "x y")]), &[(1_700_000_000, 9.0)]),
                (prometheus("up", &[]), &[(1_700_000_000, 1.0), (1_700_000_060, 0.5)]),
            ],
        );
        assert_eq!(reading.report.holes, 1);
        assert!(reading.report.warnings.is_empty());
    }

    #[test]
    fn reads_the_milliseconds_of_a_plain_dump() {
        let reading = read(
            "{__name__=\"x\", foo=\"bar\"} 5 1700000000999\n{__name__=\"x\", foo=\"bar\"} 6 1700000060000\n",
        );
        assert_read(
            &reading,
            &[(prometheus("x", &[("foo", "bar")]), &[(1_700_000_000, 5.0), (1_700_000_060, 6.0)])],
        );
        assert!(reading.report.warnings.is_empty());
    }

    #[test]
    fn counts_native_histograms() {
        let reading = read("d{a=\"b\"} {count:1, sum:2, (0.5,1]:1} 1700000000.000\n# EOF\n");
        assert_eq!(
            reading.report.not_read,
            ["1 sample of native histograms: export histogram_quantile() of them through the query API"]
        );
    }

    #[test]
    fn a_sample_without_a_time_is_an_error_with_its_line() {
        let reading = read("# TYPE up gauge\nup 1 1700000000\nup 1\n# EOF\n");
        assert_read(&reading, &[(prometheus("up", &[]), &[(1_700_000_000, 1.0)])]);
        insta::assert_snapshot!(reading.report.error.unwrap(), @"test: byte 32: line 3: a sample without its time; a page of /metrics is no history: export with `promtool tsdb dump-openmetrics`, which prints times");
    }

    #[test]
    fn says_when_the_end_mark_is_missing() {
        assert_eq!(
            read("up 1 1700000000\n").report.warnings,
            ["the last line is not `# EOF`: the file may be cut off"]
        );
        assert!(read("up 1 1700000000\n# EOF").report.warnings.is_empty());
    }

    #[test]
    fn the_milliseconds_of_the_exposition_format_are_named() {
        let reading = read("up 1 1700000000000\n# EOF\n");
        assert_eq!(reading.report.points, 0);
        assert!(reading.report.not_read[0].contains("(milliseconds?)"), "{:?}", reading.report.not_read);
    }

    #[test]
    fn broken_lines_are_errors() {
        for (line, problem) in [
            ("up{a=\"b\" 1 1700000000", "line 2: expected `name{label=\"value\"} value time`"),
            ("up{a} 1 1700000000", "line 2: expected `name{label=\"value\"} value time`"),
            ("up one 1700000000", "line 2: expected a number after the series"),
            ("up 1 today", "line 2: expected a time after the value"),
            ("up 1 1e400", "line 2: expected a time after the value"),
        ] {
            let error = read(&format!("up 1 1700000000\n{line}\n")).report.error.expect(line);
            assert_eq!((error.problem.as_str(), error.offset), (problem, Some(16)), "{line}");
        }
    }

    #[test]
    fn cut_anywhere_it_invents_nothing() {
        assert_cuts_invent_nothing(TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in series_lists(), milliseconds: bool) {
            let escape = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let mut text = String::new();
            for (name, points) in &all {
                for (time, value) in points {
                    let value = value.unwrap_or(f64::NAN);
                    text += &if milliseconds {
                        format!("{{__name__=\"n\", l=\"{}\"}} {value} {time}000\n", escape(name))
                    } else {
                        format!("n{{l=\"{}\"}} {value} {time}.000\n", escape(name))
                    };
                }
            }
            if text.is_empty() {
                return Ok(());
            }
            assert_all_read(&read(&text), &all, |name| prometheus("n", &[("l", name)]))?;
        }
    }
}
