//! Connecting: from a bucket and the environment to a client of its store.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ClientConfigKey, ObjectStore, Result, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
};
use url::{Host, Url};

use super::{credentials::Chain, error};
use crate::{
    archive::{
        ArchiveError,
        location::{Bucket, Provider, StoreOptions},
    },
    net::load_aws,
    platform::CloudWatch,
};

/// A request of one whole object may take this long, unless the environment says otherwise. The largest
/// partitions have some tens of megabytes; the library's own 30 seconds would ask for 10 Mbit/s.
const TIMEOUT: &str = "120 seconds";

/// Seconds for one question to a service that gives credentials. They answer at once; one that is asked in vain,
/// as on a machine that is not Amazon's, should not hold a run up.
const CREDENTIALS_TIMEOUT: i64 = 10;

/// What a store that is only compatible with S3 takes for a region where none is given: S3's own first one.
const NO_REGION: &str = "us-east-1";

/// Repeats what a server could not answer, for about ten seconds: a weekly job may well wait, but somebody
/// who mistyped an address should not wait long.
fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 6,
        retry_timeout: Duration::from_secs(60),
    }
}

/// A client for a bucket. What `options` leave open comes from the variables of the environment that each
/// provider's own tools know.
pub(super) fn connect(bucket: &Bucket, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    match bucket.provider {
        Provider::S3 => s3(bucket, options),
        Provider::Google => google(bucket, options),
        Provider::Azure => azure(bucket, options),
    }
}

fn s3(bucket: &Bucket, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    use AmazonS3ConfigKey::{AccessKeyId, Client, Endpoint, Region, S3Endpoint, SkipSignature};

    let mut builder = AmazonS3Builder::from_env().with_bucket_name(&bucket.name).with_retry(retries());
    if let Some(region) = &options.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_config(S3Endpoint, endpoint.as_str());
    }
    if builder.get_config_value(&Client(ClientConfigKey::Timeout)).is_none() {
        builder = builder.with_config(Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    let endpoint = builder.get_config_value(&S3Endpoint).or_else(|| builder.get_config_value(&Endpoint));
    let allowed = builder.get_config_value(&Client(ClientConfigKey::AllowHttp));
    if needs_plain_http(bucket, endpoint.as_deref(), allowed.as_deref())? {
        builder = builder.with_allow_http(true);
    }
    // Keys in the environment serve as they are; for all else there is the chain of AWS itself.
    let unsigned = builder.get_config_value(&SkipSignature).as_deref() == Some("true");
    if builder.get_config_value(&AccessKeyId).is_none() && !unsigned {
        let region = builder.get_config_value(&Region).or_else(|| endpoint.map(|_| NO_REGION.to_owned()));
        let settings = CloudWatch { region, ..CloudWatch::default() };
        let config = load_aws(&settings, CREDENTIALS_TIMEOUT)
            .map_err(|source| ArchiveError::Setup { location: bucket.to_string(), source })?;
        if let Some(region) = config.region() {
            builder = builder.with_region(region.as_ref());
        }
        if let Some(chain) = config.credentials_provider() {
            builder = builder.with_credentials(Arc::new(Chain::new(chain)));
        }
    }
    built(bucket, builder.build())
}

fn google(bucket: &Bucket, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    use GoogleConfigKey::{BaseUrl, Client};

    let mut builder =
        GoogleCloudStorageBuilder::from_env().with_bucket_name(&bucket.name).with_retry(retries());
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_config(BaseUrl, endpoint.as_str().trim_end_matches('/'));
    }
    if builder.get_config_value(&Client(ClientConfigKey::Timeout)).is_none() {
        builder = builder.with_config(Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    let allowed = builder.get_config_value(&Client(ClientConfigKey::AllowHttp));
    if needs_plain_http(bucket, builder.get_config_value(&BaseUrl).as_deref(), allowed.as_deref())? {
        builder = builder.with_config(Client(ClientConfigKey::AllowHttp), "true");
    }
    built(bucket, builder.build())
}

fn azure(bucket: &Bucket, options: &StoreOptions) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    use AzureConfigKey::{Client, Endpoint};

    let mut builder =
        MicrosoftAzureBuilder::from_env().with_container_name(&bucket.name).with_retry(retries());
    if let Some(endpoint) = &options.endpoint {
        builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/').to_owned());
    }
    if builder.get_config_value(&Client(ClientConfigKey::Timeout)).is_none() {
        builder = builder.with_config(Client(ClientConfigKey::Timeout), TIMEOUT);
    }
    let allowed = builder.get_config_value(&Client(ClientConfigKey::AllowHttp));
    if needs_plain_http(bucket, builder.get_config_value(&Endpoint).as_deref(), allowed.as_deref())? {
        builder = builder.with_allow_http(true);
    }
    built(bucket, builder.build())
}

fn built<S: ObjectStore>(bucket: &Bucket, store: Result<S>) -> Result<Arc<dyn ObjectStore>, ArchiveError> {
    match store {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(error::told(bucket, bucket.to_string().into(), "connect to", &error)),
    }
}

/// Whether an endpoint is asked without TLS. Only this machine may be, unless the environment allows more.
fn needs_plain_http(
    bucket: &Bucket,
    endpoint: Option<&str>,
    allowed: Option<&str>,
) -> Result<bool, ArchiveError> {
    let Some(url) = endpoint.and_then(|endpoint| Url::parse(endpoint).ok()) else { return Ok(false) };
    if url.scheme() != "http" {
        return Ok(false);
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if loopback || allowed == Some("true") {
        return Ok(true);
    }
    let variable = match bucket.provider {
        Provider::S3 => "AWS_ALLOW_HTTP",
        Provider::Google => "GOOGLE_ALLOW_HTTP",
        Provider::Azure => "AZURE_ALLOW_HTTP",
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    Err(ArchiveError::PlainHttp { location: bucket.to_string(), host, variable })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Location;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        let Location::Bucket(bucket) = Location::parse("s3://b/archive").unwrap() else { panic!("a bucket") };
        let needs = |endpoint: &str, allowed| needs_plain_http(&bucket, Some(endpoint), allowed);
        for endpoint in ["http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:9000/"] {
            assert!(needs(endpoint, None).unwrap(), "{endpoint}");
        }
        assert!(!needs("https://s3.example.net", None).unwrap());
        assert!(!needs_plain_http(&bucket, None, None).unwrap());
        assert!(needs("http://minio.example.net:9000", Some("true")).unwrap());
        for host in ["minio.example.net", "localhost.example.net", "127.0.0.1.example.net", "10.0.0.1"] {
            let error = needs(&format!("http://user:secret@{host}:9000"), Some("false")).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "s3://b/archive: the endpoint at {host} has plain http, which shows all data to whoever is \
                     on the way; write https, or set AWS_ALLOW_HTTP=true if that is meant"
                )
            );
        }
    }
}
