//! Growth explained: whether a volume or a pool grows because it holds more mailboxes, or because each holds more.

use super::{Fact, Finding, GrowthExplained, MonthlyGrowth, VolumeAnswer, wording};
use crate::{
    models::{GrowthParts, GrowthRate, growth_parts},
    platform::Unit,
    series::{DAY, Days, Level, Series, level_on},
};

/// A count that is older than this says nothing of today: what is counted, is counted once a week at least.
const FRESH_DAYS: i64 = 8;
/// One of the two parts is the reason from this share of the growth on.
const MOST: f64 = 2.0 / 3.0;

/// Explains a volume's growth by the mailboxes on it, and notes how many there are.
pub(super) fn explain_volume(volume: &mut VolumeAnswer, mailboxes: &Days, as_of: i64) {
    let Some(level) = &volume.level else { return };
    let used = level.net_days();
    volume.mailboxes_now = fresh(mailboxes, as_of);
    if let Some(finding) = volume.findings.first_mut() {
        explain(finding, &used, mailboxes, as_of);
    }
}

/// Explains a growth in a finding: typed, as facts, and in a sentence. `used` is by day, without one-off steps. What
/// cannot be told is a fact as well.
pub(super) fn explain(finding: &mut Finding, used: &[(i64, f64)], mailboxes: &Days, as_of: i64) {
    let facts = &mut finding.evidence.facts;
    let Some(now) = fresh(mailboxes, as_of) else {
        facts.push(wording::text("mailboxes", "none counted of late"));
        return;
    };
    facts.push(wording::number("mailboxes", now, Unit::Count));
    match growth_parts(used, &without_steps(mailboxes)) {
        Ok(parts) => {
            let explained = typed(&parts, now);
            facts.push(wording::number("bytes per mailbox", parts.per_holder_now, Unit::Bytes));
            facts.extend(told(&explained));
            finding.decision.growth_explained = Some(explained);
        }
        Err(short) => facts.push(wording::text("growth explained", format!("not yet: {short}"))),
    }
}

/// The last count, if it is of late and there are any.
fn fresh(mailboxes: &Days, as_of: i64) -> Option<f64> {
    let &(day, count) = mailboxes.last()?;
    (as_of.div_euclid(DAY) - day <= FRESH_DAYS && count > 0.0).then_some(count)
}

/// The counts by day on the level of the last one: mailboxes that came or went at once are no growth, as in the used
/// bytes. To find such steps, days that were not counted are taken to lie between their neighbours, and are left out again.
fn without_steps(mailboxes: &Days) -> Days {
    let counted: Days = mailboxes.iter().copied().filter(|day| day.1 > 0.0).collect();
    let (Some(first), Some(last)) = (counted.first(), counted.last()) else { return Vec::new() };
    let daily = (first.0..=last.0).map(|day| level_on(&counted, day));
    let level = Level::of(&Series::from_slots(first.0 * DAY, DAY, daily.collect::<Vec<_>>()));
    let was_counted = |day: &(i64, f64)| counted.binary_search_by_key(&day.0, |d| d.0).is_ok();
    level.map(|level| level.net_days().into_iter().filter(was_counted).collect()).unwrap_or_default()
}

fn typed(parts: &GrowthParts, now: f64) -> GrowthExplained {
    let rate =
        |rate: GrowthRate| MonthlyGrowth { percent_per_month: rate.middle, low: rate.low, high: rate.high };
    GrowthExplained {
        span_days: parts.span_days,
        used: rate(parts.level),
        mailboxes: rate(parts.holders),
        bytes_per_mailbox: rate(parts.per_holder),
        mailboxes_now: now,
        bytes_per_mailbox_now: parts.per_holder_now,
    }
}

fn told(explained: &GrowthExplained) -> Vec<Fact> {
    let rate = |rate: &MonthlyGrowth| {
        let [middle, low, high] = [rate.percent_per_month, rate.low, rate.high].map(wording::hundredths);
        format!("{middle} a month ({low} to {high})")
    };
    let [used, mailboxes, each] = [explained.used, explained.mailboxes, explained.bytes_per_mailbox]
        .map(|rate| wording::hundredths(rate.percent_per_month));
    let sum = format!(
        "{used} a month = {mailboxes} by mailboxes, {each} by bytes per mailbox: {}",
        reason(explained)
    );
    vec![
        wording::text("growth of mailboxes", rate(&explained.mailboxes)),
        wording::text("growth of bytes per mailbox", rate(&explained.bytes_per_mailbox)),
        wording::text("growth explained", sum),
    ]
}

