//! What a live CloudWatch answer is: the entry that was asked is known, and so are the metric's dimensions, so neither
//! a name nor a label has to be guessed from.

use std::collections::BTreeMap;

use crate::platform::{Labels, SeriesKey};

use super::{CloudWatchRule, Entry, mapping};

impl Entry {
    /// The series that a metric with these dimensions is; `None` where it is not this entry's measure.
    pub(in crate::sources) fn of_dimensions(
        &self,
        rule: &CloudWatchRule,
        dimensions: &BTreeMap<String, String>,
    ) -> Option<SeriesKey> {
        let labels = mapping::map(self, &rule.series, dimensions, "dimension").ok()?;
        Some(self.with_set(rule, labels))
    }

    /// The series that an answer with this label is; `None` where no label of this entry matches it.
    pub(in crate::sources) fn of_label(&self, rule: &CloudWatchRule, label: &str) -> Option<SeriesKey> {
        let parts = rule.names.iter().find_map(|pattern| pattern.matches(label))?;
        Some(self.with_set(rule, mapping::named(self, &parts, true)))
    }

    fn with_set(&self, rule: &CloudWatchRule, mut labels: Labels) -> SeriesKey {
        for (label, value) in &rule.set {
            labels.set(label.as_str(), value.as_str());
        }
        SeriesKey { measure: self.measure, labels }
    }
}

impl CloudWatchRule {
    /// The label to ask `get-metric-data` for, so that the answer matches [`CloudWatchRule::names`]: its named parts
    /// are filled by CloudWatch with the dimensions they come from. `None` where a part comes from none; the
    /// answer then has CloudWatch's own label.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html>.
    pub(in crate::sources) fn dynamic_label(&self) -> Option<String> {
        let mut label = self.names.first()?.text().to_owned();
        for name in self.names.first()?.names() {
            let source = self.series.labels.iter().find(|source| source.label == name)?;
            let property = format!("${{PROP('Dim.{}')}}", source.from.first()?);
            label = label.replace(&format!("{{{name}}}"), &property);
        }
        Some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::packs::Packs;

    const PACK: &str = r#"
        title = "t"
        why = "w"
        exporter = "e"
        [[measure]]
        measure = "load.memory"
        unit = "percent"
        [measure.cloudwatch]
        expression = "SEARCH('{CWAgent,InstanceId} mem_used_percent', 'Average', $period)"
        dimensions = { host = "InstanceId" }
        label = "{host} memory"
        set = { service = "box" }"#;

    fn entry(text: &str) -> Entry {
        Packs::from_text("p", text).unwrap().iter().next().unwrap().entries[0].clone()
    }

    #[test]
    fn a_search_stands_alone_and_is_told_by_the_label_that_it_is_asked_with() {
        let entry = entry(PACK);
        let rule = entry.cloudwatch.clone().unwrap();
        assert_eq!((&rule.namespace, &rule.statistic, rule.series.metrics.len()), (&None, &None, 0));
        assert_eq!(rule.dynamic_label().unwrap(), "${PROP('Dim.InstanceId')} memory");
        let key = entry.of_label(&rule, "i-0abc memory").unwrap();
        assert_eq!(key.to_string(), r#"load.memory{host="i-0abc",service="box"}"#);
        assert_eq!(entry.of_label(&rule, "i-0abc disk"), None);
    }

    #[test]
    fn a_label_whose_part_comes_from_no_dimension_is_left_to_cloudwatch() {
        let entry = entry(&PACK.replace("dimensions = { host = \"InstanceId\" }", ""));
        assert_eq!(entry.cloudwatch.unwrap().dynamic_label(), None);
    }

    #[test]
    fn fields_of_a_metric_say_nothing_beside_a_search() {
        let text = PACK.replace(
            "dimensions =",
            "namespace = \"CWAgent\"\nmetric = \"m\"\nwhere = { a = \"b\" }\ndimensions =",
        );
        insta::assert_snapshot!(Packs::from_text("p", &text).unwrap_err(), @r#"
        p.toml:8: measure 1 "load.memory": cloudwatch: metric: says nothing beside an expression that finds its metrics itself; remove it, or let the expression speak of the metric as m1
        p.toml:8: measure 1 "load.memory": cloudwatch: where: says nothing beside an expression that finds its metrics itself; remove it, or let the expression speak of the metric as m1
        p.toml:10: measure 1 "load.memory": cloudwatch: namespace: says nothing beside an expression that finds its metrics itself; remove it, or let the expression speak of the metric as m1
        "#);
    }
}
