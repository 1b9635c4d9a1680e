//! Stale sources: servers that did not answer, so that everything they measure stands still.

use super::{Context, Decision, EventId, Evidence, Finding, Kind, Severity, Subject, Verdict, wording};
use crate::{
    platform::{Labels, Measure},
    series::DAY,
};

/// A weekly report right after a pull has answers of minutes ago; one that is a day old is worth a word.
const LEAST: i64 = DAY;

/// How a live source has fared.
#[derive(Debug, Clone)]
pub struct LastAnswered {
    /// The source, as the platform file names it.
    pub name: String,
    /// Its monitoring system.
    pub system: &'static str,
    /// When all that was asked of it was last answered, seconds since 1970-01-01 UTC.
    pub time: Option<i64>,
    /// Why it was not at the last pull.
    pub failure: Option<String>,
}

/// One finding for each live source whose last answer is missing or old.
pub fn stale_source_findings(sources: &[LastAnswered], context: &Context) -> Vec<Finding> {
    sources.iter().filter_map(|source| finding(source, context)).collect()
}

fn finding(source: &LastAnswered, context: &Context) -> Option<Finding> {
    let old = source.time.is_none_or(|time| context.as_of - time > LEAST);
    if source.failure.is_none() && !old {
        return None;
    }
    let name = format!("source {} ({})", source.name, source.system);
    let (verdict, headline) = match source.time {
        Some(since) => (
            Verdict::Stale { since },
            format!("{name} is stale since {}", wording::date(context.date(since))),
        ),
        None => {
            let reason = "it has never answered all that was asked of it".to_owned();
            (Verdict::Undecided { reason, enough_on: None }, format!("{name} has never answered in full"))
        }
    };
    let advice = match &source.failure {
        Some(failure) => format!("The last pull says: {failure}"),
        None => "Run `mailtide pull`; nothing newer than that is known.".to_owned(),
    };
    Some(Finding {
        id: EventId::of(Kind::Stale, &["source", &source.name]),
        kind: Kind::Stale,
        severity: Severity::Warning,
        subject: Subject {
            name,
            pool: None,
            role: None,
            measure: Measure::HostUp,
            labels: Labels::from([("job", source.name.as_str())]),
        },
        verdict,
        headline,
        advice,
        evidence: Evidence::of_facts(Vec::new()),
        what_if: Vec::new(),
        earlier: None,
        decision: Decision::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::fixture::{AS_OF, MAILSTORE, at, platform};

    fn found(time: Option<i64>, failure: Option<&str>) -> Vec<Finding> {
        let source = LastAnswered {
            name: "prometheus".to_owned(),
            system: "prometheus",
            time,
            failure: failure.map(str::to_owned),
        };
        stale_source_findings(&[source], &at(&platform(MAILSTORE)))
    }

    #[test]
    fn a_source_that_answered_today_is_no_finding() {
        assert_eq!(found(Some(AS_OF - DAY + 60), None), []);
        // A replay of an earlier day knows of later answers.
        assert_eq!(found(Some(AS_OF + 9 * DAY), None), []);
    }

    #[test]
    fn a_source_that_failed_says_why_and_since_when() {
        let [stale] = &found(Some(AS_OF - 7 * DAY), Some("prometheus: refused; is it running?"))[..] else {
            panic!("one finding")
        };
        assert_eq!(stale.id.0, "stale/source/prometheus");
        assert_eq!(stale.verdict, Verdict::Stale { since: AS_OF - 7 * DAY });
        // Seven days before 16 November.
        assert_eq!(stale.headline, "source prometheus (prometheus) is stale since 9 Nov 2026");
        assert_eq!(stale.advice, "The last pull says: prometheus: refused; is it running?");
        assert_eq!(found(Some(AS_OF - 60), Some("a question was refused")).len(), 1);
    }

    #[test]
    fn a_source_that_was_never_asked_is_undecided() {
        let [never] = &found(None, None)[..] else { panic!("one finding") };
        assert_eq!(never.headline, "source prometheus (prometheus) has never answered in full");
        assert_eq!(never.verdict.name(), "undecided");
    }
}
