use super::*;
use crate::{
    archive::Column,
    plans::{
        Kind,
        fixture::{AS_OF, MAILSTORE, at, date, event, fact, noise, platform},
        weighed_drifts,
    },
    platform::Labels,
    series::HOUR,
    sources::Points,
};

/// A probe by the hour from so many days ago until so many days ago: 200 ms 60 days ago, half as much again at work,
/// and from then on so many percent more or less in 60 days, by the same share each day.
fn probe(days: i64, ended: i64, percent: f64) -> Column {
    let mut points = Points::default();
    for hour in -24 * days..-24 * ended {
        let day = hour as f64 / 24.0;
        let office = if (8..18).contains(&hour.rem_euclid(24)) { 1.5 } else { 1.0 };
        let trend = (1.0 + percent / 100.0).powf((day + 60.0) / 60.0);
        points.push(AS_OF + hour * HOUR, 0.2 * office * trend * (1.0 + 0.005 * noise(day)));
    }
    Column { labels: Labels::from([("host", "web01"), ("probe", "inbound")]), points }
}

fn judged(column: Column, tables: &str) -> Finding {
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    let context = at(&platform);
    drift_findings(&weighed_drifts(Measure::ProbeDuration, &[column], &[], &context), &[], &context).remove(0)
}

fn size(verdict: &Verdict) -> DriftSize {
    match verdict {
        Verdict::Rises(size) | Verdict::Falls(size) | Verdict::Steady(size) => size.clone(),
        _ => panic!("{verdict:?}"),
    }
}

/// A limit on all probes.
fn limit(milliseconds: u32) -> String {
    format!("[[limit]]\nmeasure = \"probe.duration\"\nlimit = {milliseconds}\nunit = \"milliseconds\"\n")
}

#[test]
fn a_change_is_told_by_its_size_and_its_limit() {
    // Ten of 24 hours are half as much again, so that the level is 200 ms × 1.5^(10/24) = 237 ms 60 days ago, and
    // 284 ms today where a fifth has been added.
    for (percent, milliseconds, verdict, severity) in [
        (20.0, 300, "rises", Severity::Warning),
        (20.0, 250, "rises", Severity::Critical),
        (-20.0, 250, "falls", Severity::Ok),
        (-20.0, 150, "falls", Severity::Warning),
        (3.0, 300, "steady", Severity::Ok),
        (0.0, 300, "steady", Severity::Ok),
        (0.0, 200, "steady", Severity::Warning),
    ] {
        let found = judged(probe(60, 0, percent), &limit(milliseconds));
        assert_eq!(
            (found.verdict.name(), found.severity),
            (verdict, severity),
            "{percent} of {milliseconds}"
        );
        let size = size(&found.verdict);
        // From the first to the last quarter of 60 days.
        assert_eq!(size.span_days, 59.75);
        assert!((size.percent_over_span - percent).abs() < 1.0, "{percent}: {size:?}");
        assert_eq!(found.evidence.thresholds[0].value, f64::from(milliseconds) / 1000.0);
    }
}

#[test]
fn a_rise_is_told_with_its_interval_and_its_level() {
    let found = judged(probe(60, 0, 20.0), "");
    let size = size(&found.verdict);
    // 1.2^(30/60) is 9.54 % more in a month.
    assert!((size.percent_per_month - 9.54).abs() < 0.5, "{size:?}");
    assert!(size.low <= size.percent_per_month && size.percent_per_month <= size.high, "{size:?}");
    assert!(size.low > 0.0 && size.p_value < 0.001 && size.belief > 0.99, "{size:?}");
    assert_eq!(found.headline, "probe inbound on web01 rises steadily: +20 % over 60 days");
    let level = fact(&found, "level now").unwrap();
    assert!((level - 0.284).abs() < 0.003, "{level}");
    assert_eq!(found.evidence.lines.iter().map(|l| l.times.len()).collect::<Vec<_>>(), [60, 60]);
}

#[test]
fn only_the_last_quarter_is_looked_at() {
    assert_eq!(size(&judged(probe(400, 0, 3.0), "").verdict).span_days, 89.75);
}

