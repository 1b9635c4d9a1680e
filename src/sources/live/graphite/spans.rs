//! Spans: a range cut where the server's points coarsen, where a month ends, and where an answer would grow large.

use std::ops::Range;

use crate::{platform::Tier, sources::live::month::next_month};

/// A range that is answered with one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Seconds since 1970-01-01 UTC, on the step; a slot belongs to the span in which it begins.
    pub(super) range: Range<i64>,
    /// Seconds between points.
    pub(super) step: i64,
}

/// How much of a fine tier's old end is left to the next one, in seconds: the server decides by its own clock when
/// it is asked, and a pull takes its time. At most two hours, and of a short tier at most a tenth.
fn margin(tier: &Tier) -> i64 {
    (tier.kept / 10).min(7_200)
}

/// Cuts a range by the tiers, finest first, oldest span first. `finest` is the finest step wanted.
///
/// Asking a second past the end of a tier coarsens the whole answer (graphite-web issue 275), so each tier is asked
/// by itself. What is older than the last tier is left out, and so is a slot that has not ended at `now`.
pub(super) fn by_tier(tiers: &[Tier], finest: i64, range: &Range<i64>, now: i64) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut newest = i64::MAX;
    for (at, tier) in tiers.iter().enumerate() {
        let step = tier.step.max(finest);
        let border = match tiers.get(at + 1) {
            Some(coarser) => up(now - tier.kept + margin(tier), coarser.step.max(finest)),
            None => up(now - tier.kept, step),
        };
        let start = down(range.start, step).max(up(border, step));
        let end = up(range.end, step).min(down(now, step)).min(newest);
        if start < end {
            spans.push(Span { range: start..end, step });
        }
        newest = newest.min(border);
    }
    spans.reverse();
    spans
}

/// Cuts a span so that no piece has slots in two months (UTC), nor more than `slots` of them.
pub(super) fn pieces(span: &Span, slots: i64) -> Vec<Range<i64>> {
    let mut pieces = Vec::new();
    let longest = slots.max(1).saturating_mul(span.step);
    let mut start = span.range.start;
    while start < span.range.end {
        let month = next_month(start).map_or(i64::MAX, |month| up(month, span.step));
        let end = span.range.end.min(month).min(start.saturating_add(longest));
        pieces.push(start..end);
        start = end;
    }
    pieces
}

fn down(time: i64, step: i64) -> i64 {
    time - time.rem_euclid(step.max(1))
}

fn up(time: i64, step: i64) -> i64 {
    down(time.saturating_add(step.max(1) - 1), step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;
    /// 2026-11-20 00:00:00 UTC.
    const NOW: i64 = 1_795_132_800;

    fn tiers() -> Vec<Tier> {
        [(60, 2 * DAY), (300, 60 * DAY), (3600, 730 * DAY)]
            .into_iter()
            .map(|(step, kept)| Tier { step, kept })
            .collect()
    }

    fn told(spans: &[Span]) -> Vec<(i64, i64, i64)> {
        spans.iter().map(|span| (span.range.start - NOW, span.range.end - NOW, span.step)).collect()
    }

    #[test]
    fn each_tier_is_asked_by_itself_with_room_at_its_old_end() {
        let spans = by_tier(&tiers(), 60, &(NOW - 400 * DAY..NOW + 30), NOW + 30);
        // Two hours before the tiers end, on the full slot of the next tier: 00:00:30 lies 30 s behind one.
        assert_eq!(
            told(&spans),
            [
                (-400 * DAY, -60 * DAY + 7_200 + 3_600, 3600),
                (-60 * DAY + 7_200 + 3_600, -2 * DAY + 7_200 + 300, 300),
                (-2 * DAY + 7_200 + 300, 0, 60),
            ]
        );
    }

    #[test]
    fn a_coarser_step_is_kept_to_where_it_was_asked_for() {
        let spans = by_tier(&tiers(), 3600, &(NOW - DAY..NOW), NOW);
        assert_eq!(told(&spans), [(-DAY, 0, 3600)]);
    }

    #[test]
    fn what_is_no_longer_kept_and_what_has_not_ended_is_left_out() {
        let spans = by_tier(&[Tier { step: 600, kept: DAY }], 60, &(NOW - 9 * DAY..NOW + 900), NOW + 899);
        assert_eq!(told(&spans), [(-DAY + 1200, 600, 600)]);
        assert_eq!(by_tier(&[], 60, &(NOW - DAY..NOW), NOW), []);
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        // 2026-10-31 12:00 to 2026-11-01 12:00 UTC; midnight is 19 days before NOW.
        let month = NOW - 19 * DAY;
        let span = Span { range: month - DAY / 2..month + DAY / 2, step: 300 };
        assert_eq!(pieces(&span, 1_000), [month - DAY / 2..month, month..month + DAY / 2]);
        assert_eq!(pieces(&span, 100).len(), 4);
        // Slots of a week do not begin with the month; the one that begins before it is October's.
        let weeks =
            Span { range: down(month - 9 * DAY, 7 * DAY)..up(month + 9 * DAY, 7 * DAY), step: 7 * DAY };
        let cut = pieces(&weeks, 1_000);
        assert!(cut.len() == 2 && cut[0].end >= month && cut[0].end - 7 * DAY < month, "{cut:?}");
    }

    proptest! {
        #[test]
        fn pieces_meet_on_the_step_and_cover_the_range(
            start in NOW - 800 * DAY..NOW,
            length in 1..500 * DAY,
            finest in prop::sample::select(vec![60_i64, 300, 3600]),
            slots in 1..5_000_i64,
        ) {
            let range = start..(start + length).min(NOW);
            let spans = by_tier(&tiers(), finest, &range, NOW);
            let all: Vec<_> = spans
                .iter()
                .flat_map(|span| pieces(span, slots).into_iter().map(|piece| (piece, span.step)))
                .collect();
            for (piece, step) in &all {
                prop_assert!(piece.start < piece.end && piece.start % step == 0 && piece.end % step == 0);
                prop_assert!((piece.end - piece.start) / step <= slots);
            }
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].0.end, pair[1].0.start);
            }
            if let (Some(first), Some(last)) = (all.first(), all.last()) {
                // The oldest tier ends at 730 days.
                let oldest = range.start.max(NOW - 730 * DAY + 3600);
                prop_assert!(first.0.start <= oldest);
                prop_assert!(last.0.end >= range.end.min(down(NOW, last.1)));
            }
        }
    }
}
