//! Why a schedule is not proposed although the hours seem to allow one.

use super::{
    super::{NoEbb, wording},
    replay::{WeekReplayed, share},
    sizing::Sizing,
};

/// A schedule that would have had too few servers in more than this many times its risk in the last week is not proposed: the week
/// that says most of the coming one.
const LAST_WEEK: f64 = 5.0;
/// The same over all weeks that were held back. Set on real series: below it, the weeks that followed were safe.
const ALL_WEEKS: f64 = 2.0;
/// A level that rose by more than this, and by more than twice what it ever did before, has shifted.
const SHIFTED: f64 = 0.25;
const UNUSUAL: f64 = 2.0;
/// A bound so many spreads above the middle says that the weeks are too unlike each other.
const IRREGULAR: f64 = 5.0;

/// Why a plan is withheld after its replay, if it is.
pub(super) fn withheld(sizing: &Sizing, replayed: &[WeekReplayed]) -> Option<(NoEbb, String)> {
    let risk = sizing.pool.scaling.risk;
    let last = replayed.first().and_then(WeekReplayed::share).unwrap_or(0.0);
    if let Some(rise) = shift(sizing) {
        let hurt = if last > risk {
            format!(
                "; a schedule of the weeks before would have had too few servers in {} of its hours",
                wording::percent(last)
            )
        } else {
            String::new()
        };
        let reason = format!(
            "its level rose by {} in the last week, which nothing before foretold{hurt}",
            wording::percent(rise)
        );
        return Some((NoEbb::LevelShifted, reason));
    }
    if last > LAST_WEEK * risk {
        let reason = format!(
            "last week the schedule would have had too few servers in {} of its hours",
            wording::percent(last)
        );
        return Some((NoEbb::WouldHurt, reason));
    }
    let all = share(replayed).unwrap_or(0.0);
    (all > ALL_WEEKS * risk).then(|| {
        let reason = format!(
            "in the {} weeks held back its schedules would have had too few servers in {:.1} % of their hours, more than {:.1} %",
            replayed.len(),
            100.0 * all,
            100.0 * ALL_WEEKS * risk
        );
        (NoEbb::WouldHurt, reason)
    })
}

/// Why there is no window at all.
pub(super) fn no_window(sizing: &Sizing) -> (NoEbb, String) {
    let risk = sizing.pool.scaling.risk;
    let medians = sizing.drivers.iter().map(|driver| {
        let mut profile = driver.forecast.profile(risk);
        profile.upper.clone_from(&profile.median);
        profile
    });
    let plain = super::window::windows(&sizing.needed(&medians.collect::<Vec<_>>()), sizing.limits);
    let loose = sizing.drivers.iter().any(|driver| driver.forecast.spreads(risk) >= IRREGULAR);
    if loose && !plain.is_empty() {
        let reason = "its weeks are too unlike each other to trust any hour to be quiet".to_owned();
        return (NoEbb::TooIrregular, reason);
    }
    let least = sizing.limits.now.saturating_sub(1).max(sizing.limits.floor);
    (NoEbb::NeedsAll, format!("it needs more than {least} at every hour"))
}

/// By how much the last week's level lay above what was expected, where that is far and was never so before.
fn shift(sizing: &Sizing) -> Option<f64> {
    let of = |driver: &super::sizing::Driver| {
        let mut levels = driver.forecast.held_back.iter().map(|week| week.level);
        let last = levels.next()??;
        let before = levels.flatten().map(|level| (level - 1.0).abs()).fold(0.0, f64::max);
        Some(last - 1.0).filter(|rise| *rise > SHIFTED && *rise > UNUSUAL * before)
    };
    sizing.drivers.iter().filter_map(of).reduce(f64::max)
}
