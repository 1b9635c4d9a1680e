//! What the series of an answer are called, and what they are.

use std::collections::BTreeMap;

use super::{
    api::Dimensions,
    inquiry::{Inquiry, Meaning, Metrics, Search, dimensions_of},
};
use crate::{
    platform::Measure,
    sources::{Identity, Recognition, declared::recognise_declared},
};

impl Inquiry {
    /// What is measured.
    pub(super) fn measure(&self) -> Measure {
        match self {
            Inquiry::Metrics(metrics) => metrics.entry.measure,
            Inquiry::Search(search) => match &search.meaning {
                Meaning::Entry(entry, _) => entry.measure,
                Meaning::Declared(declared) => declared.measure,
            },
        }
    }
}

impl Metrics {
    /// What one of the metrics is called.
    pub(super) fn identity(&self, dimensions: &Dimensions) -> Identity {
        Identity::CloudWatch {
            namespace: Some(self.namespace.clone()),
            metric: Some(self.metric.clone()),
            dimensions: dimensions.clone(),
            statistic: Some(self.statistic.clone()),
            label: None,
            id: None,
        }
    }

    /// What a series is, with values over periods of so many seconds.
    pub(super) fn recognise(&self, identity: &Identity, period: i64) -> Recognition {
        let key = match identity {
            Identity::CloudWatch { dimensions, .. } => self.entry.of_dimensions(&self.rule, dimensions),
            _ => None,
        };
        let (factor, offset) = self.entry.conversion();
        match key {
            Some(key) => Recognition::Known { key, factor: factor * self.scale(period), offset },
            None => Recognition::Unknown { nearest: Vec::new() },
        }
    }
}

impl Search {
    /// What the series with this label is called.
    pub(super) fn identity(&self, label: &str) -> Identity {
        let dimensions = match &self.meaning {
            Meaning::Declared(declared) => dimensions_of(declared, label),
            Meaning::Entry(..) => BTreeMap::new(),
        };
        let label = Some(label.to_owned());
        Identity::CloudWatch { namespace: None, metric: None, dimensions, statistic: None, label, id: None }
    }

    /// What a series is.
    pub(super) fn recognise(&self, identity: &Identity) -> Recognition {
        let (entry, rule) = match &self.meaning {
            Meaning::Declared(declared) => return recognise_declared(declared, identity),
            Meaning::Entry(entry, rule) => (entry, rule),
        };
        let label = match identity {
            Identity::CloudWatch { label: Some(label), .. } => label.as_str(),
            _ => "",
        };
        let (factor, offset) = entry.conversion();
        match entry.of_label(rule, label) {
            Some(key) => Recognition::Known { key, factor, offset },
            None => {
                let wanted: Vec<&str> = rule.names.iter().map(|pattern| pattern.text()).collect();
                let missed = format!("{} wants the label {}", entry.measure, wanted.join(" or "));
                Recognition::Unknown { nearest: vec![missed] }
            }
        }
    }
}
