use super::*;
use crate::{
    plans::{
        drift_findings,
        fixture::{AS_OF, MAILSTORE, at, date, event, platform},
    },
    series::histograms,
    sources::Points,
};

/// A probe that is tried every five minutes for 60 days. `fails` is told the days until now, and of how many attempts one
/// fails, spread evenly over the day; 0 is none.
fn probe(days: i64, one_in: impl Fn(i64) -> i64) -> Column {
    let mut points = Points::default();
    for attempt in -288 * days..0 {
        let each = one_in(attempt.div_euclid(288));
        let fails = each > 0 && attempt.rem_euclid(each) == 0;
        points.push(AS_OF + 300 * attempt, f64::from(u8::from(!fails)));
    }
    Column { labels: Labels::from([("host", "probe01"), ("probe", "inbound")]), points }
}

fn judged(column: &Column, tables: &str) -> Finding {
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    let context = at(&platform);
    let shares = weighed_failures(std::slice::from_ref(column), &context);
    drift_findings(&[], &shares, &context).remove(0)
}

#[test]
fn a_probe_that_fails_more_often_is_told_with_its_share_and_date() {
    // One in 200 is 0.5 %, from 17 October (30 days before 16 November) on one in 25, 4 %.
    let finding = judged(&probe(60, |day| if day < -30 { 200 } else { 25 }), "");
    assert_eq!((finding.verdict.name(), finding.severity), ("rises", Severity::Warning));
    let state = finding.decision.share.unwrap();
    assert!(
        (state.now.share - 0.04).abs() < 0.004 && state.now.low < 0.04 && 0.04 < state.now.high,
        "{state:?}"
    );
    assert!((state.before.share - 0.005).abs() < 0.002, "{state:?}");
    let off = state.since.unwrap().signed_duration_since(date("2026-10-17")).num_days();
    assert!(off.abs() <= 1, "{state:?}");
    // 30 days of 288 attempts each: 30 · 288 / 200 + 30 · 288 / 25 = 43 + 346.
    assert!((state.counted - 389.0).abs() <= 2.0 && state.count == 60.0 * 288.0, "{state:?}");
    assert!(
        finding.headline.starts_with("probe inbound on probe01 fails more often since"),
        "{}",
        finding.headline
    );
    assert_eq!(finding.id.0, "drift/probe.success/probe01/inbound");
}

#[test]
fn a_steady_share_an_outage_and_a_share_that_falls_are_no_rise() {
    let steady = judged(&probe(60, |_| 100), "");
    assert_eq!((steady.verdict.name(), steady.severity), ("steady", Severity::Ok));
    assert!(steady.headline.contains("fails no more often than before: 1.0 %"), "{}", steady.headline);
    let outage = judged(&probe(60, |day| if day == -4 { 1 } else { 0 }), "");
    assert_eq!(outage.verdict.name(), "steady", "{}", outage.headline);
    let better = judged(&probe(60, |day| if day < -30 { 25 } else { 0 }), "");
    assert_eq!((better.verdict.name(), better.severity), ("falls", Severity::Ok));
}

#[test]
fn declared_days_are_left_out_and_short_histories_undecided() {
    // A fortnight in which it always failed, which the operator said to ignore.
    let moved = probe(60, |day| if (-24..-10).contains(&day) { 1 } else { 0 });
    assert_eq!(judged(&moved, "").verdict.name(), "steady", "it is over");
    let tables = event("ignore", "2026-10-20", "2026-11-07");
    let state = judged(&moved, &tables).decision.share.unwrap();
    assert_eq!(state.counted, 0.0);
    let short = judged(&probe(20, |_| 10), "");
    assert_eq!((short.verdict.name(), short.severity), ("undecided", Severity::Info));
}

/// Hourly totals of a host's histogram for 60 days: 200 messages an hour, of which so many took longer than 60 s. `late` is
/// told the days until now.
fn buckets(late: impl Fn(i64) -> f64) -> Vec<Column> {
    buckets_of("ms01", late)
}

fn buckets_of(host: &str, late: impl Fn(i64) -> f64) -> Vec<Column> {
    let mut totals = [0.0; 4];
    let mut points: Vec<Points> = vec![Points::default(); 4];
    for hour in -24 * 60..=0_i64 {
        let late = late(hour.div_euclid(24));
        // Within 10 s, a minute, an hour, and all.
        for ((total, points), more) in
            totals.iter_mut().zip(&mut points).zip([150.0, 200.0 - late, 200.0, 200.0])
        {
            points.push(AS_OF + hour * HOUR, *total);
            *total += more;
        }
    }
    let column = |(le, points): (&str, Points)| Column {
        labels: Labels::from([("host", host), ("stage", "transmission"), ("le", le)]),
        points,
    };
    ["10", "60", "3600", "+Inf"].into_iter().zip(points).map(column).collect()
}

