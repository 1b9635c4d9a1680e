//! What schedules would save that take more or less risk.

use super::{
    super::RiskLevel,
    replay::{share, weeks},
    sizing::Sizing,
    window::{saved, windows},
};

/// Risks that are shown beside the pool's own: from hardly any to one hour in ten.
const RISKS: [f64; 5] = [0.003, 0.01, 0.02, 0.05, 0.1];

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
