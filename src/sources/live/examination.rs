//! What a live server tells of itself, for `mailtide doctor`.

/// What was found out about a server without fetching history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// What answers, with its version where it tells: `Prometheus 2.42.0`, `CloudWatch in eu-central-1`.
    pub server: Option<String>,
    /// What the server's clock said, seconds since 1970-01-01 UTC.
    pub server_time: Option<i64>,
    /// The oldest moment that the server still answers for, as far as was looked, in seconds since 1970-01-01 UTC;
    /// `None` where it answers for nothing, or this could not be seen.
    pub oldest: Option<i64>,
    /// For each question that was answered, its id ([`Question::id`](super::Question::id)) and how many series it
    /// has now, in the order of the questions.
    pub answers: Vec<(String, usize)>,
    /// What else an operator should know, each with the next step: a question that was refused, a limit seen.
    pub notes: Vec<String>,
}
