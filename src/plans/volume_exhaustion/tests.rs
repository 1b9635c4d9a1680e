use super::*;
use crate::{
    plans::fixture::{
        AS_OF, GB, MAILSTORE, at, date, ended, event, exhaustion, fact, hours, noise, platform, volume,
    },
    platform::{Labels, Platform},
};

/// `/var/mail` of ms01 with 10,000 GB, full at 9,000 by the default mark, that holds so many GB.
fn holding(days: i64, used: impl Fn(f64) -> f64) -> Volume {
    volume("ms01", hours(days, |d| used(d) * GB), 10_000.0 * GB)
}

/// 10 GB a day, 190 GB below the full mark now: full in 19 days.
fn growing(days: i64) -> Volume {
    holding(days, |d| 8_810.0 + 10.0 * d)
}

fn all(volume: &Volume, platform: &Platform) -> Vec<Finding> {
    let host = volume.labels.get("host").unwrap();
    volume_findings(volume, platform.pool_of(host), &at(platform)).findings
}

fn judged(volume: &Volume, tables: &str) -> Finding {
    all(volume, &platform(&format!("{MAILSTORE}{tables}"))).remove(0)
}

fn undecided(finding: &Finding) -> (&str, Option<chrono::NaiveDate>) {
    match &finding.verdict {
        Verdict::Undecided { reason, enough_on } => (reason, *enough_on),
        _ => panic!("{}", finding.headline),
    }
}

/// The date is that by which two in five futures are full: a little before the line's own.
const EARLIER: f64 = 0.6;

#[test]
fn urgency_is_the_days_left_against_the_lead_time() {
    // 19 days left on 16 Nov is 5 Dec, and two in five futures are full the evening before. The early edge is two
    // days earlier, on 3 Dec; ordered so many days before.
    for (lead_time, severity, order_by, advice) in [
        (30, Severity::Critical, "2026-11-03", "Act now: add disk"),
        (10, Severity::Warning, "2026-11-23", "Decide by 23 Nov 2026: add disk"),
        // 17 - 2 = 15 days to decide are more than a fortnight.
        (2, Severity::Info, "2026-12-01", "Decide by 1 Dec 2026: add disk"),
    ] {
        let found = judged(&growing(120), &format!("lead_time_days = {lead_time}"));
        let full = exhaustion(&found);
        assert!((full.runway.p50_days.unwrap() - 19.0).abs() < EARLIER, "{full:?}");
        assert_eq!(full.p50, Some(date("2026-12-04")));
        assert_eq!((found.severity, full.order_by), (severity, Some(date(order_by))), "{lead_time}");
        assert!(found.advice.starts_with(advice), "{}", found.advice);
        assert_eq!(found.id.0, "disk-full/ms01/var/mail");
        assert_eq!(found.headline, "ms01:/var/mail reaches its full mark in 19 days, on 4 Dec 2026");
    }
}

#[test]
fn an_uneven_growth_has_an_early_and_a_late_edge_and_is_ordered_for_the_early_one() {
    let found = judged(&holding(120, |d| 8_810.0 + 10.0 * d + 20.0 * noise(d)), "lead_time_days = 10");
    let full = exhaustion(&found);
    let [p5, p50, p95] =
        [full.runway.p5_days, full.runway.p50_days, full.runway.p95_days].map(Option::unwrap);
    assert!(p5 < p50 && p50 < p95, "{full:?}");
    // The level of today is known to 20 GB: two days of growth.
    assert!((p50 - 19.0).abs() < 2.0, "{full:?}");
    assert_eq!(full.order_by, full.p5.unwrap().checked_sub_days(chrono::Days::new(10)));
}

#[test]
fn above_the_mark_is_full_today() {
    let found = judged(&holding(120, |d| 9_050.0 + 10.0 * d), "lead_time_days = 1");
    let full = exhaustion(&found);
    assert_eq!((full.runway.p50_days, found.severity), (Some(0.0), Severity::Critical));
    assert_eq!(full.p50, Some(date("2026-11-16")));
    assert_eq!(found.headline, "ms01:/var/mail has reached its full mark");
}

