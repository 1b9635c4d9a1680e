//! What holds of every shipped pack, and of the example in `queries/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::{CloudWatchRule, Entry, GraphiteRule, Packs, Recogniser, TaggedRule};
use crate::{
    platform::{Labels, Measure},
    sources::{Identity, Recognition},
};

/// Identities that an entry's own rules describe, each with the canonical labels that it must be given.
fn own_series(entry: &Entry) -> Vec<(Identity, Labels)> {
    let mut series = Vec::new();
    if let Some(rule) = &entry.prometheus {
        for name in &rule.series.metrics {
            let (labels, canonical) = described(&rule.series, &rule.set);
            series.push((Identity::Prometheus { name: name.clone(), labels }, canonical));
        }
    }
    if let Some(rule) = &entry.graphite {
        series.extend(own_paths(rule));
    }
    if let Some(rule) = &entry.cloudwatch {
        series.extend(own_cloudwatch(rule));
    }
    series
}

fn own_paths(rule: &GraphiteRule) -> Vec<(Identity, Labels)> {
    let of = |pattern: &super::Pattern| {
        let path = pattern.fill(|name| if name == "*" { "any".to_owned() } else { format!("a{name}") });
        let tags = BTreeMap::from([("name".to_owned(), path.clone())]);
        (Identity::Graphite { path, tags }, named(pattern, &rule.set))
    };
    rule.paths.iter().map(of).collect()
}

fn own_cloudwatch(rule: &CloudWatchRule) -> Vec<(Identity, Labels)> {
    let identity = |metric: Option<&String>, dimensions, label: Option<String>| Identity::CloudWatch {
        namespace: metric.and_then(|_| rule.namespace.clone()),
        metric: metric.cloned(),
        dimensions,
        statistic: metric.and_then(|_| rule.statistic.clone()),
        label,
        id: None,
    };
    let mut series = Vec::new();
    if rule.expression.is_none() {
        let (dimensions, canonical) = described(&rule.series, &rule.set);
        series.push((identity(rule.series.metrics.first(), dimensions, None), canonical));
    }
    for pattern in &rule.names {
        let label = pattern.fill(|name| if name == "*" { "any".to_owned() } else { format!("a{name}") });
        series.push((identity(None, BTreeMap::new(), Some(label)), named(pattern, &rule.set)));
    }
    series
}

fn described(rule: &TaggedRule, set: &BTreeMap<String, String>) -> (BTreeMap<String, String>, Labels) {
    let mut given = rule.only.clone();
    let mut canonical = Labels::new();
    for source in &rule.labels {
        let value = format!("a{}", source.label);
        given.insert(source.from[0].clone(), value.clone());
        canonical.set(source.label.as_str(), value);
    }
    set.iter().for_each(|(label, value)| canonical.set(label.as_str(), value.as_str()));
    (given, canonical)
}

fn named(pattern: &super::Pattern, set: &BTreeMap<String, String>) -> Labels {
    let mut canonical = Labels::new();
    pattern.names().for_each(|name| canonical.set(name, format!("a{name}")));
    set.iter().for_each(|(label, value)| canonical.set(label.as_str(), value.as_str()));
    canonical
}

#[test]
fn every_entry_recognises_what_it_describes_and_no_other_entry_disagrees() {
    let packs = Packs::shipped().unwrap();
    let recogniser = Recogniser::new(&packs);
    let mut fights = BTreeSet::new();
    let mut seen = 0;
    for pack in packs.iter() {
        for entry in &pack.entries {
            let (factor, offset) = entry.conversion();
            for (identity, labels) in own_series(entry) {
                seen += 1;
                let answers = recogniser.answers(&identity);
                assert!(!answers.is_empty(), "{}: {} does not know {identity}", pack.name, entry.measure);
                for answer in answers {
                    let other = &recogniser.known[answer.entry];
                    let agrees = answer.key.measure == entry.measure
                        && answer.key.labels == labels
                        && other.entry.conversion() == (factor, offset);
                    if !agrees {
                        fights.insert(format!("{} and {} about {identity}", pack.name, other.pack));
                    }
                }
            }
        }
    }
    assert_eq!(fights, BTreeSet::new());
    assert!(seen > 100, "only {seen} series were tried");
}

