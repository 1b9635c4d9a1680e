//! Inquiries: what a question asks CloudWatch, from a query pack's entry or from a source's own declaration.

use std::collections::BTreeMap;

use super::api::Listing;
use crate::{
    platform::Declared,
    sources::{
        Packs,
        packs::{CloudWatchRule, Entry},
    },
};

/// What a text says for the seconds between points: a search is asked for each age with the period still kept.
const PERIOD: &str = "$period";

/// What one question asks.
#[derive(Debug, Clone)]
pub(super) enum Inquiry {
    /// The metrics that an entry maps, each by its statistic or by mathematics over it.
    Metrics(Box<Metrics>),
    /// An expression that finds its metrics itself.
    Search(Box<Search>),
}

/// Metrics of one name, as a pack's entry knows them.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    pub(super) entry: Entry,
    pub(super) rule: CloudWatchRule,
    pub(super) namespace: String,
    pub(super) metric: String,
    pub(super) statistic: String,
}

/// An expression, and what its answers mean.
#[derive(Debug, Clone)]
pub(super) struct Search {
    expression: String,
    pub(super) meaning: Meaning,
}

/// What tells the series of a search.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// A pack's entry, by their labels.
    Entry(Box<Entry>, CloudWatchRule),
    /// The source's declaration.
    Declared(Declared),
}

/// Every inquiry of the packs with the pack's name, in their order; one that asks the same as an earlier one is
/// left out. Where a pack knows a metric both plainly and by mathematics over it, the plain entry is how a metric
/// stream shows it, and the mathematics is asked.
pub(super) fn of_packs(packs: &Packs) -> Vec<(String, Inquiry)> {
    let mut inquiries: Vec<(String, Inquiry)> = Vec::new();
    for pack in packs.iter() {
        let by_mathematics = |entry: &Entry, rule: &CloudWatchRule| {
            pack.entries.iter().any(|other| {
                let of = other.cloudwatch.as_ref().filter(|of| of.expression.is_some());
                other.measure == entry.measure
                    && of.is_some_and(|of| same_metric(of, rule) && rule.expression.is_none())
            })
        };
        for entry in &pack.entries {
            let Some(rule) = &entry.cloudwatch else { continue };
            let Some(inquiry) = of_entry(entry, rule).filter(|_| !by_mathematics(entry, rule)) else {
                continue;
            };
            if inquiries.iter().all(|(_, earlier)| earlier.id() != inquiry.id()) {
                inquiries.push((pack.name.clone(), inquiry));
            }
        }
    }
    inquiries
}

fn same_metric(a: &CloudWatchRule, b: &CloudWatchRule) -> bool {
    a.namespace == b.namespace && a.series == b.series && a.statistic == b.statistic
}

fn of_entry(entry: &Entry, rule: &CloudWatchRule) -> Option<Inquiry> {
    let (Some(namespace), Some(statistic)) = (&rule.namespace, &rule.statistic) else {
        let expression = rule.expression.clone()?;
        let meaning = Meaning::Entry(Box::new(entry.clone()), rule.clone());
        return Some(Inquiry::Search(Box::new(Search { expression, meaning })));
    };
    Some(Inquiry::Metrics(Box::new(Metrics {
        entry: entry.clone(),
        rule: rule.clone(),
        namespace: namespace.clone(),
        metric: rule.series.metrics.first()?.clone(),
        statistic: statistic.clone(),
    })))
}

impl Inquiry {
    /// The inquiry of a source that declares its measure.
    pub(super) fn declared(expression: &str, declared: &Declared) -> Inquiry {
        let meaning = Meaning::Declared(declared.clone());
        Inquiry::Search(Box::new(Search { expression: expression.to_owned(), meaning }))
    }

    /// What tells it from every other, over runs and versions.
    pub(super) fn id(&self) -> String {
        match self {
            Inquiry::Metrics(metrics) => metrics.id(),
            Inquiry::Search(search) => search.expression.clone(),
        }
    }
}

