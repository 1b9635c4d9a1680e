//! Telling which measure a source's series is.

use std::collections::{BTreeMap, HashMap};

use crate::{
    platform::{Labels, SeriesKey},
    sources::{Identity, Recognition},
};

use super::{
    Entry, Packs, functions,
    mapping::{self, CloudWatchSeries},
    nearest,
    pattern_index::PatternIndex,
    series_name,
};

/// Tells series by the packs' rules. Where several entries know a series, the first one in the order of the
/// packs is taken, so that an operator's pack goes before a shipped one.
///
/// It is asked once a series, thousands of times a run, so entries are found by metric name or by the shape of
/// a path, not one after the other.
#[derive(Debug, Clone)]
pub struct Recogniser {
    pub(super) known: Vec<Known>,
    pub(super) prometheus: HashMap<String, Vec<usize>>,
    pub(super) tagged: HashMap<String, Vec<usize>>,
    pub(super) paths: PatternIndex,
    pub(super) cloudwatch: HashMap<String, Vec<usize>>,
    pub(super) names: PatternIndex,
}

/// An entry and the pack that it is from.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) pack: String,
    pub(super) entry: Entry,
}

/// What one entry says of a series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) entry: usize,
    pub(super) key: SeriesKey,
}

impl Recogniser {
    /// Makes a recogniser from packs.
    pub fn new(packs: &Packs) -> Recogniser {
        let mut this = Recogniser {
            known: Vec::new(),
            prometheus: HashMap::new(),
            tagged: HashMap::new(),
            paths: PatternIndex::default(),
            cloudwatch: HashMap::new(),
            names: PatternIndex::default(),
        };
        for pack in packs.iter() {
            for entry in &pack.entries {
                this.add(&pack.name, entry);
            }
        }
        this
    }

    fn add(&mut self, pack: &str, entry: &Entry) {
        let at = self.known.len();
        if let Some(rule) = &entry.prometheus {
            index(&mut self.prometheus, &rule.series.metrics, at);
        }
        if let Some(rule) = &entry.graphite {
            index(&mut self.tagged, &rule.tagged.metrics, at);
            rule.paths.iter().for_each(|path| self.paths.add(path, at));
        }
        if let Some(rule) = &entry.cloudwatch {
            index(&mut self.cloudwatch, &rule.series.metrics, at);
            rule.names.iter().for_each(|name| self.names.add(name, at));
        }
        self.known.push(Known { pack: pack.to_owned(), entry: entry.clone() });
    }

    /// What a series is, or which packs came nearest.
    pub fn recognise(&self, identity: &Identity) -> Recognition {
        let first = self.answers(identity).into_iter().next();
        match first.and_then(|answer| Some((self.known.get(answer.entry)?, answer.key))) {
            Some((known, key)) => {
                let (factor, offset) = known.entry.conversion();
                Recognition::Known { key, factor, offset }
            }
            None => Recognition::Unknown { nearest: nearest::to(self, identity) },
        }
    }

    /// What every entry that knows a series says of it, in the order of the packs.
    pub(super) fn answers(&self, identity: &Identity) -> Vec<Answer> {
        match identity {
            Identity::Prometheus { name, labels } => self.by_metric(name, labels),
            Identity::Graphite { path, tags } => self.by_path(path, tags),
            Identity::CloudWatch { namespace, metric, dimensions, statistic, label, id: _ } => self
                .by_cloudwatch(CloudWatchSeries {
                    namespace: namespace.as_deref(),
                    metric: metric.as_deref(),
                    dimensions,
                    statistic: statistic.as_deref(),
                    label: label.as_deref(),
                }),
            Identity::Named { name } => match series_name::parse(name) {
                Some((metric, labels)) => self.by_metric(&metric, &labels),
                None => {
                    let by_path = self.by_path(name, &BTreeMap::new());
                    if by_path.is_empty() { self.by_metric(name.trim(), &BTreeMap::new()) } else { by_path }
                }
            },
        }
    }

    fn by_metric(&self, name: &str, labels: &BTreeMap<String, String>) -> Vec<Answer> {
        let candidates = self.prometheus.get(name).map(Vec::as_slice).unwrap_or_default();
        let answer = |&at: &usize| {
            let entry = &self.known.get(at)?.entry;
            let rule = entry.prometheus.as_ref()?;
            let mapped = mapping::map(entry, &rule.series, labels, "label").ok()?;
            Some(finish(at, entry, mapped, &rule.set))
        };
        candidates.iter().filter_map(answer).collect()
    }

