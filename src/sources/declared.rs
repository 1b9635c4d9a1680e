//! Declared series: the operator says what every series of a source is, since none says it itself.

use std::collections::BTreeMap;

use super::{
    Identity, Recognition,
    packs::{host_of, series_name},
};
use crate::platform::{Declared, Labels, SeriesKey};

/// What a series of a declared source is: the declared measure, with the labels that the declaration gives or
/// takes from the source's own. A series that lacks one of them is not recognised.
pub fn recognise_declared(declared: &Declared, identity: &Identity) -> Recognition {
    let own = own_labels(identity);
    let mut labels: Labels = declared.labels.clone();
    for (canonical, name) in &declared.label_map {
        match own.get(name) {
            Some(value) if canonical == "host" => labels.set(canonical, host_of(value)),
            Some(value) => labels.set(canonical, value),
            None => {
                let missing =
                    format!("the declaration takes {canonical} from a label {name}, which it does not have");
                return Recognition::Unknown { nearest: vec![missing] };
            }
        }
    }
    let (_, factor) = declared.unit.to_canonical();
    Recognition::Known { key: SeriesKey { measure: declared.measure, labels }, factor, offset: 0.0 }
}

/// The labels that a source itself gives a series. A CSV column has its `name`, and the labels within it where it is
/// written as `name{label="value"}`.
fn own_labels(identity: &Identity) -> BTreeMap<String, String> {
    let with = |labels: &BTreeMap<String, String>, name: &str, value: Option<&String>| {
        let mut labels = labels.clone();
        labels.extend(value.map(|value| (name.to_owned(), value.clone())));
        labels
    };
    match identity {
        Identity::Prometheus { name, labels } => with(labels, "__name__", Some(name)),
        Identity::Graphite { path, tags } => with(tags, "name", Some(path)),
        Identity::CloudWatch { dimensions, label, .. } => with(dimensions, "name", label.as_ref()),
        Identity::Named { name } => {
            let written = series_name::parse(name).map(|(_, labels)| labels);
            with(&written.unwrap_or_default(), "name", Some(name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{Measure, SourceUnit};

    fn cpu() -> Declared {
        Declared {
            measure: Measure::LoadCpu,
            unit: SourceUnit::Percent,
            labels: Labels::from([("pool", "mx")]),
            label_map: BTreeMap::from([("host".to_owned(), "instance".to_owned())]),
        }
    }

    fn answer(labels: &[(&str, &str)]) -> Identity {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Identity::Prometheus { name: String::new(), labels }
    }

    #[test]
    fn a_nameless_answer_gets_the_declared_measure_and_its_host() {
        let got = recognise_declared(&cpu(), &answer(&[("instance", "mx01:9100")]));
        let labels = Labels::from([("pool", "mx"), ("host", "mx01")]);
        let key = SeriesKey { measure: Measure::LoadCpu, labels };
        assert_eq!(got, Recognition::Known { key, factor: 0.01, offset: 0.0 });
    }

    #[test]
    fn a_column_of_a_table_has_the_labels_that_its_name_is_written_with() {
        let column = Identity::Named { name: "boxes{instance=\"mx01\",mount=\"/srv\"}".to_owned() };
        let Recognition::Known { key, .. } = recognise_declared(&cpu(), &column) else { panic!() };
        assert_eq!(key.labels, Labels::from([("pool", "mx"), ("host", "mx01")]));
        let map = BTreeMap::from([("host".to_owned(), "name".to_owned())]);
        let plain = Identity::Named { name: "mx02".to_owned() };
        let Recognition::Known { key, .. } =
            recognise_declared(&Declared { label_map: map, ..cpu() }, &plain)
        else {
            panic!()
        };
        assert_eq!(key.labels.get("host"), Some("mx02"));
    }

    #[test]
    fn a_series_without_the_label_says_so() {
        let Recognition::Unknown { nearest } = recognise_declared(&cpu(), &answer(&[])) else { panic!() };
        assert_eq!(nearest, ["the declaration takes host from a label instance, which it does not have"]);
    }
}
