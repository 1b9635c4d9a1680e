//! The SDK's configuration and runtime.

use std::{sync::OnceLock, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use tokio::runtime::Runtime;

use crate::{
    net::NetError,
    platform::{Asking, CloudWatch},
};

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = RUNTIME.get_or_init(|| {
        #[allow(clippy::unwrap_used, reason = "to be replaced")]
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    });
    runtime.block_on(future)
}

pub(super) fn aws_config(settings: &CloudWatch, asking: &Asking) -> Result<SdkConfig, NetError> {
    let timeout = Duration::from_secs(asking.timeout.unsigned_abs());
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(timeout).build());
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &settings.endpoint {
        loader = loader.endpoint_url(endpoint.as_str());
    }
    Ok(block_on(loader.load()))
}
