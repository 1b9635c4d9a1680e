//! What carries requests to an HTTP server: the client, or a script in tests.

use std::fmt;

use crate::net::{Answer, Client, NetError};

/// What carries requests. Paths are relative to the server's address.
pub(super) trait Transport: fmt::Debug + Send + Sync {
    /// Asks by GET.
    fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError>;
    /// Asks by POST with a form.
    fn post_form(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError>;
    /// What the operator should know about how the server is asked.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Transport for Client {
    fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, NetError> {
        Client::get(self, path, query)
    }

    fn post_form(&self, path: &str, form: &[(&str, String)]) -> Result<Answer, NetError> {
        Client::post_form(self, path, form)
    }

    fn warnings(&self) -> Vec<String> {
        Client::warnings(self)
    }
}
