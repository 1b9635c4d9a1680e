//! `mailtide backtest`: how right the forecasts would have been.

use super::{
    args::{BacktestJob, Forecast},
    exit::Exit,
    job::Format,
    progress::Bar,
    stdio::out,
};
use crate::{
    pipeline::{self, BacktestSettings},
    plans::DISTANCES,
    platform::{Measure, Platform},
    reports::{backtest_json, backtest_table},
};

/// Plays the archive again, prints the scores and writes their page.
pub(super) fn backtest(asked: &BacktestJob, bar: &Bar) -> anyhow::Result<Exit> {
    let (platform, places, as_of) = asked.job.prepare()?;
    let played = pipeline::backtest(&platform, &places, as_of, &settings(asked, &platform), bar)?;
    let page = pipeline::render_backtest(&played, &places)?;
    bar.clear();
    match asked.job.format {
        Format::Json => out(&backtest_json(&played)?)?,
        Format::Table => {
            out(&backtest_table(&played))?;
            out(&format!("\nPage: {}\n", page.display()))?;
        }
    }
    Ok(Exit::Done)
}

fn settings(asked: &BacktestJob, platform: &Platform) -> BacktestSettings {
    let within = |days: &i64| *days as f64 <= platform.report.horizon_days;
    let usual = || DISTANCES.into_iter().filter(within).collect();
    let mut horizons = if asked.horizon.is_empty() { usual() } else { asked.horizon.clone() };
    horizons.sort_unstable();
    horizons.dedup();
    let measure = |forecast: &Forecast| match forecast {
        Forecast::DiskUsed => Measure::DiskUsed,
        Forecast::InodesUsed => Measure::InodesUsed,
    };
    BacktestSettings {
        every_days: asked.every,
        horizons,
        measures: asked.measure.iter().map(measure).collect(),
    }
}
