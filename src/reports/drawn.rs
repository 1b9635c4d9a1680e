//! The findings that are drawn, and their charts.

use rayon::prelude::*;

use super::{Report, ReportError, chart, slug::Slugs};
use crate::plans::{Finding, Severity, Verdict};

/// A finding's chart with its place in the report.
pub(crate) struct Drawn {
    /// The finding's position by urgency.
    pub(crate) rank: usize,
    /// Path of the PNG within the report's directory.
    pub(crate) file: String,
    /// The drawing.
    pub(crate) svg: String,
    /// The same as PNG.
    pub(crate) png: Vec<u8>,
}

/// Whether a finding's picture is worth its room: it asks for attention, or tells when servers may rest. The rest is
/// fine, and a line of a table says so.
fn worth_a_chart(finding: &Finding) -> bool {
    finding.severity > Severity::Ok || matches!(finding.verdict, Verdict::Ebbs(_))
}

/// Draws the most urgent findings that are worth it on every core; the order is that of urgency.
pub(crate) fn draw(report: &Report) -> Result<Vec<Drawn>, ReportError> {
    let ranked = report.ranked();
    let chosen: Vec<_> = ranked
        .into_iter()
        .enumerate()
        .filter(|(_, finding)| worth_a_chart(finding))
        .take(report.charts)
        .collect();
    let charts = chosen
        .par_iter()
        .map(|(rank, finding)| {
            let chart = chart::draw(report, finding)
                .map_err(|source| ReportError::Chart { finding: finding.id.to_string(), source })?;
            Ok((*rank, &finding.id, chart))
        })
        .collect::<Result<Vec<_>, ReportError>>()?;
    let mut slugs = Slugs::default();
    let named = charts.into_iter().filter_map(|(rank, id, chart)| {
        let chart = chart?;
        let file = format!("charts/{}.png", slugs.name(&id.0));
        Some(Drawn { rank, file, svg: chart.svg, png: chart.png })
    });
    Ok(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    #[test]
    fn what_is_fine_gets_no_chart() {
        let report = Report { charts: 100, ..fixture::report() };
        let ranked = report.ranked();
        let drawn = draw(&report).unwrap();
        // Ten ask for attention, the pool's ebb among them.
        assert_eq!(drawn.len(), 10);
        for chart in drawn {
            assert!(ranked[chart.rank].severity > Severity::Ok);
        }
    }
}