fn late(columns: &[Column], tables: &str) -> Finding {
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    let context = at(&platform);
    let shares = weighed_late(&histograms(columns), &context);
    drift_findings(&[], &shares, &context).remove(0)
}

#[test]
fn more_late_messages_are_told_with_their_share_and_between_which_edges_the_95th_percentile_lies() {
    // Two of 200 are 1 %, for four weeks and two days twelve, 6 %.
    let columns = buckets(|day| if day < -30 { 2.0 } else { 12.0 });
    let finding = late(&columns, "");
    assert_eq!((finding.verdict.name(), finding.severity), ("rises", Severity::Warning));
    assert!(
        finding
            .headline
            .starts_with("delivery on ms01 (stage transmission) is above 60 s more often since 1"),
        "{}",
        finding.headline
    );
    let state = finding.decision.share.unwrap();
    assert!((state.now.share - 0.06).abs() < 0.006 && (state.before.share - 0.01).abs() < 0.002, "{state:?}");
    let four_weeks = state.late.unwrap();
    assert_eq!((four_weeks.seconds, four_weeks.limit_seconds), (60.0, 60.0));
    assert!((four_weeks.above_low - 0.06).abs() < 1e-9 && four_weeks.above_low == four_weeks.above_high);
    // 94 % took up to 60 s: the 95th percentile lies between a minute and an hour, and is no number.
    assert_eq!((four_weeks.p95_low, four_weeks.p95_high), (60.0, Some(3600.0)));
}

#[test]
fn a_limit_between_two_edges_has_a_range() {
    let limit = "[[limit]]\nmeasure = \"delivery.delay\"\nlimit = 300\nunit = \"seconds\"\n";
    let finding = late(&buckets(|_| 2.0), limit);
    assert_eq!(finding.verdict.name(), "steady", "{}", finding.headline);
    let late = finding.decision.share.unwrap().late.unwrap();
    // Above five minutes: perhaps all that took between a minute and an hour, which are 1 %, perhaps none.
    assert_eq!((late.seconds, late.limit_seconds), (60.0, 300.0));
    assert!(late.above_low.abs() < 1e-9 && (late.above_high - 0.01).abs() < 1e-9, "{late:?}");
    assert_eq!((late.p95_low, late.p95_high), (10.0, Some(60.0)));
}

/// Five hosts of a pool, so many of which have six times as many late messages for 30 days.
fn late_hosts(late: usize) -> Vec<Finding> {
    let host =
        |i: usize| buckets_of(&format!("ms0{i}"), move |day| if day < -30 || i >= late { 2.0 } else { 12.0 });
    let columns: Vec<Column> = (0..5).flat_map(host).collect();
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    drift_findings(&[], &weighed_late(&histograms(&columns), &context), &context)
}

#[test]
fn late_mail_of_a_pool_is_one_call_and_that_of_one_host_is_its_own() {
    let found = late_hosts(5);
    let pool = found.last().unwrap();
    assert_eq!(pool.id.0, "pool-drift/delivery.buckets/mailstore/transmission");
    assert_eq!((pool.verdict.name(), pool.severity), ("rises", Severity::Warning));
    assert!(pool.headline.ends_with("; so do 5 of 5 hosts"), "{}", pool.headline);
    assert!(pool.advice.starts_with("Escalate"), "{}", pool.advice);
    let state = pool.decision.share.as_ref().unwrap();
    // Five hosts of 200 messages an hour for 60 days; 12 of 200 are late now.
    assert_eq!(state.count, 5.0 * 200.0 * 24.0 * 60.0);
    assert!((state.now.share - 0.06).abs() < 0.006, "{state:?}");
    for host in &found[..5] {
        assert_eq!((host.verdict.name(), host.severity), ("rises", Severity::Info));
        assert_eq!(host.advice, "See delivery of pool mailstore (stage transmission): it is no single host.");
    }
    let found = late_hosts(1);
    assert_eq!((found[0].verdict.name(), found[0].severity), ("rises", Severity::Info));
    assert!(found[0].headline.ends_with("; alone of 5 hosts"), "{}", found[0].headline);
    assert!(found[0].advice.starts_with("Drain this host"), "{}", found[0].advice);
    assert!(found[1..5].iter().all(|host| host.verdict.name() == "steady"));
}
