//! The one HTTP client.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use url::Url;

use super::{
    NetError,
    exchange::{Exchange, Question},
    retry::{self, Sleep},
    runtime::block_on,
    setup::{self, Setup},
};
use crate::platform::{Asking, Server};

/// Asks one server, with its deadline, its bound and retries. It may be shared between threads, which then share
/// its connections.
pub struct Client {
    base: Url,
    exchange: Exchange,
    sleep: Sleep,
    warnings: Vec<String>,
}

/// A whole answer with a status of 200 to 299.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The unfolded body.
    pub body: Vec<u8>,
    /// What the server's clock said, seconds since 1970-01-01 UTC (its `Date` header).
    pub server_time: Option<i64>,
}

impl Client {
    /// A client for a server; `resolve` gives the path of a file that the platform file names. Secrets are read
    /// now, nothing is asked yet.
    ///
    /// # Errors
    /// A secret or a certificate cannot be read or used.
    pub fn new(
        server: &Server,
        asking: &Asking,
        resolve: &dyn Fn(&Path) -> PathBuf,
    ) -> Result<Client, NetError> {
        let deadline = Duration::from_secs(asking.timeout.unsigned_abs());
        let Setup { http, authorization, secrets, warnings } =
            setup::http(server, asking.parallel, deadline, resolve)?;
        let exchange = Exchange { http, authorization, deadline, largest: asking.largest_answer, secrets };
        Ok(Client { base: server.url.clone(), exchange, sleep: retry::sleep(), warnings })
    }

    /// Asks by GET; `path` is relative to the server's address.
    ///
    /// # Errors
    /// Why there is no answer, after all retries.
    pub fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.ask(&Question { url, form: None })
    }

    /// Asks by POST with a form; `path` is relative to the server's address. Servers of history take a form where
    /// a query would be too long for an address; asking twice changes nothing there.
    ///
    /// # Errors
    /// Why there is no answer, after all retries.
    pub fn post_form(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        self.ask(&Question { url: self.url(path)?, form: Some(form) })
    }

    /// What the operator should know about how this server is asked: secrets that go unencrypted or lie open.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer, NetError> {
        block_on(retry::until_answered(|| self.exchange.ask(question), &self.sleep))
    }

    fn url(&self, path: &str) -> Result<Url, NetError> {
        let joined = self.base.join(path.trim_start_matches('/')).ok();
        joined.filter(|url| url.origin() == self.base.origin()).ok_or_else(|| NetError::Setup {
            problem: format!("{path:?} is not a path of {}", self.base),
            next_step: "check `url` of the source".to_owned(),
        })
    }

    /// The same client with waits of its own, for tests.
    #[cfg(test)]
    pub(super) fn with_sleep(mut self, sleep: Sleep) -> Client {
        self.sleep = sleep;
        self
    }
}

/// Shows the address alone.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}