/// Which of the two grows, in words.
fn reason(explained: &GrowthExplained) -> &'static str {
    let sure = |rate: &MonthlyGrowth| rate.low > 0.0 || rate.high < 0.0;
    let (more, fuller) = (&explained.mailboxes, &explained.bytes_per_mailbox);
    let share = more.percent_per_month / explained.used.percent_per_month;
    match (sure(more), sure(fuller)) {
        (false, false) => "neither grows for sure",
        (true, true) if more.low > 0.0 && fuller.high < 0.0 => "more mailboxes, and emptier ones",
        (true, true) if more.high < 0.0 && fuller.low > 0.0 => "fewer mailboxes, and fuller ones",
        (true, true) if more.high < 0.0 => "fewer mailboxes, and emptier ones",
        (true, true) if share >= MOST => "mostly more mailboxes",
        (true, true) if share <= 1.0 - MOST => "mostly fuller mailboxes",
        (true, true) => "more mailboxes, and fuller ones",
        (true, false) if more.low > 0.0 => "more mailboxes",
        (true, false) => "fewer mailboxes",
        (false, true) if fuller.low > 0.0 => "fuller mailboxes",
        (false, true) => "emptier mailboxes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{
        fixture::{AS_OF, GB, MAILSTORE, at, fact, hours, platform, volume},
        volume_findings,
    };

    const TODAY: i64 = AS_OF / DAY;

    /// 1,000 mailboxes on a volume, or as many as `of` says so many days before the plan.
    fn counted(days: i64, of: impl Fn(f64) -> f64) -> Days {
        (-days..0).map(|day| (TODAY + day, of(day as f64))).collect()
    }

    /// A volume that grows by 3 hundredths of a logarithm a month, with its mailboxes.
    fn explained(mailboxes: &Days) -> VolumeAnswer {
        let platform = platform(MAILSTORE);
        let used = hours(120, |d| 5_000.0 * GB * (0.03 * d / 30.0).exp());
        let mut answer =
            volume_findings(&volume("ms01", used, 1e5 * GB), platform.pool("mailstore"), &at(&platform));
        explain_volume(&mut answer, mailboxes, AS_OF);
        answer
    }

    fn text<'a>(answer: &'a VolumeAnswer, name: &str) -> &'a str {
        let fact = answer.findings[0].evidence.facts.iter().find(|fact| fact.name == name);
        match &fact.unwrap().quantity {
            crate::plans::Quantity::Text { value } => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn used_bytes_are_mailboxes_times_bytes_per_mailbox() {
        // 1 a month by mailboxes leaves 2 for what each holds.
        let answer = explained(&counted(120, |d| 1_000.0 * (0.01 * d / 30.0).exp()));
        let parts = answer.findings[0].decision.growth_explained.unwrap();
        let [used, mailboxes, each] =
            [parts.used, parts.mailboxes, parts.bytes_per_mailbox].map(|rate| rate.percent_per_month);
        assert!((used - 3.0).abs() < 0.01 && (mailboxes - 1.0).abs() < 0.01, "{parts:?}");
        assert!((mailboxes + each - used).abs() < 1e-9, "{parts:?}");
        assert_eq!(
            text(&answer, "growth explained"),
            "+3.0 % a month = +1.0 % by mailboxes, +2.0 % by bytes per mailbox: more mailboxes, and fuller ones"
        );
        // 5,000 GB in a thousand mailboxes are 5 GB each.
        assert!((fact(&answer.findings[0], "bytes per mailbox").unwrap() / (5.0 * GB) - 1.0).abs() < 0.01);
        assert!((answer.mailboxes_now.unwrap() - 1_000.0).abs() < 1.0);
    }

    #[test]
    fn a_number_that_stays_makes_fuller_mailboxes_and_a_holed_count_does_too() {
        assert!(
            text(&explained(&counted(120, |_| 1_000.0)), "growth explained").ends_with("fuller mailboxes")
        );
        let holed: Days = counted(120, |_| 1_000.0).into_iter().filter(|day| day.0 % 3 != 0).collect();
        assert!(text(&explained(&holed), "growth explained").ends_with("fuller mailboxes"));
        let zeros = counted(120, |d| if (d as i64) % 4 == 0 { 0.0 } else { 1_000.0 });
        assert!(text(&explained(&zeros), "growth explained").ends_with("fuller mailboxes"));
    }

    #[test]
    fn mailboxes_that_come_at_once_are_no_growth() {
        let came = counted(120, |d| if d < -40.0 { 1_000.0 } else { 1_200.0 });
        let holed: Days = came.iter().copied().filter(|day| !(-44..-42).contains(&(day.0 - TODAY))).collect();
        for mailboxes in [came, holed] {
            let parts = explained(&mailboxes).findings[0].decision.growth_explained.unwrap();
            assert!(parts.mailboxes.percent_per_month.abs() < 0.01, "{parts:?}");
            assert_eq!(parts.mailboxes_now, 1_200.0);
        }
    }

    #[test]
    fn what_is_not_counted_or_not_long_enough_says_so() {
        let none = explained(&counted(120, |_| 0.0));
        assert_eq!((text(&none, "mailboxes"), none.mailboxes_now), ("none counted of late", None));
        let old: Days = counted(120, |_| 1_000.0).into_iter().filter(|day| day.0 < TODAY - 20).collect();
        assert_eq!(text(&explained(&old), "mailboxes"), "none counted of late");
        let short = explained(&counted(20, |_| 1_000.0));
        assert_eq!(text(&short, "growth explained"), "not yet: 20 days of history; the model needs 42");
        assert_eq!(short.mailboxes_now, Some(1_000.0));
    }
}
