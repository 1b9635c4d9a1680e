//! Refusals: whether a server may answer when it is asked for less at once.
//!
//! Servers word this in their own ways and under their own `errorType`s, so the sentence is read, never the type.

use crate::net::NetError;

/// Why a server did not answer a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The answer would be too large; the server may have told how many points a series may have.
    TooMuch {
        /// Points of one series.
        points: Option<usize>,
    },
    /// The answer would take too long.
    TooSlow,
    /// Less would be refused just so.
    Other,
}

/// Parts of the sentences in which servers say that an answer would be too large.
const TOO_MUCH: &[&str] = &[
    "maximum resolution", // Prometheus: "exceeded maximum resolution of 11,000 points per timeseries"
    "too many",           // Prometheus: "would load too many samples"; VictoriaMetrics: "too many points"
    "exceed", // Thanos: "exceeded series limit"; Mimir: "the query exceeded the maximum number of"
    "hit the max", // Mimir and Cortex: "the query hit the max number of chunks limit"
];

/// What stands before the number of points that a series may have: Prometheus, then VictoriaMetrics.
const POINTS: &[&str] = &["maximum resolution of ", "maxpointspertimeseries="];

/// Parts of the sentences in which servers say that they gave up on a slow query.
const TOO_SLOW: &[&str] = &["timed out", "timeout", "deadline", "canceled"];

impl Refusal {
    pub(super) fn of(error: &NetError) -> Refusal {
        match error {
            NetError::TooLarge { .. } => Refusal::TooMuch { points: None },
            NetError::Status { status: 413, .. } => Refusal::TooMuch { points: None },
            NetError::Late { .. } | NetError::Status { status: 408 | 504, .. } => Refusal::TooSlow,
            NetError::Status { status: 400 | 422 | 500 | 503, body, .. } => Refusal::in_words(body),
            _ => Refusal::Other,
        }
    }

    fn in_words(body: &str) -> Refusal {
        let body = body.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| body.contains(word));
        if says(TOO_MUCH) {
            let points = POINTS.iter().find_map(|before| number_after(&body, before));
            Refusal::TooMuch { points: points.filter(|points| *points > 0) }
        } else if says(TOO_SLOW) {
            Refusal::TooSlow
        } else {
            Refusal::Other
        }
    }
}

/// The number that stands after some words, such as `11,000`.
fn number_after(text: &str, words: &str) -> Option<usize> {
    let (_, after) = text.split_once(words)?;
    let end = after.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(after.len());
    let digits: String = after.get(..end)?.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Refusal {
        Refusal::of(&NetError::Status { url: "http://a/".into(), status, body: body.into() })
    }

    /// Bodies as the servers wrote them: Prometheus 2.42, VictoriaMetrics 1.79.
    #[test]
    fn the_servers_own_words_are_understood() {
        for (status, body, expected) in [
            (
                400,
                r#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"}"#,
                Refusal::TooMuch { points: Some(11_000) },
            ),
            (
                422,
                r#"{"status":"error","errorType":"422","error":"error when executing query=\"up\" on the time range (start=1000, end=1700000000000, step=60000): too many points for the given step=60000, start=1000 and end=1700000000000: 28333334; cannot exceed -search.maxPointsPerTimeseries=30000"}"#,
                Refusal::TooMuch { points: Some(30_000) },
            ),
            (
                422,
                r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}"#,
                Refusal::TooMuch { points: None },
            ),
            (413, "", Refusal::TooMuch { points: None }),
            (
                503,
                r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#,
                Refusal::TooSlow,
            ),
            (504, "<html>Gateway Time-out</html>", Refusal::TooSlow),
            (503, "Service Unavailable", Refusal::Other),
            (
                400,
                r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:7: parse error: unclosed left parenthesis"}"#,
                Refusal::Other,
            ),
            (
                422,
                r#"{"status":"error","errorType":"execution","error":"many-to-many matching not allowed: matching labels must be unique on one side"}"#,
                Refusal::Other,
            ),
            (401, "too many", Refusal::Other),
        ] {
            assert_eq!(refusal(status, body), expected, "{status} {body}");
        }
        let large = NetError::TooLarge { url: "http://a/".into(), limit: 5 };
        assert_eq!(Refusal::of(&large), Refusal::TooMuch { points: None });
        let late = NetError::Late { url: "http://a/".into(), seconds: 60 };
        assert_eq!(Refusal::of(&late), Refusal::TooSlow);
    }
}
