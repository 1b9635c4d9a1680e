use super::*;
use crate::{
    archive::{Column, Extract},
    plans::{
        drift_findings,
        fixture::{AS_OF, at, noise, platform},
        weighed_drifts,
    },
    platform::Labels,
    series::{HOUR, derived, stages},
    sources::Points,
};

const STAGES: [&str; 3] = ["connection_setup", "queue_manager", "transmission"];

/// The counters of a host for 60 days. `of` is told the days until now, and says how many messages there are in that
/// hour and how many seconds each spends in each stage.
fn counters(host: &str, of: impl Fn(f64) -> (f64, [f64; 3])) -> (Vec<Column>, Vec<Column>) {
    let mut totals = [0.0; 4];
    let mut points: Vec<Points> = vec![Points::default(); 4];
    for hour in -24 * 60..=0 {
        let day = f64::from(hour) / 24.0;
        let (messages, means) = of(day);
        for (i, mean) in means.into_iter().enumerate() {
            totals[i] += messages * mean * (1.0 + 0.02 * noise(7.0 * day + 40.0 * i as f64));
        }
        totals[3] += messages;
        points.iter_mut().zip(totals).for_each(|(points, total)| {
            points.push(AS_OF + i64::from(hour) * HOUR, total);
        });
    }
    let labels = |stage: &str| Labels::from([("host", host), ("stage", stage)]);
    let column = |stage: &str, points: &Points| Column { labels: labels(stage), points: points.clone() };
    let sums = STAGES.iter().zip(&points).map(|(stage, points)| column(stage, points)).collect();
    (sums, STAGES.iter().map(|stage| column(stage, &points[3])).collect())
}

/// What is found of hosts, each with its counters.
fn found(tables: &str, hosts: Vec<(Vec<Column>, Vec<Column>)>) -> Vec<Finding> {
    let platform = platform(tables);
    let context = at(&platform);
    let (sums, counts): (Vec<_>, Vec<_>) = hosts.into_iter().unzip();
    let (sums, counts) = (sums.concat(), counts.concat());
    let delays = stages(&sums, &counts);
    let extract = |measure, columns| Extract { measure, columns, disagreements: Vec::new() };
    let parts = [extract(Measure::DeliverySeconds, sums), extract(Measure::DeliveryCount, counts)];
    let columns = derived(Measure::DeliveryDelay, &parts);
    let fleet = weighed_drifts(Measure::DeliveryDelay, &columns, &[], &context);
    let mut findings = drift_findings(&fleet, &[], &context);
    explain_rises(&mut findings, &delays, &context);
    findings
}

const OUTBOUND: &str = "[[pool]]\nname = \"outbound\"\nrole = \"outbound\"\nhosts = [\"out*\"]\n";

/// By how much a stage of 0.5 s has risen, by so many percent over the 60 days.
fn rising(percent: f64, day: f64) -> f64 {
    0.5 * (1.0 + percent / 100.0 * (day + 60.0) / 60.0)
}

fn part<'a>(parts: &'a Parts, name: &str) -> &'a Part {
    parts.parts.iter().find(|part| part.name == name).unwrap()
}

fn assert_adds_up(parts: &Parts) {
    let (seconds, shares): (Vec<f64>, Vec<f64>) = parts.parts.iter().map(|p| (p.seconds, p.share)).unzip();
    assert!((seconds.iter().sum::<f64>() - parts.seconds).abs() < 1e-9, "{parts:?}");
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{parts:?}");
}

#[test]
fn one_stage_that_slows_is_told_with_its_seconds() {
    // Transmission from 0.5 to 0.7 s, the other stages stay: all of 0.2 s.
    let slow = counters("out1", |day| (1_000.0, [0.1, 0.2, rising(40.0, day)]));
    let finding = found(OUTBOUND, vec![slow]).remove(0);
    let explained = finding.decision.rise_explained.as_ref().unwrap();
    let host = explained.host.as_ref().unwrap();
    assert_adds_up(host);
    assert!((host.seconds - 0.2).abs() < 0.02, "{host:?}");
    let most = host.most().unwrap();
    assert_eq!(most.name, "transmission");
    assert!((most.share - 1.0).abs() < 0.05 && most.share_low > 0.85, "{most:?}");
    assert!(finding.advice.contains("Look at the stage transmission: the remote side"), "{}", finding.advice);
    // One host is no pool, and one pool no way.
    assert_eq!((&explained.pool, explained.ways.len()), (&None, 0));
}

#[test]
fn stages_that_slow_together_share_the_rise() {
    // 0.3 s more in transmission and 0.1 s more in the queue: three quarters and one.
    let slow = counters("out1", |day| (1_000.0, [0.1, 0.3 + 0.1 * (day + 60.0) / 60.0, rising(60.0, day)]));
    let finding = found(OUTBOUND, vec![slow]).remove(0);
    let host = finding.decision.rise_explained.unwrap().host.unwrap();
    assert_adds_up(&host);
    let share = |name: &str| part(&host, name).share;
    assert!((share("transmission") - 0.75).abs() < 0.05, "{host:?}");
    assert!((share("queue_manager") - 0.25).abs() < 0.05, "{host:?}");
}

