//! The ebb: which hours of the week a pool can run with fewer servers.

use super::{
    Band, Context, Ebb, EventId, Evidence, Finding, Kind, Severity, Subject, Verdict, Week,
    ebb_window::{Limits, scheduled, windows},
    lines, wording,
};
use crate::{
    models::{Profile, ProfileSettings, profile},
    platform::{Labels, Measure, Pool, Unit},
    series::{DAY, HostLoad, Series, total_load},
};

/// Weeks that a profile rests on.
const WEEKS: i64 = 4;
/// With four weeks, the highest of a slot's values is its upper quantile.
const UPPER: f64 = 1.0;
/// Days ahead for which a load is forecast.
const AHEAD_DAYS: i64 = 7;
/// A schedule that would have had too few servers in more than this share of its time in a week that it did
/// not see is not proposed.
const MOST_VIOLATION: f64 = 0.05;

/// Why a pool has no ebb whose servers cannot be taken out for some hours.
pub const NOT_SCALING: &str = "its servers are not declared to scale out";

/// A pool's servers and what they carry.
#[derive(Debug, Clone)]
pub struct PoolServers {
    /// Each server's load, all on one grid step of at most an hour.
    pub loads: Vec<HostLoad>,
    /// Servers in service, where a source tells.
    pub running: Option<Series>,
}

/// Works out a pool's ebb. Every pool gets a finding.
pub fn ebb_finding<'a>(pool: &'a Pool, servers: &PoolServers, context: &Context<'a>) -> Finding {
    let name = format!("pool {}", pool.name);
    let mut total = total_load(&servers.loads, pool.scales_out);
    total = context.declared(&total, None, Some(pool));
    let now = servers_now(servers, context.as_of);
    let answer = answer(pool, &total, now, context);
    let unit = pool.load().unit();
    let evidence = Evidence {
        unit,
        lines: vec![lines::daily("load, daily median", &total, context.as_of - 60 * DAY)],
        band: answer.profile.as_ref().map(|p| band(p, context)),
        thresholds: Vec::new(),
        marks: Vec::new(),
        week: answer.week,
        facts: vec![
            wording::number("servers now", f64::from(now), Unit::Count),
            wording::number("servers at least", f64::from(pool.floor), Unit::Count),
            wording::number("target utilisation", pool.target_utilisation, Unit::Ratio),
            wording::text("load", pool.load().name()),
        ],
        model: answer.profile.as_ref().map(model).unwrap_or_default(),
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
            labels: Labels::new(),
        },
        headline: headline(&name, &answer.verdict),
        advice: advice(&answer.verdict),
        verdict: answer.verdict,
        evidence,
        what_if: Vec::new(),
    }
}

struct Answer {
    verdict: Verdict,
    profile: Option<Profile>,
    week: Option<Week>,
}

fn answer(pool: &Pool, total: &Series, now: u32, context: &Context) -> Answer {
    let undecided = |reason: String, enough_on| Answer {
        verdict: Verdict::Undecided { reason, enough_on },
        profile: None,
        week: None,
    };
    if !pool.scales_out && total.last().is_none() {
        let verdict = Verdict::NoEbb { reason: NOT_SCALING.to_owned() };
        return Answer { verdict, profile: None, week: None };
    }
    if total.last().is_none_or(|(time, _)| context.as_of - time > DAY) {
        return undecided(format!("no {} of its servers in the last day", pool.load()), None);
    }
    let until = |until: i64| {
        let settings = ProfileSettings { clock: context.clock(), until, weeks: WEEKS, upper: UPPER };
        profile(total, &settings, &|local| context.is_holiday(local))
    };
    let profile = match until(context.as_of) {
        Ok(profile) => profile,
        Err(short) => return undecided(short.to_string(), Some(context.date(short.enough_at))),
    };
    let sizing = Sizing::of(pool, &profile, now);
    let plan = sizing.plan(&profile, pool, context);
    let week = Some(Week {
        slots_per_day: profile.slots_per_day,
        median: profile.median.clone(),
        upper: profile.upper.clone(),
        servers: scheduled(&plan, profile.median.len(), now),
        servers_now: now,
    });
    let violation = until(context.as_of - AHEAD_DAYS * DAY)
        .ok()
        .and_then(|past| replay(&past, &sizing, &sizing.plan(&past, pool, context), total, context));
    let verdict = verdict(pool, plan, now, violation);
    Answer { verdict, profile: Some(profile), week }
}