    fn by_path(&self, target: &str, tags: &BTreeMap<String, String>) -> Vec<Answer> {
        let series = functions::series_of(target);
        let (name, mut all_tags) = mapping::split_tags(&series);
        all_tags.extend(tags.iter().map(|(k, v)| (k.clone(), v.clone())));
        let name = if series.contains(';') { name } else { tags.get("name").map_or(name, String::as_str) };
        let candidates = self.tagged.get(name).map(Vec::as_slice).unwrap_or_default();
        let by_tags = candidates.iter().filter_map(|&at| {
            let entry = &self.known.get(at)?.entry;
            let rule = entry.graphite.as_ref()?;
            let mapped = mapping::map(entry, &rule.tagged, &all_tags, "tag").ok()?;
            Some(finish(at, entry, mapped, &rule.set))
        });
        let mut answers: Vec<Answer> = by_tags.collect();
        if !mapping::stands_for_several(&series) {
            answers.extend(self.paths.find(&series, '.').into_iter().filter_map(|(at, parts)| {
                let entry = &self.known.get(at)?.entry;
                let set = &entry.graphite.as_ref()?.set;
                Some(finish(at, entry, mapping::named(entry, &parts, false), set))
            }));
        }
        answers.sort_by_key(|answer| answer.entry);
        answers
    }

    fn by_cloudwatch(&self, series: CloudWatchSeries<'_>) -> Vec<Answer> {
        let by_metric = series.metric.and_then(|metric| self.cloudwatch.get(metric));
        let mut answers: Vec<Answer> = by_metric
            .into_iter()
            .flatten()
            .filter_map(|&at| {
                let entry = &self.known.get(at)?.entry;
                let rule = entry.cloudwatch.as_ref()?;
                let mapped = mapping::map_cloudwatch(entry, rule, series).ok()?;
                Some(finish(at, entry, mapped, &rule.set))
            })
            .collect();
        let label = series.label.unwrap_or_default();
        if answers.is_empty() && series.metric.is_none() {
            answers = self
                .names
                .find(label, ' ')
                .into_iter()
                .filter_map(|(at, parts)| {
                    let entry = &self.known.get(at)?.entry;
                    let rule = entry.cloudwatch.as_ref()?;
                    let fits = rule.expression.is_some() || mapping::statistic_fits(rule, series.statistic);
                    fits.then(|| finish(at, entry, mapping::named(entry, &parts, true), &rule.set))
                })
                .collect();
        }
        if answers.is_empty() && series.metric.is_none() {
            answers.extend(self.by_bare_label(label, series.statistic));
        }
        answers
    }

    /// A label that is just a metric's name, as `get-metric-statistics` gives it. It tells nothing of the
    /// dimensions, so it counts only where one entry alone asks for that metric and statistic; and nothing of the
    /// period, so a sum over the period does not count.
    fn by_bare_label(&self, label: &str, statistic: Option<&str>) -> Option<Answer> {
        let fitting = self.cloudwatch.get(label)?.iter().filter_map(|&at| {
            let entry = &self.known.get(at)?.entry;
            let rule = entry.cloudwatch.as_ref()?;
            let plain = rule.expression.is_none() && rule.statistic.as_deref() != Some("Sum");
            (plain && mapping::statistic_fits(rule, statistic)).then_some((at, entry, rule))
        });
        match fitting.collect::<Vec<_>>().as_slice() {
            [(at, entry, rule)] => Some(finish(*at, entry, Labels::new(), &rule.set)),
            _ => None,
        }
    }
}

fn finish(at: usize, entry: &Entry, mut labels: Labels, set: &BTreeMap<String, String>) -> Answer {
    for (label, value) in set {
        labels.set(label.as_str(), value.as_str());
    }
    Answer { entry: at, key: SeriesKey { measure: entry.measure, labels } }
}

fn index(by_name: &mut HashMap<String, Vec<usize>>, names: &[String], at: usize) {
    for name in names {
        by_name.entry(name.clone()).or_default().push(at);
    }
}

#[cfg(test)]
#[path = "recogniser_tests.rs"]
mod tests;
