use std::fs;

use super::*;
use crate::{
    platform::Measure,
    sources::packs::{Over, Pattern},
};

fn refused(text: &str) -> String {
    Packs::from_text("mine", text).unwrap_err().to_string()
}

const GOOD: &str = r#"
title = "Mine"
why = "Because."
exporter = "mine 1"
[[measure]]
measure = "disk.used"
unit = "kib"
[measure.prometheus]
query = "mine_used"
over = "max"
metric = "mine_used"
labels = { host = "instance", volume = ["mount", "path"], fstype = "type?" }
where = { state = "ok" }
without = "snapshot"
set = { service = "mine" }
[measure.graphite]
path = "mine.{host}.{volume}.used"
"#;

#[test]
fn every_field_of_a_pack_is_read() {
    let packs = Packs::from_text("mine", GOOD).unwrap();
    let pack = packs.iter().next().unwrap();
    assert_eq!((pack.name.as_str(), pack.title.as_str(), pack.exporter.as_str()), ("mine", "Mine", "mine 1"));
    let entry = &pack.entries[0];
    assert_eq!((entry.measure, entry.conversion()), (Measure::DiskUsed, (1024.0, 0.0)));
    let rule = entry.prometheus.as_ref().unwrap();
    let labels: Vec<_> =
        rule.series.labels.iter().map(|l| (l.label.as_str(), l.from.join("|"), l.required)).collect();
    assert_eq!(
        labels,
        [
            ("fstype", "type".to_owned(), false),
            ("host", "instance".to_owned(), true),
            ("volume", "mount|path".to_owned(), true),
        ]
    );
    assert_eq!((rule.query.as_deref(), rule.over), (Some("mine_used"), Some(Over::Max)));
    assert_eq!(rule.series.only["state"], "ok");
    assert_eq!(rule.series.without, ["snapshot"]);
    assert_eq!(rule.set["service"], "mine");
    let paths: Vec<&str> = entry.graphite.as_ref().unwrap().paths.iter().map(Pattern::text).collect();
    assert_eq!(paths, ["mine.{host}.{volume}.used"]);
}

