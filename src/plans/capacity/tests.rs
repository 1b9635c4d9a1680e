use super::*;
use crate::{
    plans::fixture::{AS_OF, at, platform},
    platform::Labels,
    sources::Points,
};

/// Hosts `out*`, ordered three weeks ahead, whose delay is to stay below so many milliseconds.
fn outbound(milliseconds: u32) -> String {
    format!(
        "[[pool]]\nname = \"outbound\"\nrole = \"outbound\"\nhosts = [\"out*\"]\nlead_time_days = 21\n\
         [[limit]]\nmeasure = \"delivery.delay\"\nlimit = {milliseconds}\nunit = \"milliseconds\"\n"
    )
}

/// Between −1 and 1, without a pattern that a day or a week has: the fractional parts of multiples of a square root.
fn uneven(n: f64, root: f64) -> f64 {
    2.0 * (n * root.sqrt()).rem_euclid(1.0) - 1.0
}

/// Messages a second, so many hours before now: busy at work, a fifth up and down from day to day and from hour to hour, and so
/// many percent more each week.
fn messages(hour: i32, growth: f64) -> f64 {
    let (day, of_day) = (f64::from(hour.div_euclid(24)), f64::from(hour.rem_euclid(24)));
    let busy = (-0.5 * ((of_day - 13.0) / 4.0).powi(2)).exp();
    let weekday = if day.rem_euclid(7.0) < 5.0 { 1.0 } else { 0.5 };
    let scatter = (1.0 + 0.1 * uneven(f64::from(hour), 2.0)) * (1.0 + 0.1 * uneven(day, 3.0));
    (2.0 + 6.0 * busy * weekday) * scatter * (1.0 + growth / 100.0).powf((day + 1.0) / 7.0)
}

/// The delay of `out01` by a law of its load and the hour, for twelve weeks, each hour up to a tenth off.
fn judged(milliseconds: u32, growth: f64, law: impl Fn(i32, f64) -> f64) -> Finding {
    let (mut delays, mut loads) = (Points::default(), Points::default());
    for hour in -24 * 84..0 {
        let (time, load) = (AS_OF + i64::from(hour) * HOUR, messages(hour, growth));
        loads.push(time, load);
        delays.push(time, law(hour, load) * (1.0 + 0.1 * uneven(f64::from(hour), 5.0)));
    }
    let labels = Labels::from([("host", "out01")]);
    let delay = Column { labels: labels.clone(), points: delays };
    let loads = [(Measure::LoadMessages, [Column { labels, points: loads }].into())];
    let platform = platform(&outbound(milliseconds));
    capacity_findings(Measure::DeliveryDelay, &[delay], &loads, &at(&platform)).remove(0)
}

fn crossing(finding: &Finding) -> &Crossing {
    match &finding.verdict {
        Verdict::Crosses(crossing) => crossing,
        _ => panic!("{}", finding.headline),
    }
}

/// Servers of twelve messages a second: 1 / (12 − load) seconds (M/M/1).
fn queueing(_: i32, load: f64) -> f64 {
    1.0 / (12.0 - load)
}

#[test]
fn growth_brings_the_load_at_which_a_full_pool_reaches_its_limit() {
    // 0.4 s at 12 − 1/0.4 = 9.5 messages a second.
    let found = judged(400, 1.0, queueing);
    let Crossing { reached, load_limit } = crossing(&found);
    let load = load_limit.at_load.unwrap();
    assert!((load / 9.5 - 1.0).abs() < 0.08, "{load}: {load_limit:?}");
    let growth = load_limit.growth.unwrap();
    // 1 % a week is 4.36 % in 30 days.
    assert!((growth.percent_per_month - 4.36).abs() < 1.5, "{growth:?}");
    // So many weeks until the highest load of a week is there, by its own numbers: the date is its arithmetic.
    let days = 30.0 * (load / growth.weekly_peak).ln() / (growth.percent_per_month / 100.0).ln_1p();
    assert!((reached.runway.p50_days.unwrap() - days).abs() < 1.0, "{reached:?}, {days}");
    assert!(reached.runway.p5_days < reached.runway.p50_days);
    assert_eq!(found.id.0, "capacity/delivery.delay/out01");
    assert_eq!((found.kind, found.subject.pool.as_deref()), (Kind::Capacity, Some("outbound")));
    assert!(found.headline.starts_with("delivery delay on out01 reaches its limit of 400 ms at 9."));
    assert_eq!(found.evidence.lines[0].values.len(), 12);
    assert_eq!(found.evidence.thresholds[0].value, load);
    assert!(found.evidence.backtest.as_ref().unwrap().summary.contains("weeks held back"));
}

