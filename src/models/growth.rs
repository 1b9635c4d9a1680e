//! Growth: many courses of the level's growth, weighed by how likely they make its history, drawn on into many
//! futures; and an interval from how wrong the same models were on the same series before.

use super::{
    TooShort,
    growth_average::Average,
    growth_backtest::{GrowthBacktest, WalkForward},
    growth_change::{Change, mean_factor, purged_by},
    growth_future::{Events, Futures, draw, steps},
    growth_prior::FleetPrior,
    growth_rhythm::WeeklyRhythm,
    growth_shape::Course,
    growth_simple::simple_rates,
    growth_weeks::{LEAST_WEEKS, WEEK, Weeks},
};
use crate::series::{DAY, Level, Parts, Retention};

/// Days in a year.
const YEAR: f64 = 365.25;
/// A level fills if more than half of the futures do. Set on 27 simulated fleets together with how early they have to: of
/// two volumes that are as likely to fill, the one that is far from it is the false alarm more often.
const FILLS: f64 = 0.55;
/// After a history that is too short to be tried on its own past, two in three have to. Set on simulated fleets cut to two
/// to six weeks: with four in five, half as many of those that do fill within six weeks were told.
const FILLS_EARLY: f64 = 0.65;
/// By how much such a history's interval is widened: set on simulated fleets cut to two to five weeks.
const WIDENED_EARLY: f64 = 1.5;
/// The date is the one by which this share of the futures has filled: a date that errs early costs less than one
/// that errs late.
const BY_DATE: f64 = 0.4;

/// What a growth forecast is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthSettings {
    /// How many days ahead the forecast looks, at least 1.
    pub horizon_days: usize,
    /// What is known of growth before the level's own history is looked at.
    pub prior: FleetPrior,
    /// The chance of being full that a plan takes, above 0 and below 1: see [`Highest::planned`].
    pub plan_risk: f64,
}

impl Default for GrowthSettings {
    /// A year ahead, by what is known of volumes in general, and planned for the early edge.
    fn default() -> Self {
        GrowthSettings { horizon_days: 365, prior: FleetPrior::GENERAL, plan_risk: 0.05 }
    }
}

/// How high the level gets by each day, retention jobs and one-off purges included, less what the mark is known to
/// have risen by: where the day on which it first reaches a mark is read off. Entry `i` is day `from_day + i`.
#[derive(Debug, Clone, PartialEq)]
pub struct Highest {
    /// One chance in twenty to be higher: its crossing is the early edge.
    pub early: Vec<f64>,
    /// The chance to be higher is the one that a plan takes: what is planned for.
    pub planned: Vec<f64>,
    /// Where this has reached a mark, the mark's day can be told.
    pub likely: Vec<f64>,
    /// A level that does not reach a mark by this does not count as reaching it.
    pub sure: Vec<f64>,
    /// One chance in twenty to be lower: its crossing is the late edge.
    pub late: Vec<f64>,
}

impl Highest {
    /// From the quantiles of the highest level by day, the chance that a plan takes, and how sure it has to be that a
    /// mark is reached.
    pub(super) fn of(quantile: impl Fn(f64) -> Vec<f64>, plan_risk: f64, fills: f64) -> Self {
        Highest {
            early: quantile(0.95),
            planned: quantile(1.0 - plan_risk),
            likely: quantile(1.0 - BY_DATE),
            sure: quantile(1.0 - fills),
            late: quantile(0.05),
        }
    }
}

/// A forecast of a level by day, with the interval in which nine of ten outcomes should lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The day of the last level, in days since 1970-01-01 UTC; entry `i` of the quantiles is day `from_day +
    /// i`, so that entry 0 is the present level.
    pub from_day: i64,
    /// One chance in twenty to be lower.
    pub p5: Vec<f64>,
    /// As likely lower as higher.
    pub p50: Vec<f64>,
    /// One chance in twenty to be higher.
    pub p95: Vec<f64>,
    /// How high it gets.
    pub highest: Highest,
    /// Growth in the level's unit per day over the next four weeks, before the purges of a retention job.
    pub gross_per_day: f64,
    /// Growth in the level's unit per day, purges of a retention job included.
    pub net_per_day: f64,
    /// The first day of the history that the forecast rests on, in days since 1970-01-01 UTC.
    pub fitted_from: i64,
    /// The day on which the rate changed last, where it did, in days since 1970-01-01 UTC.
    pub rate_changed: Option<i64>,
    /// How the growth goes on.
    pub course: Course,
    /// How the level moves within each week.
    pub rhythm: WeeklyRhythm,
    /// How wrong the model was on this series; `None` where its history is too short for that, …
    pub backtest: Option<GrowthBacktest>,
    /// … and what it is short of: nothing but what is near may be told.
    pub short: Option<TooShort>,
}