#[test]
fn all_mistakes_of_a_pack_are_shown_at_once() {
    let text = r#"title = "Mine"
exporter = 3
[[measure]]
measure = "disk.usd"
unit = "bytes"
[measure.prometheus]
metric = "a"
[[measure]]
measure = "disk.used"
unit = "seconds"
complement = true
[measure.prometheus]
metrik = "a"
labels = { hots = "instance" }
[[measure]]
measure = "queue.depth"
unit = "furlongs"
colour = "red"
[measure.graphite]
path = ["a.{host}{queue}.b", "{host}.*", "a.{house}"]
[[measure]]
measure = "load.cpu"
unit = "percent"
[[measure]]
measure = "load.memory"
unit = "percent"
[measure.cloudwatch]
namespace = "X"
metric = ["a", "b"]
dimensions = { host = "Id" }
[[measure]]
measure = "load.sessions"
unit = "count"
prometheus = "mine_sessions"
[measure.graphite]
path = "mine.{host}.sessions"
[[measure]]
measure = "load.connections"
unit = "count"
[measure.graphite]
path = "mine.{host}.connections"
[measure.values]
volume = { a = "b" }
"#;
    // The list of the measures is theirs to keep.
    let measures = Measure::ALL.iter().map(|m| m.name()).collect::<Vec<_>>().join(", ");
    insta::assert_snapshot!(refused(text).replace(&measures, "…"), @r#"
    mine.toml:1: why: is missing; write where the names are from and what to know about them
    mine.toml:2: exporter: is of the type integer; write one text in quotes
    mine.toml:4: measure 1 "disk.usd": measure: did you mean `disk.used`? `disk.usd` is not a measure; the measures are …
    mine.toml:10: measure 2 "disk.used": unit: `seconds` does not convert to bytes; legal: bytes, kib, mib, gib, gb
    mine.toml:11: measure 2 "disk.used": complement: only a ratio has a complement, and disk.used is in bytes
    mine.toml:12: measure 2 "disk.used": prometheus: metric: is missing; write the name that the series has in an export
    mine.toml:13: measure 2 "disk.used": prometheus: metrik: is no field, did you mean `metric`?; legal: query, over, metric, labels, where, without, set
    mine.toml:14: measure 2 "disk.used": prometheus: labels: `hots` is not a label, did you mean `host`?; legal: host, pool, volume, device, fstype, queue, quantile, stage, transport, service, probe, cpu, job, target, le
    mine.toml:17: measure 3 "queue.depth": unit: `furlongs` is not a unit; legal: messages
    mine.toml:18: measure 3 "queue.depth": colour: is no field; legal: measure, unit, complement, prometheus, graphite, cloudwatch, values
    mine.toml:20: measure 3 "queue.depth": graphite: path: `a.{host}{queue}.b` has two parts with nothing between them, so where one ends is open
    mine.toml:20: measure 3 "queue.depth": graphite: path: `{host}.*` has no plain text, so it would match anything
    mine.toml:20: measure 3 "queue.depth": graphite: path: `house` is not a label; legal: host, pool, volume, device, fstype, queue, quantile, stage, transport, service, probe, cpu, job, target, le
    mine.toml:21: measure 4 "load.cpu": cannot be recognised; write a table prometheus, graphite or cloudwatch in it
    mine.toml:27: measure 5 "load.memory": cloudwatch: statistic: is missing; write a statistic, such as "Average" or "p95"
    mine.toml:27: measure 5 "load.memory": cloudwatch: metric: is to be one name; write an entry for each metric
    mine.toml:34: measure 6 "load.sessions": prometheus: is of the type string; write a table such as { host = "instance" }
    mine.toml:43: measure 7 "load.connections": values: `volume` is no label or named part of this measure; legal: host
    "#);
}

#[test]
fn a_running_total_must_stay_one() {
    let text = GOOD.replace("disk.used", "cpu.idle_seconds").replace("kib", "seconds");
    insta::assert_snapshot!(refused(&text), @r#"mine.toml:10: measure 1 "cpu.idle_seconds": prometheus: over: `max` cannot stand for a step of cpu.idle_seconds; legal: last"#);
    let last = Packs::from_text("mine", &text.replace("max", "last")).unwrap();
    let rule = last.iter().next().unwrap().entries[0].prometheus.clone().unwrap();
    assert_eq!(rule.over, Some(Over::Last));
}

#[test]
fn text_that_is_not_toml_is_refused_by_its_line() {
    insta::assert_snapshot!(refused("title = \"Mine\"\nwhy = \nexporter = \"mine\"\n"), @r#"mine.toml:2: is not TOML: string values must be quoted, expected literal string"#);
}

#[test]
fn a_pack_without_measures_is_refused() {
    insta::assert_snapshot!(refused("title = \"Mine\"\nwhy = \" \"\nexporter = \"mine\"\n"), @r#"
    mine.toml:1: measure: is missing; write a [[measure]] for each measure that it answers
    mine.toml:2: why: is empty; fill it in
    "#);
}

#[test]
fn an_own_pack_goes_first_and_replaces_its_namesake() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("up.toml"), GOOD).unwrap();
    fs::write(folder.path().join("zz.toml"), GOOD).unwrap();
    fs::write(folder.path().join(".hidden.toml"), "broken").unwrap();
    fs::write(folder.path().join("notes.md"), "broken").unwrap();
    let shipped = Packs::shipped().unwrap();
    let count = shipped.iter().count();
    let packs = shipped.with_folder(folder.path()).unwrap();
    let names: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
    assert_eq!(names[..3], ["up", "zz", "alb"]);
    assert_eq!(names.len(), count + 1);
    assert_eq!(
        packs.iter().filter(|pack| pack.name == "up").map(|pack| pack.title.as_str()).collect::<Vec<_>>(),
        ["Mine"]
    );
}

#[test]
fn every_broken_file_of_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.toml"), b"title = \"\xff\"").unwrap();
    fs::write(folder.path().join("b.toml"), "title =").unwrap();
    let errors = Packs::shipped().unwrap().with_folder(folder.path()).unwrap_err();
    let message = errors.to_string().replace(&folder.path().display().to_string(), "folder");
    insta::assert_snapshot!(message, @r#"
    folder/a.toml: byte 9 is not UTF-8; save the file as UTF-8
    folder/b.toml:1: is not TOML: string values must be quoted, expected literal string
    "#);
}

#[test]
fn a_folder_that_is_not_there_is_refused_with_the_next_step() {
    let errors = Packs::shipped().unwrap().with_folder(Path::new("no/such/folder")).unwrap_err();
    insta::assert_snapshot!(errors, @r#"no/such/folder: cannot be read: No such file or directory (os error 2); name an existing folder in `queries` of the platform file, or leave that out"#);
}

#[test]
fn a_source_can_be_held_to_some_packs() {
    let packs = Packs::shipped().unwrap();
    let some = packs.only(&["up".to_owned(), "ec2".to_owned()]).unwrap();
    assert_eq!(some.iter().map(|pack| pack.name.as_str()).collect::<Vec<_>>(), ["ec2", "up"]);
    let message = packs.only(&["node_exporters".to_owned()]).unwrap_err().to_string();
    let start = "packs: there is no pack `node_exporters`, did you mean `node_exporter`?; legal: alb, ";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn graphite_is_asked_by_one_query_or_several_and_over_a_span() {
    let with = |lines: &str| GOOD.replace("path = \"mine", &format!("{lines}\npath = \"mine"));
    let rule = |lines: &str| {
        let packs = Packs::from_text("mine", &with(lines)).unwrap();
        let entry = packs.iter().next().unwrap().entries[0].clone();
        entry.graphite.map(|rule| (rule.queries, rule.over)).unwrap()
    };
    assert_eq!(rule("query = \"a.*\""), (vec!["a.*".to_owned()], None));
    let several = (vec!["a.*".to_owned(), "b.*".to_owned()], Some(Over::Max));
    assert_eq!(rule("query = [\"a.*\", \"b.*\"]\nover = \"max\""), several);
    insta::assert_snapshot!(refused(&with("over = \"mean\"")), @r#"mine.toml:17: measure 1 "disk.used": graphite: over: `mean` cannot stand for a step of disk.used; legal: avg, max, min, last"#);
}
