//! Delays by day: of a host by stage, of a pool by host, of a way by pool.

use std::collections::BTreeMap;

use super::Context;
use crate::{
    models::DayParts,
    platform::Pool,
    series::{HOUR, Series, StageHour, Stages, median},
};

/// A day with fewer hours than this share of the usual ones is left out: its mean would be that of a part of the day.
const LEAST_OF_DAY: f64 = 0.75;
/// A host known on fewer days than this share of those of its pool's best one is left out: it would cost the others theirs.
const LEAST_OF_DAYS: f64 = 0.75;

/// One host's deliveries by local day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HostDays<'a> {
    pub(super) host: &'a str,
    pub(super) stages: &'a [String],
    pub(super) pool: Option<&'a Pool>,
    pub(super) days: BTreeMap<i64, Day>,
}

/// A day's messages and the mean seconds that each spent in each stage.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Day {
    pub(super) messages: f64,
    pub(super) means: Vec<f64>,
}

impl Day {
    /// The mean delay of a message.
    pub(super) fn mean(&self) -> f64 {
        self.means.iter().sum()
    }
}

impl<'a> HostDays<'a> {
    /// The days of a host that the operator did not say to ignore.
    pub(super) fn of(stages: &'a Stages, context: &'a Context<'a>) -> Self {
        let pool = context.platform.pool_of(&stages.host);
        let mut days: BTreeMap<i64, (usize, Day)> = BTreeMap::new();
        let mut clock = context.clock();
        for hour in declared(stages, pool, context) {
            let none = || (0, Day { messages: 0.0, means: vec![0.0; stages.names.len()] });
            let (hours, day) = days.entry(clock.at(hour.time).day).or_insert_with(none);
            *hours += 1;
            day.messages += hour.messages;
            day.means.iter_mut().zip(&hour.seconds).for_each(|(sum, seconds)| *sum += seconds);
        }
        let usual = median(&mut days.values().map(|day| day.0 as f64).collect::<Vec<_>>()).unwrap_or(0.0);
        let whole = days.into_iter().filter(|(_, (hours, _))| *hours as f64 >= LEAST_OF_DAY * usual);
        let mean = |(day, (_, mut sums)): (i64, (usize, Day))| {
            sums.means.iter_mut().for_each(|sum| *sum /= sums.messages);
            (day, sums)
        };
        HostDays { host: &stages.host, stages: &stages.names, pool, days: whole.map(mean).collect() }
    }

    /// The mean of each stage by day, from a day on.
    pub(super) fn by_stage(&self, first: i64) -> DayParts {
        self.days.range(first..).map(|(&day, of)| (day, of.means.clone())).collect()
    }
}

/// The hours of a host without those that the operator said to ignore, and without what came before a break.
fn declared<'a>(
    stages: &'a Stages,
    pool: Option<&'a Pool>,
    context: &'a Context<'a>,
) -> impl Iterator<Item = &'a StageHour> {
    let first = stages.hours.first().map_or(0, |hour| hour.time);
    let last = stages.hours.last().map_or(0, |hour| hour.time);
    let len = usize::try_from((last - first) / HOUR + 1).unwrap_or(0);
    let all = Series::from_slots(first, HOUR, vec![Some(1.0); len]);
    let kept = context.declared(&all, Some(&stages.host), pool);
    stages.hours.iter().filter(move |hour| kept.slot(hour.time).is_some_and(|slot| kept.get(slot).is_some()))
}

/// A pool's deliveries on the days on which all of its hosts are known that are known on most days.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PoolDays<'a> {
    pub(super) hosts: Vec<&'a HostDays<'a>>,
    pub(super) left_out: usize,
    days: Vec<i64>,
    /// Each host's share of the messages of an ordinary day.
    shares: Vec<f64>,
}

impl<'a> PoolDays<'a> {
    /// The days from `first` on.
    pub(super) fn of(all: &[&'a HostDays<'a>], first: i64) -> Self {
        let known = |host: &HostDays<'_>| host.days.range(first..).count() as f64;
        let most = all.iter().map(|host| known(host)).fold(0.0, f64::max);
        let hosts: Vec<&HostDays<'_>> =
            all.iter().copied().filter(|host| known(host) >= LEAST_OF_DAYS * most && most > 0.0).collect();
        let of_first = hosts.first().into_iter().flat_map(|host| host.days.range(first..));
        let days: Vec<i64> = of_first
            .map(|(&day, _)| day)
            .filter(|day| hosts.iter().all(|host| host.days.contains_key(day)))
            .collect();
        let left_out = all.len() - hosts.len();
        let mut pool = PoolDays { hosts, left_out, days, shares: Vec::new() };
        let n = pool.days.len().max(1) as f64;
        let share = |i: usize| pool.days.iter().map(|day| pool.share_on(i, *day)).sum::<f64>() / n;
        pool.shares = (0..pool.hosts.len()).map(share).collect();
        pool
    }

    fn share_on(&self, host: usize, day: i64) -> f64 {
        let messages = |host: &HostDays<'_>| host.days.get(&day).map_or(0.0, |of| of.messages);
        messages(self.hosts[host]) / self.hosts.iter().map(|host| messages(host)).sum::<f64>()
    }

    /// The pool's mean delay by day: what each host adds to it by its ordinary share of the messages, and last what comes of
    /// other shares on that day.
    pub(super) fn by_host(&self) -> DayParts {
        self.parts(self.hosts.len(), |host, day| vec![(host, day.mean())])
    }

    /// The same by stage, where all hosts tell the same stages apart.
    pub(super) fn by_stage(&self) -> Option<(&'a [String], DayParts)> {
        let stages = self.hosts.first()?.stages;
        let alike = stages.len() > 1 && self.hosts.iter().all(|host| host.stages == stages);
        let of_stage = |_, day: &Day| day.means.iter().copied().enumerate().collect();
        alike.then(|| (stages, self.parts(stages.len(), of_stage)))
    }

    /// By day, `count` parts of what `of` says of a host's day, and what comes of other shares on that day.
    fn parts(&self, count: usize, of: impl Fn(usize, &Day) -> Vec<(usize, f64)>) -> DayParts {
        let on = |&day: &i64| {
            let mut parts = vec![0.0; count + 1];
            for (i, host) in self.hosts.iter().enumerate() {
                let Some(known) = host.days.get(&day) else { continue };
                for (part, mean) in of(i, known) {
                    parts[part] += self.shares[i] * mean;
                }
                parts[count] += (self.share_on(i, day) - self.shares[i]) * known.mean();
            }
            (day, parts)
        };
        self.days.iter().map(on).collect()
    }

    /// The pool's mean delay by day, and its messages.
    pub(super) fn means(&self) -> BTreeMap<i64, Day> {
        let messages = |day: &i64| {
            self.hosts.iter().filter_map(|host| host.days.get(day)).map(|of| of.messages).sum::<f64>()
        };
        let mean = |(day, parts): (i64, Vec<f64>)| {
            (day, Day { messages: messages(&day), means: vec![parts.iter().sum()] })
        };
        self.by_host().into_iter().map(mean).collect()
    }
}
