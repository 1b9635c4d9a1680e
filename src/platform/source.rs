//! Sources: where the history is.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{
    Labels, Measure, Origin, Probe, SourceUnit, fields::Fields, origin_fields, wording::quoted,
    wording::suggestion,
};

/// One monitoring system: its exported files, or its server.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name; no other source has it.
    pub name: String,
    /// Where its history comes from.
    pub origin: Origin,
    /// What its series are, where they carry no name that a query pack could recognise.
    pub declared: Option<Declared>,
    /// Only these query packs recognise its series; `None` is all.
    pub packs: Option<Vec<String>>,
}

/// What every series of a source measures: for exports whose series carry no name, such as the answer to a
/// PromQL expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// What is measured.
    pub measure: Measure,
    /// The unit of the values in the files; it converts to the measure's own.
    pub unit: SourceUnit,
    /// Canonical labels that every series gets.
    pub labels: Labels,
    /// Canonical label to the source's own: `host` to `instance`.
    pub label_map: BTreeMap<String, String>,
}

impl Source {
    /// Reads one `[[source]]`; `None` where it has been refused.
    pub(super) fn read(mut fields: Fields<'_>) -> Option<Source> {
        fields.require("name", "a name of its own, in quotes");
        let name = fields.text("name").map(Spanned::into_inner);
        let origin = origin_fields::read(&mut fields);
        let packs = texts(&mut fields, "packs");
        let declared = Declared::read(&mut fields);
        if packs.is_some() && fields.has("measure") {
            fields.refuse("packs", "recognises nothing where `measure` declares it", "remove one of the two");
        }
        if packs.as_ref().is_some_and(Vec::is_empty) {
            fields.refuse(
                "packs",
                "leaves no query pack",
                "name the packs, or remove the field to use them all",
            );
        }
        fields.finish();
        Some(Source { name: name?, origin: origin?, declared, packs })
    }
}

impl Declared {
    /// Reads the declaration among a source's fields; `None` where there is none, or it has been refused.
    fn read(fields: &mut Fields<'_>) -> Option<Declared> {
        let measure = fields.choice("measure", "a measure", Measure::ALL, Measure::name);
        let unit = measured_unit(fields, measure);
        let labels = fields.pairs("labels").unwrap_or_default();
        let label_map = fields.pairs("label_map").unwrap_or_default();
        if !fields.has("measure") {
            for field in ["unit", "labels", "label_map"].into_iter().filter(|field| fields.has(field)) {
                fields.refuse(
                    field,
                    "says nothing without `measure`",
                    "declare the measure, or remove the field",
                );
            }
            return None;
        }
        refuse_labels(fields, &labels, &label_map);
        let mut fixed = Labels::new();
        for (label, value) in labels {
            fixed.set(label.into_inner(), value.into_inner());
        }
        let label_map =
            label_map.into_iter().map(|(to, from)| (to.into_inner(), from.into_inner())).collect();
        Some(Declared { measure: measure?, unit: unit?, labels: fixed, label_map })
    }
}

type Pairs = [(Spanned<String>, Spanned<String>)];

/// Refuses labels that no series can have, probes that there are not, and what is both fixed and mapped.
fn refuse_labels(fields: &Fields<'_>, labels: &Pairs, label_map: &Pairs) {
    for (field, pairs) in [("labels", labels), ("label_map", label_map)] {
        for (label, _) in pairs.iter().filter(|(label, _)| !is_label(label.get_ref())) {
            let problem = format!("{} is not a canonical label", quoted(label.get_ref()));
            let legal = "legal: small letters, digits and `_`, such as host, volume, queue, quantile, probe";
            fields.refuse_at(label.span().start, field, problem, legal);
        }
    }
    for (label, probe) in labels.iter().filter(|(label, _)| label.get_ref() == "probe") {
        let names: Vec<_> = Probe::ALL.iter().map(|probe| probe.name()).collect();
        if !names.contains(&probe.get_ref().as_str()) {
            let problem = format!("{} is not a probe", quoted(probe.get_ref()));
            fields.refuse_at(label.span().start, "labels", problem, suggestion(probe.get_ref(), &names));
        }
    }
    for (label, _) in label_map {
        if labels.iter().any(|(fixed, _)| fixed.get_ref() == label.get_ref()) {
            let problem = format!("{} is fixed by `labels` already", quoted(label.get_ref()));
            fields.refuse_at(label.span().start, "label_map", problem, "remove one of the two");
        }
    }
}

/// Reads `unit`, which must stand beside `measure` and convert to the measure's own unit.
pub(super) fn measured_unit(fields: &mut Fields<'_>, measure: Option<Measure>) -> Option<SourceUnit> {
    let unit = fields.choice("unit", "a unit", SourceUnit::ALL, SourceUnit::name);
    let measure = measure?;
    let units = SourceUnit::ALL.iter().filter(|unit| unit.to_canonical().0 == measure.unit());
    let legal = units.map(|unit| unit.name()).collect::<Vec<_>>().join(", ");
    fields.require("unit", &legal);
    let unit = unit?;
    if unit.to_canonical().0 != measure.unit() {
        let problem =
            format!("{} does not convert to {}, the unit of {measure}", unit.name(), measure.unit().name());
        fields.refuse("unit", problem, format!("legal: {legal}"));
        return None;
    }
    Some(unit)
}

/// A list of texts.
pub(super) fn texts(fields: &mut Fields<'_>, field: &'static str) -> Option<Vec<String>> {
    Some(fields.texts(field)?.into_iter().map(Spanned::into_inner).collect())
}

/// Prometheus' rule for label names, small letters only.
fn is_label(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
