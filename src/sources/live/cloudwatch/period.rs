//! Periods: the finest points that CloudWatch still keeps, by age, and how a range is cut at the ages where it
//! coarsens.

use std::ops::Range;

use crate::sources::live::month::next_month;

const DAY: i64 = 86_400;

/// What CloudWatch keeps: seconds between points, and for how many seconds; finest first. High-resolution metrics
/// are kept finer for three hours, which a weekly pull has no use for. A finer period than is kept gives no points
/// and no error.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
const KEPT: [(i64, i64); 3] = [(60, 15 * DAY), (300, 63 * DAY), (3600, OLDEST)];

/// Seconds for which anything is kept: 455 days.
pub(super) const OLDEST: i64 = 455 * DAY;

/// Seconds before such an age at which points are taken for gone: a run that is throttled asks hours after it has
/// cut its ranges.
const MARGIN: i64 = 3 * 3600;

/// A range with one period: both ends lie on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) range: Range<i64>,
    pub(super) period: i64,
}

/// The finest period that is asked for where `step` seconds are wished.
pub(super) fn finest(step: i64) -> i64 {
    let [fresh, ..] = periods(step);
    fresh
}

/// Cuts a range where its period changes and where a month ends in UTC, oldest first. What is older than anything
/// kept, and the period that `now` lies in, are left out.
pub(super) fn pieces(range: &Range<i64>, now: i64, step: i64) -> Vec<Piece> {
    let periods = periods(step);
    let mut pieces = Vec::new();
    for (tier, ((_, kept), period)) in KEPT.iter().zip(periods).enumerate().rev() {
        // Where one tier begins the older one ends, so the edge lies on the older one's period.
        let older = periods.get(tier + 1).copied().unwrap_or(period);
        let begins = ceil(now - kept + MARGIN, older);
        let ends = match tier.checked_sub(1).and_then(|finer| KEPT.get(finer)) {
            Some((_, finer_kept)) => ceil(now - finer_kept + MARGIN, period),
            None => floor(now, period),
        };
        let start = floor(range.start, period).max(begins);
        let end = ceil(range.end, period).min(ends);
        let months = by_month(start..end);
        pieces.extend(months.into_iter().map(|range| Piece { range, period }));
    }
    pieces
}

/// The period of each tier: the shortest that is no finer than wished, that the tier is kept in, that the finer
/// tiers' meet, and that divides a day, so that ranges end where months do.
fn periods(step: i64) -> [i64; KEPT.len()] {
    let mut finer = 1;
    KEPT.map(|(kept, _)| {
        let fits = |period: &i64| *period >= step && period % finer == 0 && DAY % period == 0;
        finer = (1..=DAY / kept).map(|times| times * kept).find(fits).unwrap_or(DAY);
        finer
    })
}

fn by_month(range: Range<i64>) -> Vec<Range<i64>> {
    let mut parts = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = next_month(start).unwrap_or(range.end).min(range.end);
        parts.push(start..end);
        start = end;
    }
    parts
}

fn floor(time: i64, period: i64) -> i64 {
    time - time.rem_euclid(period)
}

fn ceil(time: i64, period: i64) -> i64 {
    time + (-time).rem_euclid(period)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    /// 2026-11-20 10:30:20 UTC.
    const NOW: i64 = 1_795_170_620;

    fn shown(pieces: &[Piece]) -> String {
        let time = |t: i64| DateTime::from_timestamp(t, 0).unwrap().format("%Y-%m-%d %H:%M").to_string();
        let line = |p: &Piece| format!("{} to {} every {}", time(p.range.start), time(p.range.end), p.period);
        pieces.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_finest_period_still_kept_and_no_range_over_a_month() {
        // 15 days before now and three hours on: 5 November 13:30. 63 days: 18 September 13:30, up to the hour.
        // 455 days: 22 August 2025 13:30, up to the hour.
        insta::assert_snapshot!(shown(&pieces(&(NOW - 80 * DAY..NOW), NOW, 60)), @r"
        2026-09-01 10:00 to 2026-09-18 14:00 every 3600
        2026-09-18 14:00 to 2026-10-01 00:00 every 300
        2026-10-01 00:00 to 2026-11-01 00:00 every 300
        2026-11-01 00:00 to 2026-11-05 13:35 every 300
        2026-11-05 13:35 to 2026-11-20 10:30 every 60
        ");
        let all = pieces(&(0..NOW + DAY), NOW, 60);
        insta::assert_snapshot!(shown(&all[..2]), @r"
        2025-08-22 14:00 to 2025-09-01 00:00 every 3600
        2025-09-01 00:00 to 2025-10-01 00:00 every 3600
        ");
        assert!(all.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
    }

    #[test]
    fn never_finer_than_wished_and_every_edge_on_its_period() {
        for step in [1, 60, 90, 300, 900, 1440, 3600, 7200, 86_400, 1_000_000] {
            let mut before: Option<Piece> = None;
            for piece in pieces(&(NOW - 470 * DAY + 17..NOW - 17), NOW, step) {
                assert!(piece.period >= step.min(DAY) && DAY % piece.period == 0, "{step}: {piece:?}");
                assert_eq!(
                    (piece.range.start % piece.period, piece.range.end % piece.period),
                    (0, 0),
                    "{step}"
                );
                assert!(piece.range.start < piece.range.end, "{step}: {piece:?}");
                assert!(next_month(piece.range.start).unwrap() >= piece.range.end, "{step}: {piece:?}");
                if let Some(before) = before.replace(piece.clone()) {
                    assert_eq!(before.range.end, piece.range.start, "{step}");
                }
            }
            assert!(before.unwrap().range.end > NOW - DAY - step.min(DAY), "{step}");
        }
    }

    #[test]
    fn a_gap_in_old_history_is_covered_to_both_its_ends() {
        // 100 days ago only hours are kept: 00:20 to 01:10 lies in the hours 00 and 01.
        let midnight = floor(NOW, DAY) - 100 * DAY;
        let found = pieces(&(midnight + 1200..midnight + 4200), NOW, 60);
        assert_eq!(found, [Piece { range: midnight..midnight + 7200, period: 3600 }]);
    }

    #[test]
    fn nothing_is_asked_of_the_running_period_or_of_what_is_gone() {
        let minute = floor(NOW, 60);
        assert_eq!(pieces(&(minute..NOW), NOW, 60), []);
        assert_eq!(pieces(&(NOW - 500 * DAY..NOW - 456 * DAY), NOW, 60), []);
        let yesterday = NOW - DAY;
        assert_eq!(pieces(&(NOW..yesterday), NOW, 60), []);
    }
}