/// What a level's history teaches: from it futures are drawn, as often as there are answers to "what if".
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    weeks: Weeks,
    futures: Futures,
    course: Course,
    /// The first week of the present rate, where it changed.
    changed: Option<usize>,
    backtest: Option<GrowthBacktest>,
    short: Option<TooShort>,
    retention: Option<Retention>,
    /// What the retention job will have taken by each day ahead.
    purged: Vec<f64>,
    /// What the level is the sum of.
    of: Parts,
    /// For how many years one-off purges could be seen.
    years: f64,
    /// The chance of being full that a plan takes.
    plan_risk: f64,
}

/// Forecasts a level to which nothing is known to happen.
pub fn forecast(level: &Level, settings: GrowthSettings) -> Result<Forecast, TooShort> {
    fit(level, settings).map(|fit| fit.forecast(&[]))
}

/// Weighs what a level's history says of its growth. Futures are drawn from the average of shapes, moved towards the
/// simple courses as far as the series' own past prefers these, and spread as far as its past errors ask for. A history
/// of two to five weeks says so ([`Forecast::short`]); a shorter one is no history.
pub fn fit(level: &Level, settings: GrowthSettings) -> Result<Fit, TooShort> {
    let days = &level.days;
    let need = LEAST_WEEKS * WEEK;
    let (Some(&(first, _)), Some(&(last, _))) = (days.first(), days.last()) else {
        return Err(TooShort { have_days: 0.0, need_days: need as f64, enough_at: 0 });
    };
    let short = || TooShort {
        have_days: (last - first + 1) as f64,
        need_days: need as f64,
        enough_at: (first + need) * DAY,
    };
    let (weeks, short) = match Weeks::of(days) {
        Some(weeks) => (weeks, None),
        None => (Weeks::of_short(days).ok_or_else(short)?, Some(short())),
    };
    let average = Average::of(&weeks, steps(settings.horizon_days), &settings.prior);
    let walk = WalkForward::of(&weeks, &average.foretold, average.in_bursts());
    let backtest = walk.backtest();
    let end = weeks.len() - 1;
    let blend = walk.blend(end);
    let simple = blend.simple_rate(&simple_rates(&weeks.ends, end));
    let retention = level.steps.retention;
    let purged = (0..=settings.horizon_days as i64)
        .map(|ahead| retention.map_or(0.0, |job| purges_until(&job, last, ahead) * job.size))
        .collect();
    let years = (last - first + 1) as f64 / YEAR;
    let widened = if short.is_some() { WIDENED_EARLY } else { blend.widened };
    let futures = Futures::of(&weeks, &average, (blend.simple, simple), widened, settings.horizon_days);
    let (course, changed) = average.course();
    let (of, plan_risk) = (level.of, settings.plan_risk);
    Ok(Fit { weeks, futures, course, changed, backtest, short, retention, purged, of, years, plan_risk })
}

impl Fit {
    /// The day of the last level, in days since 1970-01-01 UTC, from which [`Change::day`] counts.
    pub fn from_day(&self) -> i64 {
        self.weeks.last
    }

    /// Forecasts the level with what is known to happen, in any order. The same level and changes give the same forecast
    /// in every run.
    pub fn forecast(&self, changes: &[Change]) -> Forecast {
        let mut changes = changes.to_vec();
        changes.sort_by_key(|change| change.day);
        let purged = purged_by(self.purged.clone(), &changes);
        let events = Events { of: self.of, years: self.years, purged: &purged, changes: &changes };
        let fills = if self.short.is_some() { FILLS_EARLY } else { FILLS };
        let drawn = draw(&self.weeks, &self.futures, &events, (self.plan_risk, fills));
        let (last, end) = (self.weeks.last, self.weeks.len() - 1);
        let day_of = |week: usize| last - WEEK * (end - week) as i64;
        let rate_changed = self.changed.map(|week| day_of(week) - WEEK + 1);
        let job_per_day = self.retention.map_or(0.0, |job| job.size / job.period_days);
        Forecast {
            from_day: last,
            p5: drawn.p5,
            p50: drawn.p50,
            p95: drawn.p95,
            highest: drawn.highest,
            gross_per_day: drawn.per_day,
            net_per_day: drawn.per_day - job_per_day * mean_factor(&changes, 28),
            fitted_from: rate_changed.unwrap_or(day_of(0) - WEEK + 1),
            rate_changed,
            course: self.course,
            rhythm: self.weeks.rhythm,
            backtest: self.backtest.clone(),
            short: self.short.clone(),
        }
    }
}