fn verdict(pool: &Pool, plan: Vec<super::Window>, now: u32, violation: Option<f64>) -> Verdict {
    if !pool.scales_out {
        return Verdict::NoEbb { reason: NOT_SCALING.to_owned() };
    }
    if plan.is_empty() {
        return Verdict::NoEbb {
            reason: format!("it needs more than {} at every hour", now.saturating_sub(1).max(pool.floor)),
        };
    }
    if let Some(share) = violation.filter(|&share| share > MOST_VIOLATION) {
        return Verdict::NoEbb {
            reason: format!(
                "last week the schedule would have had too few servers in {} of its hours",
                wording::percent(share)
            ),
        };
    }
    let hours = |w: &super::Window| w.hours * w.days.len() as f64 * f64::from(w.servers_now - w.servers);
    let saved: f64 = plan.iter().map(hours).sum();
    Verdict::Ebbs(Ebb {
        server_hours_per_week: saved,
        share: saved / (f64::from(now) * 168.0),
        money_per_week: pool.price_per_server_hour.map(|price| price * saved),
        violation_share: violation,
        windows: plan,
    })
}

/// How a load becomes a number of servers.
struct Sizing {
    per_server: f64,
    limits: Limits,
}

impl Sizing {
    /// A processor or memory share says itself how much a server can carry: the target utilisation. Of sessions,
    /// connections and messages nobody has said it: there, today's servers are taken to be just right for the
    /// busiest slot of the week.
    fn of(pool: &Pool, profile: &Profile, now: u32) -> Self {
        let peak = profile.upper.iter().flatten().copied().fold(0.0, f64::max);
        let per_server = match pool.load() {
            Measure::LoadCpu | Measure::LoadMemory => pool.target_utilisation,
            _ => peak / f64::from(now.max(1)),
        };
        let limits = Limits { floor: pool.floor, now, warm_up_minutes: pool.warm_up_minutes };
        Sizing { per_server, limits }
    }

    fn servers(&self, load: f64) -> u32 {
        if self.per_server <= 0.0 {
            return self.limits.now;
        }
        // A float that just misses a whole number of servers is that number.
        let servers = (load / self.per_server - 1e-9).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
        servers.max(self.limits.floor)
    }

    /// A slot without history needs every server.
    fn plan(&self, profile: &Profile, pool: &Pool, context: &Context) -> Vec<super::Window> {
        if !pool.scales_out {
            return Vec::new();
        }
        let need: Vec<u32> = profile
            .upper
            .iter()
            .map(|load| load.map_or(self.limits.now, |load| self.servers(load)))
            .collect();
        let weekend = &context.platform.calendar.weekend;
        let works = |day: u8| !weekend.iter().any(|w| w.num_days_from_monday() == u32::from(day));
        windows(&need, self.limits, &works)
    }
}

/// The share of the schedule's time, in the week that its profile did not see, in which the load needed more
/// servers than it left; `None` where that week has no load inside the windows.
fn replay(
    past: &Profile,
    sizing: &Sizing,
    plan: &[super::Window],
    total: &Series,
    context: &Context,
) -> Option<f64> {
    let left = scheduled(plan, past.median.len(), sizing.limits.now);
    let mut clock = context.clock();
    let (mut inside, mut short) = (0_u32, 0_u32);
    for (time, load) in
        total.present().filter(|p| p.0 >= context.as_of - AHEAD_DAYS * DAY && p.0 < context.as_of)
    {
        let servers = left[past.slot(clock.at(time))];
        if servers < sizing.limits.now {
            inside += 1;
            short += u32::from(sizing.servers(load) > servers);
        }
    }
    (inside > 0).then(|| f64::from(short) / f64::from(inside))
}

