//! The SDK's errors in words, each with the next step.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};

use super::{api::ApiError, seen::TooLarge};
use crate::net::NetError;

/// As many characters of somebody else's sentence as are shown.
const SHOWN: usize = 300;

const LOG_IN: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a `profile` in the source, log in with \
                      `aws sso login`, or give this machine a role";
const LOG_IN_AGAIN: &str = "log in again, for example with `aws sso login`";
const ASSUME: &str = "let this identity assume the `role` of the source, and check `external_id`";
const PERMIT: &str = "allow cloudwatch:GetMetricData and cloudwatch:ListMetrics to it";
const LATER: &str = "pull again later";

/// Why an operation has no answer. `place` is the region, and the address where it is not the region's own.
pub(super) fn explain<E>(error: &SdkError<E>, place: &str) -> ApiError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(error) = in_chain::<CredentialsError>(error) {
        return credentials(error);
    }
    if let Some(error) = in_chain::<TooLarge>(error) {
        let problem = format!("the answer is larger than {} bytes", error.largest);
        return lasting(problem, "raise `max_answer` of the source");
    }
    match error {
        SdkError::ConstructionFailure(_) => construction(&innermost(error)),
        SdkError::TimeoutError(_) => passing(
            format!("CloudWatch in {place} did not answer in time"),
            "raise `timeout` of the source, or lower its `parallel`",
        ),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => passing(
            format!("CloudWatch in {place} did not answer in time"),
            "check the network and a proxy between, or raise `timeout` of the source",
        ),
        SdkError::DispatchFailure(_) => passing(
            format!("no connection to CloudWatch in {place}: {}", innermost(error)),
            "check the network, `region` and `endpoint`",
        ),
        _ => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            match error.code() {
                Some(code) => service(code, error.message().unwrap_or_default(), status),
                None => unreadable(status, place),
            }
        }
    }
}

/// An error that CloudWatch names.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html>, and the errors of
/// the two operations.
fn service(code: &str, message: &str, status: u16) -> ApiError {
    let said = format!("{code}: {}", short(message));
    match code {
        "AccessDenied" | "AccessDeniedException" | "NotAuthorized" | "UnauthorizedOperation" => {
            lasting(said, PERMIT)
        }
        "ExpiredToken" | "ExpiredTokenException" => lasting(said, LOG_IN_AGAIN),
        "RequestExpired" => lasting(said, "set this machine's clock"),
        "InvalidClientTokenId" | "UnrecognizedClientException" | "MissingAuthenticationToken" => {
            lasting(said, "check the access key, and that it is one for this `region`")
        }
        // What AWS says here repeats the signed request, with the session token in it.
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => {
            lasting(code.to_owned(), "check the secret access key, and this machine's clock")
        }
        "OptInRequired" => lasting(said, "switch the region on in the account, or correct `region`"),
        "InvalidNextToken" => ApiError { stale_token: true, ..passing(said, LATER) },
        code if code.contains("Throttl")
            || code.contains("TooManyRequests")
            || code == "RequestLimitExceeded" =>
        {
            passing(said, "lower `parallel` of the source, or pull when less else asks CloudWatch")
        }
        _ if status >= 500 => passing(said, LATER),
        _ => lasting(said, "correct the query, or the query pack's expression, statistic and dimensions"),
    }
}

/// An answer that is not CloudWatch's.
fn unreadable(status: u16, place: &str) -> ApiError {
    let problem = format!("what answers in {place} is not CloudWatch (HTTP {status})");
    ApiError {
        passing: status >= 500,
        ..lasting(problem, "check `endpoint` of the source, and a proxy between")
    }
}

fn construction(why: &str) -> ApiError {
    lasting(format!("cannot be asked: {why}"), "check `region` and `endpoint` of the source")
}

/// What the configuration lacks.
pub(super) fn setup(error: NetError) -> ApiError {
    ApiError { passing: error.is_passing(), ..lasting(error.problem(), error.next_step()) }
}