#[test]
fn what_does_not_fill_within_the_horizon_is_told_apart() {
    // A year of 1 GB a day is 4 % of 9,000 GB, and more than the 1 % that still counts as flat.
    for (volume, verdict) in [
        (holding(120, |_| 5_000.0), "flat"),
        (holding(120, |d| 5_000.0 + 0.1 * d), "flat"),
        (holding(120, |d| 5_000.0 - 10.0 * d), "shrinking"),
        (holding(120, |d| 7_000.0 + d), "fills_beyond"),
    ] {
        let found = judged(&volume, "");
        assert_eq!((found.verdict.name(), found.severity), (verdict, Severity::Ok));
        assert_eq!(found.advice, "Nothing to do.");
    }
}

#[test]
fn a_retention_job_that_keeps_up_with_the_growth_keeps_the_volume_clean() {
    // Every 14 days, at 7,200 of the mark's 9,000 GB, it takes the 140 GB that came in: 10 a day in, 10 out.
    let found = judged(&holding(126, |d| 7_060.0 + 10.0 * d.rem_euclid(14.0)), "");
    let Verdict::Cleaned { at_ratio } = found.verdict else { panic!("{}", found.headline) };
    assert!((at_ratio - 0.8).abs() < 0.001, "{at_ratio}");
    assert!(fact(&found, "growth").unwrap().abs() < 0.1 * GB);
    // 126 days are nine fortnights, with eight purges between them.
    assert_eq!(found.evidence.marks.iter().filter(|m| m.name == "retention job").count(), 8);
    assert_eq!(found.severity, Severity::Ok);
}

#[test]
fn a_purge_is_a_mark_and_no_part_of_the_slope() {
    let found = judged(&holding(120, |d| 8_810.0 + 10.0 * d + if d < -35.0 { 500.0 } else { 0.0 }), "");
    assert!((exhaustion(&found).runway.p50_days.unwrap() - 19.0).abs() < EARLIER);
    assert!((fact(&found, "growth").unwrap() - 10.0 * GB).abs() < 0.1 * GB);
    let [mark] = &found.evidence.marks[..] else { panic!("{:?}", found.evidence.marks) };
    assert_eq!((mark.name.as_str(), mark.time), ("purge", AS_OF - 35 * DAY));
    assert!((mark.size.unwrap() + 500.0 * GB).abs() < GB, "{mark:?}");
}

#[test]
fn a_resize_is_a_mark_and_no_growth() {
    let mut resized = growing(120);
    resized.usable = hours(120, |d| if d < -40.0 { 8_000.0 * GB } else { 10_000.0 * GB });
    let found = judged(&resized, "");
    let [mark] = &found.evidence.marks[..] else { panic!("{:?}", found.evidence.marks) };
    // Capacities are looked at by day; a day's value stands at its noon.
    assert_eq!((mark.name.as_str(), mark.time), ("resize", AS_OF - 40 * DAY + DAY / 2));
    assert_eq!(mark.size, Some(2_000.0 * GB));
    assert!((fact(&found, "growth").unwrap() - 10.0 * GB).abs() < 0.1 * GB);
    assert!((exhaustion(&found).runway.p50_days.unwrap() - 19.0).abs() < EARLIER);
}

#[test]
fn inodes_may_run_out_before_bytes() {
    let mut small_files = holding(120, |_| 5_000.0);
    // Full at 900,000: 20,000 are left, 1,000 go a day.
    small_files.inodes_used = hours(120, |d| 880_000.0 + 1_000.0 * d);
    small_files.inodes_total = hours(120, |_| 1_000_000.0);
    let found = all(&small_files, &platform(MAILSTORE));
    let [bytes, inodes] = &found[..] else { panic!("{found:?}") };
    assert_eq!((bytes.kind, bytes.verdict.name()), (Kind::VolumeExhaustion, "flat"));
    assert_eq!((inodes.kind, inodes.severity), (Kind::InodeExhaustion, Severity::Critical));
    assert!((exhaustion(inodes).runway.p50_days.unwrap() - 20.0).abs() < EARLIER);
    assert_eq!(inodes.id.0, "inodes-full/ms01/var/mail");
    assert_eq!((inodes.subject.measure, inodes.evidence.unit), (Measure::InodesUsed, Unit::Count));
    assert!(inodes.headline.starts_with("ms01:/var/mail, by inodes, reaches its full mark in 20 days"));
}

#[test]
fn a_file_system_without_a_number_of_inodes_is_not_judged_by_them() {
    let mut btrfs = growing(120);
    btrfs.inodes_used = hours(120, |_| 0.0);
    btrfs.inodes_total = hours(120, |_| 0.0);
    assert_eq!(all(&btrfs, &platform(MAILSTORE)).len(), 1);
}