/// Servers in service over the last week at the usual hour, or the servers that have been heard of in the
/// last two days.
fn servers_now(servers: &PoolServers, as_of: i64) -> u32 {
    let heard =
        servers.loads.iter().filter(|h| h.load.last().is_some_and(|(t, _)| as_of - t <= 2 * DAY)).count();
    let recent = |series: &Series| {
        let mut values: Vec<f64> =
            series.present().filter(|p| p.0 > as_of - AHEAD_DAYS * DAY).map(|p| p.1).collect();
        crate::series::median(&mut values)
    };
    let running = servers.running.as_ref().and_then(recent).map(|running| running.round().max(0.0) as u32);
    running.unwrap_or(u32::try_from(heard).unwrap_or(u32::MAX))
}

/// The coming week's load by slot.
fn band(profile: &Profile, context: &Context) -> Band {
    let step = DAY / profile.slots_per_day as i64;
    let begin = (context.as_of + step - 1).div_euclid(step) * step;
    let mut clock = context.clock();
    let mut band = Band { times: Vec::new(), p5: Vec::new(), p50: Vec::new(), p95: Vec::new() };
    for i in 0..AHEAD_DAYS * profile.slots_per_day as i64 {
        let time = begin + i * step;
        let slot = profile.slot(clock.at(time));
        if let (Some(p5), Some(p50), Some(p95)) =
            (profile.lower[slot], profile.median[slot], profile.upper[slot])
        {
            band.times.push(time);
            band.p5.push(p5);
            band.p50.push(p50);
            band.p95.push(p95);
        }
    }
    band
}

fn model(profile: &Profile) -> String {
    format!(
        "median and highest of the last {:.0} weeks by slot of the week in local time, holidays and declared events \
         left out",
        profile.weeks.ceil()
    )
}

fn headline(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Ebbs(ebb) => format!(
            "{name} can save {:.0} server-hours a week ({} of what runs)",
            ebb.server_hours_per_week,
            wording::percent(ebb.share)
        ),
        Verdict::NoEbb { reason } => format!("{name} has no ebb to use: {reason}"),
        Verdict::Undecided { reason, .. } => format!("{name} cannot be judged: {reason}"),
        _ => name.to_owned(),
    }
}

fn advice(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Ebbs(ebb) => {
            let windows: Vec<String> = ebb
                .windows
                .iter()
                .map(|w| {
                    format!(
                        "{} {} to {}{} with {} of {}",
                        weekdays(&w.days),
                        w.from.format("%H:%M"),
                        w.to.format("%H:%M"),
                        if w.to <= w.from { " the next day" } else { "" },
                        w.servers,
                        w.servers_now
                    )
                })
                .collect();
            format!("Scale in: {}.", windows.join("; "))
        }
        Verdict::Undecided { enough_on: Some(date), .. } => {
            format!("Wait until {}: then there is enough history.", wording::date(*date))
        }
        Verdict::Undecided { .. } => "Check what its monitoring answers.".to_owned(),
        _ => "Nothing to do.".to_owned(),
    }
}

/// `Mon–Thu`, `Fri`, `Sat, Mon`.
fn weekdays(days: &[u8]) -> String {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let name = |day: u8| NAMES[usize::from(day) % NAMES.len()];
    let runs = days.chunk_by(|a, b| a + 1 == *b).map(|run| match *run {
        [only] => name(only).to_owned(),
        [a, b] => format!("{}, {}", name(a), name(b)),
        [a, .., b] => format!("{}–{}", name(a), name(b)),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
