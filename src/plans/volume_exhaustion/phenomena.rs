//! Each thing that a volume's history may show is named in the evidence, and does not spoil the growth: small series whose
//! answer is worked out by hand.

use super::*;
use crate::{
    plans::{
        Quantity,
        fixture::{AS_OF, GB, MAILSTORE, at, fact, hours, platform, volume},
    },
    series::HOUR,
};

/// What is said of `/var/mail` of ms01 with 100,000 GB that holds so many GB, by the days until now.
fn judged(used: &Series) -> Finding {
    let platform = platform(MAILSTORE);
    let volume = volume("ms01", used.clone(), 100_000.0 * GB);
    volume_findings(&volume, platform.pool_of("ms01"), &at(&platform)).findings.remove(0)
}

fn holding(days: i64, used: impl Fn(f64) -> f64) -> Finding {
    judged(&hours(days, |d| used(d) * GB))
}

/// The growth a day is so many GB, within a share of it.
fn grows(found: &Finding, expected: f64, share: f64) {
    let got = fact(found, "growth").unwrap() / GB;
    assert!((got - expected).abs() <= share * expected.abs(), "{got} GB a day, expected {expected}");
}

/// The words of a fact.
fn words<'a>(found: &'a Finding, name: &str) -> &'a str {
    match found.evidence.facts.iter().find(|fact| fact.name == name).map(|fact| &fact.quantity) {
        Some(Quantity::Text { value }) => value,
        other => panic!("{name}: {other:?} of {:?}", found.evidence.facts),
    }
}

/// The marks of a kind: how many whole days ago, and how many GB.
fn marks(found: &Finding, name: &str) -> Vec<(i64, Option<f64>)> {
    let own = found.evidence.marks.iter().filter(|mark| mark.name == name);
    own.map(|mark| ((AS_OF - mark.time) / DAY, mark.size.map(|size| (size / GB).round()))).collect()
}

#[test]
fn steady_growth() {
    let found = holding(120, |d| 30_000.0 + 10.0 * d);
    assert!(found.evidence.model.starts_with("steady growth"), "{}", found.evidence.model);
    grows(&found, 10.0, 0.01);
    assert!(found.evidence.marks.is_empty());
}

#[test]
fn acceleration() {
    // The rate doubles every 90 days and is 10 a day now: 10 · 2^(14/90) = 11.1 a day over the next four weeks.
    let found = holding(300, |d| 30_000.0 + 10.0 * 90.0 / 2_f64.ln() * (d / 90.0).exp2());
    assert!(found.evidence.model.starts_with("growth that speeds up"), "{}", found.evidence.model);
    grows(&found, 11.1, 0.1);
}

#[test]
fn saturation() {
    // The rate is 60 / (1 + t/60) a day after t days: after 314 days, a fortnight from now, 60 / 6.23 = 9.6.
    let found = holding(300, |d| 20_000.0 + 3_600.0 * (1.0 + (d + 300.0) / 60.0).ln());
    assert!(found.evidence.model.starts_with("growth that slows down"), "{}", found.evidence.model);
    grows(&found, 9.6, 0.05);
}

#[test]
fn a_change_of_rate() {
    // 10 a day until 70 days ago, 40 since; a little unevenness, so that a change has something to stand out from.
    let found = holding(150, |d| 30_000.0 + 10.0 * d + 30.0 * (d + 70.0).max(0.0) + 20.0 * (d / 3.0).sin());
    assert!(found.evidence.model.starts_with("growth that changed its rate"), "{}", found.evidence.model);
    grows(&found, 40.0, 0.1);
    let [(ago, None)] = marks(&found, "change of rate")[..] else { panic!("{:?}", found.evidence.marks) };
    assert!((ago - 70).abs() <= 7, "{ago}");
}

