//! The one HTTP client.

use std::path::{Path, PathBuf};

use super::NetError;
use crate::platform::{Asking, Server};

/// Asks one server.
#[derive(Debug)]
pub struct Client {}

/// A whole answer with a status of 200 to 299.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The unfolded body.
    pub body: Vec<u8>,
    /// What the server's clock said, seconds since 1970-01-01 UTC (its `Date` header).
    pub server_time: Option<i64>,
}

impl Client {
    /// A client for a server; `resolve` gives the path of a file that the platform file names.
    pub fn new(
        _server: &Server,
        _asking: &Asking,
        _resolve: &dyn Fn(&Path) -> PathBuf,
    ) -> Result<Client, NetError> {
        Ok(Client {})
    }

    /// Asks by GET; `path` is relative to the server's address.
    pub fn get(&self, path: &str, _query: &[(&str, String)]) -> Result<Answer, NetError> {
        Err(NetError::Setup { problem: path.to_owned(), next_step: String::new() })
    }

    /// Asks by POST with a form.
    pub fn post_form(&self, path: &str, _form: &[(&str, String)]) -> Result<Answer, NetError> {
        Err(NetError::Setup { problem: path.to_owned(), next_step: String::new() })
    }
}
