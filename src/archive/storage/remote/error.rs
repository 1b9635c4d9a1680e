//! What an object store answered, in words, each with the next step.

use std::{error::Error as StdError, path::PathBuf};

use object_store::{
    Error,
    client::{HttpError, HttpErrorKind},
};

use crate::archive::{
    ArchiveError,
    location::{Bucket, Provider},
};

/// What the providers call a bucket that is not there: S3 and Google, Azure.
const MISSING_BUCKET: &[&str] = &["NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist"];
/// What S3 and Azure call keys that are wrong or too old.
const REFUSED_KEYS: &[&str] = &[
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "AuthenticationFailed",
];
/// What S3 answers where the bucket is in another region.
const OTHER_REGION: &[&str] =
    &["Received redirect without LOCATION", "PermanentRedirect", "AuthorizationHeaderMalformed"];
/// Where the machines of the providers ask for their own credentials: without one, it is these that cannot
/// be reached.
const MACHINE_CREDENTIALS: &[&str] = &["169.254.169.254", "169.254.170.2", "metadata.google.internal"];

/// The longest part of an answer that is shown, in characters.
const LONGEST: usize = 300;

/// Whether not only the object, but the whole bucket is missing.
pub(super) fn is_missing_bucket(error: &Error) -> bool {
    has_any(&error.to_string(), MISSING_BUCKET)
}

/// Says what happened to an object at `path`, and what to do.
pub(super) fn told(bucket: &Bucket, path: PathBuf, action: &'static str, error: &Error) -> ArchiveError {
    if matches!(error, Error::NotImplemented { .. } | Error::NotSupported { .. }) && action == "write" {
        return ArchiveError::NoConditions { path: bucket.to_string().into() };
    }
    let (problem, next_step) = words(bucket, error);
    ArchiveError::Store { path, action, problem, next_step, passing: is_passing(error) }
}

fn words(bucket: &Bucket, error: &Error) -> (String, &'static str) {
    let text = error.to_string();
    let said = said(error);
    if has_any(&text, MISSING_BUCKET) {
        let next_step = "make it, or correct the location of the archive";
        return (format!("there is no bucket `{}`", bucket.name), next_step);
    }
    if has_any(&text, OTHER_REGION) {
        return (format!("the bucket is in another region ({said})"), "set the bucket's `region`");
    }
    if has_any(&text, REFUSED_KEYS) {
        let next_step = "renew or correct them, and see that this machine's clock is right";
        return (format!("the credentials are not accepted ({said})"), next_step);
    }
    if has_any(&text, MACHINE_CREDENTIALS) {
        return (format!("there are no credentials ({said})"), credentials(bucket.provider));
    }
    match error {
        // The chain of credentials found none: no object was asked for.
        Error::Unauthenticated { path, .. } if path.is_empty() => {
            (format!("there are no credentials ({said})"), credentials(bucket.provider))
        }
        Error::Unauthenticated { .. } => {
            (format!("credentials are asked for ({said})"), credentials(bucket.provider))
        }
        Error::PermissionDenied { .. } => (format!("access is denied ({said})"), rights(bucket.provider)),
        _ => match http_error(error) {
            Some(HttpErrorKind::Connect) => {
                let next_step =
                    "see that the address is right (`endpoint`, `region`) and can be reached from here";
                (format!("the store cannot be reached ({said})"), next_step)
            }
            Some(_) => (format!("the connection broke ({said})"), AGAIN),
            None if is_configuration(error) => (said, configuration(bucket.provider)),
            None => (said, AGAIN),
        },
    }
}

const AGAIN: &str = "run again: nothing that was held is lost";

fn credentials(provider: Provider) -> &'static str {
    match provider {
        Provider::S3 => {
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role"
        }
        Provider::Google => "set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account",
        Provider::Azure => "set AZURE_STORAGE_ACCOUNT_KEY, or give this machine an identity",
    }
}

fn rights(provider: Provider) -> &'static str {
    match provider {
        Provider::S3 => {
            "allow these credentials s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and \
             s3:DeleteObject on its objects"
        }
        Provider::Google => "give this account the role Storage Object User on the bucket",
        Provider::Azure => "give this account the role Storage Blob Data Contributor on the container",
    }
}

fn configuration(provider: Provider) -> &'static str {
    match provider {
        Provider::S3 => "correct the variables AWS_… of the environment",
        Provider::Google => "correct the variables GOOGLE_… of the environment",
        Provider::Azure => "set AZURE_STORAGE_ACCOUNT_NAME, and correct the other variables AZURE_…",
    }
}

/// Nothing was sent: a builder refused its settings.
fn is_configuration(error: &Error) -> bool {
    let mut causes = causes(error);
    matches!(error, Error::UnknownConfigurationKey { .. })
        || matches!(error, Error::Generic { .. })
            && !causes.any(|cause| cause.to_string().contains("Error performing"))
}

