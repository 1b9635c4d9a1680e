//! What is asked of graphite-web over HTTP: its names, its data, its version.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

use super::{query::Query, trouble};
use crate::{
    net::{Answer, NetError},
    sources::{
        graphite::raw,
        live::{LiveError, transport::Transport},
    },
};

/// One graphite-web.
#[derive(Debug)]
pub(super) struct Api {
    /// The source's name, for errors.
    pub(super) source: String,
    ask: Box<dyn Transport>,
    /// Whether posting has been refused: what stands before the server lets only GET through.
    by_get: AtomicBool,
}

/// The answer of `/metrics/expand`.
#[derive(Deserialize)]
struct Expanded {
    results: Vec<String>,
}

impl Api {
    pub(super) fn new(source: &str, ask: Box<dyn Transport>) -> Api {
        Api { source: source.to_owned(), ask, by_get: AtomicBool::new(false) }
    }

    /// What the operator should know about how the server is asked.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.ask.warnings()
    }

    /// The names of the series that a query finds, sorted, each once. A function is looked into: the answer is
    /// `None` where its text cannot be followed.
    pub(super) fn names(&self, query: &Query) -> Result<Option<Vec<String>>, LiveError> {
        let mut names = match query {
            Query::Paths(pattern) => self.expand(pattern)?,
            Query::Tags(expressions) => self.find_series(expressions)?,
            Query::Function(text) => {
                let inside = Query::inside(text);
                if inside.is_empty() {
                    return Ok(None);
                }
                let mut all = Vec::new();
                for query in inside {
                    all.extend(self.names(&query)?.unwrap_or_default());
                }
                all
            }
        };
        names.sort_unstable();
        names.dedup();
        Ok(Some(names))
    }

    fn expand(&self, pattern: &str) -> Result<Vec<String>, LiveError> {
        let query = [("query", pattern.to_owned()), ("leavesOnly", "1".to_owned())];
        let answer = self.get("metrics/expand", &query, pattern)?;
        let expanded: Expanded = self.json(&answer.body, pattern)?;
        Ok(expanded.results)
    }

    fn find_series(&self, expressions: &[String]) -> Result<Vec<String>, LiveError> {
        let query: Vec<(&str, String)> = expressions.iter().map(|text| ("expr", text.clone())).collect();
        let what = expressions.join(", ");
        let answer = self.get("tags/findSeries", &query, &what)?;
        self.json(&answer.body, &what)
    }

    /// The server's version, where it tells one, and what its clock said.
    pub(super) fn version(&self) -> Result<(Option<String>, Option<i64>), LiveError> {
        match self.ask.get("version/", &[]) {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                // Another server may show a page of its own here.
                let version = text.trim().trim_matches('"');
                let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.len() <= 20;
                Ok((is_version.then(|| version.to_owned()), answer.server_time))
            }
            Err(NetError::Status { status: 404 | 400, .. }) => Ok((None, None)),
            Err(error) => Err(trouble::of_net(&self.source, "its version", &error)),
        }
    }

    /// The steps in which targets are answered between two times; nothing for those that are not answered.
    pub(super) fn steps(&self, targets: &[String], from: i64, until: i64) -> Result<Vec<i64>, LiveError> {
        let what = targets.first().map(String::as_str).unwrap_or_default();
        let answer = self
            .render(targets, from, until, "raw")
            .map_err(|error| trouble::of_net(&self.source, what, &error))?;
        let text = std::str::from_utf8(&answer.body).unwrap_or_default();
        raw::steps(text)
            .ok_or_else(|| trouble::of_body(&self.source, what, "the answer is not Graphite's", &answer.body))
    }

    /// Data of targets after `from`, up to `until`: Graphite leaves out the first and takes in the second.
    ///
    /// A form is posted, because a URL of many targets is longer than most servers take. No answer kept from
    /// before is wanted: it is found by its range to the minute only. `maxDataPoints` is never asked for; it
    /// drops leading points (graphite-web issue 1849).
    pub(super) fn render(
        &self,
        targets: &[String],
        from: i64,
        until: i64,
        format: &str,
    ) -> Result<Answer, NetError> {
        let mut form: Vec<(&str, String)> = targets.iter().map(|target| ("target", target.clone())).collect();
        form.extend([
            ("from", from.to_string()),
            ("until", until.to_string()),
            ("tz", "UTC".to_owned()),
            ("format", format.to_owned()),
            ("noCache", "1".to_owned()),
        ]);
        if self.by_get.load(Ordering::Relaxed) {
            return self.ask.get("render", &form);
        }
        match self.ask.post_form("render", &form) {
            Err(NetError::Status { status: 403 | 405, .. }) => {
                let answer = self.ask.get("render", &form);
                self.by_get.fetch_or(answer.is_ok(), Ordering::Relaxed);
                answer
            }
            answer => answer,
        }
    }

    fn get(&self, path: &str, query: &[(&str, String)], what: &str) -> Result<Answer, LiveError> {
        self.ask.get(path, query).map_err(|error| trouble::of_net(&self.source, what, &error))
    }

    fn json<T: for<'a> Deserialize<'a>>(&self, body: &[u8], what: &str) -> Result<T, LiveError> {
        serde_json::from_slice(body).map_err(|error| {
            let problem = format!("the list of series is not as Graphite answers it ({error})");
            trouble::of_body(&self.source, what, &problem, body)
        })
    }
}