#[test]
fn a_weekly_rhythm() {
    // 50 on Monday, 100, 80, 60 and 60 on the days after, nothing at weekends: 350 a week, 50 a day. A day's median stands
    // at half past eleven: from Tuesday's to Wednesday's there are 12.5 h of 100 and 11.5 h of 80 a day, 52.08 + 38.33,
    // which is 40.4 GB (37.6 GiB) above 50; from Saturday's to Sunday's there is nothing, 50 GB (46.6 GiB) below.
    let by_midnight = [0.0, 50.0, 150.0, 230.0, 290.0, 350.0, 350.0, 350.0];
    let worked = |d: f64| {
        let (week, day) = ((d / 7.0).floor(), d.rem_euclid(7.0));
        let (from, to) = (by_midnight[day as usize], by_midnight[day as usize + 1]);
        350.0 * week + from + (to - from) * day.fract()
    };
    let found = holding(140, |d| 30_000.0 + worked(d));
    grows(&found, 50.0, 0.05);
    assert_eq!(
        words(&found, "weekly rhythm"),
        "grows most from Tuesday to Wednesday (37.6 GiB more than on an average day), least from Saturday to Sunday \
         (46.6 GiB less); explains 100 % of the ups and downs within a week"
    );
    // 30 days on, a Tuesday, there are four weeks and the growth from Sunday's median to Tuesday's: 11.5 h of Monday's 50,
    // then 12.5 h of it and 11.5 h of 100, which is 50 + 47.9, and not the 100 of two average days.
    let band = found.evidence.band.as_ref().unwrap();
    let grown = (band.p50[30] - band.p50[0]) / GB;
    assert!((grown - (4.0 * 350.0 + 97.9)).abs() < 15.0, "{grown}");
}

#[test]
fn a_purge_and_a_migration() {
    let found = holding(120, |d| {
        30_000.0 + 10.0 * d + if d >= -80.0 { 2_000.0 } else { 0.0 } - if d >= -20.0 { 3_000.0 } else { 0.0 }
    });
    assert_eq!(marks(&found, "migration"), [(80, Some(2_000.0))]);
    assert_eq!(marks(&found, "purge"), [(20, Some(-3_000.0))]);
    grows(&found, 10.0, 0.03);
}

#[test]
fn recurring_purges() {
    // 100 a day and 700 less every tenth day: 30 a day.
    let found = holding(120, |d| 30_000.0 + 100.0 * d - 700.0 * (d / 10.0).floor());
    assert_eq!(marks(&found, "retention job").len(), 11);
    assert!(found.evidence.model.contains("purges put back every 10 days"), "{}", found.evidence.model);
    grows(&found, 30.0, 0.1);
}

#[test]
fn a_resize() {
    // From 50,000 to 100,000 GB 40 days ago: what is held grows on, and is full at 90,000.
    let platform = platform(MAILSTORE);
    let used = hours(120, |d| (30_000.0 + 10.0 * d) * GB);
    let usable = hours(120, |d| if d < -40.0 { 50_000.0 } else { 100_000.0 } * GB);
    let volume = Volume { usable, ..volume("ms01", used, 0.0) };
    let found = volume_findings(&volume, platform.pool_of("ms01"), &at(&platform)).findings.remove(0);
    // A day is drawn at noon.
    assert_eq!(marks(&found, "resize"), [(39, Some(50_000.0))]);
    grows(&found, 10.0, 0.01);
    assert_eq!(found.evidence.thresholds[0].value, 90_000.0 * GB);
}

#[test]
fn a_mount_that_read_zero_a_gap_and_an_outlier() {
    let line = |d: f64| (30_000.0 + 10.0 * d) * GB;
    let at = |hour: i64| AS_OF - 140 * DAY + hour * HOUR;
    let mut used = hours(140, line);
    let mut set = |from: i64, to: i64, value: Option<f64>| {
        (from..to).for_each(|hour| used.set(used.slot(at(hour)).unwrap(), value));
    };
    // One hour without the mount, three weeks without data, five hours with a copy of 6,000 GB.
    set(500, 501, Some(0.0));
    set(1_440, 1_944, None);
    set(2_400, 2_405, Some(line(-40.0) + 6_000.0 * GB));
    let found = judged(&used);
    assert_eq!(words(&found, "read near zero, left out"), "1 h");
    assert_eq!(words(&found, "holes"), "504 h");
    assert_eq!(words(&found, "outliers, left out"), "5 h");
    grows(&found, 10.0, 0.02);
    assert!(found.evidence.marks.is_empty(), "{:?}", found.evidence.marks);
}

#[test]
fn readings_in_whole_units() {
    // Ten a day, told in whole hundreds of GB: one step in ten days.
    let found = holding(200, |d| ((30_000.0 + 10.0 * d) / 100.0).floor() * 100.0);
    assert_eq!(fact(&found, "readings in steps of"), Some(100.0 * GB));
    assert!(found.evidence.marks.is_empty());
    grows(&found, 10.0, 0.1);
}
