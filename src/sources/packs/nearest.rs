//! Which packs came nearest to a series that none of them knows, and what each missed.

use std::collections::BTreeMap;

use crate::sources::Identity;

use super::{
    Recogniser, distance, functions,
    mapping::{self, CloudWatchSeries},
    series_name,
};

/// As many packs as people read.
const SHOWN: usize = 3;

/// Longer names are not compared: see [`distance`].
const LONGEST_PATH: usize = 400;

/// How far off a pack is, the entry, and what the series misses.
struct Miss {
    distance: usize,
    entry: usize,
    what: String,
}

/// The nearest packs, nearest first, in sentences.
pub(super) fn to(recogniser: &Recogniser, identity: &Identity) -> Vec<String> {
    match identity {
        Identity::Prometheus { name, .. } if name.is_empty() => vec![nameless()],
        Identity::Prometheus { name, labels } => list(recogniser, metric(recogniser, name, labels)),
        Identity::Graphite { path, tags } => graphite(recogniser, path, tags),
        Identity::CloudWatch { namespace, metric, dimensions, statistic, label, id: _ } => {
            let series = CloudWatchSeries {
                namespace: namespace.as_deref(),
                metric: metric.as_deref(),
                dimensions,
                statistic: statistic.as_deref(),
                label: label.as_deref(),
            };
            list(recogniser, cloudwatch(recogniser, series))
        }
        Identity::Named { name } => match series_name::parse(name) {
            Some((name, _)) if name.is_empty() => vec![nameless()],
            Some((name, labels)) => list(recogniser, metric(recogniser, &name, &labels)),
            None => {
                let by_metric = list(recogniser, metric(recogniser, name.trim(), &BTreeMap::new()));
                if by_metric.is_empty() { graphite(recogniser, name, &BTreeMap::new()) } else { by_metric }
            }
        },
    }
}

fn nameless() -> String {
    "the series has no name, as an expression's answer has none: declare `measure` and `unit` on its source"
        .to_owned()
}

/// One sentence a pack.
fn list(recogniser: &Recogniser, mut misses: Vec<Miss>) -> Vec<String> {
    misses.sort_by(|a, b| (a.distance, a.entry, &a.what).cmp(&(b.distance, b.entry, &b.what)));
    let mut packs: Vec<&str> = Vec::new();
    let mut sentences = Vec::new();
    for miss in misses {
        let Some(known) = recogniser.known.get(miss.entry) else { continue };
        if packs.contains(&known.pack.as_str()) {
            continue;
        }
        packs.push(&known.pack);
        sentences.push(format!("{}: {}", known.pack, miss.what));
        if sentences.len() == SHOWN {
            break;
        }
    }
    sentences
}

fn metric(recogniser: &Recogniser, name: &str, labels: &BTreeMap<String, String>) -> Vec<Miss> {
    let same_name = recogniser.prometheus.get(name).into_iter().flatten().filter_map(|&at| {
        let entry = &recogniser.known.get(at)?.entry;
        let rule = entry.prometheus.as_ref()?;
        let missed = mapping::map(entry, &rule.series, labels, "label").err()?;
        Some(Miss { distance: 0, entry: at, what: format!("{} {missed}", entry.measure) })
    });
    let misses: Vec<Miss> = same_name.collect();
    if misses.is_empty() { similar(name, recogniser.prometheus.iter()) } else { misses }
}

/// Names that are nearly the same.
fn similar<'a>(name: &str, known: impl Iterator<Item = (&'a String, &'a Vec<usize>)>) -> Vec<Miss> {
    let near = known.filter_map(|(other, entries)| {
        let what = format!("metric {name} is near {other}");
        Some((distance::near(name, other)?, entries, what))
    });
    near.flat_map(|(distance, entries, what)| {
        entries.iter().map(move |&entry| Miss { distance, entry, what: what.clone() })
    })
    .collect()
}

fn graphite(recogniser: &Recogniser, target: &str, tags: &BTreeMap<String, String>) -> Vec<String> {
    let series = functions::series_of(target);
    if series.len() > LONGEST_PATH {
        return Vec::new();
    }
    if mapping::stands_for_several(&series) {
        return vec![format!("`{series}` stands for several series in one: ask for each by its own path")];
    }
    let (name, mut all_tags) = mapping::split_tags(&series);
    all_tags.extend(tags.iter().map(|(k, v)| (k.clone(), v.clone())));
    let by_tags = recogniser.tagged.get(name).into_iter().flatten().filter_map(|&at| {
        let entry = &recogniser.known.get(at)?.entry;
        let missed = mapping::map(entry, &entry.graphite.as_ref()?.tagged, &all_tags, "tag").err()?;
        Some(Miss { distance: 0, entry: at, what: format!("{} {missed}", entry.measure) })
    });
    let last = name.rsplit('.').next().unwrap_or_default();
    let by_path = recogniser.paths.iter().filter_map(|(pattern, at)| {
        let missed = pattern.misses(&series);
        // One node in three may differ, the last one only by a slip of the pen: it says what is measured.
        let slip = pattern.last_literal().is_some_and(|text| distance::near(text, last).is_some());
        let similar = slip || pattern.last_matches(last);
        let measure = recogniser.known.get(at)?.entry.measure;
        (similar && missed * 3 <= pattern.len().max(3)).then(|| Miss {
            distance: missed,
            entry: at,
            what: format!("{measure} is at {}", pattern.text()),
        })
    });
    list(recogniser, by_tags.chain(by_path).collect())
}

fn cloudwatch(recogniser: &Recogniser, series: CloudWatchSeries<'_>) -> Vec<Miss> {
    if let Some(metric) = series.metric {
        let same_name = recogniser.cloudwatch.get(metric).into_iter().flatten().filter_map(|&at| {
            let entry = &recogniser.known.get(at)?.entry;
            let rule = entry.cloudwatch.as_ref()?;
            let missed = mapping::map_cloudwatch(entry, rule, series).err()?;
            Some(Miss { distance: 0, entry: at, what: format!("{} {missed}", entry.measure) })
        });
        let misses: Vec<Miss> = same_name.collect();
        return if misses.is_empty() { similar(metric, recogniser.cloudwatch.iter()) } else { misses };
    }
    let label = series.label.unwrap_or_default();
    let last = label.rsplit(' ').next().unwrap_or_default();
    let by_label = recogniser.names.iter().filter_map(|(pattern, at)| {
        let distance = distance::near(pattern.last_literal()?, last)?;
        let measure = recogniser.known.get(at)?.entry.measure;
        Some(Miss { distance, entry: at, what: format!("{measure} wants the label {}", pattern.text()) })
    });
    by_label.collect()
}