/// Parts that a live Prometheus is not asked for, each with what it is asked for instead.
const NOT_ASKED: &[(&str, Measure, Measure)] = &[
    ("node_exporter", Measure::CpuIdleSeconds, Measure::LoadCpu),
    ("node_exporter", Measure::DiskBusySeconds, Measure::DiskBusy),
    ("node_exporter", Measure::MemoryTotal, Measure::LoadMemory),
    ("node_exporter", Measure::MemoryAvailable, Measure::LoadMemory),
];

#[test]
fn every_pack_says_what_it_is_and_how_to_ask() {
    let packs = Packs::shipped().unwrap();
    for pack in packs.iter() {
        for (field, text) in [("title", &pack.title), ("why", &pack.why), ("exporter", &pack.exporter)] {
            assert!(!text.trim().is_empty(), "{}: {field} is empty", pack.name);
        }
        for entry in &pack.entries {
            let whole = NOT_ASKED.iter().find(|(name, part, _)| *name == pack.name && *part == entry.measure);
            if let Some((_, _, whole)) = whole {
                let asks = |e: &Entry| e.prometheus.as_ref().is_some_and(|rule| rule.query.is_some());
                let asked = pack.entries.iter().any(|e| e.measure == *whole && asks(e));
                assert!(
                    asked && !asks(entry),
                    "{}: ask {whole}, and not its part {}",
                    pack.name,
                    entry.measure
                );
                continue;
            }
            let asked = entry.prometheus.iter().all(|rule| rule.query.is_some())
                && entry.graphite.iter().all(|rule| !rule.queries.is_empty());
            assert!(asked, "{}: {} has no query for live use", pack.name, entry.measure);
        }
    }
}

/// Whether a Graphite path pattern finds a path; `*` stands for any part of a node.
fn finds(query: &str, path: &str) -> bool {
    let node = |(wanted, given): (&str, &str)| match wanted.split_once('*') {
        None => wanted == given,
        Some((before, after)) => {
            given.len() > before.len() + after.len() && given.starts_with(before) && given.ends_with(after)
        }
    };
    query.split('.').count() == path.split('.').count() && query.split('.').zip(path.split('.')).all(node)
}

#[test]
fn every_graphite_path_that_a_pack_knows_is_asked_for_once() {
    let packs = Packs::shipped().unwrap();
    let rules = packs.iter().flat_map(|pack| &pack.entries).filter_map(|entry| entry.graphite.as_ref());
    let mut seen = 0;
    for rule in rules {
        for (identity, _) in own_paths(rule) {
            let asking = rule.queries.iter().filter(|query| finds(query, &identity.to_string()));
            assert_eq!(asking.count(), 1, "{identity} among {:?}", rule.queries);
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} paths were tried");
}

#[test]
fn the_packs_that_the_readme_promises_are_there() {
    let packs = Packs::shipped().unwrap();
    let names: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "alb",
            "auto_scaling",
            "blackbox",
            "cloudwatch_synthetics",
            "collectd",
            "cwagent",
            "cyrus",
            "diamond",
            "dovecot",
            "ebs_efs",
            "ec2",
            "exim_exporter",
            "imap_exporter",
            "mailexporter",
            "node_exporter",
            "postfix_buckets",
            "postfix_exporter_hsn723",
            "postfix_exporter_kumina",
            "rspamd",
            "ses",
            "site_probes",
            "up",
        ]
    );
}

/// The text of the README's first code block in a language.
fn block(language: &str) -> &'static str {
    let readme = include_str!("../../../queries/README.md");
    let (_, after) = readme.split_once(&format!("```{language}\n")).unwrap();
    after.split_once("```").unwrap().0
}

#[test]
fn the_readmes_example_is_a_pack_and_knows_the_series_beside_it() {
    let recogniser = Recogniser::new(&Packs::from_text("example", block("toml")).unwrap());
    let mut seen = 0;
    for line in block("text").lines() {
        let (name, expected) = line.split_once(" = ").unwrap();
        let recognition = recogniser.recognise(&Identity::Named { name: name.to_owned() });
        let Recognition::Known { key, .. } = recognition else { panic!("{name}: {recognition:?}") };
        assert_eq!(key.to_string(), expected.trim());
        seen += 1;
    }
    assert_eq!(seen, 2);
}
