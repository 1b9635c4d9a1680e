//! Whether a load moved with clocks that are not those of the declared time zone: users live by theirs.

use chrono_tz::Tz;

use super::load_weeks::Weeks;
use crate::series::{LocalClock, Series};

/// Zones with whose clock changes a load is tried, and whose they are. What tells them apart is when they change.
const ZONES: [(Tz, &str); 3] = [
    (chrono_tz::Europe::Berlin, "Europe"),
    (chrono_tz::America::New_York, "North America"),
    (chrono_tz::Australia::Sydney, "south-eastern Australia"),
];

/// In which part of the world clocks changed within the weeks that are looked at, so that the load moved with them, while those
/// of the declared zone did not change; `None` where nothing tells so.
///
/// By the clock that a load follows, the weeks before a change and those after it fit together clearly better. The other
/// way round nothing is said: of a load that does not move with its declared clock, jobs that run by UTC may be the
/// reason.
pub(super) fn moved_with(load: &Series, declared: &Weeks, until: i64, most: usize) -> Option<String> {
    if declared.clock_changed() {
        return None;
    }
    // Within one spring, several parts of the world may fit: some weeks say little of which one it was.
    let fits = ZONES.iter().filter_map(|(zone, whose)| {
        let (own, other) = declared.misfits(load, &LocalClock::new(*zone), until, most)?;
        Weeks::fits_clearly_better(own, other).then_some(*whose)
    });
    Some(fits.collect::<Vec<_>>().join(" or ")).filter(|whose| !whose.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::HOUR;

    /// 2026-04-27T00:00:00Z, four weeks after Europe's clocks went forward and seven after North America's.
    const UNTIL: i64 = 1_777_248_000;

    /// What is said of twelve weeks of a load that is busy from eight to six by one clock, where another is declared.
    fn said(follows: Tz, declared: Tz) -> Option<String> {
        let mut clock = LocalClock::new(follows);
        let begin = UNTIL - 84 * 24 * HOUR;
        let load = |hour: i64| {
            let at = clock.at(begin + hour * HOUR);
            let busy = at.weekday < 5 && (8 * HOUR..18 * HOUR).contains(&at.second);
            Some(if busy { 80.0 } else { 20.0 })
        };
        let load = Series::from_slots(begin, HOUR, (0..84 * 24).map(load));
        let weeks = Weeks::new(&load, &LocalClock::new(declared), UNTIL, 18);
        moved_with(&load, &weeks, UNTIL, 18)
    }

    #[test]
    fn a_load_that_moves_with_clocks_that_are_not_declared_is_told() {
        for of in [chrono_tz::Europe::Warsaw, chrono_tz::America::Chicago] {
            assert_eq!(said(of, chrono_tz::UTC).as_deref(), Some("Europe or North America"));
        }
        // Australia's clocks went back on 5 April.
        let south = said(chrono_tz::Australia::Melbourne, chrono_tz::UTC).unwrap_or_default();
        assert_eq!(south, "south-eastern Australia");
        assert_eq!(said(chrono_tz::UTC, chrono_tz::UTC), None);
        assert_eq!(said(chrono_tz::Asia::Kolkata, chrono_tz::Asia::Kolkata), None);
        // The declared clock changed too.
        assert_eq!(said(chrono_tz::Europe::Berlin, chrono_tz::Europe::Berlin), None);
        assert_eq!(said(chrono_tz::UTC, chrono_tz::Europe::Berlin), None);
    }
}