#[test]
fn what_cannot_be_judged_says_why_and_when() {
    let begin_of_november = event("break", "2026-11-01", "2026-11-01");
    for (column, tables, enough_on) in [
        // 20 days begin on 27 October, 27 on the 20th; 28 days later is enough.
        (probe(20, 0, 20.0), "", "2026-11-24"),
        (probe(27, 0, 20.0), "", "2026-11-17"),
        // The first day after the break is the 2nd.
        (probe(60, 0, 20.0), &begin_of_november, "2026-11-30"),
    ] {
        let found = judged(column, tables);
        let Verdict::Undecided { reason, enough_on: told } = &found.verdict else { panic!("{enough_on}") };
        assert!(reason.ends_with(" days of history; the model needs 28"), "{reason}");
        assert_eq!((*told, found.severity), (Some(date(enough_on)), Severity::Info));
        assert!(found.advice.starts_with("Wait until "), "{}", found.advice);
    }
    assert_eq!(judged(probe(28, 0, 0.0), "").verdict.name(), "steady");
    let stopped = judged(probe(60, 4, 20.0), "");
    let reason = "its data stopped".to_owned();
    assert_eq!(stopped.verdict, Verdict::Undecided { reason, enough_on: None });
}

#[test]
fn an_event_is_named_by_the_measure_and_its_labels_whatever_the_verdict() {
    for column in [probe(60, 0, 20.0), probe(90, 0, 0.0), probe(5, 0, 0.0)] {
        assert_eq!(judged(column, "").id.0, "drift/probe.duration/web01/inbound");
    }
}

#[test]
fn series_have_names_for_people() {
    for (measure, labels, expected) in [
        (Measure::ProbeDuration, Labels::from([("probe", "inbound")]), "probe inbound"),
        (
            Measure::QueueDepth,
            Labels::from([("host", "out02"), ("queue", "deferred")]),
            "queue deferred on out02",
        ),
        (
            Measure::QueueAge,
            Labels::from([("host", "out02"), ("queue", "deferred"), ("quantile", "0.95")]),
            "age of queue deferred on out02 (quantile 0.95)",
        ),
        (
            Measure::DeliveryDelay,
            Labels::from([("host", "out01"), ("stage", "transmission")]),
            "delivery delay on out01 (stage transmission)",
        ),
        (Measure::ResponseTime, Labels::from([("pool", "webmail")]), "response time of pool webmail"),
        (Measure::ResponseTime, Labels::from([("host", "web01")]), "response time on web01"),
        (Measure::QueueDepth, Labels::new(), "queue.depth"),
    ] {
        assert_eq!(name(measure, &labels), expected);
    }
}

/// The probe at 200 ms, and so many percent more from a day in October on.
fn stepped(day: u32, percent: f64) -> Column {
    let mut column = probe(60, 0, 0.0);
    let from = date(&format!("2026-10-{day:02}")).and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    let moved = column.points.times.iter().zip(&mut column.points.values).filter(|(time, _)| **time >= from);
    moved.for_each(|(_, value)| *value *= 1.0 + percent / 100.0);
    column
}

#[test]
fn a_step_is_told_with_its_date_and_is_news_for_four_weeks() {
    // 30 October is 17 days before 16 November, 5 October is 42.
    for (day, percent, verdict, severity, told) in [
        (30, 25.0, "rises", Severity::Warning, "rose at once, on 30 Oct 2026: +25 %"),
        (5, 25.0, "rises", Severity::Info, "rose at once, on 5 Oct 2026: +25 %"),
        (30, -20.0, "falls", Severity::Ok, "fell at once, on 30 Oct 2026: -20 %"),
    ] {
        let found = judged(stepped(day, percent), "");
        assert_eq!((found.verdict.name(), found.severity), (verdict, severity));
        assert_eq!(found.headline, format!("probe inbound on web01 {told}"));
        assert_eq!(found.evidence.marks.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["step"]);
        assert_eq!(size(&found.verdict).course, DriftKind::Step);
    }
}

