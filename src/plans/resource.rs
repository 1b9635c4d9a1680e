//! Resources: processors, memory and disks that get busier. Nobody waits for a resource itself, so its rise is worth knowing,
//! and a warning only where its limit comes before more of it can be had.

use super::{Context, DriftSize, Kind, Scope, Severity, Verdict, wording};
use crate::platform::{Measure, Pool};

/// The resources whose rise is looked for. Sessions, connections and messages are work and no resource.
pub const RESOURCES: &[Measure] = &[Measure::LoadCpu, Measure::LoadMemory, Measure::DiskBusy];

/// Whether a measure is a resource rather than something that people wait for.
pub(super) fn is_resource(measure: Measure) -> bool {
    RESOURCES.contains(&measure)
}

/// What a finding about the course of a measure is called.
pub(super) fn kind_of(measure: Measure, of_pool: bool) -> Kind {
    match (is_resource(measure), of_pool) {
        (false, false) => Kind::Drift,
        (false, true) => Kind::PoolDrift,
        (true, false) => Kind::Resource,
        (true, true) => Kind::PoolResource,
    }
}

/// How urgent the course of a resource is; `above` says whether it is above its limit.
pub(super) fn severity(verdict: &Verdict, above: bool, pool: Option<&Pool>, context: &Context) -> Severity {
    let lead_time = pool.map_or(Pool::DEFAULT_LEAD_TIME_DAYS, |pool| pool.lead_time_days);
    let too_late = |size: &DriftSize| {
        let date = size.limit_dates.and_then(|dates| dates.middle);
        date.is_some_and(|date| date <= context.date_in(lead_time))
    };
    let local = |size: &DriftSize| size.scope == Some(Scope::Local);
    match verdict {
        Verdict::Rises(size) if above && !local(size) => Severity::Critical,
        _ if above => Severity::Warning,
        Verdict::Rises(size) if too_late(size) && !local(size) => Severity::Warning,
        Verdict::Rises(_) => Severity::Info,
        Verdict::Falls(size) | Verdict::Steady(size) if local(size) => Severity::Info,
        _ => Severity::Ok,
    }
}

/// What to do about the course of a resource, where it differs from what is done about a latency.
pub(super) fn advice(verdict: &Verdict, severity: Severity, pool: Option<&Pool>) -> Option<String> {
    let whose = pool.map(|p| format!(" of pool {}", p.name)).unwrap_or_default();
    Some(match verdict {
        Verdict::Rises(DriftSize { scope: Some(Scope::Local), .. })
        | Verdict::Falls(DriftSize { scope: Some(Scope::Local), .. })
        | Verdict::Steady(DriftSize { scope: Some(Scope::Local), .. }) => {
            format!("Find what runs on this host and not on the others{whose}.")
        }
        Verdict::Rises(_) if severity == Severity::Critical => {
            format!("It is above its limit: add more{whose}, or take work off it, now.")
        }
        _ if severity == Severity::Warning && !matches!(verdict, Verdict::Rises(_)) => {
            format!("It stays above its limit: add more{whose}, or take work off it.")
        }
        Verdict::Rises(size) if !size.steps.is_empty() => return None,
        Verdict::Rises(size) => match size.limit_dates.and_then(|dates| dates.middle) {
            Some(date) => format!("Have more of it{whose} before {}.", wording::date(date)),
            None => "See whether its work grew as much. Nothing that people wait for is told by it alone."
                .to_owned(),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        archive::Column,
        plans::{
            drift_findings,
            fixture::{AS_OF, MAILSTORE, at, noise, platform},
            weighed_drifts,
        },
        platform::Labels,
        series::HOUR,
    };

    /// 60 days of the disks `sdb` of ten mailstores, 20 % busy 60 days ago, so many percent more until now.
    fn disks(percents: [f64; 10], limit_percent: f64) -> Vec<crate::plans::Finding> {
        let column = |(i, percent): (usize, &f64)| {
            let hour = |hour: i64| {
                let day = hour as f64 / 24.0;
                let law = 0.2 * (1.0 + percent / 100.0 * (day + 60.0) / 60.0);
                (AS_OF + hour * HOUR, law * (1.0 + 0.002 * noise(day + i as f64)))
            };
            let labels = Labels::from([("host", format!("ms{i:02}").as_str()), ("device", "sdb")]);
            Column { labels, points: (-24 * 60..0).map(hour).collect() }
        };
        let columns: Vec<Column> = percents.iter().enumerate().map(column).collect();
        let limit =
            format!("[[limit]]\nmeasure = \"disk.busy\"\nlimit = {limit_percent}\nunit = \"percent\"\n");
        let platform = platform(&format!("{MAILSTORE}{limit}"));
        let context = at(&platform);
        drift_findings(&weighed_drifts(Measure::DiskBusy, &columns, &[], &context), &[], &context)
    }

    #[test]
    fn a_rise_is_urgent_where_its_limit_comes_before_more_can_be_had() {
        // From 20 % to 28 % in 60 days, about 18 % a month: 32 % are reached in 24 days, within the lead time of 30; 45 % in
        // 86 days (ln(45/28) / ln 1.18 · 30), after it; 25 % were passed.
        for (limit, severity, advice) in [
            (32.0, Severity::Warning, "Have more of it of pool mailstore before "),
            (45.0, Severity::Info, "Have more of it of pool mailstore before "),
            (
                25.0,
                Severity::Critical,
                "It is above its limit: add more of pool mailstore, or take work off it, now.",
            ),
        ] {
            let found = disks([40.0; 10], limit);
            let pool = found.last().unwrap();
            assert_eq!(pool.kind, Kind::PoolResource);
            assert_eq!(pool.subject.name, "disk load of pool mailstore (device sdb)");
            assert_eq!((pool.verdict.name(), pool.severity), ("rises", severity), "{limit}");
            assert!(pool.advice.starts_with(advice), "{limit}: {}", pool.advice);
            // One call a pool.
            let host = &found[0];
            assert_eq!((host.kind, host.severity), (Kind::Resource, Severity::Info));
        }
    }

    #[test]
    fn one_busy_host_is_told_and_calls_nobody() {
        let mut percents = [0.0; 10];
        percents[3] = 40.0;
        let found = disks(percents, 32.0);
        assert_eq!(found[3].id.0, "resource/disk.busy/sdb/ms03");
        assert_eq!((found[3].verdict.name(), found[3].severity), ("rises", Severity::Info));
        assert_eq!(found[3].advice, "Find what runs on this host and not on the others of pool mailstore.");
        assert_eq!((found[0].verdict.name(), found[0].severity), ("steady", Severity::Ok));
    }

    #[test]
    fn without_a_limit_a_rise_is_worth_knowing() {
        let found = disks([40.0; 10], 1_000.0);
        let pool = found.last().unwrap();
        assert_eq!((pool.verdict.name(), pool.severity), ("rises", Severity::Info));
        assert!(pool.advice.starts_with("See whether its work grew as much."), "{}", pool.advice);
    }
}
