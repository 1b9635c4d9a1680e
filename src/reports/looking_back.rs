//! Looking back in words: what an earlier run said of a finding, and how right earlier runs were.

use super::{Report, format, report::reached, words};
use crate::{
    plans::{Difference, Earlier, Finding, LevelScore, Reason, TrackRecord, Verdict},
    platform::Unit,
};

/// What an earlier run said of a finding's subject, and why something else is said now; `None` where none did.
pub(crate) fn earlier(report: &Report, finding: &Finding) -> Option<String> {
    let earlier = finding.earlier.as_ref()?;
    let when = format!("{} ago, on {}", format::days(earlier.days_ago.round()), format::date(earlier.on));
    let is_same = earlier.p50.is_none() && earlier.within && finding.verdict.name() == earlier.verdict;
    let mut text = if is_same {
        format!("{when}, we said the same")
    } else {
        let then = said_then(earlier);
        let now = said_now(report, finding);
        format!("{when}, we said {then}; now {now}{}{}", moved(earlier), interval(earlier))
    };
    let because: Vec<String> =
        earlier.because.iter().map(|reason| because(reason, finding.evidence.unit)).collect();
    if !because.is_empty() {
        let link = if is_same { "; since then" } else { ", because" };
        text += &format!("{link} {}", because.join("; "));
    }
    Some(text + ".")
}

/// `7 Dec 2026 (21 Nov 2026 to 12 Feb 2027)`, or a verdict without a date.
fn said_then(earlier: &Earlier) -> String {
    let Some(middle) = earlier.p50 else {
        let early = earlier.p5.map(|date| format!(" ({} at the earliest)", format::date(date)));
        let verdict = match earlier.verdict.as_str() {
            "cleaned" => "that it is cleaned again and again",
            "shrinking" => "that it gets emptier",
            "flat" => "that it neither grows nor shrinks",
            _ => "beyond the horizon",
        };
        return format!("{verdict}{}", early.unwrap_or_default());
    };
    let edge = |date: Option<chrono::NaiveDate>| date.map_or_else(|| "beyond".to_owned(), format::date);
    format!("{} ({} to {})", format::date(middle), edge(earlier.p5), edge(earlier.p95))
}

fn said_now(report: &Report, finding: &Finding) -> String {
    match &finding.verdict {
        Verdict::Fills(e) if reached(&e.runway) => "the full mark is reached".to_owned(),
        Verdict::Fills(e) => e.p50.map_or_else(|| words::verdict(report, finding), format::date),
        _ => words::verdict(report, finding),
    }
}

/// By how much the date has moved.
fn moved(earlier: &Earlier) -> String {
    match earlier.later_by_days.map(f64::round) {
        None => String::new(),
        Some(0.0) => ", the same day".to_owned(),
        Some(days) if days < 0.0 => format!(", {} earlier", format::days(-days)),
        Some(days) => format!(", {} later", format::days(days)),
    }
}

fn interval(earlier: &Earlier) -> &'static str {
    if earlier.within {
        ", within the interval that was given"
    } else {
        ", outside of the interval that was given"
    }
}

/// A reason, with about how much it moves the date.
fn because(reason: &Reason, unit: Unit) -> String {
    let amount = |amount: f64| format::value(amount, unit);
    let text = match &reason.difference {
        Difference::Growth { from, to, changed_on } => {
            let a_day = |amount: f64| format!("{} a day", format::change(amount, unit));
            let since =
                changed_on.map_or(String::new(), |date| format!(" (it changed on {})", format::date(date)));
            format!("it grows by {} instead of {}{since}", a_day(*to), a_day(*from))
        }
        Difference::Moved { name, size, on } => {
            format!("{name} of {} on {}", format::change(*size, unit), format::date(*on))
        }
        Difference::Mark { from, to } => {
            format!("its full mark is {} instead of {}", amount(*to), amount(*from))
        }
        Difference::Level { expected, came } => {
            format!("its level came out at {} instead of {}", amount(*came), amount(*expected))
        }
    };
    let by = match reason.later_by_days.map(f64::round) {
        Some(days) if days < 0.0 => format!(": about {} earlier", format::days(-days)),
        Some(days) => format!(": about {} later", format::days(days)),
        None => String::new(),
    };
    text + &by
}

