//! A pack and its entries, as read and checked.

use std::collections::BTreeMap;

use crate::platform::{Measure, SourceUnit};

use super::{Over, Pattern};

/// The canonical labels that a pack may set. A name outside this list is taken for a slip of the pen, because
/// a series whose label is misspelt would silently belong to no host.
pub(super) const LABELS: &[&str] = &[
    "host",
    "pool",
    "volume",
    "device",
    "fstype",
    "queue",
    "quantile",
    "stage",
    "transport",
    "service",
    "probe",
    "cpu",
    "job",
    "target",
    "le",
];

/// How one exporter or agent answers measures: one file of `queries/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The file's name without `.toml`.
    pub name: String,
    /// What it covers, in a few words.
    pub title: String,
    /// Why these names: where they are from, and what to know about them.
    pub why: String,
    /// What answers it, with versions.
    pub exporter: String,
    /// Whether a live source is asked for it only where its `packs` name it.
    pub optional: bool,
    /// Its measures, in the order of the file.
    pub entries: Vec<Entry>,
}

/// One measure as one exporter answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The canonical measure.
    pub measure: Measure,
    /// The unit in which the source answers.
    pub unit: SourceUnit,
    /// Whether the source answers one minus the measure, such as the idle share of a processor.
    pub complement: bool,
    /// In Prometheus.
    pub prometheus: Option<PrometheusRule>,
    /// In Graphite.
    pub graphite: Option<GraphiteRule>,
    /// In CloudWatch.
    pub cloudwatch: Option<CloudWatchRule>,
    /// Translations of label values: canonical label, then the source's value, then the canonical value.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Entry {
    /// Factor and offset: canonical value = offset + factor × the source's value.
    pub fn conversion(&self) -> (f64, f64) {
        let (_, factor) = self.unit.to_canonical();
        if self.complement { (-factor, 1.0) } else { (factor, 0.0) }
    }
}

/// Where a canonical label comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSource {
    /// The canonical label.
    pub label: String,
    /// The source's labels (tags, dimensions) that may hold it; the first one present is taken.
    pub from: Vec<String>,
    /// Whether a series without any of them is not this measure.
    pub required: bool,
}

/// What tells a series by its name and its labels: Prometheus series and tagged Graphite series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaggedRule {
    /// The names, any of them.
    pub metrics: Vec<String>,
    /// Where the canonical labels come from.
    pub labels: Vec<LabelSource>,
    /// Labels of the source that must have this value.
    pub only: BTreeMap<String, String>,
    /// Labels of the source that a series of this measure does not have: they mark sums over, or parts of, it.
    pub without: Vec<String>,
}

/// A measure in Prometheus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrometheusRule {
    /// The expression to ask a live server; none where it is not asked for this measure.
    pub query: Option<String>,
    /// Which value stands for all samples of a step, as far as the pack says.
    pub over: Option<Over>,
    /// How an export shows it.
    pub series: TaggedRule,
    /// Canonical labels that are the same for every series.
    pub set: BTreeMap<String, String>,
}

/// A measure in Graphite.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphiteRule {
    /// Targets to ask a live server: path patterns, `seriesByTag(…)`, or functions of these.
    pub queries: Vec<String>,
    /// What stands for a step where the server keeps finer points; `None` is [`Over::usual`].
    pub over: Option<Over>,
    /// Paths whose named parts are canonical labels.
    pub paths: Vec<Pattern>,
    /// The same measure as a tagged series; no metrics where it has no such form.
    pub tagged: TaggedRule,
    /// Canonical labels that are the same for every series.
    pub set: BTreeMap<String, String>,
}

/// A measure in CloudWatch: a metric's statistic, mathematics over it, or an expression that finds its metrics itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudWatchRule {
    /// Such as `AWS/EC2`; `None` where the expression finds its metrics itself.
    pub namespace: Option<String>,
    /// The metric as `metrics[0]`, its dimensions as labels; no metrics where the expression finds them itself.
    pub series: TaggedRule,
    /// Such as `Average` or `p95`; `None` where the expression finds its metrics itself.
    pub statistic: Option<String>,
    /// Metric mathematics over the metric `m1`, where the plain statistic is not yet the measure; or, without `m1`,
    /// a `SEARCH`. Such a measure is told by its label alone.
    pub expression: Option<String>,
    /// Labels of `get-metric-data` whose named parts are canonical labels. The first is the one to ask for.
    pub names: Vec<Pattern>,
    /// Canonical labels that are the same for every series.
    pub set: BTreeMap<String, String>,
}

impl CloudWatchRule {
    /// Whether an expression speaks of the metric `m1`, and so needs one.
    pub(super) fn speaks_of_m1(expression: &str) -> bool {
        expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == "m1")
    }
}
