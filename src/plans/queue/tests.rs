use super::*;
use crate::{
    plans::{
        drift_findings,
        fixture::{AS_OF, at, platform},
        weighed_drifts,
    },
    sources::Points,
};

const OUTBOUND: &str = "[[pool]]\nname = \"outbound\"\nrole = \"outbound\"\nhosts = [\"out*\"]\n";

fn column(labels: Labels, of: impl FnMut(i64) -> f64) -> Column {
    let hours = -24 * 84..0;
    let times = hours.clone().map(|hour| AS_OF + hour * HOUR);
    Column { labels, points: times.zip(hours.map(of)).collect::<Points>() }
}

fn queue_of(name: &str) -> Labels {
    Labels::from([("host", "out01"), ("queue", name)])
}

/// The findings about queues, each with its state.
fn judged(depths: &[Column], totals: &[Column]) -> Vec<Finding> {
    let platform = platform(OUTBOUND);
    let context = at(&platform);
    let mut found =
        drift_findings(&weighed_drifts(Measure::QueueDepth, depths, &[], &context), &[], &context);
    add_queue_states(&mut found, depths, totals, &context);
    found
}

/// What servers of ten messages a second make of what arrives in working hours and of 4 a second else: (depth, total that left).
fn served(day: f64) -> (Column, Column) {
    let (mut waiting, mut total) = (0.0_f64, 0.0);
    let mut lefts = Vec::new();
    let depth = column(queue_of("active"), |hour| {
        let busy = hour.div_euclid(24).rem_euclid(7) < 5 && (8..18).contains(&hour.rem_euclid(24));
        let arrived = if busy { day } else { 4.0 };
        let left = (arrived + waiting / 3_600.0).min(10.0);
        let before = waiting;
        waiting = (waiting + (arrived - left) * 3_600.0).max(0.0);
        lefts.push(left);
        20.0 + f64::midpoint(before, waiting)
    });
    // A counter stands at the end of its hour.
    let mut points: Points = [(AS_OF - 24 * 84 * HOUR, 0.0)].into_iter().collect();
    for (i, left) in lefts.into_iter().enumerate() {
        total += left * 3_600.0;
        points.push(AS_OF + (i as i64 + 1 - 24 * 84) * HOUR, total);
    }
    (depth, Column { labels: Labels::from([("host", "out01"), ("service", "postfix")]), points })
}

#[test]
fn servers_at_their_limit_are_warned_of() {
    let (depth, total) = served(12.0);
    let found = judged(&[depth], &[total]).remove(0);
    let busy = found.decision.queue.as_ref().unwrap().busy.unwrap();
    assert!(busy.seen_at_limit && (busy.capacity - 10.0).abs() < 0.01, "{busy:?}");
    // Twelve arrive where ten can leave.
    assert!((busy.utilisation - 1.2).abs() < 0.03, "{busy:?}");
    assert_eq!(found.severity, Severity::Warning);
    assert!(found.headline.ends_with("; its busiest hour brings 120 % of what its servers can do"));
    assert!(found.advice.starts_with("Add servers"), "{}", found.advice);
    let peak = found.decision.queue.unwrap().weekly_peak.unwrap();
    // Ten hours bring 2 · 3,600 · 10 too many: 72,000 at 18:00, of which the last hour's mean lacks half of its 7,200.
    assert_eq!((peak.typical, peak.hour, peak.weeks), (20.0 + 72_000.0 - 3_600.0, 17, 12));
}

#[test]
fn servers_that_were_never_backlogged_can_do_at_least_what_they_did() {
    let (depth, total) = served(8.0);
    let found = judged(&[depth], &[total]).remove(0);
    let state = found.decision.queue.unwrap();
    let busy = state.busy.unwrap();
    assert_eq!((busy.seen_at_limit, busy.low, busy.high), (false, None, None));
    assert!((busy.capacity - 8.0).abs() < 0.01 && (busy.utilisation - 1.0).abs() < 0.01, "{busy:?}");
    assert!(!found.headline.contains("servers") && found.severity < Severity::Warning, "{}", found.headline);
    // A queue of 20 all the time has no peak.
    assert_eq!(state.drain, None);
}

/// 600 messages come at these hours of each day, and so many leave an hour.
fn bursts(hours: &[i64], leave: f64) -> Column {
    let mut depth = 0.0_f64;
    column(queue_of("deferred"), move |hour| {
        depth = (depth - leave).max(0.0) + if hours.contains(&hour.rem_euclid(168)) { 600.0 } else { 0.0 };
        depth + 1.0
    })
}

#[test]
fn a_queue_that_the_next_peak_overtakes_is_warned_of() {
    // On three days in a row 600 come, and 15 an hour leave, 360 a day: 240 are left, then 480. The rest of the week drains it.
    let found = judged(&[bursts(&[10, 34, 58], 15.0)], &[]).remove(0);
    let drain = found.decision.queue.as_ref().unwrap().drain.unwrap();
    // Two of each three peaks are overtaken.
    assert_eq!((drain.lately, drain.overtaken_lately), (12, 8));
    assert_eq!(found.severity, Severity::Warning);
    assert!(found.headline.contains("8 of its 12 peaks of late were not drained"), "{}", found.headline);
    // 40 an hour leave 960 a day: each is drained in 15 hours.
    let found = judged(&[bursts(&[10, 34, 58], 40.0)], &[]).remove(0);
    let drain = found.decision.queue.as_ref().unwrap().drain.unwrap();
    assert_eq!((drain.hours, drain.overtaken_lately), (Some(15.0), 0));
    assert!(!found.headline.contains("peaks"), "{}", found.headline);
    // Nothing counts what leaves, so nothing is said of the servers.
    let state = found.decision.queue.unwrap();
    assert_eq!((state.busy, state.not_busy_because), (None, None));
}

#[test]
fn the_queue_manager_tells_what_leaves_and_one_queue_of_a_host_tells_it() {
    let (active, postfix) = served(8.0);
    let deferred = Column { labels: queue_of("deferred"), points: active.points.clone() };
    let rspamd = Column {
        labels: Labels::from([("host", "out01"), ("service", "rspamd")]),
        points: postfix.points.clone(),
    };
    let found = judged(&[active.clone(), deferred], &[rspamd.clone(), postfix]);
    let busy: Vec<bool> = found.iter().map(|f| f.decision.queue.as_ref().unwrap().busy.is_some()).collect();
    assert_eq!(busy, [true, false]);
    let other = Column { labels: Labels::from([("host", "out01"), ("service", "ses")]), ..rspamd.clone() };
    assert!(judged(&[active], &[rspamd, other])[0].decision.queue.as_ref().unwrap().busy.is_none());
}
