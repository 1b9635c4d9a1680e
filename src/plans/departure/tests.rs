use super::*;
use crate::{
    plans::{
        fixture::{AS_OF, GB, MAILSTORE, at, hours, noise, platform, volume},
        volume_findings,
    },
    platform::Platform,
};

/// Volumes of 100,000 GB that hold 10,000 GB now, each grown by so many GB so many days before.
fn answers(platform: &Platform, grown: &[&dyn Fn(f64) -> f64]) -> Vec<VolumeAnswer> {
    let pool = platform.pool("mailstore");
    let answer = |(i, of): (usize, &&dyn Fn(f64) -> f64)| {
        let used = hours(126, |d| (10_000.0 + of(d) + noise(d + i as f64)) * GB);
        volume_findings(&volume(&format!("ms{i:02}"), used, 1e5 * GB), pool, &at(platform))
    };
    grown.iter().enumerate().map(answer).collect()
}

fn found(tables: &str, grown: &[&dyn Fn(f64) -> f64]) -> Vec<Finding> {
    let platform = platform(&format!("{MAILSTORE}{tables}"));
    departures(platform.pool("mailstore").unwrap(), &answers(&platform, grown), AS_OF)
}

/// 10 GB a day, and 50 a day over the last 25 days: 9,725 GB at the last noon.
fn runs_away(d: f64) -> f64 {
    10.0 * d.min(-25.0) + 50.0 * d.max(-25.0)
}

/// So many that grow by 10 to 12 GB a day: 3 to 3.6 % of their level a month.
fn steady(count: usize) -> Vec<Box<dyn Fn(f64) -> f64>> {
    (0..count)
        .map(|i| Box::new(move |d: f64| (10.0 + 0.25 * i as f64) * d) as Box<dyn Fn(f64) -> f64>)
        .collect()
}

fn with<'a>(
    steady: &'a [Box<dyn Fn(f64) -> f64>],
    odd: &'a dyn Fn(f64) -> f64,
) -> Vec<&'a dyn Fn(f64) -> f64> {
    let mut all: Vec<&dyn Fn(f64) -> f64> = steady.iter().map(|of| &**of as &dyn Fn(f64) -> f64).collect();
    all.push(odd);
    all
}

#[test]
fn one_host_among_ten_that_runs_away_is_told_with_its_rule() {
    let others = steady(9);
    let found = found("", &with(&others, &runs_away));
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!((one.id.0.as_str(), one.severity), ("departs/ms09/var/mail", Severity::Info));
    let Verdict::Departs(departure) = &one.verdict else { panic!("{:?}", one.verdict) };
    // 50 and 10 GB a day of 9,725 are 15.42 and 3.08 % in 30 days; the others' middle is 11 GB a day of 10,000, 3.3 %.
    assert!((departure.percent_per_month - 15.42).abs() < 0.1, "{departure:?}");
    assert!((departure.percent_per_month_before - 3.08).abs() < 0.1, "{departure:?}");
    assert!((departure.peers_percent_per_month - 3.3).abs() < 0.1, "{departure:?}");
    // Rates 0.075 % apart: half of the nine lie within two of the middle, 0.15 %, times 1.4826 is 0.22 %. A quarter of
    // the median, 0.825 %, is more: 12.12 % over 0.825 % are 14.7.
    assert!((departure.sigmas - 14.7).abs() < 0.2, "{departure:?}");
    assert_eq!(departure.peers, 9);
    assert!(one.headline.starts_with("ms09:/var/mail grows by +1"), "{}", one.headline);
    assert!(one.advice.starts_with("Have a look at what grows on ms09"), "{}", one.advice);
    // 112 days before it held 7,625 GB, and the middle one of the others 8,762 of its 9,994: had it grown as that one, it
    // would hold 7,625 · 9,994 / 8,762 = 8,697 GB and not 9,725.
    let [used, as_others] = [0, 1].map(|line| one.evidence.lines[line].values.last().unwrap().unwrap() / GB);
    assert!((used - as_others - 1_028.0).abs() < 30.0, "{used} {as_others}");
}