#[test]
fn one_slow_host_of_four_is_most_of_its_pools_rise() {
    // out3 carries 40 % of the messages: 0.4 × 0.2 s.
    let host = |i: usize| {
        let (messages, percent) = if i == 3 { (2_000.0, 40.0) } else { (1_000.0, 0.0) };
        counters(&format!("out{i}"), move |day| (messages, [0.1, 0.2, rising(percent, day)]))
    };
    let findings = found(OUTBOUND, (0..4).map(host).collect());
    let explained = findings[3].decision.rise_explained.as_ref().unwrap();
    let pool = explained.pool.as_ref().unwrap();
    assert_adds_up(&pool.by_host);
    assert_adds_up(pool.by_stage.as_ref().unwrap());
    assert!((pool.by_host.seconds - 0.08).abs() < 0.01, "{pool:?}");
    assert_eq!(pool.by_host.most().unwrap().name, "out3");
    assert!(part(&pool.by_host, SHIFT).share.abs() < 0.02, "{pool:?}");
    assert_eq!(pool.by_stage.as_ref().unwrap().most().unwrap().name, "transmission");
    assert!(findings[..3].iter().all(|finding| finding.decision.rise_explained.is_none()));
}

#[test]
fn more_messages_on_slower_hosts_are_a_shift_of_traffic() {
    // out1 takes from 1,000 to 3,000 messages of 1.3 s each beside 1,000 of 0.8 s, and its own rise is small: the pool's
    // mean goes from 1.05 to 0.25 × 0.8 + 0.75 × 1.352 = 1.214 s.
    let slow =
        counters("out1", |day| (1_000.0 + 2_000.0 * (day + 60.0) / 60.0, [0.3, 0.5, rising(20.0, day)]));
    let quick = counters("out2", |_| (1_000.0, [0.1, 0.2, 0.5]));
    let findings = found(OUTBOUND, vec![slow, quick]);
    let explained = findings[0].decision.rise_explained.as_ref().unwrap();
    let pool = explained.pool.as_ref().unwrap();
    assert_adds_up(&pool.by_host);
    // Out of 0.5 × 0.8 + 0.5 × 1.3, with out1's own 0.1 s at its ordinary share of about two thirds.
    assert!((part(&pool.by_host, "out1").seconds - 0.1 * 0.64).abs() < 0.01, "{pool:?}");
    assert!(part(&pool.by_host, SHIFT).share > 0.5, "{pool:?}");
}

#[test]
fn a_way_is_told_by_its_pools() {
    let tables = format!(
        "{OUTBOUND}[[pool]]\nname = \"routing\"\nrole = \"routing\"\nhosts = [\"rt*\"]\n\
         [[pool]]\nname = \"submission\"\nrole = \"smtp\"\nhosts = [\"sm*\"]\n"
    );
    // Outbound is slower by 0.3 s, routing by 0.1 s, submission stays.
    let hosts = vec![
        counters("out1", |day| (1_000.0, [0.1, 0.2, rising(60.0, day)])),
        counters("rt1", |day| (5_000.0, [0.1, 0.2, rising(20.0, day)])),
        counters("sm1", |_| (500.0, [0.1, 0.2, 0.5])),
    ];
    let findings = found(&tables, hosts);
    let explained = findings[0].decision.rise_explained.as_ref().unwrap();
    let [way] = explained.ways.as_slice() else { panic!("{explained:?}") };
    assert_eq!(way.way, "outbound");
    assert_adds_up(&way.by_pool);
    assert!((part(&way.by_pool, "outbound").share - 0.75).abs() < 0.05, "{way:?}");
    assert!((part(&way.by_pool, "routing").share - 0.25).abs() < 0.05, "{way:?}");
    assert!(
        findings[0].advice.contains("Of the whole outbound way, pool outbound is"),
        "{}",
        findings[0].advice
    );
}

#[test]
fn what_does_not_move_and_what_has_one_stage_is_not_explained() {
    let flat = counters("out1", |_| (1_000.0, [0.1, 0.2, 0.5]));
    assert_eq!(found(OUTBOUND, vec![flat])[0].decision.rise_explained, None);
    let (mut sums, mut counts) = counters("out1", |day| (1_000.0, [0.1, 0.2, rising(60.0, day)]));
    sums = sums.split_off(2);
    counts = counts.split_off(2);
    let single = found(OUTBOUND, vec![(sums, counts)]).remove(0);
    assert_eq!((single.verdict.name(), single.decision.rise_explained), ("rises", None));
}
