//! Ground room: what goes over the wire. The one HTTP client, with deadlines, retries and bounds; secrets; the
//! credentials of AWS; the runtime that asynchronous libraries need.

mod client;
mod error;

pub use client::{Answer, Client};
pub use error::NetError;
