//! Making a client: who asks, with which headers, and whom it trusts.

use std::{
    error::Error as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{
    Certificate, ClientBuilder, Identity,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};

use super::{
    NetError,
    failure::{is_loopback, shown},
    secret::Secret,
};
use crate::platform::{Auth, HeaderText, Server, Tls};

/// A connection across the world takes less than a second; five tries of TCP at it take about ten.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// A client, what must never be shown, and what the operator should know.
pub(super) struct Setup {
    /// Sends the headers, and follows no redirect.
    pub(super) http: reqwest::Client,
    /// Who asks, for every request.
    pub(super) authorization: Option<HeaderValue>,
    /// All secrets that it sends, as they stand in its headers.
    pub(super) secrets: Vec<Secret>,
    /// Sentences about secrets that go unencrypted or lie open.
    pub(super) warnings: Vec<String>,
}

type Resolve<'a> = &'a dyn Fn(&Path) -> PathBuf;

/// Makes a client for a server.
pub(super) fn http(
    server: &Server,
    parallel: usize,
    deadline: Duration,
    resolve: Resolve<'_>,
) -> Result<Setup, NetError> {
    let mut secrets = Vec::new();
    let mut headers = HeaderMap::new();
    for (name, text) in &server.headers {
        own_header(name, text, &mut headers, &mut secrets, resolve)?;
    }
    let mut builder = ClientBuilder::new()
        .user_agent(concat!("mailtide/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(Policy::none())
        .connect_timeout(deadline.min(LONGEST_CONNECT))
        .pool_max_idle_per_host(parallel);
    if is_loopback(&server.url) {
        // The environment's proxy leads out of this machine.
        builder = builder.no_proxy();
    }
    let http = trust(builder, &server.tls, resolve)?.build().map_err(|error| {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        NetError::Setup {
            problem: format!("{}: no client can be made: {cause}", shown(&server.url)),
            next_step: "check `ca`, `certificate` and `key` of the source".to_owned(),
        }
    })?;
    let authorization = authorization(&http, server, &mut secrets, resolve)?;
    let warnings = warnings(server, &secrets);
    Ok(Setup { http, authorization, secrets, warnings })
}

/// The header that shows who asks, as the client's library writes it.
fn authorization(
    http: &reqwest::Client,
    server: &Server,
    secrets: &mut Vec<Secret>,
    resolve: Resolve<'_>,
) -> Result<Option<HeaderValue>, NetError> {
    let request = http.get(server.url.clone());
    let (request, secret) = match &server.auth {
        Auth::None => return Ok(None),
        Auth::Basic { user, password } => {
            let password = Secret::read(password, resolve)?;
            (request.basic_auth(user, Some(password.expose())), password)
        }
        Auth::Bearer { token } => {
            let token = Secret::read(token, resolve)?;
            (request.bearer_auth(token.expose()), token)
        }
    };
    let request = request.build().map_err(|_| unfit(&secret))?;
    let value = request.headers().get(AUTHORIZATION).cloned().ok_or_else(|| unfit(&secret))?;
    // Basic authentication is user and password in other letters, which must not be shown either.
    let letters = value.to_str().ok().and_then(|value| value.split_once(' '));
    let encoded = letters.and_then(|(_, letters)| secret.in_other_letters(letters));
    secrets.push(secret);
    secrets.extend(encoded);
    Ok(Some(value))
}

fn own_header(
    name: &str,
    text: &HeaderText,
    headers: &mut HeaderMap,
    secrets: &mut Vec<Secret>,
    resolve: Resolve<'_>,
) -> Result<(), NetError> {
    let illegal = || NetError::Setup {
        problem: format!("{name:?} cannot be sent as a header"),
        next_step: "correct it in `headers` of the source".to_owned(),
    };
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| illegal())?;
    let value = match text {
        HeaderText::Plain(text) => HeaderValue::from_str(text).map_err(|_| illegal())?,
        HeaderText::Secret(place) => {
            let secret = Secret::read(place, resolve)?;
            let value = sensitive(secret.expose().as_bytes(), &secret)?;
            secrets.push(secret);
            value
        }
    };
    headers.insert(header, value);
    Ok(())
}

/// A header's value that the library's own Debug does not show.
fn sensitive(text: &[u8], secret: &Secret) -> Result<HeaderValue, NetError> {
    let mut value = HeaderValue::from_bytes(text).map_err(|_| unfit(secret))?;
    value.set_sensitive(true);
    Ok(value)
}

fn unfit(secret: &Secret) -> NetError {
    NetError::Setup {
        problem: format!(
            "{} holds a line break or another character that no header can hold",
            secret.place()
        ),
        next_step: "write the secret there on one line and nothing else".to_owned(),
    }
}

fn trust(builder: ClientBuilder, tls: &Tls, resolve: Resolve<'_>) -> Result<ClientBuilder, NetError> {
    let mut builder = builder;
    if let Some(ca) = &tls.ca {
        let path = resolve(ca);
        let certificates = Certificate::from_pem_bundle(&read("ca", &path)?).unwrap_or_default();
        if certificates.is_empty() {
            return Err(no_pem("ca", &path, "holds no certificate in PEM"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(client) = &tls.client {
        let (certificate, key) = (resolve(&client.certificate), resolve(&client.key));
        let mut pem = read("certificate", &certificate)?;
        pem.push(b'\n');
        pem.extend(read("key", &key)?);
        let identity = Identity::from_pem(&pem).map_err(|_| {
            let pair = "and `certificate` hold no certificate and unencrypted private key in PEM";
            no_pem("key", &key, pair)
        })?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}

fn read(field: &str, path: &Path) -> Result<Vec<u8>, NetError> {
    fs::read(path).map_err(|error| NetError::Setup {
        problem: format!("`{field}` {} cannot be read: {error}", path.display()),
        next_step: "name a file in PEM that the user who runs mailtide can read".to_owned(),
    })
}

fn no_pem(field: &str, path: &Path, problem: &str) -> NetError {
    NetError::Setup {
        problem: format!("`{field}` {} {problem}", path.display()),
        next_step: "name files that begin with `-----BEGIN`".to_owned(),
    }
}

fn warnings(server: &Server, secrets: &[Secret]) -> Vec<String> {
    let mut warnings: Vec<String> = secrets.iter().filter_map(Secret::warning).map(str::to_owned).collect();
    if server.url.scheme() == "http" && !secrets.is_empty() && !is_loopback(&server.url) {
        let url = shown(&server.url);
        warnings
            .push(format!("secrets go to {url} unencrypted; write https in `url` if the server speaks it"));
    }
    warnings
}
