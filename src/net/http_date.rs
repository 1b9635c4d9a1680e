//! Times in HTTP headers.

use std::time::Duration;

use chrono::DateTime;

/// Seconds since 1970-01-01 UTC of an HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section
/// 5.6.7). The two obsolete forms that it lists are not sent by anything alive.
pub(super) fn seconds_of(date: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(date.trim()).ok().map(|time| time.timestamp())
}

/// How long a server asks to wait, by its `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date, which is
/// held against the server's own clock in `date`. `None` where it cannot be told.
pub(super) fn wait_of(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = seconds_of(text)?.saturating_sub(seconds_of(date?)?);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_9110() {
        // 24 years of 365 days, 6 leap days, 309 days of 1994, 8 h 49 min 37 s.
        let expected = (24 * 365 + 6 + 309) * 86_400 + 8 * 3_600 + 49 * 60 + 37;
        assert_eq!(seconds_of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(expected));
        assert_eq!(seconds_of("yesterday"), None);
    }

    #[test]
    fn waits_are_seconds_or_a_date_on_the_servers_clock() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait_of("120", None), Some(Duration::from_secs(120)));
        assert_eq!(wait_of("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(Duration::from_secs(30)));
        assert_eq!(wait_of("Sun, 06 Nov 1994 08:00:00 GMT", date), Some(Duration::ZERO));
        assert_eq!(wait_of("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(wait_of("-1", date), None);
        assert_eq!(wait_of("soon", date), None);
    }
}
