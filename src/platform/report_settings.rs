//! Settings of the reports.

use super::fields::Fields;

/// How much the reports show.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSettings {
    /// The report's title; `None` is made of the platform's name.
    pub title: Option<String>,
    /// How many findings get a chart, most urgent first.
    pub charts: usize,
    /// How many days ahead forecasts look.
    pub horizon_days: f64,
    /// How many days of history charts show.
    pub history_days: f64,
}

impl Default for ReportSettings {
    /// Sixty charts are what a meeting can leaf through; a year ahead covers a budget; half a year back shows
    /// the rhythm without hiding last week.
    fn default() -> Self {
        ReportSettings { title: None, charts: 60, horizon_days: 365.0, history_days: 180.0 }
    }
}

impl ReportSettings {
    /// Each chart is drawn and embedded twice; more make a page that no browser likes to open.
    const MOST_CHARTS: f64 = 10_000.0;
    /// Ten years: beyond it, dates mean nothing.
    const LONGEST_DAYS: f64 = 3650.0;

    /// Reads `[report]`.
    pub(super) fn read(mut fields: Fields<'_>) -> ReportSettings {
        let default = ReportSettings::default();
        let days = |days: f64| (1.0..=Self::LONGEST_DAYS).contains(&days);
        let charts = |charts: f64| charts.fract() == 0.0 && (0.0..=Self::MOST_CHARTS).contains(&charts);
        let settings = ReportSettings {
            title: fields.text("title").map(toml::Spanned::into_inner),
            charts: fields
                .number("charts", "a number of charts", "a whole number from 0 to 10000", charts)
                // The check above makes the conversion exact.
                .map_or(default.charts, |charts| charts as usize),
            horizon_days: fields
                .number("horizon_days", "a number of days", "1 to 3650", days)
                .unwrap_or(default.horizon_days),
            history_days: fields
                .number("history_days", "a number of days", "1 to 3650", days)
                .unwrap_or(default.history_days),
        };
        fields.finish();
        settings
    }
}
