//! The ebb: which hours of the week a pool can run with fewer servers.

use super::{
    Band, Context, Decision, Ebb, EventId, Evidence, Finding, Kind, NoEbb, Replay, Schedule, Severity,
    Subject, Verdict, Week, lines, wording,
};
use crate::{
    models::{LoadForecast, LoadSettings, Profile, TooShort, Z_95, load_forecast},
    platform::{Labels, Measure, Pool, Unit},
    series::{DAY, HostLoad, Series, total_load},
};
use sizing::Sizing;

mod caveats;
mod curve;
mod day_plan;
mod exceptions;
mod quiet;
mod replay;
mod savings;
mod sizing;
mod window;
mod withheld;
mod words;

/// Days over which the number of servers in service is taken.
const NOW_DAYS: i64 = 7;
/// Days of history that are drawn.
const DRAWN_DAYS: i64 = 60;

/// Why a pool has no ebb whose servers cannot be taken out for some hours.
pub const NOT_SCALING: &str = "its servers are not declared to scale out";

/// A pool's servers and what they carry.
#[derive(Debug, Clone)]
pub struct PoolServers {
    /// For each of the pool's loads, each server's, all on one grid step of at most an hour.
    pub loads: Vec<(Measure, Vec<HostLoad>)>,
    /// Servers in service, where a source tells.
    pub running: Option<Series>,
}

/// Works out a pool's ebb. Every pool gets a finding.
pub fn ebb_finding<'a>(pool: &'a Pool, servers: &PoolServers, context: &Context<'a>) -> Finding {
    let name = format!("pool {}", pool.name);
    let totals: Vec<(Measure, Series)> = servers
        .loads
        .iter()
        .map(|(measure, loads)| {
            (*measure, context.declared(&total_load(loads, pool.scales_out), None, Some(pool)))
        })
        .collect();
    let now = servers_now(servers, context.as_of);
    let answer = answer(pool, servers, &totals, now, context);
    let unit = pool.load().unit();
    let drawn = totals
        .first()
        .map(|(_, total)| lines::daily("load, daily median", total, context.as_of - DRAWN_DAYS * DAY));
    let loads: Vec<&str> = pool.scaling.loads.iter().map(|load| load.name()).collect();
    let mut facts = vec![
        wording::number("servers now", f64::from(now), Unit::Count),
        wording::number("servers at least", f64::from(pool.floor), Unit::Count),
        wording::number("target utilisation", pool.target_utilisation, Unit::Ratio),
        wording::text("load", loads.join(", ")),
    ];
    if let Some(quiet) = answer.week.as_ref().and_then(|week| week.quiet.as_ref()) {
        let when = format!(
            "{} {} to {}",
            words::weekdays(&[quiet.day]),
            quiet.from.format("%H:%M"),
            quiet.to.format("%H:%M")
        );
        let load = wording::percent(quiet.load_share);
        facts.push(wording::text(
            &format!("quietest {:.0} hours", quiet.hours),
            format!("{when}, at {load} of its highest load"),
        ));
    }
    let evidence = Evidence {
        unit,
        lines: drawn.into_iter().collect(),
        band: answer.band,
        thresholds: Vec::new(),
        marks: Vec::new(),
        week: answer.week,
        parts: Vec::new(),
        facts,
        model: answer.model,
        backtest: None,
    };
    Finding {
        id: EventId::of(Kind::Ebb, &[&pool.name]),
        kind: Kind::Ebb,
        severity: if matches!(answer.verdict, Verdict::NoEbb { .. }) { Severity::Ok } else { Severity::Info },
        subject: Subject {
            name: name.clone(),
            pool: Some(pool.name.clone()),
            role: Some(pool.role),
            measure: pool.load(),
            labels: Labels::from([("pool", pool.name.as_str())]),
        },
        headline: words::headline(&name, &answer.verdict),
        advice: words::advice(&answer.verdict),
        verdict: answer.verdict,
        evidence,
        what_if: Vec::new(),
        earlier: None,
        decision: Decision::default(),
    }
}

struct Answer {
    verdict: Verdict,
    band: Option<Band>,
    week: Option<Week>,
    model: String,
}

impl Answer {
    fn without_week(verdict: Verdict) -> Answer {
        Answer { verdict, band: None, week: None, model: String::new() }
    }

    fn undecided(reason: String, enough_on: Option<chrono::NaiveDate>) -> Answer {
        Answer::without_week(Verdict::Undecided { reason, enough_on })
    }
}

fn answer(
    pool: &Pool,
    servers: &PoolServers,
    totals: &[(Measure, Series)],
    now: u32,
    context: &Context,
) -> Answer {
    if !pool.scales_out && totals.iter().all(|(_, total)| total.last().is_none()) {
        return Answer::without_week(no_ebb(NoEbb::NotScaling, NOT_SCALING.to_owned()));
    }
    let silent = |total: &Series| total.last().is_none_or(|(time, _)| context.as_of - time > DAY);
    if let Some((measure, _)) = totals.iter().find(|(_, total)| silent(total)) {
        return Answer::undecided(format!("no {measure} of its servers in the last day"), None);
    }
    let forecasts: Result<Vec<_>, TooShort> = totals
        .iter()
        .map(|(measure, total)| {
            let settings = LoadSettings { clock: context.clock_of(pool), until: context.as_of };
            let forecast = load_forecast(total, &settings, &|day| context.is_holiday_on(day))?;
            Ok((*measure, forecast))
        })
        .collect();
    let forecasts = match forecasts {
        Ok(forecasts) if !forecasts.is_empty() => forecasts,
        Ok(_) => {
            return Answer::undecided(format!("no {} of its servers in the last day", pool.load()), None);
        }
        Err(short) => return Answer::undecided(short.to_string(), Some(context.date(short.enough_at))),
    };
    let sizing = Sizing::of(pool, forecasts, now);
    let profiles: Vec<Profile> =
        sizing.drivers.iter().map(|driver| driver.forecast.profile(pool.scaling.risk)).collect();
    let needed = sizing.needed(&profiles);
    let plan = if pool.scales_out { window::windows(&needed, sizing.limits) } else { Vec::new() };
    let verdict = verdict(&sizing, &plan, &needed, servers, context);
    // What is withheld is not drawn as if it were in force.
    let shown: &[super::Window] = if let Verdict::Ebbs(ebb) = &verdict { &ebb.schedule.windows } else { &[] };
    let first = &sizing.drivers[0].forecast;
    let profile = &profiles[0];
    let week = Week {
        slots_per_day: profile.slots_per_day,
        median: profile.median.clone(),
        upper: profile.upper.clone(),
        servers: window::scheduled(shown, needed.len(), now),
        needed,
        servers_now: now,
        quiet: quiet::quiet(&sizing, &profiles),
        bound: bound(first, pool.scaling.risk),
    };
    Answer { verdict, band: Some(band(first)), week: Some(week), model: model(first) }
}

