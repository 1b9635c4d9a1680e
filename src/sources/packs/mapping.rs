//! From what a source tells of a series to canonical labels, by one entry's rules.

use std::collections::BTreeMap;

use crate::platform::Labels;

use super::{CloudWatchRule, Entry, TaggedRule, host::host_of};

/// The parts of a CloudWatch identity.
#[derive(Clone, Copy)]
pub(super) struct CloudWatchSeries<'a> {
    pub(super) namespace: Option<&'a str>,
    pub(super) metric: Option<&'a str>,
    pub(super) dimensions: &'a BTreeMap<String, String>,
    pub(super) statistic: Option<&'a str>,
    pub(super) label: Option<&'a str>,
}

/// Whether a path holds wildcards, and so the answer of several series in one.
pub(super) fn stands_for_several(path: &str) -> bool {
    path.contains(['*', '?', '[', ']', '{', '}'])
}

/// Name and tags of a tagged series, `disk.used;host=ms1;volume=/var`.
pub(super) fn split_tags(series: &str) -> (&str, BTreeMap<String, String>) {
    let mut parts = series.split(';');
    let name = parts.next().unwrap_or_default();
    let tags = parts.filter_map(|part| part.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()));
    (name, tags.collect())
}

/// A statistic fits where it is the rule's own or is not told.
pub(super) fn statistic_fits(rule: &CloudWatchRule, statistic: Option<&str>) -> bool {
    statistic.is_none_or(|given| rule.statistic.as_deref() == Some(given))
}

/// The canonical labels of a CloudWatch metric, or what the series misses.
pub(super) fn map_cloudwatch(
    entry: &Entry,
    rule: &CloudWatchRule,
    series: CloudWatchSeries<'_>,
) -> Result<Labels, String> {
    if let Some(expression) = &rule.expression {
        return Err(format!("wants the expression {expression}, told by its label"));
    }
    let wanted =
        |word: &str, value: &Option<String>| format!("wants {word} {}", value.as_deref().unwrap_or("?"));
    if series.namespace.is_some() && series.namespace != rule.namespace.as_deref() {
        return Err(wanted("namespace", &rule.namespace));
    }
    if !statistic_fits(rule, series.statistic) {
        return Err(wanted("statistic", &rule.statistic));
    }
    map(entry, &rule.series, series.dimensions, "dimension")
}

/// The canonical labels of a series that has labels itself, or what it misses; `word` is what its source calls
/// a label.
pub(super) fn map(
    entry: &Entry,
    rule: &TaggedRule,
    given: &BTreeMap<String, String>,
    word: &str,
) -> Result<Labels, String> {
    if let Some((name, value)) = rule.only.iter().find(|(name, value)| given.get(*name) != Some(value)) {
        return Err(format!("wants {word} {name}={value:?}"));
    }
    if let Some(name) = rule.without.iter().find(|name| given.contains_key(*name)) {
        return Err(format!("wants no {word} {name}"));
    }
    let mut labels = Labels::new();
    for source in &rule.labels {
        let present = source.from.iter().filter_map(|name| given.get(name)).find(|value| !value.is_empty());
        match present {
            Some(value) => labels.set(source.label.as_str(), canonical(entry, &source.label, value, true)),
            None if source.required => return Err(format!("wants {word} {}", source.from.join(" or "))),
            None => {}
        }
    }
    Ok(labels)
}

/// The canonical labels that a pattern's parts give.
pub(super) fn named(entry: &Entry, parts: &[(&str, &str)], addresses: bool) -> Labels {
    let mut labels = Labels::new();
    for (label, value) in parts {
        labels.set(*label, canonical(entry, label, value, addresses));
    }
    labels
}

/// A label's value in the operator's words: a host without its port where hosts are addresses, then translated
/// by `values`. A node of a Graphite path holds no address and is kept as it is, underscores included.
fn canonical<'a>(entry: &'a Entry, label: &str, value: &'a str, addresses: bool) -> &'a str {
    let value = if addresses && label == "host" { host_of(value) } else { value };
    entry.values.get(label).and_then(|values| values.get(value)).map_or(value, String::as_str)
}
