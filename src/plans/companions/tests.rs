use super::*;
use crate::{
    plans::{
        drift_findings,
        fixture::{AS_OF, MAILSTORE, at, noise, platform},
        weighed_drifts,
    },
    sources::Points,
};

/// 60 days by the hour of a host of the pool `mailstore`. `of` is told the whole days until now, below zero.
fn column(host: &str, of: impl Fn(i64) -> f64) -> Column {
    let hour = |hour: i64| {
        (AS_OF + hour * HOUR, of(hour.div_euclid(24)) * (1.0 + 0.002 * noise(hour as f64 / 24.0)))
    };
    let points: Points = (-24 * 60..0).map(hour).collect();
    Column { labels: Labels::from([("host", host)]), points }
}

/// So much in all, evenly over the last days of 60.
fn rising(percent: f64, days: i64, day: i64) -> f64 {
    1.0 + percent / 100.0 * ((day + days) as f64 / days as f64).max(0.0)
}

/// What changes from day to day, 1.5 % as its standard deviation; another `seed`, other days (SplitMix64).
fn daily(seed: u64, day: i64) -> f64 {
    let mut bits = (seed << 32 | (day + 1_000) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    let uniform = (bits ^ bits >> 31) as f64 / u64::MAX as f64;
    1.0 + 0.015 * 12.0_f64.sqrt() * (uniform - 0.5)
}

/// The response time of `ms01` with what was looked at beside it.
fn told(latency: impl Fn(i64) -> f64, beside: &[(Measure, Column)]) -> Finding {
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    let columns = [column("ms01", latency)];
    let fleet = weighed_drifts(Measure::ResponseTime, &columns, &[], &context);
    let mut findings = drift_findings(&fleet, &[], &context);
    let mut companions = Companions::of(&findings, [], &context);
    for (measure, column) in beside {
        companions.look_at(*measure, std::slice::from_ref(column));
    }
    companions.tell(&mut findings);
    findings.remove(0)
}

fn strengths(finding: &Finding) -> Vec<(&str, Strength)> {
    let beside = finding.decision.rose_with.as_ref().unwrap();
    beside.looked_at.iter().map(|one| (one.name.as_str(), one.strength)).collect()
}

#[test]
fn what_goes_up_and_down_with_it_comes_before_what_only_grows() {
    let latency = |day| 0.2 * rising(40.0, 60, day) * daily(1, day);
    let finding = told(
        latency,
        &[
            (Measure::LoadMemory, column("ms01", |day| 0.3 * rising(30.0, 60, day) * daily(2, day))),
            (
                Measure::LoadCpu,
                column("ms01", |day| 0.4 * rising(25.0, 60, day) * daily(1, day) * daily(3, day)),
            ),
            (Measure::LoadConnections, column("ms01", |day| 90.0 * daily(4, day))),
            // Of another host.
            (Measure::LoadSessions, column("ms02", |day| 90.0 * rising(40.0, 60, day) * daily(1, day))),
            // The measure itself explains nothing.
            (Measure::ResponseTime, column("ms01", latency)),
        ],
    );
    assert_eq!(
        strengths(&finding),
        [("processor", Strength::DayByDay), ("memory", Strength::Trend), ("connections", Strength::None)]
    );
    assert!(
        finding.advice.ends_with(
            "With it rose processor: day by day they go up and down together, which is strong evidence and no proof."
        ),
        "{}",
        finding.advice
    );
    let beside = finding.decision.rose_with.unwrap();
    // Half of the variance of the processor's changes is the latency's: a correlation of 1/√2 = 0.71, known to about 0.15 on
    // 59 days.
    let processor = beside.looked_at[0].day_by_day.unwrap();
    assert!((processor.correlation - 0.71).abs() < 0.3 && processor.low > 0.2, "{processor:?}");
    assert!(
        beside.looked_at[0].belief > 0.95 && beside.looked_at[0].low_over_span > 5.0,
        "{:?}",
        beside.looked_at[0]
    );
}

#[test]
fn what_began_at_the_same_time_is_told_with_its_date() {
    let at_once = |day: i64, on: i64, percent: f64| if day < on { 1.0 } else { 1.0 + percent / 100.0 };
    let finding = told(
        |day| 0.2 * at_once(day, -20, 40.0) * daily(1, day),
        &[
            (Measure::LoadCpu, column("ms01", |day| 0.4 * at_once(day, -20, 30.0) * daily(2, day))),
            (Measure::LoadMemory, column("ms01", |day| 0.4 * at_once(day, -40, 30.0) * daily(3, day))),
        ],
    );
    assert_eq!(strengths(&finding), [("processor", Strength::Date), ("memory", Strength::Trend)]);
    let beside = finding.decision.rose_with.unwrap();
    let days: Vec<Option<i64>> = beside.looked_at.iter().map(|one| one.days_later).collect();
    // Days begin at midnight in Berlin, the steps an hour later.
    let far = |(found, expected): (&Option<i64>, i64)| found.is_none_or(|days| (days - expected).abs() > 1);
    assert!(!days.iter().zip([0, -20]).any(far), "{days:?}");
}

#[test]
fn that_nothing_rose_is_told_and_so_is_that_nothing_is_known() {
    let latency = |day| 0.2 * rising(40.0, 60, day) * daily(1, day);
    let flat = (Measure::LoadCpu, column("ms01", |day| 0.4 * daily(2, day)));
    assert!(
        told(latency, &[flat]).advice.ends_with("Of what was looked at (processor), nothing rose with it.")
    );
    assert!(
        told(latency, &[]).advice.ends_with("No resource of ms01 is known that could have risen with it.")
    );
    // Of what does not rise nothing is told.
    assert_eq!(told(|day| 0.2 * daily(1, day), &[]).decision.rose_with, None);
}

#[test]
fn a_probe_is_held_against_the_pools_that_it_passes() {
    let tables = "[[pool]]\nname = \"out\"\nrole = \"outbound\"\nhosts = [\"out*\"]\n\
                  [[pool]]\nname = \"web\"\nrole = \"webmail\"\nhosts = [\"web*\"]\n";
    let platform = platform(tables);
    let context = at(&platform);
    let latency = |day| 2.0 * rising(40.0, 60, day) * daily(1, day);
    let probe = Column { labels: Labels::from([("probe", "outbound")]), ..column("", latency) };
    let fleet = weighed_drifts(Measure::ProbeDuration, &[probe], &[], &context);
    let mut findings = drift_findings(&fleet, &[], &context);
    let mut companions = Companions::of(&findings, [], &context);
    // Two of three hosts are slow on the same days as the probe; the third does nothing.
    let hosts = [
        column("out01", latency),
        column("out02", latency),
        column("out03", |_| 2.0),
        column("web01", latency),
    ];
    companions.look_at(Measure::DeliveryDelay, &hosts);
    companions.tell(&mut findings);
    assert_eq!(strengths(&findings[0]), [("delivery delay of pool out", Strength::DayByDay)]);
}

#[test]
fn what_was_weighed_before_is_not_weighed_again() {
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    let latency = [column("ms01", |day| 0.2 * rising(40.0, 60, day) * daily(1, day))];
    let processor = [column("ms01", |day| 0.4 * rising(25.0, 60, day) * daily(1, day))];
    let fleet = weighed_drifts(Measure::ResponseTime, &latency, &[], &context);
    let resources = weighed_drifts(Measure::LoadCpu, &processor, &[], &context);
    let of = |weighed: &[WeighedDrift]| {
        let mut findings = drift_findings(&fleet, &[], &context);
        let mut companions = Companions::of(&findings, weighed, &context);
        // Where it was weighed, what the column holds is not looked at.
        let empty = [Column { labels: processor[0].labels.clone(), points: Default::default() }];
        companions.look_at(Measure::LoadCpu, if weighed.is_empty() { &processor } else { &empty });
        companions.tell(&mut findings);
        findings.remove(0).decision.rose_with
    };
    let of_column = of(&[]);
    assert_eq!(of_column.as_ref().unwrap().looked_at.len(), 1);
    assert_eq!(of(&resources), of_column);
}