impl Metrics {
    fn id(&self) -> String {
        let Metrics { rule, namespace, metric, statistic, .. } = self;
        let mut id = format!("{namespace} {metric} {statistic}");
        let by: Vec<String> = rule.series.labels.iter().map(|source| source.from.join("|")).collect();
        let only: Vec<String> =
            rule.series.only.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for (word, list) in [("by", by), ("where", only), ("without", rule.series.without.clone())] {
            if !list.is_empty() {
                id.push_str(&format!(" {word} {}", list.join(", ")));
            }
        }
        if let Some(expression) = &rule.expression {
            id.push_str(&format!(" as {expression}"));
        }
        id
    }

    /// What to ask `ListMetrics`: as narrow as it can be told.
    pub(super) fn listing(&self) -> Listing {
        let series = &self.rule.series;
        let mut dimensions: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for source in series.labels.iter().filter(|source| source.required) {
            if let [name] = source.from.as_slice() {
                dimensions.insert(name, None);
            }
        }
        dimensions.extend(series.only.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))));
        let owned = |(name, value): (&str, Option<&str>)| (name.to_owned(), value.map(str::to_owned));
        Listing {
            namespace: self.namespace.clone(),
            metric: self.metric.clone(),
            dimensions: dimensions.into_iter().map(owned).collect(),
        }
    }

    /// What a value is to be multiplied by, beside the unit's factor. A sum over a period grows with the period;
    /// a pack means the sum over one minute, the period of a metric stream.
    pub(super) fn scale(&self, period: i64) -> f64 {
        let adds_up = matches!(self.statistic.as_str(), "Sum" | "SampleCount");
        if adds_up && self.rule.expression.is_none() { 60.0 / period as f64 } else { 1.0 }
    }
}

impl Search {
    /// The expression for points `period` seconds apart.
    pub(super) fn expression(&self, period: i64) -> String {
        self.expression.replace(PERIOD, &period.to_string())
    }

    /// What to have each answer labelled, so that its dimensions are told; `None` where CloudWatch's own label is
    /// what is wanted.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html>.
    pub(super) fn label(&self) -> Option<String> {
        match &self.meaning {
            Meaning::Entry(_, rule) => rule.dynamic_label(),
            Meaning::Declared(declared) => {
                let names = told_dimensions(declared)?;
                let part = |name: &&str| format!("{name}=${{PROP('Dim.{name}')}}");
                Some(names.iter().map(part).collect::<Vec<_>>().join(BETWEEN))
            }
        }
    }
}

/// What stands between dimensions in the label that a declared search is asked with.
const BETWEEN: &str = " | ";

/// The dimensions that a declaration wants; `None` where it wants none, or CloudWatch's own label (`name`).
fn told_dimensions(declared: &Declared) -> Option<Vec<&str>> {
    let names: Vec<&str> = declared.label_map.values().map(String::as_str).collect();
    (!names.is_empty() && !names.contains(&"name")).then_some(names)
}

/// The dimensions in a label that [`Search::label`] has asked for. A value holds anything but the beginning of the
/// next dimension.
pub(super) fn dimensions_of(declared: &Declared, label: &str) -> BTreeMap<String, String> {
    let mut dimensions = BTreeMap::new();
    let names = told_dimensions(declared).unwrap_or_default();
    let mut rest = label;
    for (at, name) in names.iter().enumerate() {
        let Some(after) = rest.strip_prefix(&format!("{name}=")) else { return dimensions };
        let next = names.get(at + 1).map(|next| format!("{BETWEEN}{next}="));
        let end = next.and_then(|next| after.find(&next)).unwrap_or(after.len());
        let (value, after) = after.split_at(end);
        dimensions.insert((*name).to_owned(), value.to_owned());
        rest = after.strip_prefix(BETWEEN).unwrap_or_default();
    }
    dimensions
}

#[cfg(test)]
#[path = "inquiry_tests.rs"]
mod tests;
