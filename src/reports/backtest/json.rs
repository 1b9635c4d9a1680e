//! `backtest.json`: all scores, for other programs.

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use crate::{
    plans::ScoreRow,
    reports::{Played, ReportError, Undecided},
};

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
const VERSION: u32 = 1;

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: u32,
    platform: &'a str,
    timezone: &'a str,
    /// What came is known up to here.
    as_of: String,
    /// The oldest sample of a volume.
    history_from: String,
    every_days: i64,
    horizons_days: &'a [i64],
    /// The moments that were played.
    moments: Vec<String>,
    forecasts: usize,
    undecided: &'a [Undecided],
    scores: &'a [ScoreRow],
}

/// The scores of a back-test as one JSON document ending with a line break.
///
/// # Errors
/// A moment is no calendar date, or a value has no form in JSON.
pub fn backtest_json(played: &Played) -> Result<String, ReportError> {
    let moment = |seconds: i64| {
        let utc = DateTime::from_timestamp(seconds, 0).ok_or(ReportError::AsOf { seconds })?;
        Ok::<_, ReportError>(utc.to_rfc3339_opts(SecondsFormat::Secs, true))
    };
    let document = Document {
        schema: "mailtide-backtest",
        version: VERSION,
        platform: &played.platform,
        timezone: played.timezone.name(),
        as_of: moment(played.as_of)?,
        history_from: moment(played.first)?,
        every_days: played.every_days,
        horizons_days: &played.horizons,
        moments: played.moments.iter().map(|&at| moment(at)).collect::<Result<_, _>>()?,
        forecasts: played.forecasts,
        undecided: &played.undecided,
        scores: &played.rows,
    };
    let text = serde_json::to_string_pretty(&document).map_err(ReportError::Json)?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::backtest::fixture::played;

    #[test]
    fn the_whole_document() {
        insta::assert_snapshot!(backtest_json(&played()).unwrap());
    }
}
