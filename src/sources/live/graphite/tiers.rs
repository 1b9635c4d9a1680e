//! Tiers: which step a server keeps for which age, seen from its answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::platform::Tier;

/// The youngest age that is looked at, in seconds: younger points may not have been written yet (carbon writes in
/// the order of need), and no storage schema keeps its finest points for less.
const YOUNGEST: i64 = 600;

/// The largest share of a tier's age that looking for its end may leave out.
const PRECISION: i64 = 100;

/// The step at which each of some series is answered at an age, in any order; empty where none is.
pub(super) type Steps = Vec<i64>;

/// The tiers that a server keeps, finest first, as far back as `oldest` seconds; empty where it answers nothing.
///
/// `steps_at` asks for one moment at an age in seconds. As points only coarsen with age, the ends of the tiers are
/// found by halving. `known` holds ages at which the steps of other series changed: series mostly share a schema,
/// and the next one then costs half a dozen questions instead of two dozen.
pub(super) fn discover<E>(
    oldest: i64,
    known: &mut BTreeSet<i64>,
    mut steps_at: impl FnMut(i64) -> Result<Steps, E>,
) -> Result<Vec<Tier>, E> {
    let mut seen: BTreeMap<i64, Steps> = BTreeMap::new();
    let mut look = |age: i64, seen: &mut BTreeMap<i64, Steps>| -> Result<(), E> {
        let mut steps = steps_at(age)?;
        steps.sort_unstable();
        seen.insert(age, steps);
        Ok(())
    };
    let youngest = YOUNGEST.min(oldest);
    look(youngest, &mut seen)?;
    look(oldest, &mut seen)?;
    let mut open = vec![(youngest, oldest)];
    while let Some((from, to)) = open.pop() {
        if seen.get(&from) == seen.get(&to) || to - from <= YOUNGEST.max(from / PRECISION) {
            continue;
        }
        let inside = known.iter().copied().find(|age| (from + 1..to).contains(age));
        let middle = inside.unwrap_or(from + (to - from) / 2);
        look(middle, &mut seen)?;
        open.push((from, middle));
        open.push((middle, to));
    }
    let ages: Vec<(i64, Steps)> = seen.into_iter().collect();
    let mut tiers = Vec::new();
    for same in ages.chunk_by(|a, b| a.1 == b.1) {
        let (Some((first, steps)), Some((last, _))) = (same.first(), same.last()) else { continue };
        known.extend([*first, *last].into_iter().filter(|age| ![youngest, oldest].contains(age)));
        // The finest of several: the coarser ones answer such a question in their own step.
        tiers.extend(steps.first().map(|&step| Tier { step, kept: *last }));
    }
    Ok(tiers)
}

/// Tiers in words, as in `storage-schemas.conf`.
pub(super) fn in_words(tiers: &[Tier]) -> String {
    let words = |seconds: i64| {
        let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
        // Two of a unit say more than one of the next.
        let unit = units.into_iter().find(|(unit, _)| seconds % unit == 0 || seconds >= 2 * unit);
        let (unit, letter) = unit.unwrap_or((1, "s"));
        format!("{}{letter}", seconds / unit)
    };
    tiers
        .iter()
        .map(|tier| format!("{}:{}", words(tier.step), words(tier.kept)))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const DAY: i64 = 86_400;

    fn tier(step: i64, kept: i64) -> Tier {
        Tier { step, kept }
    }

    /// What whisper answers for an age: the first archive that is kept for as long.
    fn whisper(schema: &[Tier], age: i64) -> Steps {
        schema.iter().find(|tier| tier.kept >= age).map(|tier| tier.step).into_iter().collect()
    }

    fn found(schemas: &[&[Tier]], oldest: i64, known: &mut BTreeSet<i64>) -> (Vec<Tier>, usize) {
        let mut asked = 0;
        let tiers = discover(oldest, known, |age| {
            asked += 1;
            Ok::<_, Infallible>(schemas.iter().flat_map(|schema| whisper(schema, age)).collect())
        });
        (tiers.unwrap(), asked)
    }

    #[test]
    fn every_end_is_found_to_a_hundredth_of_its_age_and_never_too_old() {
        let schema = [tier(60, 2 * DAY), tier(300, 60 * DAY), tier(3600, 730 * DAY)];
        let mut known = BTreeSet::new();
        let (tiers, first) = found(&[&schema], 400 * DAY, &mut known);
        let steps: Vec<i64> = tiers.iter().map(|tier| tier.step).collect();
        assert_eq!(steps, [60, 300, 3600]);
        for (seen, kept) in tiers.iter().zip([2 * DAY, 60 * DAY, 400 * DAY]) {
            assert!(seen.kept <= kept && seen.kept >= kept - kept / 50, "{seen:?}");
        }
        let (again, second) = found(&[&schema], 400 * DAY, &mut known);
        assert_eq!(again, tiers);
        assert!(first <= 30 && second <= 8, "asked {first} and {second} times");
    }

    #[test]
    fn a_retention_that_ends_within_the_history_is_seen() {
        let (tiers, _) = found(&[&[tier(60, DAY), tier(600, 14 * DAY)]], 400 * DAY, &mut BTreeSet::new());
        assert_eq!(tiers.len(), 2);
        assert!((13 * DAY..=14 * DAY).contains(&tiers[1].kept), "{tiers:?}");
    }

    #[test]
    fn series_of_two_schemas_are_asked_within_the_tiers_of_both() {
        let (short, long): (&[Tier], &[Tier]) =
            (&[tier(60, 2 * DAY), tier(3600, 500 * DAY)], &[tier(300, 500 * DAY)]);
        let (tiers, _) = found(&[short, long], 400 * DAY, &mut BTreeSet::new());
        // At two days the first coarsens, though the second does not.
        assert_eq!(tiers.iter().map(|tier| tier.step).collect::<Vec<_>>(), [60, 300]);
    }

    #[test]
    fn one_tier_takes_two_questions_and_nothing_gives_nothing() {
        let (tiers, asked) = found(&[&[tier(60, 500 * DAY)]], 400 * DAY, &mut BTreeSet::new());
        assert_eq!((tiers, asked), (vec![tier(60, 400 * DAY)], 2));
        assert_eq!(found(&[], 400 * DAY, &mut BTreeSet::new()).0, []);
    }

    #[test]
    fn tiers_read_as_in_a_schema() {
        let tiers = [tier(10, 21_600), tier(60, 2 * DAY - 500), tier(300, 60 * DAY), tier(3600, 400 * DAY)];
        assert_eq!(in_words(&tiers), "10s:6h, 1m:47h, 5m:60d, 1h:400d");
    }
}