/// "Was last week's answer right?" in a line.
pub(crate) fn answer(report: &Report, record: &TrackRecord) -> String {
    let runs =
        |runs: usize| if runs == 1 { "1 earlier run".to_owned() } else { format!("{runs} earlier runs") };
    if record.runs == 0 {
        return "No earlier run has left a forecast: this one is kept, and comes due in 7 days.".to_owned();
    }
    let Some(newest) = &record.newest else {
        let due = record.next_due.and_then(|time| report.local_date(time));
        let due = due.map_or(String::new(), |date| format!("; the next is due on {}", format::date(date)));
        return format!(
            "No forecasts have come due yet, of {} by {}{due}.",
            record.forecasts,
            runs(record.runs)
        );
    };
    let when = report.local_date(newest.as_of).map_or_else(String::new, format::date);
    let mut text = format!(
        "{} of {} forecasts made on {when} for {} ahead held",
        newest.held,
        newest.outcomes,
        format::days(newest.horizon_days as f64)
    );
    if let Some((held, outcomes)) = held(record) {
        let share = format::percent(held / outcomes);
        text += &format!("; over {}, {share} of {}", runs(record.runs), format::count(outcomes));
    }
    text + "."
}

/// How many outcomes lay in their interval, and of how many, over all distances.
fn held(record: &TrackRecord) -> Option<(f64, f64)> {
    let levels = record.rows.iter().filter_map(|row| row.level.as_ref());
    let sum = levels.filter_map(|level: &LevelScore| Some((level.coverage?, level.outcomes as f64)));
    let (held, outcomes) = sum.fold((0.0, 0.0), |(held, all), (share, of)| (held + share * of, all + of));
    (outcomes > 0.0).then_some((held.round(), outcomes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    fn plain(text: &str) -> String {
        text.replace(['\u{a0}', '\u{202f}'], " ")
    }

    /// What is said of the first finding when it has this earlier one.
    fn said(change: impl FnOnce(&mut Earlier)) -> String {
        let report = fixture::report();
        let mut finding = report.findings[0].clone();
        change(finding.earlier.as_mut().unwrap());
        plain(&earlier(&report, &finding).unwrap())
    }

    #[test]
    fn what_was_said_stands_beside_what_is_said_with_its_reasons() {
        assert_eq!(
            said(|_| ()),
            "28 days ago, on 19 Oct 2026, we said 8 Jan 2027 (12 Dec 2026 to 2 Mar 2027); now 10 Dec 2026, 29 days \
             earlier, outside of the interval that was given, because it grows by +9.00 GiB a day instead of +6.00 GiB \
             a day (it changed on 2 Oct 2026): about 40 days earlier; purge of −180 GiB on 2 Nov 2026: about 20 days \
             later; its full mark is 1.93 TiB instead of 1.76 TiB."
        );
        let calm = said(|earlier| {
            earlier.because.clear();
            (earlier.within, earlier.later_by_days) = (true, Some(0.3));
        });
        assert!(
            calm.ends_with("now 10 Dec 2026, the same day, within the interval that was given."),
            "{calm}"
        );
    }

    #[test]
    fn what_had_no_date_is_said_in_words() {
        let without = |verdict: &str| {
            let verdict = verdict.to_owned();
            said(|earlier| {
                *earlier = Earlier {
                    verdict,
                    p5: None,
                    p50: None,
                    p95: None,
                    later_by_days: None,
                    because: Vec::new(),
                    ..earlier.clone()
                };
            })
        };
        let now = "now 10 Dec 2026, outside of the interval that was given.";
        assert_eq!(
            without("flat"),
            format!("28 days ago, on 19 Oct 2026, we said that it neither grows nor shrinks; {now}")
        );
        assert_eq!(
            without("fills_beyond"),
            format!("28 days ago, on 19 Oct 2026, we said beyond the horizon; {now}")
        );
        // Flat then, and flat now.
        let report = fixture::report();
        let mut finding = report.findings[0].clone();
        finding.verdict = Verdict::Flat;
        let earlier = finding.earlier.as_mut().unwrap();
        (earlier.verdict, earlier.p50, earlier.within) = ("flat".to_owned(), None, true);
        earlier.because.truncate(1);
        let same = plain(&super::earlier(&report, &finding).unwrap());
        assert!(
            same.starts_with("28 days ago, on 19 Oct 2026, we said the same; since then it grows by"),
            "{same}"
        );
        finding.earlier = None;
        assert_eq!(super::earlier(&report, &finding), None);
    }

    #[test]
    fn last_weeks_answer_is_judged_in_a_line() {
        let report = fixture::report();
        let said = |record: &TrackRecord| plain(&answer(&report, record));
        // 0.875 of 80 and 0.9 of 40: 106 of 120.
        assert_eq!(
            said(&report.track_record),
            "39 of 40 forecasts made on 9 Nov 2026 for 7 days ahead held; over 5 earlier runs, 88 % of 120."
        );
        let none_due = TrackRecord {
            runs: 1,
            forecasts: 40,
            next_due: Some(fixture::AS_OF + 4 * 86_400),
            ..TrackRecord::default()
        };
        assert_eq!(
            said(&none_due),
            "No forecasts have come due yet, of 40 by 1 earlier run; the next is due on 20 Nov 2026."
        );
        assert!(said(&TrackRecord::default()).starts_with("No earlier run has left a forecast"));
    }
}
