//! Credentials for S3 from the whole chain of AWS: environment, profile, SSO, process, web identity,
//! container, instance role.

use std::{
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError},
};
use object_store::{CredentialProvider, Error, Result, aws::AwsCredential};

/// A credential is fetched anew when less than this is left of it: longer than a request may take with its
/// retries. AWS hands out the next one of an instance at least five minutes before.
const LEAST_LEFT: Duration = Duration::from_secs(4 * 60);

/// Asks the chain once, and again when what it gave is about to expire.
#[derive(Debug)]
pub(super) struct Chain {
    chain: SharedCredentialsProvider,
    last: Mutex<Option<(Arc<AwsCredential>, Option<SystemTime>)>>,
}

impl Chain {
    pub(super) fn new(chain: SharedCredentialsProvider) -> Chain {
        Chain { chain, last: Mutex::new(None) }
    }

    fn held(&self) -> Option<Arc<AwsCredential>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (credential, expiry) = last.as_ref()?;
        expiry.is_none_or(lasts).then(|| Arc::clone(credential))
    }
}

/// Before its expiry, the time elapsed since it is an error that tells how long it still is.
fn lasts(expiry: SystemTime) -> bool {
    expiry.elapsed().is_err_and(|left| left.duration() > LEAST_LEFT)
}

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> Result<Arc<AwsCredential>> {
        if let Some(credential) = self.held() {
            return Ok(credential);
        }
        let credentials = self.chain.provide_credentials().await.map_err(|error| {
            let source = problem(&error).into();
            Error::Unauthenticated { path: String::new(), source }
        })?;
        let credential = Arc::new(converted(&credentials));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(&credential), credentials.expiry()));
        Ok(credential)
    }
}

/// Where nothing was found the chain tells at length how it looked; where something was, and failed, its deepest
/// cause says why.
fn problem(error: &CredentialsError) -> String {
    if let CredentialsError::CredentialsNotLoaded(_) = error {
        return "none in the environment or a profile, and this machine has no role".to_owned();
    }
    let causes =
        std::iter::successors(error.source(), |cause: &&(dyn std::error::Error + 'static)| (*cause).source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}

fn converted(credentials: &Credentials) -> AwsCredential {
    AwsCredential {
        key_id: credentials.access_key_id().to_owned(),
        secret_key: credentials.secret_access_key().to_owned(),
        token: credentials.session_token().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_credential_types::provider::future;

    use super::*;
    use crate::net::block_on;

    /// Gives one credential after the other.
    #[derive(Debug)]
    struct Counting {
        given: AtomicUsize,
        expires: Option<SystemTime>,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let key = format!("key{}", self.given.fetch_add(1, Ordering::SeqCst));
            let session = Some("session".to_owned());
            future::ProvideCredentials::ready(Ok(Credentials::new(
                key,
                "secret",
                session,
                self.expires,
                "a test",
            )))
        }
    }

    /// The keys that three requests are signed with.
    fn keys(expires: Option<SystemTime>) -> Vec<String> {
        let chain = SharedCredentialsProvider::new(Counting { given: AtomicUsize::new(0), expires });
        let chain = Chain::new(chain);
        (0..3).map(|_| block_on(chain.get_credential()).unwrap().key_id.clone()).collect()
    }

    #[test]
    fn a_credential_serves_until_it_is_about_to_expire() {
        // No test outlasts the 22nd century.
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(200 * 366 * 86_400);
        let past = SystemTime::UNIX_EPOCH;
        assert_eq!(keys(None), ["key0"; 3]);
        assert_eq!(keys(Some(far)), ["key0"; 3]);
        assert_eq!(keys(Some(past)), ["key0", "key1", "key2"]);
    }

    #[test]
    fn what_the_chain_misses_is_told_shortly() {
        let nothing =
            CredentialsError::not_loaded("Environment: variable not set, Profile: no file, and so on");
        assert_eq!(problem(&nothing), "none in the environment or a profile, and this machine has no role");
        let expired = CredentialsError::provider_error("the session of the profile `mail` has expired");
        assert_eq!(problem(&expired), "the session of the profile `mail` has expired");
    }
}
