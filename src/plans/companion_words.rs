//! What rose together, in words.

use super::{Companion, Finding, RoseWith, Strength};
use crate::platform::{Labels, Measure};

/// Most names in a sentence.
const MOST_NAMES: usize = 4;

/// `processor`, `queue deferred`, `memory of pool mailstore`; a finding's own pool is not named again.
pub(super) fn name(measure: Measure, labels: &Labels, own_pool: Option<&str>) -> String {
    let what = match (measure, labels.get("queue")) {
        (Measure::LoadCpu, _) => "processor".to_owned(),
        (Measure::LoadMemory, _) => "memory".to_owned(),
        (Measure::DiskBusy, _) => "disk".to_owned(),
        (Measure::LoadConnections, _) => "connections".to_owned(),
        (Measure::LoadSessions, _) => "sessions".to_owned(),
        (Measure::LoadMessages, _) => "messages".to_owned(),
        (Measure::QueueDepth, Some(queue)) => format!("queue {queue}"),
        (Measure::QueueDepth, None) => "queue".to_owned(),
        (Measure::DeliveryDelay, _) => "delivery delay".to_owned(),
        (Measure::ResponseTime, _) => "response time".to_owned(),
        (other, _) => other.name().to_owned(),
    };
    let whose = match (labels.get("host"), labels.get("pool")) {
        (None, Some(pool)) if own_pool != Some(pool) => format!(" of pool {pool}"),
        _ => String::new(),
    };
    let told = ["host", "pool", "queue"];
    let rest: Vec<String> =
        labels.iter().filter(|(label, _)| !told.contains(label)).map(|(k, v)| format!("{k} {v}")).collect();
    if rest.is_empty() { format!("{what}{whose}") } else { format!("{what}{whose} ({})", rest.join(", ")) }
}

/// What rose with it, how strong that is, or that nothing did, in a sentence or two.
pub(super) fn advice(rose_with: &RoseWith, finding: &Finding) -> String {
    let whose = finding.subject.labels.get("host").map_or(String::new(), |host| format!(" of {host}"));
    if rose_with.looked_at.is_empty() {
        return format!("No resource{whose} is known that could have risen with it.");
    }
    let rose: Vec<&Companion> = rose_with.rose().collect();
    let Some(strongest) = rose.first() else {
        let names: Vec<&str> = rose_with.looked_at.iter().map(|one| one.name.as_str()).collect();
        return format!("Of what was looked at ({}), nothing rose with it.", listed(&names));
    };
    let alike = |one: &&&Companion| one.strength == strongest.strength;
    let names: Vec<&str> = rose.iter().filter(alike).map(|one| one.name.as_str()).collect();
    format!("With it rose {}: {}.", listed(&names), meaning(strongest.strength))
}

/// What evidence of a strength means.
pub fn meaning(strength: Strength) -> &'static str {
    match strength {
        Strength::DayByDay => {
            "day by day they go up and down together, which is strong evidence and no proof"
        }
        Strength::Date => "it began at the same time, which is evidence and no proof",
        Strength::Trend => "over the same weeks only, which is weak evidence, for whatever grows does that",
        Strength::None => "it did not rise",
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] if names.len() <= MOST_NAMES => format!("{} and {last}", all.join(", ")),
        _ => format!("{} and {} others", names[..MOST_NAMES - 1].join(", "), names.len() + 1 - MOST_NAMES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_names_for_people() {
        for (measure, labels, expected) in [
            (Measure::LoadCpu, Labels::from([("host", "out01")]), "processor"),
            (Measure::LoadMemory, Labels::from([("pool", "mailstore")]), "memory of pool mailstore"),
            (Measure::QueueDepth, Labels::from([("host", "out01"), ("queue", "deferred")]), "queue deferred"),
            (
                Measure::LoadSessions,
                Labels::from([("host", "ip1"), ("service", "imap")]),
                "sessions (service imap)",
            ),
        ] {
            assert_eq!(name(measure, &labels, Some("outbound")), expected);
        }
        assert_eq!(
            name(Measure::LoadMemory, &Labels::from([("pool", "outbound")]), Some("outbound")),
            "memory"
        );
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a", "b", "c", "d", "e"]), "a, b, c and 2 others");
    }
}
