//! Sources: what monitoring systems answer, live or exported, becomes [`Samples`].

mod identity;
mod samples;

pub use identity::{Identity, Recognition};
pub use samples::{Points, Samples};
