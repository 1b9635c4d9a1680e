//! All integration tests, one module a behaviour, in one binary: every binary links polars.

#[path = "mailtide/architecture.rs"]
mod architecture;