#[test]
fn urgency_follows_the_lead_time_and_a_load_that_was_never_seen_is_no_alarm() {
    // 0.2 s at 7 messages a second, which each week has.
    let now = judged(200, 0.0, queueing);
    assert_eq!((now.severity, crossing(&now).reached.runway.p50_days), (Severity::Critical, Some(0.0)));
    assert!(now.advice.starts_with("Add servers to pool outbound"), "{}", now.advice);
    // A load that stands still brings no date.
    let never = judged(400, 0.0, queueing);
    assert!(crossing(&never).load_limit.beyond_seen && never.severity <= Severity::Warning, "{never:?}");
}

#[test]
fn more_load_without_slowdown_is_said_to_do_nothing() {
    let found = judged(400, 2.0, |_, _| 0.3);
    assert_eq!((found.verdict.name(), found.severity), ("independent", Severity::Ok));
    assert_eq!(
        found.headline,
        "delivery delay on out01 does not rise with its load (load.messages) as far as that was seen"
    );
    // Slow in working hours, whatever the load: somebody else's working hours.
    let office = |hour: i32| (8..18).contains(&hour.rem_euclid(24)) && hour.div_euclid(24).rem_euclid(7) < 5;
    let found = judged(900, 0.0, |hour, _| if office(hour) { 0.5 } else { 0.3 });
    assert!(
        matches!(found.verdict, Verdict::Independent { because: NoEffect::FollowsTheClock, .. }),
        "{}",
        found.headline
    );
}

#[test]
fn what_a_step_does_beyond_itself_is_not_told() {
    let found = judged(900, 1.0, |_, load| if load < 6.0 { 0.1 } else { 0.2 });
    let Verdict::Holds { load_limit } = &found.verdict else { panic!("{}", found.headline) };
    assert_eq!((load_limit.at_load, load_limit.shape), (None, LoadShape::Monotone));
    assert!(found.headline.ends_with(" at least") && found.severity == Severity::Ok, "{}", found.headline);
}

#[test]
fn without_a_limit_or_a_load_there_is_no_finding_and_a_short_history_has_its_reason() {
    let column = |host: &str, hours: i64| {
        let points = (-hours..0).map(|hour| (AS_OF + hour * HOUR, messages(hour as i32, 0.0))).collect();
        Column { labels: Labels::from([("host", host)]), points }
    };
    let limited = platform(&outbound(400));
    let loads = [(Measure::LoadMessages, [column("out01", 400)].into())];
    let of =
        |measure, host, platform| capacity_findings(measure, &[column(host, 400)], &loads, &at(platform));
    assert!(of(Measure::ResponseTime, "out01", &limited).is_empty());
    assert!(of(Measure::DeliveryDelay, "out02", &limited).is_empty());
    let short = of(Measure::DeliveryDelay, "out01", &limited).remove(0);
    let Verdict::Undecided { reason, .. } = &short.verdict else { panic!("{}", short.headline) };
    // 400 hours are two weeks and 64 hours of a third.
    assert_eq!(reason, "3 weeks have both a load and a level; the model needs 4");
    assert_eq!(short.severity, Severity::Info);
}
