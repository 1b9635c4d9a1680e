//! Identities: how a source itself names a series, before a query pack has recognised it.

use std::{collections::BTreeMap, fmt};

use crate::platform::SeriesKey;

/// What a source calls one of its series. Everything in it is hostile input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// A Prometheus series; the name is empty where an expression has dropped it.
    Prometheus {
        /// `__name__`.
        name: String,
        /// All other labels.
        labels: BTreeMap<String, String>,
    },
    /// A Graphite series.
    Graphite {
        /// The target as answered, such as `collectd.ms1.df-var.df_complex-used`.
        path: String,
        /// Tags, where the answer had any.
        tags: BTreeMap<String, String>,
    },
    /// A CloudWatch series. `get-metric-data` tells only its id and label, `get-metric-statistics` only its
    /// label, a metric stream everything but those two.
    CloudWatch {
        /// Such as `AWS/EC2`.
        namespace: Option<String>,
        /// Such as `CPUUtilization`.
        metric: Option<String>,
        /// Such as `InstanceId` = `i-0abc`.
        dimensions: BTreeMap<String, String>,
        /// Such as `Average`, `Maximum`, `p95`.
        statistic: Option<String>,
        /// The query's label.
        label: Option<String>,
        /// The query's id.
        id: Option<String>,
    },
    /// A column or a series of a CSV file.
    Named {
        /// Its name there.
        name: String,
    },
}

/// What tools call the only column of values in a CSV file that holds one series.
const ONLY_COLUMN: [&str; 2] = ["value", "values"];

impl Identity {
    /// The identity as found in a file: a CSV column that is just called `value` has its name from the file, whose
    /// path is given as the operator knows it, without folders and endings.
    #[must_use]
    pub fn in_file(&self, path: &str) -> Identity {
        match self {
            Identity::Named { name } if ONLY_COLUMN.iter().any(|only| only.eq_ignore_ascii_case(name)) => {
                let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
                let stem = file.split_once(".csv").map_or(file, |(stem, _)| stem);
                Identity::Named { name: stem.to_owned() }
            }
            other => other.clone(),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = |map: &BTreeMap<String, String>| {
            map.iter().map(|(k, v)| format!("{k}={v:?}")).collect::<Vec<_>>().join(",")
        };
        match self {
            Identity::Prometheus { name, labels } => write!(f, "{name}{{{}}}", pairs(labels)),
            Identity::Graphite { path, .. } => f.write_str(path),
            Identity::CloudWatch { namespace, metric, dimensions, statistic, label, id } => match metric {
                Some(metric) => write!(
                    f,
                    "{}/{metric}{{{}}} {}",
                    namespace.as_deref().unwrap_or("?"),
                    pairs(dimensions),
                    statistic.as_deref().unwrap_or("")
                ),
                None => f.write_str(label.as_deref().or(id.as_deref()).unwrap_or("(no label)")),
            },
            Identity::Named { name } => f.write_str(name),
        }
    }
}

/// What the query packs say about an identity.
#[derive(Debug, Clone, PartialEq)]
pub enum Recognition {
    /// A pack knows it.
    Known {
        /// The canonical measure and labels.
        key: SeriesKey,
        /// Canonical value = offset + factor × the source's value.
        factor: f64,
        /// Zero but where a source answers the complement, such as the idle share of a processor.
        offset: f64,
    },
    /// No pack knows it.
    Unknown {
        /// The packs that came nearest, each with what it missed, nearest first.
        nearest: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_column_is_named_by_its_file() {
        let named = |name: &str| Identity::Named { name: name.to_owned() };
        assert_eq!(named("Value").in_file("load/web01.csv.gz"), named("web01"));
        assert_eq!(named("web01").in_file("load/all.csv"), named("web01"));
    }
}
