//! Sources: what monitoring systems answer, live or exported, becomes [`Samples`].

mod identity;
pub mod packs;
mod samples;

pub use identity::{Identity, Recognition};
pub use packs::{PackErrors, Packs, Recogniser};
pub use samples::{Points, Samples};
