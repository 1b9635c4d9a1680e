//! What can go wrong over the wire, each with the next step.

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// A secret, a certificate or an address cannot be used.
    #[error("{problem}; {next_step}")]
    Setup {
        /// What is wrong.
        problem: String,
        /// What to do.
        next_step: String,
    },
    /// The server answered with another status than 200 to 299.
    #[error("{url}: the server answered {status}: {body}")]
    Status {
        /// The address, without query.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The answer's beginning.
        body: String,
    },
    /// There was no whole answer.
    #[error("{url}: {problem}; {next_step}")]
    Broken {
        /// The address, without query.
        url: String,
        /// What happened.
        problem: String,
        /// What to do.
        next_step: String,
    },
    /// The answer is larger than allowed.
    #[error("{url}: the answer is larger than {limit} bytes; raise `max_answer` of the source")]
    TooLarge {
        /// The address, without query.
        url: String,
        /// The bound.
        limit: u64,
    },
}
