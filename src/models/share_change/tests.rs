use super::*;

#[derive(serde::Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    days: Vec<(i64, f64, f64)>,
    rises: f64,
    falls: f64,
    now: [f64; 3],
    before: [f64; 3],
    since: Option<i64>,
}

fn counted(days: &[(i64, f64, f64)]) -> Vec<DayCount> {
    days.iter().map(|&(day, count, failed)| DayCount { day, count, failed }).collect()
}

/// Even odds of a change: the prior before any series was seen.
fn judged(days: &[DayCount]) -> ShareChange {
    share_evidence(days).unwrap().judge(&DriftPrior::default())
}

#[test]
fn beliefs_and_shares_are_those_of_scipys_beta_binomial() {
    let text = include_str!("../../../tests/references/share_change.json");
    let cases = serde_json::from_str::<Reference>(text).unwrap().cases;
    assert_eq!(cases.len(), 6);
    for case in cases {
        let got = judged(&counted(&case.days));
        // An even change is weighed by weeks here, by days there.
        assert!((got.rises - case.rises).abs() < 0.03, "{}: {got:?}", case.name);
        assert!((got.falls - case.falls).abs() < 0.03, "{}: {got:?}", case.name);
        assert_eq!(got.since, case.since, "{}", case.name);
        for (got, expected) in [(got.now, case.now), (got.before, case.before)] {
            for (got, expected) in [got.low, got.middle, got.high].into_iter().zip(expected) {
                // A tenth of the share, or where hardly anything fails, a thousandth.
                let near = (got - expected).abs() < (0.1 * expected).max(0.002);
                assert!(near, "{}: {got}, expected {expected}", case.name);
            }
        }
    }
}

#[test]
fn an_outage_is_no_rise_and_a_fortnight_of_failures_is() {
    // One attempt an hour; of 60 days, one in the last week fails whole.
    let days = |failed: &dyn Fn(i64) -> f64| -> Vec<DayCount> {
        (0..60).map(|day| DayCount { day, count: 24.0, failed: failed(day) }).collect()
    };
    let outage = judged(&days(&|day| if day == 55 { 24.0 } else { 0.0 }));
    assert!(outage.rises < 0.3, "{outage:?}");
    // Three of 24 each day for a fortnight: 12.5 %.
    let fortnight = judged(&days(&|day| if day >= 46 { 3.0 } else { 0.0 }));
    assert!(fortnight.rises > 0.99, "{fortnight:?}");
    assert!(fortnight.since.is_some_and(|day| (day - 46).abs() <= 1), "{fortnight:?}");
    assert!(fortnight.now.low < 0.125 && 0.125 < fortnight.now.high, "{fortnight:?}");
}

#[test]
fn too_few_days_say_nothing() {
    let days = |count: i64| counted(&(0..count).map(|day| (day, 24.0, 0.0)).collect::<Vec<_>>());
    assert_eq!(share_evidence(&[]).unwrap_err().have_days, 0.0);
    let short = share_evidence(&days(27)).unwrap_err();
    assert_eq!((short.have_days, short.enough_at), (27.0, 28 * DAY));
    assert!(share_evidence(&days(28)).is_ok());
}
