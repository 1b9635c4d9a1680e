//! Reading an entry's three tables: how Prometheus, Graphite and CloudWatch show its measure.

use std::collections::BTreeMap;

use crate::platform::Measure;

use super::{
    CloudWatchRule, GraphiteRule, LabelSource, Over, Pattern, PrometheusRule, Separator, TaggedRule,
    distance,
    fields::{At, Fields},
    pack::LABELS,
};

/// `[measure.prometheus]` of an entry; its measure is none where that is refused.
pub(super) fn prometheus(mut fields: Fields<'_, '_>, measure: Option<Measure>) -> Option<PrometheusRule> {
    let query = fields.text("query").map(|q| q.value);
    let over = over(&mut fields, measure);
    let series = tagged(&mut fields, "labels");
    let set = fixed(&mut fields);
    let complete = !series.metrics.is_empty();
    if !complete {
        fields.refuse(fields.at, "metric", "is missing; write the name that the series has in an export");
    }
    fields.finish();
    complete.then_some(PrometheusRule { query, over, series, set })
}

/// `[measure.graphite]` of an entry; its measure is none where that is refused.
pub(super) fn graphite(mut fields: Fields<'_, '_>, measure: Option<Measure>) -> Option<GraphiteRule> {
    let queries = fields.texts("query").into_iter().map(|q| q.value).collect();
    let over = over(&mut fields, measure);
    let paths = patterns(&mut fields, "path", Separator::Dot);
    let tagged = tagged(&mut fields, "tags");
    let set = fixed(&mut fields);
    let complete = paths.as_ref().is_none_or(|paths| !paths.is_empty()) || !tagged.metrics.is_empty();
    if !complete {
        let wanted = "is missing; write a path with named parts, or `metric` and `tags` for a tagged series";
        fields.refuse(fields.at, "path", wanted);
    }
    fields.finish();
    let paths = paths?;
    complete.then_some(GraphiteRule { queries, over, paths, tagged, set })
}

/// `[measure.cloudwatch]`.
pub(super) fn cloudwatch(mut fields: Fields<'_, '_>) -> Option<CloudWatchRule> {
    let expression = fields.text("expression").map(|e| e.value);
    let searches = expression.as_deref().is_some_and(|text| !CloudWatchRule::speaks_of_m1(text));
    let namespace =
        metric_field(&mut fields, "namespace", "the metric's namespace, such as \"AWS/EC2\"", searches);
    let series = tagged(&mut fields, "dimensions");
    let statistic =
        metric_field(&mut fields, "statistic", "a statistic, such as \"Average\" or \"p95\"", searches);
    let names = patterns(&mut fields, "label", Separator::Space);
    let set = fixed(&mut fields);
    let wanted = usize::from(!searches);
    if series.metrics.len() != wanted {
        let problem = if searches { IDLE } else { "is to be one name; write an entry for each metric" };
        fields.refuse(fields.at, "metric", problem);
    }
    for (field, given) in [("where", !series.only.is_empty()), ("without", !series.without.is_empty())] {
        if searches && given {
            fields.refuse(fields.at, field, IDLE);
        }
    }
    if expression.is_some() && names.as_ref().is_some_and(Vec::is_empty) {
        let wanted = "is missing; what an expression gives is told by its label alone";
        fields.refuse(fields.at, "label", wanted);
    }
    fields.finish();
    let names = names?;
    let complete = series.metrics.len() == wanted && (searches || namespace.is_some() && statistic.is_some());
    complete.then_some(CloudWatchRule { namespace, series, statistic, expression, names, set })
}

/// What says nothing beside an expression that does not speak of `m1`.
const IDLE: &str = "says nothing beside an expression that finds its metrics itself; \
                    remove it, or let the expression speak of the metric as m1";

/// A field that the metric needs, and that says nothing where the expression finds its metrics itself.
fn metric_field(
    fields: &mut Fields<'_, '_>,
    field: &'static str,
    what: &str,
    searches: bool,
) -> Option<String> {
    if !searches {
        return fields.required_text(field, what).map(|text| text.value);
    }
    if let Some(text) = fields.text(field) {
        fields.refuse(text.at, field, IDLE);
    }
    None
}

/// `over`: what stands for a step where the server keeps finer points.
fn over(fields: &mut Fields<'_, '_>, measure: Option<Measure>) -> Option<Over> {
    let name = fields.text("over")?;
    let measure = measure?;
    let legal = Over::legal(measure);
    let over = legal.iter().copied().find(|over| over.name() == name.value);
    if over.is_none() {
        let legal = legal.iter().map(|over| over.name()).collect::<Vec<_>>().join(", ");
        let problem = format!("`{}` cannot stand for a step of {measure}; legal: {legal}", name.value);
        fields.refuse(name.at, "over", problem);
    }
    over
}

/// `metric`, `where` and the table that maps labels, which each source calls by its own word.
fn tagged(fields: &mut Fields<'_, '_>, mapping: &'static str) -> TaggedRule {
    let metrics = fields.texts("metric").into_iter().map(|m| m.value).collect();
    let mut labels = Vec::new();
    if let Some(table) = fields.table(mapping) {
        for (label, from) in table.pairs() {
            if check_label(fields, &label, mapping) {
                labels.push(label_source(label.value, &from));
            }
        }
    }
    let only = fields.table("where").map(Fields::single_pairs).unwrap_or_default();
    let only = only.into_iter().map(|(name, value)| (name.value, value.value)).collect();
    let without = fields.texts("without").into_iter().map(|name| name.value).collect();
    TaggedRule { metrics, labels, only, without }
}

/// A label is required unless each name it may come from ends in `?`.
fn label_source(label: String, from: &[At<String>]) -> LabelSource {
    let required = from.iter().any(|name| !name.value.ends_with('?'));
    let from = from.iter().map(|name| name.value.trim_end_matches('?').to_owned()).collect();
    LabelSource { label, from, required }
}

/// `set`: canonical labels that are always the same.
fn fixed(fields: &mut Fields<'_, '_>) -> BTreeMap<String, String> {
    let pairs = fields.table("set").map(Fields::single_pairs).unwrap_or_default();
    let mut set = BTreeMap::new();
    for (label, value) in pairs {
        if check_label(fields, &label, "set") {
            set.insert(label.value, value.value);
        }
    }
    set
}

/// Patterns whose parts are canonical labels; `None` where one is refused.
fn patterns(fields: &mut Fields<'_, '_>, field: &'static str, separator: Separator) -> Option<Vec<Pattern>> {
    let mut patterns = Some(Vec::new());
    for text in fields.texts(field) {
        match Pattern::parse(&text.value, separator) {
            Err(error) => {
                fields.refuse(text.at, field, error.to_string());
                patterns = None;
            }
            Ok(pattern) => {
                for name in pattern.names() {
                    check_label(fields, &At { value: name.to_owned(), at: text.at }, field);
                }
                if let Some(all) = patterns.as_mut() {
                    all.push(pattern);
                }
            }
        }
    }
    patterns
}

/// Whether a name is a canonical label; refuses it where it is not.
pub(super) fn check_label(fields: &Fields<'_, '_>, label: &At<String>, field: &str) -> bool {
    let known = LABELS.contains(&label.value.as_str());
    if !known {
        let meant = distance::nearest(&label.value, LABELS.iter().copied());
        let meant = meant.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let problem = format!("`{}` is not a label{meant}; legal: {}", label.value, LABELS.join(", "));
        fields.refuse(label.at, field, problem);
    }
    known
}
