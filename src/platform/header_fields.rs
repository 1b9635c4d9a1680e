//! Reading the headers that a server wants with every request.

use toml::de::DeValue;

use super::{
    HeaderText,
    fields::Fields,
    server_fields::read_text,
    wording::{quoted, shown},
};

/// Headers that the client sets itself, by the request that it sends.
const OWN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Parts of a header's name that say its text is a secret.
const SECRET: &[&str] = &["api-key", "apikey", "cookie", "password", "secret", "token"];

/// Reads `headers`, in the order of their names; what is refused is left out.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<(String, HeaderText)> {
    let Some(item) = fields.take("headers") else { return Vec::new() };
    let DeValue::Table(table) = item.get_ref() else {
        let problem = format!("{} is not a table of headers", shown(item.get_ref()));
        fields.refuse("headers", problem, "legal: such as { X-Scope-OrgID = \"mail\" }");
        return Vec::new();
    };
    let mut headers: Vec<(String, HeaderText)> = Vec::new();
    for (key, value) in table.iter() {
        let name = key.get_ref().as_ref();
        let lower = name.to_ascii_lowercase();
        let earlier = headers.iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name));
        let is_plain = value.get_ref().as_str().is_some();
        let refusal = if !is_name(name) {
            Some(("is not a header's name", "legal: letters, digits and hyphens"))
        } else if matches!(lower.as_str(), "authorization" | "proxy-authorization") {
            Some(("is how the asker shows who it is", "use `user` with password_env, or token_env"))
        } else if OWN.contains(&lower.as_str()) {
            Some(("is set by every request itself", "remove it"))
        } else if earlier {
            Some(("stands twice, in small and in capital letters", "remove one of the two"))
        } else if is_plain && SECRET.iter().any(|part| lower.contains(part)) {
            Some((
                "is a secret, and secrets never stand in this file",
                "use { env = \"…\" } or { file = \"…\" }",
            ))
        } else {
            None
        };
        if let Some((problem, remedy)) = refusal {
            fields.refuse_at(key.span().start, "headers", format!("{} {problem}", quoted(name)), remedy);
        } else if let Some(text) = read_text(fields, name, value) {
            headers.push((name.to_owned(), text));
        }
    }
    headers.sort_by(|(a, _), (b, _)| a.cmp(b));
    headers
}

/// A token of RFC 9110, section 5.6.2.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A field value of RFC 9110, section 5.5, in ASCII: no line break, nothing invisible but spaces.
pub(super) fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
