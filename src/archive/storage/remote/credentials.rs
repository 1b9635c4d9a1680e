//! Credentials for S3 from the whole chain of AWS: environment, profile, SSO, process, web identity,
//! container, instance role.

use std::{
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use object_store::{CredentialProvider, Error, Result, aws::AwsCredential};

use super::runtime::block_on;

/// A credential is fetched anew when less than this is left of it: longer than a request may take with its
/// retries. AWS hands out the next one of an instance at least five minutes before.
const LEAST_LEFT: Duration = Duration::from_secs(4 * 60);

/// The chain, with the region that it knows where none is given.
pub(super) fn chain(region: Option<String>) -> (Option<Chain>, Option<String>) {
    let loader = aws_config::defaults(BehaviorVersion::latest());
    let loader = match region {
        Some(region) => loader.region(Region::new(region)),
        None => loader,
    };
    let config = block_on(loader.load());
    (config.credentials_provider().map(Chain::new), config.region().map(ToString::to_string))
}

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
            // Its own words are general; the cause says what each of the chain was missing.
            let problem = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Error::Unauthenticated { path: String::new(), source: problem.into() }
        })?;
        let credential = Arc::new(converted(&credentials));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(&credential), credentials.expiry()));
        Ok(credential)
    }
}

fn converted(credentials: &Credentials) -> AwsCredential {
    AwsCredential {
        key_id: credentials.access_key_id().to_owned(),
        secret_key: credentials.secret_access_key().to_owned(),
        token: credentials.session_token().map(str::to_owned),
    }
}
