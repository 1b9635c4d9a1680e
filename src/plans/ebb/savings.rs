//! What a schedule saves, with its interval, and what others would that take more or less risk.

use super::{
    super::{Between, RiskLevel, Saving},
    replay::{WeekReplayed, share, weeks},
    sizing::Sizing,
    window::{saved, windows},
};

/// Risks that are shown beside the pool's own: from hardly any to one hour in ten.
const RISKS: [f64; 5] = [0.003, 0.01, 0.02, 0.05, 0.1];
/// Weeks in a month and in a year.
const SPANS: [(&str, f64); 3] = [("week", 1.0), ("month", 365.25 / 7.0 / 12.0), ("year", 365.25 / 7.0)];
/// Half of a normal distribution's 90 % interval, in standard deviations.
const NINETY: f64 = 1.645;

/// What is saved in a week, a month and a year. The interval is that of one week, taken for all of a span: what makes a week
/// dearer, such as growth, stays. It rests on how much the schedules of the weeks that were held back saved.
pub(super) fn savings(sizing: &Sizing, server_hours: f64, replayed: &[WeekReplayed]) -> Vec<Saving> {
    let squares: f64 = replayed.iter().map(|week| (week.saved - server_hours).powi(2)).sum();
    let off = NINETY * (squares / replayed.len().max(1) as f64).sqrt();
    let most = f64::from(sizing.limits.now - sizing.limits.floor.min(sizing.limits.now)) * 168.0;
    let week = Between {
        middle: server_hours,
        low: (server_hours - off).max(0.0),
        high: (server_hours + off).min(most.max(server_hours)),
    };
    let times = |b: Between, factor: f64| Between {
        middle: b.middle * factor,
        low: b.low * factor,
        high: b.high * factor,
    };
    SPANS
        .iter()
        .map(|&(span, weeks)| {
            let hours = times(week, weeks);
            let money = sizing.pool.price_per_server_hour.map(|price| times(hours, price));
            Saving { span, server_hours: hours, money }
        })
        .collect()
}

/// What schedules of several risks would save, and would have risked.
pub(super) fn curve(sizing: &Sizing) -> Vec<RiskLevel> {
    let own = sizing.pool.scaling.risk;
    let mut risks: Vec<f64> = RISKS.iter().copied().filter(|risk| (risk / own - 1.0).abs() > 0.05).collect();
    risks.push(own);
    risks.sort_by(f64::total_cmp);
    risks
        .into_iter()
        .map(|risk| {
            let profiles: Vec<_> =
                sizing.drivers.iter().map(|driver| driver.forecast.profile(risk)).collect();
            let plan = windows(&sizing.needed(&profiles), sizing.limits);
            let hours = saved(&plan, sizing.limits.drain_minutes);
            RiskLevel {
                risk,
                server_hours_per_week: hours,
                money_per_week: sizing.pool.price_per_server_hour.map(|price| price * hours),
                violation_share: share(&weeks(sizing, risk)),
                chosen: risk == own,
            }
        })
        .collect()
}
