//! Reading an answer, and joining the answers of a request that was asked in halves.

use std::ops::Range;

use crate::{
    net::Answer,
    sources::{
        FileReading, Format, Identity, Recognition,
        fault::{CUT_OFF, Fault},
        graphite::json,
        live::Fetched,
        sink::Sink,
    },
};

/// What a body is that no reading comes of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It ends too early.
    CutOff(String),
    /// It is not what Graphite answers.
    Other(String),
}

/// Reads the body of `/render?format=json`; points outside `range` are left out.
///
/// Graphite has no error in an answer of 200, so an empty list is a reading without series here, and what it means
/// is for the caller to say.
pub(super) fn read(
    answer: &Answer,
    shown_as: &str,
    range: &Range<i64>,
    recognise: &dyn Fn(&Identity) -> Recognition,
) -> Result<Fetched, Unread> {
    let text = std::str::from_utf8(&answer.body).map_err(|error| match error.error_len() {
        None => Unread::CutOff("it ends inside a character".to_owned()),
        Some(_) => Unread::Other("the answer is not UTF-8 text".to_owned()),
    })?;
    let mut sink = Sink::new(recognise);
    if !is_empty_list(text) {
        json::read(text, &mut sink).map_err(|fault| unread(&fault, text))?;
    }
    if text.trim().is_empty() {
        return Err(Unread::CutOff("it is empty".to_owned()));
    }
    let mut reading = sink.finish();
    reading.report.path = shown_as.to_owned();
    reading.report.format = Some(Format::GraphiteJson);
    reading.report.bytes = answer.body.len() as u64;
    for samples in &mut reading.samples {
        let before = samples.points.len();
        if samples.points.times.iter().any(|time| !range.contains(time)) {
            samples.points = samples.points.iter().filter(|(time, _)| range.contains(time)).collect();
        }
        reading.report.points -= (before - samples.points.len()) as u64;
    }
    reading.samples.retain(|samples| !samples.points.is_empty());
    Ok(Fetched { reading, server_time: answer.server_time })
}

fn is_empty_list(text: &str) -> bool {
    text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|t| t.trim().is_empty())
}

fn unread(fault: &Fault, text: &str) -> Unread {
    /// Bytes of the longest escape in a JSON string, `\u00e9`: half of one is a fault of its own.
    const ESCAPE: usize = 6;
    let begins_right = text.trim_start().starts_with('[');
    let problem = format!("byte {}: {}", fault.offset, fault.problem);
    let at_the_end = fault.next_step == CUT_OFF || fault.offset + ESCAPE >= text.len();
    if begins_right && at_the_end {
        Unread::CutOff(problem)
    } else {
        Unread::Other(format!("the answer is not Graphite's JSON ({problem})"))
    }
}

/// How a request was halved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halves {
    /// Other series in each half.
    Series,
    /// The same series, over one half of the range after the other.
    Range,
}

/// Two answers to the halves of one request as one. A series of both is there twice, as the archive takes it.
pub(super) fn joined(first: Fetched, second: Fetched, halves: Halves) -> Fetched {
    let (mut reading, more): (FileReading, FileReading) = (first.reading, second.reading);
    let (report, added) = (&mut reading.report, more.report);
    report.bytes += added.bytes;
    report.series = match halves {
        Halves::Series => report.series + added.series,
        Halves::Range => report.series.max(added.series),
    };
    report.points += added.points;
    report.holes += added.holes;
    for (to, from) in [
        (&mut report.not_read, added.not_read),
        (&mut report.warnings, added.warnings),
        (&mut report.merged, added.merged),
    ] {
        let new: Vec<String> = from.into_iter().filter(|line| !to.contains(line)).collect();
        to.extend(new);
    }
    let new = added.unrecognised.into_iter().filter(|series| !report.unrecognised.contains(series));
    let new: Vec<_> = new.collect();
    report.unrecognised.extend(new);
    reading.samples.extend(more.samples);
    Fetched { reading, server_time: second.server_time.or(first.server_time) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        platform::{Labels, Measure, SeriesKey},
        sources::Unrecognised,
    };

    fn known(identity: &Identity) -> Recognition {
        if identity.to_string() == "odd" {
            return Recognition::Unknown { nearest: vec![] };
        }
        let labels = Labels::from([("host", identity.to_string().as_str())]);
        Recognition::Known { key: SeriesKey { measure: Measure::LoadCpu, labels }, factor: 1.0, offset: 0.0 }
    }

    fn told(body: &str) -> Result<Fetched, Unread> {
        let answer = Answer { body: body.as_bytes().to_vec(), server_time: Some(1_700_000_900) };
        read(&answer, "graphite: a.*", &(1_700_000_000..1_700_000_600), &known)
    }

    const TWO: &str = r#"[{"target":"a","tags":{},"datapoints":[[1,1699999700],[2,1700000000],[null,1700000300],[4,1700000600]]},
        {"target":"odd","datapoints":[[1e9999,1700000000]]}]"#;

    #[test]
    fn only_points_of_the_range_are_kept() {
        let fetched = told(TWO).unwrap();
        assert_eq!(fetched.server_time, Some(1_700_000_900));
        let points: Vec<_> = fetched.reading.samples[0].points.iter().collect();
        assert_eq!(points, [(1_700_000_000, 2.0)]);
        let report = fetched.reading.report;
        assert_eq!((report.series, report.points, report.holes), (2, 1, 2));
        assert_eq!(report.unrecognised, [Unrecognised { identity: "odd".into(), nearest: vec![] }]);
    }

    #[test]
    fn an_empty_list_is_no_error_and_half_a_list_is() {
        let fetched = told(" [ ]\n").unwrap();
        assert_eq!((fetched.reading.report.series, fetched.reading.report.warnings.len()), (0, 0));
        for cut in 1..TWO.len() {
            assert!(matches!(told(&TWO[..cut]), Err(Unread::CutOff(_))), "cut at {cut}");
        }
        assert!(matches!(told(""), Err(Unread::CutOff(_))));
    }

    #[test]
    fn pages_are_not_answers() {
        for page in ["<html><body>Please log in</body></html>", "{\"error\":\"x\"}", "Invalid parameters"] {
            assert!(matches!(told(page), Err(Unread::Other(_))), "{page}");
        }
    }

    #[test]
    fn halves_add_up() {
        for (halves, series) in [(Halves::Series, 4), (Halves::Range, 2)] {
            let joined = joined(told(TWO).unwrap(), told(TWO).unwrap(), halves);
            let report = &joined.reading.report;
            assert_eq!((report.series, report.points, report.unrecognised.len()), (series, 2, 1));
            assert_eq!(joined.reading.samples.len(), 2);
        }
    }
}