#[test]
fn what_cannot_be_forecast_says_why_and_when() {
    let mut stopped = growing(120);
    stopped.used = ended(&stopped.used, 9);
    let mut sizeless = growing(120);
    sizeless.usable = Series::holes(0, DAY, 0);
    let mut empty = growing(120);
    empty.used = Series::holes(0, DAY, 0);
    // The history begins on 27 Oct; 42 days later there will be 42 days of it.
    let enough = Some(date("2026-12-08"));
    for (volume, reason, enough_on, advice) in [
        (stopped, "no sample for 9 days", None, "See the finding about what has stopped."),
        (sizeless, "its source does not tell how much it holds", None, "Check what its monitoring answers."),
        (empty, "there is no sample", None, "Check what its monitoring answers."),
        (
            holding(20, |d| 5_000.0 + 10.0 * d),
            "20 days of history; the model needs 42, and it is not sure to fill within 42 days",
            enough,
            "Wait until 8 Dec 2026: then there is enough history.",
        ),
    ] {
        let found = judged(&volume, "");
        assert_eq!(undecided(&found), (reason, enough_on));
        assert_eq!((found.severity, found.advice.as_str()), (Severity::Info, advice));
    }
}

#[test]
fn a_forecast_begins_on_the_day_that_was_told() {
    // 400 days are left.
    assert_eq!(undecided(&judged(&holding(41, |d| 5_000.0 + 10.0 * d), "")).1, Some(date("2026-11-17")));
    // What is near is told before.
    let early =
        |days: i64| exhaustion(&judged(&growing(days), "")).early_warning.map(|early| early.enough_on);
    assert_eq!([early(41), early(42)], [Some(date("2026-11-17")), None]);
    assert!((exhaustion(&judged(&growing(42), "")).runway.p50_days.unwrap() - 19.0).abs() < EARLIER);
}

#[test]
fn a_volume_of_no_pool_has_the_default_mark_and_lead_time() {
    let mut stray = growing(120);
    stray.labels = Labels::from([("host", "backup01"), ("volume", "/")]);
    let found = judged(&stray, "full_mark = 0.5\nlead_time_days = 1");
    assert_eq!(found.evidence.thresholds[0].value, Pool::DEFAULT_FULL_MARK * 10_000.0 * GB);
    assert_eq!(exhaustion(&found).lead_time_days, Pool::DEFAULT_LEAD_TIME_DAYS);
    assert_eq!((found.subject.pool, found.id.0.as_str()), (None, "disk-full/backup01/_"));
}

#[test]
fn ignored_days_are_left_out_and_told() {
    let october = event("ignore", "2026-10-05", "2026-10-07");
    let found = judged(&growing(120), &october);
    let left_out = found.evidence.facts.iter().find(|f| f.name == "left out by the calendar").unwrap();
    assert_eq!(left_out.quantity, crate::plans::Quantity::Text { value: "72 h".to_owned() });
    let line = &found.evidence.lines[0];
    let holes: Vec<i64> =
        line.times.iter().zip(&line.values).filter(|(_, v)| v.is_none()).map(|(t, _)| *t).collect();
    // 5 October is 42 days before 16 November.
    assert_eq!(holes, [42, 41, 40].map(|days| AS_OF - days * DAY + DAY / 2));
    assert!((exhaustion(&found).runway.p50_days.unwrap() - 19.0).abs() < EARLIER);
}

#[test]
fn nothing_before_a_break_is_looked_at() {
    // A new release on 1 October; the first day that counts is the 2nd, 45 days before 16 November.
    let broken = growing(120);
    let found = judged(&broken, &event("break", "2026-10-01", "2026-10-01"));
    assert_eq!(fact(&found, "history"), Some(45.0));
    assert!((exhaustion(&found).runway.p50_days.unwrap() - 19.0).abs() < EARLIER);
    // On 1 November: from the 2nd to the 15th are 14 days, and 42 days after the 2nd is 14 December.
    let found = judged(&broken, &event("break", "2026-11-01", "2026-11-01"));
    let early = exhaustion(&found).early_warning.unwrap();
    assert_eq!((early.history_days, early.enough_on), (14.0, date("2026-12-14")));
    // One that is still to come says nothing.
    let found = judged(&broken, &event("break", "2026-12-24", "2026-12-24"));
    assert_eq!(fact(&found, "history"), Some(120.0));
}
