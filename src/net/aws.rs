//! How AWS is asked: region, credentials and deadlines, as its command line finds them.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;

use super::{NetError, runtime::block_on};
use crate::platform::CloudWatch;

/// Tries of one operation: as many as the HTTP client's. The SDK waits between them with backoff and jitter.
const MOST_ATTEMPTS: u32 = 5;

/// A connection across the world takes less than a second.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// Names the session in CloudTrail, where the owner of a role sees who took it.
const SESSION: &str = "mailtide";

/// The configuration of an AWS client. Credentials come from the whole default chain (environment, profile,
/// single sign-on, process, web identity, container, instance role), with `role` assumed on top where it is
/// given; they are looked for when they are first needed. `timeout` is in seconds, for one try of an operation.
///
/// # Errors
/// No region is known.
pub fn load_aws(settings: &CloudWatch, timeout: i64) -> Result<SdkConfig, NetError> {
    let timeout = Duration::from_secs(timeout.unsigned_abs());
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(timeout.min(LONGEST_CONNECT))
        .operation_attempt_timeout(timeout)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS))
        .timeout_config(timeouts);
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    let mut config = block_on(loader.load());
    if config.region().is_none() {
        return Err(no_region(settings.profile.as_deref()));
    }
    if let Some(role) = &settings.role {
        let mut assumed = AssumeRoleProvider::builder(role).session_name(SESSION).configure(&config);
        if let Some(external_id) = &settings.external_id {
            assumed = assumed.external_id(external_id);
        }
        let provider = SharedCredentialsProvider::new(block_on(assumed.build()));
        config = config.into_builder().credentials_provider(provider).build();
    }
    if let Some(endpoint) = &settings.endpoint {
        // Last, so that roles are still asked for at the region's own address.
        config = config.into_builder().endpoint_url(endpoint.as_str()).build();
    }
    Ok(config)
}

fn no_region(profile: Option<&str>) -> NetError {
    let places = match profile {
        Some(profile) => format!("the environment and the profile {profile:?} name none either"),
        None => "the environment and the default profile name none either".to_owned(),
    };
    NetError::Setup {
        problem: format!("no AWS region is given; {places}"),
        next_step: "write `region`, such as \"eu-central-1\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_configured() {
        let settings = CloudWatch {
            region: Some("eu-central-1".to_owned()),
            role: Some("arn:aws:iam::123456789012:role/reader".to_owned()),
            external_id: Some("mail".to_owned()),
            endpoint: Some("http://127.0.0.1:9/".parse().unwrap()),
            ..CloudWatch::default()
        };
        let config = load_aws(&settings, 7).unwrap();
        assert_eq!(config.region().map(AsRef::as_ref), Some("eu-central-1"));
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:9/"));
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(7)));
        assert_eq!(timeouts.connect_timeout(), Some(Duration::from_secs(7)));
        assert_eq!(config.retry_config().map(RetryConfig::max_attempts), Some(5));
        assert!(format!("{:?}", config.credentials_provider()).contains("AssumeRole"));
    }

    #[test]
    fn without_a_region_the_next_step_is_told() {
        assert_eq!(
            no_region(None).to_string(),
            "no AWS region is given; the environment and the default profile name none either; \
             write `region`, such as \"eu-central-1\""
        );
    }
}
