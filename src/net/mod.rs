//! Ground room: what goes over the wire. The one HTTP client, with deadlines, retries and bounds; secrets; the
//! credentials of AWS; the runtime that asynchronous libraries need.

mod aws;
mod client;
mod error;
mod exchange;
mod failure;
mod http_date;
mod retry;
mod runtime;
mod secret;
mod setup;

#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod scripted;

pub use aws::load_aws;
pub use client::{Answer, Client};
pub use error::NetError;
pub use runtime::block_on;
pub use secret::Secret;
