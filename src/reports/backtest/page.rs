//! The back-test's page, one file like the report.

use minijinja::value::Value;
use serde::Serialize;

use crate::{
    plans::Kind,
    reports::{
        Played, ReportError, chart, format, html,
        scores::{ScoreTable, tables, title},
        text::one_line,
    },
};

/// The page as its template sees it.
#[derive(Debug, Serialize)]
struct Page {
    platform: String,
    as_of: String,
    timezone: &'static str,
    style: Value,
    summary: String,
    unknown: Option<String>,
    undecided: Vec<String>,
    kinds: Vec<OfKind>,
}

/// The scores of one kind.
#[derive(Debug, Serialize)]
struct OfKind {
    title: String,
    chart: Option<Drawing>,
    tables: Vec<ScoreTable>,
}

/// A drawing that stands in the page.
#[derive(Debug, Serialize)]
struct Drawing {
    view_box: String,
    /// What stands between the outer tags of the SVG; drawn and escaped by us.
    body: Value,
    label: String,
}

/// The page of a back-test.
///
/// # Errors
/// The as-of moment is no date; a chart cannot be drawn; the template does not fit.
pub(in crate::reports) fn page(played: &Played) -> Result<String, ReportError> {
    let seconds = played.as_of;
    let as_of = chrono::DateTime::from_timestamp(seconds, 0).ok_or(ReportError::AsOf { seconds })?;
    let page = Page {
        platform: one_line(&played.platform, 120),
        as_of: format::moment(&as_of.with_timezone(&played.timezone)),
        timezone: played.timezone.name(),
        style: html::style(),
        summary: summary(played),
        unknown: unknown(played),
        undecided: played
            .undecided
            .iter()
            .map(|of| format!("{}: {} times", title(of.kind), format::count(of.times as f64)))
            .collect(),
        kinds: played.kinds().into_iter().map(|kind| of_kind(played, kind)).collect::<Result<_, _>>()?,
    };
    html::render("backtest.html", &page)
}

fn of_kind(played: &Played, kind: Kind) -> Result<OfKind, ReportError> {
    let rows: Vec<_> = played.of(kind).collect();
    let svg = chart::scores(&rows)
        .map_err(|source| ReportError::Chart { finding: kind.name().to_owned(), source })?;
    let drawing = svg.map(|svg| {
        let (view_box, body) = chart::inner(&svg);
        let label = format!("Chart of {}: error and interval by distance", title(kind).to_lowercase());
        Drawing { view_box, body: Value::from_safe_string(body), label }
    });
    Ok(OfKind { title: title(kind), chart: drawing, tables: tables(kind, rows.into_iter()) })
}

/// What was played, in a sentence.
pub(super) fn summary(played: &Played) -> String {
    let day = |seconds: i64| {
        let utc = chrono::DateTime::from_timestamp(seconds, 0);
        utc.map_or_else(String::new, |at| format::date(at.with_timezone(&played.timezone).date_naive()))
    };
    let (Some(&first), Some(&last)) = (played.moments.first(), played.moments.last()) else {
        return format!(
            "There is no moment to play: the history begins on {}, and a forecast needs weeks before it and days after \
             it.",
            day(played.first)
        );
    };
    let moments = match played.moments.len() {
        1 => format!("1 moment, {}", day(first)),
        more => {
            format!("{more} moments from {} to {}, {} days apart", day(first), day(last), played.every_days)
        }
    };
    format!(
        "Played again at {moments}; {} forecasts, held against what came up to {}.",
        format::count(played.forecasts as f64),
        day(played.as_of)
    )
}

/// The distances that the history does not bear.
pub(super) fn unknown(played: &Played) -> Option<String> {
    let days: Vec<String> = played.unknown().iter().map(ToString::to_string).collect();
    (!days.is_empty()).then(|| format!("Not known yet: what came {} days ahead.", days.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{backtest::fixture::played, fixture::HOSTILE};

    #[test]
    fn the_whole_page() {
        let page = page(&played()).unwrap();
        let (head, rest) = page.split_once("<style>").unwrap();
        let (_, rest) = rest.split_once("</style>").unwrap();
        insta::assert_snapshot!(format!("{head}<style></style>{rest}"));
    }

    #[test]
    fn a_name_is_never_markup() {
        let hostile = page(&Played { platform: HOSTILE.to_owned(), ..played() }).unwrap();
        assert!(!hostile.contains("<script>") && hostile.contains("&lt;script&gt;"));
    }

    #[test]
    fn a_moment_outside_the_calendar_is_an_error() {
        assert!(matches!(page(&Played { as_of: i64::MAX, ..played() }), Err(ReportError::AsOf { .. })));
    }
}
