//! Telling a Graphite series by the entry that was asked for it.

use std::collections::BTreeMap;

use crate::{
    platform::{Labels, SeriesKey},
    sources::Recognition,
};

use super::{Entry, functions, mapping, pack::GraphiteRule};

impl Entry {
    /// What a series is that a server answered when it was asked for this entry: this measure, or nothing that
    /// Mailtide knows. Another entry that would know it too does not count.
    pub fn recognise_graphite(&self, target: &str, tags: &BTreeMap<String, String>) -> Recognition {
        let labels = match &self.graphite {
            Some(rule) => self.labels_of_target(rule, target, tags),
            None => Err(format!("{} is not asked of Graphite", self.measure)),
        };
        match labels {
            Ok(labels) => {
                let (factor, offset) = self.conversion();
                Recognition::Known { key: SeriesKey { measure: self.measure, labels }, factor, offset }
            }
            Err(missed) => Recognition::Unknown { nearest: vec![missed] },
        }
    }

    /// The canonical labels of a target, or what it misses.
    fn labels_of_target(
        &self,
        rule: &GraphiteRule,
        target: &str,
        tags: &BTreeMap<String, String>,
    ) -> Result<Labels, String> {
        let series = functions::series_of(target);
        let (name, own) = mapping::split_tags(&series);
        let name = if own.is_empty() { tags.get("name").map_or(name, String::as_str) } else { name };
        let mut labels = if rule.tagged.metrics.iter().any(|metric| metric == name) {
            let mut all = tags.clone();
            all.extend(own);
            mapping::map(self, &rule.tagged, &all, "tag")
                .map_err(|missed| format!("{} {missed}", self.measure))?
        } else {
            let parts = rule.paths.iter().find_map(|path| path.matches(&series));
            let parts = parts.filter(|_| !mapping::stands_for_several(&series));
            let parts = parts.ok_or_else(|| {
                let paths: Vec<&str> = rule.paths.iter().map(|path| path.text()).collect();
                format!("{} is at {}", self.measure, paths.join(" or "))
            })?;
            mapping::named(self, &parts, false)
        };
        for (label, value) in &rule.set {
            labels.set(label.as_str(), value.as_str());
        }
        Ok(labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::packs::Packs;

    const TEXT: &str = r#"
title = "t"
why = "w"
exporter = "e"
[[measure]]
measure = "load.cpu"
unit = "percent"
complement = true
[measure.graphite]
path = "box.{host}.idle"
set = { service = "box" }
[[measure]]
measure = "load.memory"
unit = "percent"
[measure.graphite]
path = ["box.{host}.idle", "perSecond(box.{host}.m)"]
metric = "box.memory"
tags = { host = "server" }
where = { kind = "ram" }
"#;

    /// What the entry at a place of the pack says of a target with tags.
    fn told(entry: usize, target: &str, tags: &[(&str, &str)]) -> String {
        let packs = Packs::from_text("box", TEXT).unwrap();
        let entry = &packs.iter().next().unwrap().entries[entry];
        let tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        match entry.recognise_graphite(target, &tags) {
            Recognition::Known { key, factor, offset } => format!("{key} = {offset} + {factor} × value"),
            Recognition::Unknown { nearest } => nearest.join(" | "),
        }
    }

    #[test]
    fn the_entry_that_was_asked_tells_the_measure() {
        let name = [("name", "box.ms1.idle")];
        assert_eq!(
            told(0, "summarize(box.ms1.idle, \"3600s\", \"avg\")", &name),
            r#"load.cpu{host="ms1",service="box"} = 1 + -0.01 × value"#
        );
        assert_eq!(told(1, "box.ms1.idle", &name), r#"load.memory{host="ms1"} = 0 + 0.01 × value"#);
        assert_eq!(told(1, "perSecond(box.ms1.m)", &[]), r#"load.memory{host="ms1"} = 0 + 0.01 × value"#);
    }

    #[test]
    fn tags_count_where_the_name_is_the_entrys() {
        let tags = [("name", "box.memory"), ("server", "ms1:1"), ("kind", "ram")];
        let expected = r#"load.memory{host="ms1"} = 0 + 0.01 × value"#;
        assert_eq!(told(1, "box.memory;kind=ram;server=ms1:1", &tags), expected);
        assert_eq!(told(1, "box.memory;kind=ram;server=ms1:1", &[]), expected);
        assert_eq!(told(1, "box.memory;kind=ram", &tags[..1]), "load.memory wants tag server");
    }

    #[test]
    fn other_series_are_told_what_they_miss() {
        assert_eq!(told(0, "box.ms1.busy", &[]), "load.cpu is at box.{host}.idle");
        assert_eq!(told(0, "sumSeries(box.*.idle)", &[]), "load.cpu is at box.{host}.idle");
        assert_eq!(told(1, "box.memory;kind=swap;server=a", &[]), r#"load.memory wants tag kind="ram""#);
    }
}
