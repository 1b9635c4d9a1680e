//! Where a server is, and how it is shown who asks, in words.

use crate::platform::{Auth, HeaderText, Live, SecretPlace, Server, System};

/// Where a server is.
pub(super) fn address(live: &Live) -> String {
    match &live.system {
        System::Prometheus(server) => server.url.to_string(),
        System::Graphite(graphite) => graphite.server.url.to_string(),
        System::CloudWatch(cloudwatch) => match (&cloudwatch.endpoint, &cloudwatch.region) {
            (Some(endpoint), _) => endpoint.to_string(),
            (None, Some(region)) => region.clone(),
            (None, None) => "the region of the environment".to_owned(),
        },
    }
}

/// How it is shown who asks. Secrets are named by their places, never shown.
pub(super) fn login(live: &Live) -> String {
    let server = match &live.system {
        System::Prometheus(server) => server,
        System::Graphite(graphite) => &graphite.server,
        System::CloudWatch(cloudwatch) => {
            let profile = cloudwatch.profile.as_ref().map(|profile| format!("profile {profile}"));
            let role = cloudwatch.role.as_ref().map(|role| format!("role {role}"));
            let parts: Vec<String> = profile.into_iter().chain(role).collect();
            let chain = "the AWS credentials of the environment".to_owned();
            return if parts.is_empty() { chain } else { parts.join(", ") };
        }
    };
    let parts: Vec<String> = of_auth(server).into_iter().chain(of_headers(server)).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

fn of_auth(server: &Server) -> Vec<String> {
    let auth = match &server.auth {
        Auth::None => None,
        Auth::Basic { user, password } => Some(format!("user {user}, password from {}", place(password))),
        Auth::Bearer { token } => Some(format!("bearer token from {}", place(token))),
    };
    let certificate = server.tls.client.as_ref();
    let certificate = certificate.map(|own| format!("certificate {}", own.certificate.display()));
    auth.into_iter().chain(certificate).collect()
}

fn of_headers(server: &Server) -> Vec<String> {
    let header = |(name, text): &(String, HeaderText)| match text {
        HeaderText::Plain(_) => format!("header {name}"),
        HeaderText::Secret(secret) => format!("header {name} from {}", place(secret)),
    };
    server.headers.iter().map(header).collect()
}

fn place(secret: &SecretPlace) -> String {
    match secret {
        SecretPlace::Environment(variable) => format!("${variable}"),
        SecretPlace::File(path) => path.display().to_string(),
    }
}
