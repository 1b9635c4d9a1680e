//! Quantiles of the standard normal distribution.

/// The 95 % quantile: a two-sided 90 % interval reaches so many standard errors.
pub const Z_95: f64 = 1.644_853_626_951_472_7;
/// The standard deviation of a normal distribution over its median absolute deviation.
pub(super) const NORMAL_SPREAD: f64 = 1.4826;