#[test]
fn all_measures_are_judged_together() {
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    let mut fleet = weighed_drifts(Measure::ProbeDuration, &[probe(60, 0, 20.0)], &[], &context);
    fleet.extend(weighed_drifts(
        Measure::ResponseTime,
        &[probe(60, 0, 0.0), probe(9, 0, 0.0)],
        &[],
        &context,
    ));
    let found = drift_findings(&fleet, &[], &context);
    let verdicts: Vec<&str> = found.iter().map(|finding| finding.verdict.name()).collect();
    assert_eq!(verdicts, ["rises", "steady", "undecided"]);
    assert_eq!(found[1].subject.measure, Measure::ResponseTime);
    let least = |finding: &Finding| size(&finding.verdict).least_belief;
    assert_eq!(least(&found[0]), least(&found[1]));
}

/// The delay of a host by the hour for 60 days: `of` is told the days until now and the messages a second.
fn delay(host: &str, messages: impl Fn(f64) -> f64, of: impl Fn(f64, f64) -> f64) -> (Column, Column) {
    let (mut delays, mut loads) = (Points::default(), Points::default());
    for hour in -24 * 60..0 {
        let day = f64::from(hour) / 24.0;
        let time = AS_OF + i64::from(hour) * HOUR;
        loads.push(time, messages(day));
        delays.push(time, of(day, messages(day)) * (1.0 + 0.01 * noise(day * 24.0)));
    }
    let labels = Labels::from([("host", host)]);
    (Column { labels: labels.clone(), points: delays }, Column { labels, points: loads })
}

/// Twenty messages a second at noon, ten at night, a fifth more after 60 days.
fn growing(day: f64) -> f64 {
    (15.0 + 5.0 * (day * std::f64::consts::TAU - std::f64::consts::FRAC_PI_2).sin())
        * (1.0 + 0.2 * (day + 60.0) / 60.0)
}

fn of_load(slower: f64) -> Finding {
    // The square of the load; and so many percent more at the same load in 60 days.
    let law = move |day: f64, load: f64| 0.01 * load * load * (1.0 + slower / 100.0 * (day + 60.0) / 60.0);
    let (delay, load) = delay("ms01", growing, law);
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    let loads = [(Measure::LoadMessages, [load].into())];
    drift_findings(&weighed_drifts(Measure::DeliveryDelay, &[delay], &loads, &context), &[], &context)
        .remove(0)
}

#[test]
fn a_delay_that_rises_with_its_load_only_is_no_rise() {
    let found = of_load(0.0);
    let size = size(&found.verdict);
    assert_eq!((found.verdict.name(), found.severity), ("steady", Severity::Ok), "{size:?}");
    let effect = size.same_load.unwrap();
    // 1.2² is 44 % more.
    assert!(effect.raw_rises && (effect.raw_percent - 44.0).abs() < 6.0, "{effect:?}");
    assert!(effect.explained > 0.9 && effect.measure == Measure::LoadMessages, "{effect:?}");
    assert!(found.headline.contains("rises with its load only"), "{}", found.headline);
}

#[test]
fn a_delay_that_rises_at_the_same_load_is_sized_without_it() {
    let found = of_load(15.0);
    let size = size(&found.verdict);
    assert_eq!(found.verdict.name(), "rises");
    assert!((size.percent_over_span - 15.0).abs() < 4.0, "{size:?}");
}

/// The delays of ten hosts of a pool: so many percent in 60 days each.
fn pool_of_ten(percents: [f64; 10]) -> Vec<Finding> {
    let column = |(i, percent): (usize, &f64)| {
        let law = |day: f64, _| 0.2 * (1.0 + percent / 100.0 * (day + 60.0) / 60.0);
        delay(&format!("ms{i:02}"), |_| 10.0, law).0
    };
    let columns: Vec<Column> = percents.iter().enumerate().map(column).collect();
    let platform = platform(MAILSTORE);
    let context = at(&platform);
    drift_findings(&weighed_drifts(Measure::DeliveryDelay, &columns, &[], &context), &[], &context)
}

