//! `forecasts.parquet`: what was forecast, to be scored when the time has come.

use std::path::Path;

use super::{Report, ReportError};
use crate::{
    archive::{TableColumn, write_parquet},
    platform::SeriesKey,
};

/// Writes one row for every forecast moment of every finding: `series`, `time`, `p5`, `p50`, `p95`, and `bound`, with which to
/// plan: of a load what its schedule is cut from, of all else P95. The values are in the canonical unit of the series' measure.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write(report: &Report, path: &Path) -> Result<(), ReportError> {
    write_parquet(path, columns(report)).map_err(ReportError::Parquet)
}

fn columns(report: &Report) -> Vec<TableColumn> {
    let (mut series, mut time) = (Vec::new(), Vec::new());
    let (mut p5, mut p50, mut p95, mut planned) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for finding in report.ranked() {
        let Some(band) = &finding.evidence.band else { continue };
        let subject = &finding.subject;
        let key = SeriesKey { measure: subject.measure, labels: subject.labels.clone() }.to_string();
        let quantiles = band.p5.iter().zip(&band.p50).zip(&band.p95);
        let bounds =
            finding.evidence.week.as_ref().map(|week| &week.bound).filter(|b| b.len() == band.p95.len());
        for ((&moment, ((&low, &middle), &high)), &bound) in
            band.times.iter().zip(quantiles).zip(bounds.unwrap_or(&band.p95))
        {
            // A quantile that is no number is no forecast.
            if [low, middle, high, bound].iter().all(|v| v.is_finite()) {
                series.push(key.clone());
                time.push(moment);
                p5.push(low);
                p50.push(middle);
                p95.push(high);
                planned.push(bound);
            }
        }
    }
    let number = |name: &str, values| TableColumn::Number { name: name.to_owned(), values };
    vec![
        TableColumn::Text { name: "series".to_owned(), values: series },
        TableColumn::Time { name: "time".to_owned(), seconds: time },
        number("p5", p5),
        number("p50", p50),
        number("p95", p95),
        number("bound", planned),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plans::Band, reports::fixture};

    #[test]
    fn rows_are_as_long_as_the_shortest_quantile_and_hold_numbers_only() {
        let mut report = fixture::report();
        report.findings.truncate(1);
        report.findings[0].evidence.band = Some(Band {
            times: vec![10, 20, 30],
            p5: vec![1.0, f64::NAN, 3.0],
            p50: vec![2.0, 2.0, 4.0],
            p95: vec![3.0, 3.0],
        });
        let rows = columns(&report);
        let [TableColumn::Text { values, .. }, TableColumn::Time { seconds, .. }, ..] = rows.as_slice()
        else {
            panic!("series and time come first")
        };
        assert_eq!(values, &["disk.used{host=\"ms03:/var/mail\",volume=\"/var/mail\"}"]);
        assert_eq!(seconds, &[10]);
    }
}