/// Whether the same may do when tried again at once. What could not even be sent, and what the server answered
/// in words, has been repeated already; a write that broke has not, for nobody knows whether it was done.
fn is_passing(error: &Error) -> bool {
    use HttpErrorKind::{Decode, Interrupted, Timeout, Unknown};
    matches!(http_error(error), Some(Decode | Interrupted | Timeout | Unknown))
}

fn http_error(error: &Error) -> Option<HttpErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<HttpError>()).map(HttpError::kind)
}

/// The causes of an error, the deepest last.
fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause: &&(dyn StdError + 'static)| (*cause).source())
}

/// The deepest cause: the store's own words, or the system's. Those above repeat it beside addresses.
fn said(error: &Error) -> String {
    let deepest = causes(error).last().map_or_else(|| error.to_string(), ToString::to_string);
    let said = match (element(&deepest, "Code"), element(&deepest, "Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => deepest,
    };
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = line.chars().take(LONGEST).collect();
    if shown.len() < line.len() { format!("{shown}…") } else { shown }
}

/// The text of an XML element that holds nothing but text.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner.trim())
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Location;

    /// What is told of an error while an object of a bucket is written.
    fn message(location: &str, error: Error) -> String {
        let Location::Bucket(bucket) = Location::parse(location).unwrap() else { panic!("a bucket") };
        told(&bucket, format!("{bucket}/format.json").into(), "write", &error).to_string()
    }

    /// An answer as the library hands it on.
    fn answer(status: &str, code: &str, text: &str) -> Box<dyn StdError + Send + Sync> {
        format!(
            "Server returned non-2xx status code: {status}: <?xml version=\"1.0\"?>\n<Error><Code>{code}</Code>\
             <Message>{text}</Message></Error>"
        )
        .into()
    }

    fn connection(kind: HttpErrorKind, said: std::io::ErrorKind) -> Error {
        let source = HttpError::new(kind, std::io::Error::from(said));
        Error::Generic { store: "S3", source: Box::new(source) }
    }

    #[test]
    fn each_failure_is_told_with_its_next_step() {
        let path = || "mail/format.json".to_owned();
        let denied = |code: &str, text: &str| Error::PermissionDenied {
            path: path(),
            source: answer("403 Forbidden", code, text),
        };
        for (location, error, said) in [
            (
                "s3://b",
                Error::NotFound { path: path(), source: answer("404 Not Found", "NoSuchBucket", "None") },
                "there is no bucket `b`; make it, or correct the location of the archive",
            ),
            (
                "s3://b",
                denied("AccessDenied", "Access Denied"),
                "access is denied (AccessDenied: Access Denied); allow these credentials s3:ListBucket on the bucket, \
                 and s3:GetObject, s3:PutObject and s3:DeleteObject on its objects",
            ),
            (
                "gs://b",
                denied("AccessDenied", "Access denied."),
                "access is denied (AccessDenied: Access denied.); give this account the role Storage Object User on \
                 the bucket",
            ),
            (
                "s3://b",
                denied("SignatureDoesNotMatch", "It differs."),
                "the credentials are not accepted (SignatureDoesNotMatch: It differs.); renew or correct them, and \
                 see that this machine's clock is right",
            ),
            (
                "s3://b",
                connection(HttpErrorKind::Connect, std::io::ErrorKind::ConnectionRefused),
                "the store cannot be reached (connection refused); see that the address is right (`endpoint`, \
                 `region`) and can be reached from here",
            ),
            (
                "s3://b",
                connection(HttpErrorKind::Timeout, std::io::ErrorKind::TimedOut),
                "the connection broke (timed out); run again: nothing that was held is lost",
            ),
            (
                "az://b",
                Error::Generic { store: "MicrosoftAzure", source: "Account must be specified".into() },
                "Account must be specified; set AZURE_STORAGE_ACCOUNT_NAME, and correct the other variables AZURE_…",
            ),
        ] {
            assert_eq!(message(location, error), format!("{location}/format.json: cannot write: {said}"));
        }
    }

    #[test]
    fn only_what_broke_on_the_way_is_worth_another_try() {
        use HttpErrorKind::{Connect, Interrupted, Request, Timeout};
        let passing = |kind| is_passing(&connection(kind, std::io::ErrorKind::ConnectionReset));
        assert_eq!([Interrupted, Timeout, Connect, Request].map(passing), [true, true, false, false]);
    }

    #[test]
    fn a_long_answer_is_cut() {
        let error = Error::Generic { store: "S3", source: "word \n".repeat(1000).into() };
        assert_eq!(said(&error).chars().count(), LONGEST + 1);
    }
}