fn no_ebb(because: NoEbb, reason: String) -> Verdict {
    Verdict::NoEbb { because, reason }
}

fn verdict(
    sizing: &Sizing,
    plan: &[super::Window],
    needed: &[u32],
    servers: &PoolServers,
    context: &Context,
) -> Verdict {
    let pool = sizing.pool;
    if !pool.scales_out {
        return no_ebb(NoEbb::NotScaling, NOT_SCALING.to_owned());
    }
    let replayed = replay::weeks(sizing, pool.scaling.risk);
    let withheld = withheld::withheld(sizing, &replayed);
    if let Some((because, reason)) = withheld.or_else(|| plan.is_empty().then(|| withheld::no_window(sizing)))
    {
        return no_ebb(because, reason);
    }
    let Some(replay) = replay::replay(sizing, context) else {
        return no_ebb(NoEbb::WouldHurt, "no week could be held back to try it on".to_owned());
    };
    Verdict::Ebbs(Box::new(ebb(sizing, plan, needed, &replayed, replay, servers, context)))
}

fn ebb(
    sizing: &Sizing,
    plan: &[super::Window],
    needed: &[u32],
    replayed: &[replay::WeekReplayed],
    replay: Replay,
    servers: &PoolServers,
    context: &Context,
) -> Ebb {
    let pool = sizing.pool;
    let now = sizing.limits.now;
    let saved = window::saved(plan, sizing.limits.drain_minutes);
    let of_holidays: Vec<Profile> =
        sizing.drivers.iter().map(|driver| driver.forecast.holiday_profile(pool.scaling.risk)).collect();
    let needs =
        exceptions::Needs { ordinary: needed, holiday: &sizing.needed(&of_holidays), limits: sizing.limits };
    let mut clock = context.clock_of(pool);
    let today = clock.date(context.as_of).unwrap_or(chrono::NaiveDate::MAX);
    Ebb {
        schedule: Schedule {
            pool: pool.name.clone(),
            timezone: pool.scaling.timezone.unwrap_or(context.platform.timezone),
            as_of: today,
            servers_now: now,
            windows: plan.to_vec(),
            exceptions: exceptions::exceptions(plan, &needs, pool, context, today),
        },
        server_hours_per_week: saved,
        share: saved / (f64::from(now) * 168.0),
        money_per_week: pool.price_per_server_hour.map(|price| price * saved),
        violation_share: replay::share(replayed),
        savings: savings::savings(sizing, saved, replayed),
        curve: curve::curve(sizing),
        replay,
        caveats: caveats::caveats(sizing, servers, context),
    }
}

/// Servers in service over the last week at the usual hour, or the servers that have been heard of in the
/// last two days.
fn servers_now(servers: &PoolServers, as_of: i64) -> u32 {
    let lately = |host: &&HostLoad| host.load.last().is_some_and(|(t, _)| as_of - t <= 2 * DAY);
    let heard = servers.loads.iter().map(|(_, loads)| loads.iter().filter(lately).count()).max().unwrap_or(0);
    let recent = |series: &Series| {
        let mut values: Vec<f64> =
            series.present().filter(|p| p.0 > as_of - NOW_DAYS * DAY).map(|p| p.1).collect();
        crate::series::median(&mut values)
    };
    let running = servers.running.as_ref().and_then(recent).map(|running| running.round().max(0.0) as u32);
    running.unwrap_or(u32::try_from(heard).unwrap_or(u32::MAX))
}

/// The coming week's load by slot; P5 and P95 are of one-hour means.
fn band(forecast: &LoadForecast) -> Band {
    let coming = &forecast.coming;
    let at =
        |spreads: f64| coming.iter().map(|slot| (slot.middle + spreads * slot.spread).max(0.0)).collect();
    Band { times: coming.iter().map(|slot| slot.time).collect(), p5: at(-Z_95), p50: at(0.0), p95: at(Z_95) }
}

/// The bound that schedules are cut from, at the band's times.
fn bound(forecast: &LoadForecast, risk: f64) -> Vec<f64> {
    let spreads = forecast.spreads(risk);
    forecast.coming.iter().map(|slot| (slot.hour + spreads * slot.spread).max(0.0)).collect()
}

fn model(forecast: &LoadForecast) -> String {
    format!(
        "weeks under each other in local time, cleaned of incidents, put to one level and pooled over days that are alike, with the \
         median of four weeks and a plain day beside it, each weighed by its errors on {} weeks held back",
        forecast.held_back.len()
    )
}

#[cfg(test)]
mod tests;