#[test]
fn one_slow_host_of_ten_is_drained_and_a_slow_pool_is_escalated() {
    let mut percents = [0.0; 10];
    percents[3] = 40.0;
    let found = &pool_of_ten(percents)[3];
    assert_eq!((found.verdict.name(), found.severity), ("rises", Severity::Info));
    assert_eq!(size(&found.verdict).scope, Some(Scope::Local));
    assert!(found.headline.ends_with("; alone of 10 hosts"), "{}", found.headline);
    assert!(found.advice.starts_with("Drain this host"), "{}", found.advice);
    for found in pool_of_ten([40.0; 10]) {
        // The pool is the case; its hosts are told, and call nobody.
        let of_pool = found.kind == Kind::PoolDrift;
        let severity = if of_pool { Severity::Warning } else { Severity::Info };
        assert_eq!((found.verdict.name(), found.severity), ("rises", severity));
        assert_eq!(size(&found.verdict).scope, Some(Scope::Pool));
        assert!(found.headline.ends_with("; so do 10 of 10 hosts"), "{}", found.headline);
        let advice = if of_pool { "Escalate" } else { "See delivery delay of pool mailstore" };
        assert!(found.advice.starts_with(advice), "{}", found.advice);
    }
}

#[test]
fn a_pool_is_sized_by_its_typical_host() {
    // Of ten hosts six rise by 40 %, and one by 400: the median of ten is between two that rise by 40.
    let mut percents = [40.0; 10];
    percents[..3].fill(0.0);
    percents[9] = 400.0;
    let found = pool_of_ten(percents);
    let pool = found.last().unwrap();
    assert_eq!(pool.id.0, "pool-drift/delivery.delay/mailstore");
    assert_eq!(pool.subject.name, "delivery delay of pool mailstore");
    assert!((size(&pool.verdict).percent_over_span - 40.0).abs() < 3.0, "{:?}", pool.verdict);
    assert!(pool.headline.ends_with("; so do 7 of 10 hosts"), "{}", pool.headline);
    // Where one host rises, the pool stays.
    let mut percents = [0.0; 10];
    percents[3] = 40.0;
    let found = pool_of_ten(percents);
    let pool = found.last().unwrap();
    assert_eq!((pool.verdict.name(), pool.severity), ("steady", Severity::Ok));
}

#[test]
fn a_rise_below_its_limit_is_told_with_the_dates_on_which_it_reaches_it() {
    // 284 ms now and 9.54 % a month (see above): ln(350 / 284) / ln 1.0954 · 30 = 68.8 days, 23 January.
    let found = judged(probe(60, 0, 20.0), &limit(350));
    let dates = size(&found.verdict).limit_dates.unwrap();
    let off = dates.middle.unwrap().signed_duration_since(date("2027-01-23")).num_days();
    assert!(off.abs() <= 4, "{dates:?}");
    assert!(dates.early <= dates.middle && dates.middle <= dates.late, "{dates:?}");
    // 60 days of history leave 29 before the day whose level could have been foretold.
    let too_short = DatesTried::CannotSay { dates: 0, needed: 8, needs_days: 84.0 };
    assert_eq!(dates.tried, too_short);
    let said = found.evidence.facts.iter().find(|fact| fact.name == "such dates, tried on the past").unwrap();
    let said = format!("{:?}", said.quantity);
    assert!(said.contains("how right they are cannot be said: 0 could be tried and 8 are needed"), "{said}");
    assert_eq!(size(&judged(probe(60, 0, 20.0), &limit(250)).verdict).limit_dates, None);
}

#[test]
fn the_dates_of_a_limit_are_tried_on_the_past_of_all_that_have_one() {
    // 140 days of the same rise: of each host's moments, 31, 45, 59, 73 days ago have 56 days behind them.
    let hosts = ["web01", "web02", "web03"];
    let columns: Vec<Column> = hosts
        .iter()
        .map(|host| Column {
            labels: Labels::from([("host", *host), ("probe", "inbound")]),
            ..probe(140, 0, 20.0)
        })
        .collect();
    let platform = platform(&format!("{MAILSTORE}{}", limit(350)));
    let context = at(&platform);
    let weighed = weighed_drifts(Measure::ProbeDuration, &columns, &[], &context);
    let found = drift_findings(&weighed, &[], &context).remove(0);
    let dates = size(&found.verdict).limit_dates.unwrap();
    let DatesTried::Errors { dates, series, days_ahead, median_days_off, within } = dates.tried else {
        panic!("{dates:?}")
    };
    assert_eq!((dates, series, days_ahead), (12, 3, 28));
    // A week's level is off by less than the noise of half a percent, and a day is 0.3 %.
    assert!(median_days_off < 1.6 && within >= 0.5, "{median_days_off} {within}");
}
