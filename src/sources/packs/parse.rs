//! Reading one pack's TOML, with every mistake in it found at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use crate::platform::{Measure, SourceUnit, Unit};

use super::{
    Entry, Pack, PackError, distance,
    fields::{At, Document, Fields},
    rules, units,
};

/// Reads a pack. `file` is how the file is shown to people, `name` what the pack is called.
pub(super) fn pack(name: &str, file: &str, text: &str) -> Result<Pack, Vec<PackError>> {
    let document = Document::new(file, text);
    let (tree, broken) = DeTable::parse_recoverable(text);
    // What the parser makes of broken text would give mistakes that nobody made.
    if !broken.is_empty() {
        for error in broken {
            let at = error.span().map(|span| span.start).unwrap_or_default();
            document.refuse(at, "", format!("is not TOML: {}", error.message()));
        }
        return Err(document.into_errors());
    }
    let mut fields = Fields::new(&document, tree.get_ref(), String::new(), 0);
    let title = fields.required_text("title", "what the pack covers, in a few words");
    let why = fields.required_text("why", "where the names are from and what to know about them");
    let exporter = fields.required_text("exporter", "what answers it, with its versions");
    let optional = fields.flag("optional").is_some();
    let tables = fields.tables("measure");
    if tables.is_empty() {
        fields.refuse(0, "measure", "is missing; write a [[measure]] for each measure that it answers");
    }
    let entries: Vec<Option<Entry>> = tables.into_iter().map(entry).collect();
    fields.finish();
    let errors = document.into_errors();
    if !errors.is_empty() {
        return Err(errors);
    }
    let (Some(title), Some(why), Some(exporter)) = (title, why, exporter) else { return Err(errors) };
    Ok(Pack {
        name: name.to_owned(),
        title: title.value,
        why: why.value.trim().to_owned(),
        exporter: exporter.value,
        optional,
        entries: entries.into_iter().flatten().collect(),
    })
}

fn entry(mut fields: Fields<'_, '_>) -> Option<Entry> {
    let measure = fields.required_text("measure", "the measure's name, such as \"disk.used\"");
    if let Some(name) = &measure {
        fields.place = format!("{} {:?}", fields.place, name.value);
    }
    let measure = measure.and_then(|name| known_measure(&fields, &name));
    let unit = fields.required_text("unit", &format!("one of {}", units::names(measure.map(Measure::unit))));
    let unit = unit.and_then(|name| known_unit(&fields, &name, measure));
    let complement = fields.flag("complement");
    if let (Some(at), Some(measure)) = (complement, measure)
        && measure.unit() != Unit::Ratio
    {
        let problem = format!("only a ratio has a complement, and {measure} is in {}", measure.unit().name());
        fields.refuse(at, "complement", problem);
    }
    let tables = (fields.table("prometheus"), fields.table("graphite"), fields.table("cloudwatch"));
    let written = [tables.0.is_some(), tables.1.is_some(), tables.2.is_some()];
    if written == [false; 3] {
        fields.refuse_whole("cannot be recognised; write a table prometheus, graphite or cloudwatch in it");
    }
    let prometheus = tables.0.and_then(|table| rules::prometheus(table, measure));
    let graphite = tables.1.and_then(|table| rules::graphite(table, measure));
    let cloudwatch = tables.2.and_then(rules::cloudwatch);
    let read = [prometheus.is_some(), graphite.is_some(), cloudwatch.is_some()];
    let table = fields.table("values");
    let entry = measure.zip(unit).map(|(measure, unit)| {
        let complement = complement.is_some();
        let mut entry =
            Entry { measure, unit, complement, prometheus, graphite, cloudwatch, values: BTreeMap::new() };
        // A refused table may be the one that gives the label which `values` translates.
        if let Some(table) = table.filter(|_| read == written) {
            entry.values = values(&fields, table, &entry);
        }
        entry
    });
    fields.finish();
    entry
}

fn known_measure(fields: &Fields<'_, '_>, name: &At<String>) -> Option<Measure> {
    let parsed: Result<Measure, _> = name.value.parse();
    if let Err(error) = &parsed {
        let meant = distance::nearest(&name.value, Measure::ALL.iter().map(|m| m.name()));
        let meant = meant.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        fields.refuse(name.at, "measure", format!("{meant}{error}"));
    }
    parsed.ok()
}

fn known_unit(fields: &Fields<'_, '_>, name: &At<String>, measure: Option<Measure>) -> Option<SourceUnit> {
    let Some(unit) = units::by_name(&name.value) else {
        let legal = units::names(measure.map(Measure::unit));
        fields.refuse(name.at, "unit", format!("`{}` is not a unit; legal: {legal}", name.value));
        return None;
    };
    let measure = measure?;
    if unit.to_canonical().0 != measure.unit() {
        let legal = units::names(Some(measure.unit()));
        let problem =
            format!("`{}` does not convert to {}; legal: {legal}", name.value, measure.unit().name());
        fields.refuse(name.at, "unit", problem);
        return None;
    }
    Some(unit)
}

/// `values`: translations for labels that one of the entry's rules gives.
fn values(
    fields: &Fields<'_, '_>,
    table: Fields<'_, '_>,
    entry: &Entry,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let given = labels_of(entry);
    let mut all = BTreeMap::new();
    for (label, translations) in table.free_tables() {
        if !given.contains(label.value.as_str()) {
            let legal = given.iter().copied().collect::<Vec<_>>().join(", ");
            let problem =
                format!("`{}` is no label or named part of this measure; legal: {legal}", label.value);
            fields.refuse(label.at, "values", problem);
            continue;
        }
        let pairs = translations.single_pairs();
        all.insert(label.value, pairs.into_iter().map(|(from, to)| (from.value, to.value)).collect());
    }
    all
}

fn labels_of(entry: &Entry) -> BTreeSet<&str> {
    let prometheus = entry.prometheus.iter().flat_map(|rule| &rule.series.labels);
    let graphite = entry.graphite.iter().flat_map(|rule| &rule.tagged.labels);
    let cloudwatch = entry.cloudwatch.iter().flat_map(|rule| &rule.series.labels);
    let paths = entry.graphite.iter().flat_map(|rule| &rule.paths);
    let names = entry.cloudwatch.iter().flat_map(|rule| &rule.names);
    let mapped = prometheus.chain(graphite).chain(cloudwatch).map(|source| source.label.as_str());
    mapped.chain(paths.chain(names).flat_map(|pattern| pattern.names())).collect()
}
