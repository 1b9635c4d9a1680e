//! Limits: levels that a latency, a queue or another measure is to stay below.

use super::{
    Form, Measure, Pool, Probe, SeriesKey, fields::Fields, source::measured_unit, wording::suggestion,
};

/// A level that the series it selects are to stay below. A selector that is `None` selects all.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Of which measure.
    pub measure: Measure,
    /// Only for this probe.
    pub probe: Option<Probe>,
    /// Only for the queue of this name, such as `deferred`.
    pub queue: Option<String>,
    /// Only for hosts of this pool.
    pub pool: Option<String>,
    /// The level, in the measure's canonical unit; above zero.
    pub limit: f64,
}

impl Limit {
    /// Whether the limit is for a series of hosts of a pool.
    pub fn selects(&self, key: &SeriesKey, pool: Option<&Pool>) -> bool {
        self.measure == key.measure
            && self.probe.is_none_or(|probe| key.labels.get("probe") == Some(probe.name()))
            && self.queue.as_deref().is_none_or(|queue| key.labels.get("queue") == Some(queue))
            && self.pool.as_deref().is_none_or(|name| pool.is_some_and(|pool| pool.name == name))
    }

    /// How many selectors it has: the more, the more it is meant for what it selects.
    pub(super) fn selectors(&self) -> usize {
        usize::from(self.probe.is_some())
            + usize::from(self.queue.is_some())
            + usize::from(self.pool.is_some())
    }

    /// Whether another limit selects the very same.
    pub(super) fn same_selection(&self, other: &Limit) -> bool {
        (self.measure, self.probe, &self.queue, &self.pool)
            == (other.measure, other.probe, &other.queue, &other.pool)
    }

    /// Reads one `[[limit]]`; `None` where it has been refused. `pools` are the names of all pools.
    pub(super) fn read(fields: &mut Fields<'_>, pools: &[&str]) -> Option<Limit> {
        let levels: Vec<Measure> = Measure::ALL.iter().copied().filter(|m| m.form() == Form::Gauge).collect();
        fields.require("measure", &levels.iter().map(|m| m.name()).collect::<Vec<_>>().join(", "));
        fields.require("limit", "a number above 0, in `unit`");
        let measure = fields.choice("measure", "a measure with a level", &levels, Measure::name);
        let probe = fields.choice("probe", "a probe", Probe::ALL, Probe::name);
        let queue = fields.text("queue").map(toml::Spanned::into_inner);
        let pool = fields.text("pool").map(toml::Spanned::into_inner);
        let limit = fields.number("limit", "a level", "a number above 0, in `unit`", |limit| limit > 0.0);
        let unit = measured_unit(fields, measure);
        if let Some(pool) = pool.as_deref().filter(|pool| !pools.contains(pool)) {
            let problem = format!("{} is not a pool of this file", super::wording::quoted(pool));
            fields.refuse("pool", problem, suggestion(pool, pools));
        }
        let measure = measure?;
        for (field, measures) in [
            ("probe", [Measure::ProbeDuration, Measure::ProbeSuccess]),
            ("queue", [Measure::QueueDepth, Measure::QueueAge]),
        ] {
            if fields.has(field) && !measures.contains(&measure) {
                let legal = measures.map(Measure::name).join(", ");
                fields.refuse(field, format!("{measure} has no {field}"), format!("legal with: {legal}"));
            }
        }
        Some(Limit { measure, probe, queue, pool, limit: limit? * unit?.to_canonical().1 })
    }
}