#[test]
fn what_fills_within_the_lead_time_is_a_warning() {
    let others = steady(9);
    let platform = platform(MAILSTORE);
    let pool = platform.pool("mailstore").unwrap();
    let mut answers = answers(&platform, &with(&others, &runs_away));
    // 1,000 GB are left below the mark of 11,000: 20 days at 50 GB a day.
    let used = hours(126, |d| (10_000.0 + runs_away(d)) * GB);
    answers[9] = volume_findings(&volume("ms09", used, 11_000.0 / 0.9 * GB), Some(pool), &at(&platform));
    let found = departures(pool, &answers, AS_OF);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(found[0].advice.starts_with("Act now: look at what grows on ms09"), "{}", found[0].advice);
}

#[test]
fn a_pool_that_grows_together_has_no_outlier_and_is_told_as_one() {
    // All of them turn from 10 to 50 GB a day.
    let all: Vec<&dyn Fn(f64) -> f64> = vec![&runs_away; 10];
    assert_eq!(found("", &all), []);
    let platform = platform(MAILSTORE);
    let answers = answers(&platform, &all);
    let told = together(&answers.iter().collect::<Vec<_>>(), AS_OF).unwrap();
    assert!(told.starts_with("10 of 10 volumes grow faster than in the quarter before: +1"), "{told}");
    let others = steady(10);
    let calm: Vec<&dyn Fn(f64) -> f64> = others.iter().map(|of| &**of as _).collect();
    let answers = self::answers(&platform, &calm);
    assert_eq!(together(&answers.iter().collect::<Vec<_>>(), AS_OF), None);
}

#[test]
fn few_peers_a_flat_pool_and_what_was_always_faster_are_no_departures() {
    for hosts in [1, 3] {
        let others = steady(hosts);
        assert_eq!(found("", &with(&others, &runs_away)), [], "{hosts} others are too few");
    }
    let flat = |_: f64| 0.0;
    let mut all: Vec<&dyn Fn(f64) -> f64> = vec![&flat; 9];
    assert_eq!(found("", &all), []);
    // 1 % of 10,000 GB in a month are more than 9 flat ones do, and nothing to look at.
    let slow = |d: f64| 100.0 / 30.0 * d.max(-25.0);
    all.push(&slow);
    assert_eq!(found("", &all), []);
    let always = |d: f64| 50.0 * d;
    let others = steady(9);
    assert_eq!(found("", &with(&others, &always)), []);
}

#[test]
fn thresholds_are_the_pools_own() {
    let others = steady(9);
    // 14 sigmas and 12 % beyond the others.
    for (fields, departs) in
        [("departs_sigmas = 13\n", 1), ("departs_sigmas = 16\n", 0), ("departs_percent = 13\n", 0)]
    {
        assert_eq!(found(fields, &with(&others, &runs_away)).len(), departs, "{fields}");
    }
}

#[test]
fn mailboxes_moved_in_at_once_are_no_departure_and_other_mounts_are_no_peers() {
    let others = steady(9);
    let moved = |d: f64| 10.0 * d - if d < -10.0 { 1_500.0 } else { 0.0 };
    assert_eq!(found("", &with(&others, &moved)), []);
    let platform = platform(MAILSTORE);
    let mut answers = answers(&platform, &with(&others, &runs_away));
    for answer in &mut answers[..6] {
        answer.labels.set("volume", "/srv");
    }
    // Three others are left with /var/mail.
    assert_eq!(departures(platform.pool("mailstore").unwrap(), &answers, AS_OF), []);
}

#[test]
fn a_retention_job_is_no_growth_until_it_stops() {
    // 140 GB every fortnight are taken out again, for 126 days; or for 84 only.
    let kept = |d: f64| 10.0 * d.rem_euclid(14.0);
    let stuck = |d: f64| if d < -42.0 { kept(d) } else { 40.0 * (d + 42.0) };
    let others = steady(9);
    assert_eq!(found("", &with(&others, &kept)), []);
    let late = found("", &with(&others, &stuck));
    assert_eq!(late.len(), 1, "{late:?}");
}
