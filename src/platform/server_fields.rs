//! Reading where an HTTP server is, who asks, and whom the asker trusts.

use std::path::PathBuf;

use toml::de::DeValue;
use url::Url;

use super::{
    Auth, ClientCertificate, HeaderText, SecretPlace, Server, Tls,
    fields::{Fields, Item},
    header_fields,
    wording::quoted,
};

/// Fields of HTTP servers.
pub(super) const ALL: &[&str] = &[
    "url",
    "user",
    "password_env",
    "password_file",
    "token_env",
    "token_file",
    "ca",
    "certificate",
    "key",
    "headers",
];

/// Reads a server; `None` where it has been refused.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<Server> {
    fields.require("url", "the server's address, such as \"https://prometheus.example.net:9090\"");
    let url = read_url(fields, "url");
    let auth = read_auth(fields);
    let headers = header_fields::read(fields);
    let tls = read_tls(fields);
    if let Some(url) = url.as_ref().filter(|url| url.scheme() == "http") {
        for field in ["ca", "certificate", "key"].into_iter().filter(|field| fields.has(field)) {
            let host = url.host_str().unwrap_or_default();
            let problem = format!("says nothing where {host} is asked by http");
            fields.refuse(field, problem, "write https in `url`, or remove the field");
        }
    }
    Some(Server { url: url?, auth, headers, tls })
}

/// Reads an address of a server: `http` or `https`, its path made to end in `/`, so that what is joined to it
/// keeps it. Its text is repeated only where no secret can be in it.
pub(super) fn read_url(fields: &mut Fields<'_>, field: &'static str) -> Option<Url> {
    let text = fields.text(field)?.into_inner();
    let legal = "legal: http or https, a host, and a port and a path where they are needed";
    let secret = text.contains(['@', '?', '#']);
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut url) = url else {
        let shown = if secret { "this".to_owned() } else { quoted(&text) };
        fields.refuse(field, format!("{shown} is not the address of an HTTP server"), legal);
        return None;
    };
    let mut is_good = true;
    let mut refuse = |problem: &str, remedy: &str| {
        fields.refuse(field, problem, remedy);
        is_good = false;
    };
    if !url.username().is_empty() || url.password().is_some() {
        refuse(
            "names a user or a password, and secrets never stand in this file",
            "use `user` with password_env or password_file",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        refuse("has a query or a fragment", "remove what begins with `?` or `#`; secrets go into `headers`");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    is_good.then_some(url)
}

fn read_auth(fields: &mut Fields<'_>) -> Auth {
    let user = fields.text("user").map(toml::Spanned::into_inner);
    let password = read_place(fields, "password_env", "password_file");
    let token = read_place(fields, "token_env", "token_file");
    let has_password = fields.has("password_env") || fields.has("password_file");
    if fields.has("token_env") || fields.has("token_file") {
        for field in ["user", "password_env", "password_file"].into_iter().filter(|field| fields.has(field)) {
            fields.refuse(field, "cannot stand beside a token", "remove one of the two: a user, or a token");
        }
    } else if fields.has("user") && !has_password && !fields.has("password") {
        fields.refuse("user", "has no password", "give password_env or password_file");
    } else if has_password && !fields.has("user") {
        let field = if fields.has("password_env") { "password_env" } else { "password_file" };
        fields.refuse(field, "has no user", "give `user`");
    }
    // RFC 7617: what stands before the first colon is the user.
    if user.as_ref().is_some_and(|user| user.contains(':') || user.contains(char::is_control)) {
        fields.refuse(
            "user",
            "holds a colon or a control character",
            "legal: a name without them (RFC 7617)",
        );
    }
    match (user, password, token) {
        (Some(user), Some(password), None) => Auth::Basic { user, password },
        (None, None, Some(token)) => Auth::Bearer { token },
        _ => Auth::None,
    }
}

/// Reads where a secret is kept: one of two fields.
fn read_place(
    fields: &mut Fields<'_>,
    of_variable: &'static str,
    of_file: &'static str,
) -> Option<SecretPlace> {
    if fields.has(of_variable) && fields.has(of_file) {
        let problem = format!("cannot stand beside {of_variable}");
        fields.refuse(of_file, problem, "remove one of the two: a secret has one place");
    }
    let variable = fields.text(of_variable);
    let file = fields.text(of_file);
    match (variable, file) {
        (Some(name), _) => variable_of(fields, of_variable, name.span().start, name.into_inner()),
        (None, Some(path)) => Some(SecretPlace::File(PathBuf::from(path.into_inner()))),
        (None, None) => None,
    }
}

/// A variable's name; a text that cannot be one may be the secret itself, so it is not repeated.
pub(super) fn variable_of(
    fields: &Fields<'_>,
    field: &str,
    offset: usize,
    name: String,
) -> Option<SecretPlace> {
    let is_name = !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        let legal = "legal: letters, digits and `_`, such as PROM_PASSWORD; never the secret itself";
        fields.refuse_at(offset, field, "is not the name of an environment variable".to_owned(), legal);
    }
    is_name.then_some(SecretPlace::Environment(name))
}

fn read_tls(fields: &mut Fields<'_>) -> Tls {
    let mut path = |field| fields.text(field).map(|path| PathBuf::from(path.into_inner()));
    let (ca, certificate, key) = (path("ca"), path("certificate"), path("key"));
    for (field, other) in [("certificate", "key"), ("key", "certificate")] {
        if fields.has(field) && !fields.has(other) {
            fields.refuse(field, format!("says nothing without `{other}`"), "give both, or neither");
        }
    }
    let client = certificate.zip(key).map(|(certificate, key)| ClientCertificate { certificate, key });
    Tls { ca, client }
}

/// A header's text: plain, or where it is kept.
pub(super) fn read_text(fields: &Fields<'_>, name: &str, item: &Item<'_>) -> Option<HeaderText> {
    let refuse = |problem: String, remedy: &str| {
        fields.refuse_at(item.span().start, "headers", problem, remedy);
        None
    };
    let forms = "legal: a text in quotes, { env = \"…\" } or { file = \"…\" }";
    match item.get_ref() {
        DeValue::String(text) if header_fields::is_text(text) => Some(HeaderText::Plain(text.to_string())),
        DeValue::Table(table) => {
            let mut places = table.iter();
            let (Some((place, value)), None) = (places.next(), places.next()) else {
                return refuse(format!("{} has not one place", quoted(name)), forms);
            };
            match (place.get_ref().as_ref(), value.get_ref().as_str().filter(|text| !text.is_empty())) {
                ("env", Some(variable)) => {
                    variable_of(fields, "headers", value.span().start, variable.to_owned())
                        .map(HeaderText::Secret)
                }
                ("file", Some(path)) => Some(HeaderText::Secret(SecretPlace::File(PathBuf::from(path)))),
                _ => refuse(format!("{} has no place of a secret", quoted(name)), forms),
            }
        }
        _ => refuse(format!("{} has no text that a header can hold", quoted(name)), forms),
    }
}