/// The chain of credentials gave none.
pub(super) fn credentials(error: &CredentialsError) -> ApiError {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => no_credentials(),
        CredentialsError::ProviderTimedOut(_) => {
            passing("the place that gives the AWS credentials did not answer in time".to_owned(), LATER)
        }
        CredentialsError::InvalidConfiguration(_) => lasting(
            format!("the AWS credentials are set up wrongly: {}", innermost(error)),
            "mend the profile, or what the environment says",
        ),
        other => {
            let why = innermost(other);
            let next_step = match &why {
                why if why.contains("expired") => LOG_IN_AGAIN,
                why if why.contains("AssumeRole") => ASSUME,
                _ => LOG_IN,
            };
            lasting(format!("no AWS credentials: {why}"), next_step)
        }
    }
}

/// Nothing in the whole chain has credentials.
pub(super) fn no_credentials() -> ApiError {
    let places = "the environment, the profile, single sign-on or this machine's role";
    lasting(format!("no AWS credentials in {places}"), LOG_IN)
}

fn lasting(problem: String, next_step: &str) -> ApiError {
    ApiError { problem, next_step: next_step.to_owned(), passing: false, stale_token: false }
}

fn passing(problem: String, next_step: &str) -> ApiError {
    ApiError { passing: true, ..lasting(problem, next_step) }
}

fn in_chain<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// What the innermost error says: those around it only say that something failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let last = std::iter::successors(Some(error), |&error| error.source()).last();
    last.map(|error| short(&error.to_string())).unwrap_or_default()
}

/// The first line of a sentence, not too long and without control characters.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_signature_never_shows_what_was_signed() {
        let error = service("SignatureDoesNotMatch", "x-amz-security-token:IQoJb3JpZ2lu", 403);
        assert_eq!((error.problem.as_str(), error.passing), ("SignatureDoesNotMatch", false));
    }

    #[test]
    fn what_is_wrong_with_credentials_says_what_to_do() {
        let shown = [
            CredentialsError::not_loaded("no token"),
            CredentialsError::provider_timed_out(std::time::Duration::from_secs(1)),
            CredentialsError::invalid_configuration("the profile `ops` names no region for single sign-on"),
            CredentialsError::provider_error("the cached single sign-on token has expired"),
            CredentialsError::provider_error("AccessDenied: not authorized to perform: sts:AssumeRole"),
        ]
        .map(|error| {
            let ApiError { problem, next_step, passing, .. } = credentials(&error);
            format!("{problem}; {next_step} | passing {passing}")
        });
        insta::assert_snapshot!(shown.join("\n"), @r"
        no AWS credentials in the environment, the profile, single sign-on or this machine's role; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a `profile` in the source, log in with `aws sso login`, or give this machine a role | passing false
        the place that gives the AWS credentials did not answer in time; pull again later | passing true
        the AWS credentials are set up wrongly: the profile `ops` names no region for single sign-on; mend the profile, or what the environment says | passing false
        no AWS credentials: the cached single sign-on token has expired; log in again, for example with `aws sso login` | passing false
        no AWS credentials: AccessDenied: not authorized to perform: sts:AssumeRole; let this identity assume the `role` of the source, and check `external_id` | passing false
        ");
    }

    #[test]
    fn each_refusal_has_its_next_step() {
        let shown = [
            ("AccessDenied", 403),
            ("ExpiredTokenException", 400),
            ("InvalidClientTokenId", 403),
            ("ThrottlingException", 400),
            ("InternalServiceFault", 500),
            ("InvalidParameterValue", 400),
            ("InvalidNextToken", 400),
        ]
        .map(|(code, status)| {
            let error = service(code, "said so\nand more", status);
            format!("{} | {} | passing {}", error.problem, error.next_step, error.passing)
        });
        insta::assert_snapshot!(shown.join("\n"), @r"
        AccessDenied: said so | allow cloudwatch:GetMetricData and cloudwatch:ListMetrics to it | passing false
        ExpiredTokenException: said so | log in again, for example with `aws sso login` | passing false
        InvalidClientTokenId: said so | check the access key, and that it is one for this `region` | passing false
        ThrottlingException: said so | lower `parallel` of the source, or pull when less else asks CloudWatch | passing true
        InternalServiceFault: said so | pull again later | passing true
        InvalidParameterValue: said so | correct the query, or the query pack's expression, statistic and dimensions | passing false
        InvalidNextToken: said so | pull again later | passing true
        ");
    }
}
