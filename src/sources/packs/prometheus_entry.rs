//! What the series of an answer are, where it is known which entry was asked.
//!
//! PromQL drops a series' name in most expressions, so an answer is not looked up by its name, as an export is:
//! the rules of the entry that was asked say what its labels mean.

use std::collections::BTreeMap;

use super::{Entry, mapping};
use crate::{platform::SeriesKey, sources::Recognition};

impl Entry {
    /// What a series of the answer to this entry's Prometheus query is, by its labels without `__name__`. A label
    /// that `where`, `without` or `labels` name counts as in an export, so a query must keep it.
    pub(in crate::sources) fn recognise_prometheus(&self, labels: &BTreeMap<String, String>) -> Recognition {
        let unknown = |missed: String| Recognition::Unknown { nearest: vec![missed] };
        let Some(rule) = &self.prometheus else {
            return unknown("has no table `prometheus`".to_owned());
        };
        match mapping::map(self, &rule.series, labels, "label") {
            Ok(mut canonical) => {
                for (label, value) in &rule.set {
                    canonical.set(label.as_str(), value.as_str());
                }
                let (factor, offset) = self.conversion();
                let key = SeriesKey { measure: self.measure, labels: canonical };
                Recognition::Known { key, factor, offset }
            }
            Err(missed) => unknown(missed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Packs;

    fn told(pack: &str, measure: &str, labels: &[(&str, &str)]) -> String {
        let packs = Packs::shipped().unwrap().only(&[pack.to_owned()]).unwrap();
        let pack = packs.iter().next().unwrap();
        let entry = pack.entries.iter().find(|entry| entry.measure.name() == measure).unwrap();
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        match entry.recognise_prometheus(&labels) {
            Recognition::Known { key, factor, offset } => format!("{key} = {offset} + {factor} × value"),
            Recognition::Unknown { nearest } => nearest.join(" | "),
        }
    }

    #[test]
    fn the_entry_that_was_asked_says_what_a_nameless_series_is() {
        assert_eq!(
            told("node_exporter", "load.cpu", &[("instance", "mx01:9100")]),
            r#"load.cpu{host="mx01"} = 0 + 1 × value"#
        );
        let delivered = [("instance", "mx01:9636"), ("flag", "delivered")];
        assert_eq!(
            told("exim_exporter", "messages.total", &delivered),
            r#"messages.total{host="mx01",service="exim"} = 0 + 1 × value"#
        );
    }

    #[test]
    fn what_a_series_misses_is_told() {
        assert_eq!(told("node_exporter", "load.cpu", &[("job", "node")]), "wants label instance");
        assert_eq!(
            told("exim_exporter", "messages.total", &[("instance", "a"), ("flag", "deferred")]),
            r#"wants label flag="delivered""#
        );
        assert_eq!(told("ec2", "load.cpu", &[]), "has no table `prometheus`");
    }
}