/// How many purges of the job fall between the middle of the day `from` and that of the day `ahead` days later.
fn purges_until(job: &Retention, from: i64, ahead: i64) -> f64 {
    let due =
        |day: i64| ((day * DAY + DAY / 2 - job.last) as f64 / DAY as f64 / job.period_days).floor().max(0.0);
    (due(from + ahead) - due(from)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        models::GrowthBelief,
        series::{HOUR, Series},
    };

    const SETTINGS: GrowthSettings =
        GrowthSettings { horizon_days: 365, prior: FleetPrior::GENERAL, plan_risk: 0.05 };

    /// A level by the hour for `days` days.
    fn level(days: usize, of: impl Fn(f64) -> f64) -> Level {
        let slots = (0..days * 24).map(|i| Some(of(i as f64 / 24.0)));
        Level::of(&Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())).unwrap()
    }

    fn near(got: f64, expected: f64, share: f64) {
        assert!((got - expected).abs() <= share * expected.abs(), "{got}, expected {expected}");
    }

    #[test]
    fn steady_growth_goes_on() {
        let forecast = forecast(&level(120, |d| 1000.0 + 10.0 * d), SETTINGS).unwrap();
        near(forecast.net_per_day, 10.0, 0.01);
        // The last day's median lies at 119 days and 11.5 hours; 100 days later there are 1,000 more.
        near(forecast.p50[0], 1000.0 + 10.0 * (119.0 + 11.5 / 24.0), 0.001);
        near(forecast.p50[100] - forecast.p50[0], 1000.0, 0.03);
        // Nothing is certain even of the straightest line: a quarter's rate may differ by a tenth.
        assert!(forecast.p95[91] - forecast.p50[91] > 50.0 && forecast.p5[91] < forecast.p50[91] - 50.0);
        assert_eq!((forecast.course, forecast.rate_changed), (Course::Steady, None));
        let backtest = forecast.backtest.unwrap();
        assert!(backtest.mean_abs_error < 1.0, "{backtest:?}");
        // Saying that nothing changes is off by 28 days of growth.
        near(backtest.naive_error, 280.0, 1e-6);
    }

    #[test]
    fn a_purge_is_not_growth_and_comes_only_once() {
        let purged = |d: f64| 100_000.0 + 100.0 * d - if d >= 60.0 { 12_000.0 } else { 0.0 };
        let forecast = forecast(&level(120, purged), SETTINGS).unwrap();
        near(forecast.net_per_day, 100.0, 0.02);
        near(forecast.p50[91], purged(119.48) + 9_100.0, 0.02);
        // In a year there may be another one.
        near(forecast.p50[365], purged(119.48) + 36_500.0, 0.05);
    }

    #[test]
    fn purges_of_a_retention_job_come_back_on_their_day() {
        // 100 a day, and 700 less on every tenth day: 30 a day net.
        let kept = |d: f64| 20_000.0 + 100.0 * d - 700.0 * (d / 10.0).floor();
        let forecast = forecast(&level(120, kept), SETTINGS).unwrap();
        near(forecast.gross_per_day, 100.0, 0.02);
        near(forecast.net_per_day, 30.0, 0.1);
        // Day 119 stands just before a purge: the next day lies about 600 lower.
        near(forecast.p50[1] - forecast.p50[0], -600.0, 0.1);
        near(forecast.p50[300] - forecast.p50[0], 9_000.0, 0.1);
    }

    #[test]
    fn the_rate_of_today_is_that_after_the_last_change() {
        // A little unevenness from week to week, so that a change has something to stand out from.
        let uneven = |d: f64| 20.0 * (d / 3.0).sin();
        let faster = |d: f64| 10_000.0 + 10.0 * d.min(80.0) + 40.0 * (d - 80.0).max(0.0) + uneven(d);
        let forecast = forecast(&level(150, faster), SETTINGS).unwrap();
        near(forecast.net_per_day, 40.0, 0.1);
        let changed = forecast.rate_changed.unwrap();
        assert!((changed - 80).abs() <= 7, "{changed}");
    }

    #[test]
    fn growth_that_speeds_up_is_bent() {
        // The rate doubles every 90 days: 10 · 2^(d/90) a day.
        let doubling = |d: f64| 50_000.0 + 10.0 * 90.0 / 2_f64.ln() * (d / 90.0).exp2();
        let forecast = forecast(&level(300, doubling), SETTINGS).unwrap();
        assert_eq!(forecast.course, Course::Accelerating);
        // Over the four weeks to come, the rate is that of a fortnight ahead.
        near(forecast.gross_per_day, 10.0 * (314.0_f64 / 90.0).exp2(), 0.1);
        near(forecast.p50[90] - forecast.p50[0], doubling(389.5) - doubling(299.5), 0.15);
    }

    #[test]
    fn growth_that_slows_down_like_a_logarithm_goes_on_like_one() {
        // The rate is 400 / (1 + d/60) a day: the level is 24,000 · ln(1 + d/60) above its start.
        let saturating = |d: f64| 50_000.0 + 400.0 * 60.0 * (1.0 + d / 60.0).ln();
        let forecast = forecast(&level(300, saturating), SETTINGS).unwrap();
        assert_eq!(forecast.course, Course::Saturating);
        near(forecast.gross_per_day, 400.0 / (1.0 + 314.0 / 60.0), 0.05);
        near(forecast.p50[180] - forecast.p50[0], saturating(479.5) - saturating(299.5), 0.05);
    }

    #[test]
    fn a_short_history_says_what_is_near_and_how_unsure_it_is() {
        // 100 a day, 2,948 on the last of twenty days at noon: 500 more are there five days later.
        let short = forecast(&level(20, |d| 1_000.0 + 100.0 * d), SETTINGS).unwrap();
        let needs = TooShort { have_days: 20.0, need_days: 42.0, enough_at: 42 * DAY };
        assert_eq!((&short.short, &short.backtest), (&Some(needs), &None));
        near(short.p50[5] - short.p50[0], 500.0, 0.1);
        let reached = |path: &[f64]| path.iter().position(|&level| level >= 3_448.0).unwrap_or(usize::MAX);
        let by = [&short.highest.early, &short.highest.likely, &short.highest.sure, &short.highest.late];
        let [early, likely, sure, late] = by.map(|path| reached(path));
        assert!(early < likely && likely <= 5 && 5 < sure && sure < late, "{early} {likely} {sure} {late}");
        // A whole history of the same growth is surer.
        let whole = forecast(&level(120, |d| 1_000.0 + 100.0 * d), SETTINGS).unwrap();
        let wide = |forecast: &Forecast| forecast.p95[28] - forecast.p5[28];
        assert!(whole.short.is_none() && wide(&short) > 1.5 * wide(&whole), "{}", wide(&short));
        // In less than two weeks there is no growth from week to week.
        let none = forecast(&level(13, |d| 1_000.0 + 100.0 * d), SETTINGS).unwrap_err();
        assert_eq!((none.have_days, none.enough_at), (13.0, 42 * DAY));
    }

    #[test]
    fn a_weekly_rhythm_is_no_change_of_rate() {
        // 70 on each working day and nothing on weekends: 350 a week, 50 a day.
        let working_days = |d: f64| (d / 7.0).floor() * 5.0 + (d % 7.0).min(5.0);
        for days in [140, 143, 145] {
            let forecast = forecast(&level(days, |d| 30_000.0 + 70.0 * working_days(d)), SETTINGS).unwrap();
            near(forecast.net_per_day, 50.0, 0.05);
            near(forecast.p50[91] - forecast.p50[0], 91.0 * 50.0, 0.06);
            assert_eq!((forecast.course, forecast.rate_changed), (Course::Steady, None), "{days}");
        }
    }

    #[test]
    fn what_has_just_gone_or_come_at_once_is_not_gone_on_with() {
        // 100 a day; three days before the end 30,000 of 112,000 are purged, or moved in.
        for step in [-30_000.0, 30_000.0] {
            let stepped = |d: f64| 100_000.0 + 100.0 * d + if d >= 117.0 { step } else { 0.0 };
            let forecast = forecast(&level(120, stepped), SETTINGS).unwrap();
            near(forecast.net_per_day, 100.0, 0.03);
            near(forecast.p50[0], stepped(119.48), 0.001);
            near(forecast.p50[28] - forecast.p50[0], 2_800.0, 0.05);
            assert!(forecast.p5[28] > 0.9 * forecast.p50[0], "{}", forecast.p5[28]);
        }
    }

    #[test]
    fn gaps_and_outliers_are_no_growth() {
        let line = |d: f64| 50_000.0 + 50.0 * d;
        // Three weeks without data, and 60,000 more for five hours.
        let slots = (0..140 * 24).map(|i| {
            let day = f64::from(i) / 24.0;
            (!(60.0..81.0).contains(&day))
                .then_some(line(day) + if (2400..2405).contains(&i) { 60_000.0 } else { 0.0 })
        });
        let level = Level::of(&Series::from_slots(0, HOUR, slots.collect::<Vec<_>>())).unwrap();
        let forecast = forecast(&level, SETTINGS).unwrap();
        near(forecast.net_per_day, 50.0, 0.02);
        near(forecast.p50[91] - forecast.p50[0], 91.0 * 50.0, 0.03);
    }

    #[test]
    fn whole_gigabytes_grow_between_their_steps() {
        // Two in a week, told in whole ones by the day: 2 / 7 a day.
        let slots = (0..200).map(|d| Some((60.0 + 2.0 * f64::from(d) / 7.0).floor()));
        let level = Level::of(&Series::from_slots(0, DAY, slots.collect::<Vec<_>>())).unwrap();
        assert!(level.steps.once.is_empty());
        let forecast = forecast(&level, SETTINGS).unwrap();
        near(forecast.net_per_day, 2.0 / 7.0, 0.1);
        near(forecast.p50[91] - forecast.p50[0], 26.0, 0.1);
    }

    #[test]
    fn growth_in_bursts_goes_on_by_its_usual_weeks() {
        // 10 in one week, 40 in the next, 0 in the third; and in every thirteenth 500 that are no habit: the 52 weeks
        // before the last day hold 48 usual ones of 50 / 3 each on average.
        let mut total = 5_000.0;
        let ends: Vec<f64> = (0..60)
            .map(|week| {
                total += if week % 13 == 5 { 500.0 } else { [10.0, 40.0, 0.0][week % 3] };
                total
            })
            .collect();
        let forecast = forecast(&level(420, |d| ends[(d / 7.0) as usize]), SETTINGS).unwrap();
        assert_eq!(forecast.course, Course::InBursts);
        let a_week = (forecast.p50[91] - forecast.p50[0]) / 13.0;
        // A tenth trimmed at either end takes the bursts and some of the idle weeks.
        assert!((12.0..26.0).contains(&a_week), "{a_week}");
        // A burst may come within four weeks; the interval has room for one.
        assert!(forecast.p95[28] - forecast.p50[28] > 60.0, "{}", forecast.p95[28]);
    }

    #[test]
    fn a_short_history_is_read_by_what_the_fleet_does() {
        // Eight weeks at 10 a day, the last two and a half at 20: a change or chance, by what volumes do.
        let young = level(56, |d| 10_000.0 + 10.0 * d + 10.0 * (d - 38.0).max(0.0) + 8.0 * (d * 0.9).sin());
        let changed =
            level(364, |d| 10_000.0 + 10.0 * d + 30.0 * (d - 250.0).max(0.0) + 8.0 * (d * 0.9).sin());
        let steady = level(364, |d| 10_000.0 + 10.0 * d + 8.0 * (d * 0.9).sin());
        let in_a_year_of = |fleet: &Level| {
            let prior = FleetPrior::learnt(&[GrowthBelief::of(fleet).unwrap(); 100]);
            let forecast = forecast(&young, GrowthSettings { prior, ..SETTINGS }).unwrap();
            forecast.p50[91] - forecast.p50[0]
        };
        assert!(in_a_year_of(&changed) > in_a_year_of(&steady) + 10.0);
    }

    #[test]
    fn less_than_six_weeks_is_too_short_and_says_until_when() {
        let short = |days| forecast(&level(days, |d| 1000.0 + d), SETTINGS).unwrap().short;
        assert_eq!(short(30), Some(TooShort { have_days: 30.0, need_days: 42.0, enough_at: 42 * DAY }));
        assert_eq!(short(43), None);
    }
}
