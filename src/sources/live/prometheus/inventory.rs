//! Inventory: what a server has, for writing a platform file from it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{PrometheusSource, SECONDS_PER_DAY};
use crate::sources::{live::LiveError, packs::host_of};

/// A target that the server scrapes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Its host: `instance` without the port.
    pub host: String,
    /// The job that scrapes it, where one is told.
    pub job: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Scraped {
    #[serde(default)]
    instance: String,
    #[serde(default)]
    job: Option<String>,
}

impl PrometheusSource {
    /// The names of all metrics of the last day, ascending.
    ///
    /// # Errors
    /// The server does not answer, or not as Prometheus does.
    pub fn metric_names(&self, now: i64) -> Result<Vec<String>, LiveError> {
        self.values_of("__name__", now)
    }

    /// The targets of the last day, by host: those of `up` with their jobs, or, where nothing writes `up`, every value
    /// of the label `instance`.
    ///
    /// # Errors
    /// The server does not answer, or not as Prometheus does.
    pub fn targets(&self, now: i64) -> Result<Vec<Target>, LiveError> {
        let path = "api/v1/series";
        let mut query = vec![("match[]", "up".to_owned())];
        query.extend(last_day(now));
        let answer = self.api.get(path, &query).map_err(|error| self.trouble(None, &error))?;
        let scraped: Vec<Scraped> = self.parse(&answer, path)?;
        let named = scraped.into_iter().filter(|target| !target.instance.is_empty());
        let mut targets: BTreeSet<Target> = named
            .map(|target| Target { host: host_of(&target.instance).to_owned(), job: target.job })
            .collect();
        if targets.is_empty() {
            let instances = self.values_of("instance", now)?;
            targets.extend(
                instances.iter().map(|instance| Target { host: host_of(instance).to_owned(), job: None }),
            );
        }
        Ok(targets.into_iter().collect())
    }

    /// The values of a label in the last day.
    fn values_of(&self, label: &str, now: i64) -> Result<Vec<String>, LiveError> {
        let path = format!("api/v1/label/{label}/values");
        let answer = self.api.get(&path, &last_day(now)).map_err(|error| self.trouble(None, &error))?;
        let mut values: Vec<String> = self.parse(&answer, &path)?;
        values.sort_unstable();
        Ok(values)
    }
}

fn last_day(now: i64) -> [(&'static str, String); 2] {
    [("start", now.saturating_sub(SECONDS_PER_DAY).to_string()), ("end", now.to_string())]
}
