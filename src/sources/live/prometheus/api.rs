//! The HTTP API of Prometheus: which paths are asked, and with what.
//!
//! Source: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

use std::{
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    net::{Answer, NetError},
    sources::live::transport::Transport,
};

/// A server's API.
#[derive(Debug)]
pub(super) struct Api {
    transport: Box<dyn Transport>,
    /// Seconds that the server is told it may take for a query.
    timeout: i64,
    /// Whether the server has refused POST.
    by_get: AtomicBool,
}

impl Api {
    pub(super) fn new(transport: Box<dyn Transport>, timeout: i64) -> Api {
        Api { transport, timeout, by_get: AtomicBool::new(false) }
    }

    /// What the operator should know about how the server is asked.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.transport.warnings()
    }

    /// An expression at every multiple of `step` in a range, whose end is not in it.
    ///
    /// `max_source_resolution` is known to Thanos only: from its down-sampled blocks it takes what is a fifth of the
    /// step or finer, where the raw ones are gone.
    pub(super) fn query_range(
        &self,
        expression: &str,
        range: &Range<i64>,
        step: i64,
    ) -> Result<Answer, NetError> {
        self.query(
            "api/v1/query_range",
            &[
                ("query", expression.to_owned()),
                ("start", range.start.to_string()),
                ("end", range.end.saturating_sub(step).to_string()),
                ("step", step.to_string()),
                ("timeout", format!("{}s", self.timeout)),
                ("max_source_resolution", "auto".to_owned()),
            ],
        )
    }

    /// An expression at one moment; at the server's own present where none is given.
    pub(super) fn query_at(&self, expression: &str, time: Option<i64>) -> Result<Answer, NetError> {
        let mut form = vec![("query", expression.to_owned()), ("timeout", format!("{}s", self.timeout))];
        form.extend(time.map(|time| ("time", time.to_string())));
        self.query("api/v1/query", &form)
    }

    /// Asks by GET: metadata, which no server refuses so.
    pub(super) fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError> {
        self.transport.get(path, query)
    }

    /// Asks by POST, for expressions may be longer than an address can be; by GET once a server has forbidden that,
    /// as proxies for readers do (405 Method Not Allowed).
    fn query(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        if !self.by_get.load(Ordering::Relaxed) {
            match self.transport.post_form(path, form) {
                Err(NetError::Status { status: 405, .. }) => self.by_get.store(true, Ordering::Relaxed),
                answer => return answer,
            }
        }
        self.transport.get(path, form)
    }
}
