use super::*;

#[derive(serde::Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    days: Vec<i64>,
    course: Vec<f64>,
    values: Vec<Vec<f64>>,
    whole: [f64; 3],
    parts: Vec<[f64; 3]>,
    shares: Vec<[f64; 3]>,
}

#[test]
fn parts_and_shares_are_those_of_statsmodels() {
    let text = include_str!("../../../tests/references/rise_parts.json");
    let cases = serde_json::from_str::<Reference>(text).unwrap().cases;
    assert_eq!(cases.len(), 2);
    for case in cases {
        let days: Vec<(i64, Vec<f64>)> = case.days.iter().copied().zip(case.values).collect();
        let course = |day: i64| case.course[case.days.binary_search(&day).unwrap()];
        let found = rise_parts(&days, course).unwrap();
        assert_eq!((found.days, found.parts.len()), (days.len(), case.parts.len()));
        let same = |got: PartChange, expected: [f64; 3]| {
            for (got, expected) in [got.middle, got.low, got.high].into_iter().zip(expected) {
                assert!((got - expected).abs() < 1e-7, "{}: {got}, expected {expected}", case.name);
            }
        };
        same(found.whole, case.whole);
        found.parts.iter().zip(case.parts).for_each(|(got, expected)| same(*got, expected));
        found.shares.iter().zip(case.shares).for_each(|(got, expected)| same(*got, expected));
    }
}

/// Days of three parts by formula: the second one rises by 0.4, the third one falls by 0.1.
fn days(count: i64) -> Vec<(i64, Vec<f64>)> {
    let uneven = |day: i64, by: f64| 0.02 * (day as f64 * by).sin();
    let part = |day: i64| {
        let course = day as f64 / (count - 1) as f64;
        vec![0.2 + uneven(day, 1.7), 0.5 + 0.4 * course + uneven(day, 2.9), 0.3 - 0.1 * course]
    };
    (0..count).map(|day| (day, part(day))).collect()
}

#[test]
fn the_parts_add_up_exactly() {
    let found = rise_parts(&days(60), |day| day as f64 / 59.0).unwrap();
    let sum = |of: &[PartChange]| of.iter().map(|part| part.middle).sum::<f64>();
    assert!((sum(&found.parts) - found.whole.middle).abs() < 1e-12, "{found:?}");
    assert!((sum(&found.shares) - 1.0).abs() < 1e-12, "{found:?}");
    // 0.4 less 0.1 is 0.3: the shares are 0, 4/3 and -1/3.
    for (share, expected) in found.shares.iter().zip([0.0, 4.0 / 3.0, -1.0 / 3.0]) {
        assert!((share.middle - expected).abs() < 0.05, "{found:?}");
        assert!(share.low <= share.middle && share.middle <= share.high, "{found:?}");
    }
}

#[test]
fn an_incident_is_left_out_of_all_parts() {
    let mut odd = days(60);
    odd[50].1[0] = 9.0;
    let found = rise_parts(&odd, |day| day as f64 / 59.0).unwrap();
    assert_eq!(found.days, 59);
    assert!(found.shares[0].middle.abs() < 0.05, "{found:?}");
}

#[test]
fn too_few_days_and_a_whole_that_stays_have_no_parts() {
    let short = rise_parts(&days(27), |day| day as f64 / 26.0);
    assert_eq!(short, Err(NoParts::TooFewDays { have: 27 }));
    let flat: Vec<(i64, Vec<f64>)> =
        days(60).into_iter().map(|(day, parts)| (day, vec![parts[0], 0.5])).collect();
    assert_eq!(rise_parts(&flat, |day| day as f64 / 59.0), Err(NoParts::NotSure));
    // A course that never moves explains nothing.
    assert_eq!(rise_parts(&days(60), |_| 0.5), Err(NoParts::NotSure));
    assert_eq!(rise_parts(&[], |_| 0.5), Err(NoParts::TooFewDays { have: 0 }));
}

proptest::proptest! {
    #[test]
    fn whatever_the_values_the_parts_add_up(
        values in proptest::collection::vec(proptest::collection::vec(0.0..10.0_f64, 3), 40..90)
    ) {
        let count = values.len() as i64;
        let rising = values.into_iter().enumerate().map(|(i, mut parts)| {
            parts[1] += i as f64;
            (i as i64, parts)
        });
        let found = rise_parts(&rising.collect::<Vec<_>>(), |day| day as f64 / (count - 1) as f64).unwrap();
        let sum: f64 = found.parts.iter().map(|part| part.middle).sum();
        proptest::prop_assert!((sum / found.whole.middle - 1.0).abs() < 1e-9);
        proptest::prop_assert!((found.shares.iter().map(|share| share.middle).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
