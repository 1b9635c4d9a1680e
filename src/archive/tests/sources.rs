//! Several sources of one series: each one's points are kept, and joined when they are read.

use super::*;

#[test]
fn what_one_source_answers_does_not_replace_another_ones() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let answered = |value| {
        let points: Vec<_> = (0..48).map(|hour| (MARCH + hour * HOUR, value)).collect();
        vec![samples(Measure::DiskUsed, "ms1", &points)]
    };
    archive.append("a", answered(1.0)).unwrap();
    let second = archive.append("b", answered(2.0)).unwrap();
    assert_eq!((second.points_new, second.points_replaced, second.series_new), (48, 0, 1));
    let again = archive.append("a", answered(1.0)).unwrap();
    assert_eq!((again.points_same, again.series_new, again.partitions), (48, 0, 0));
    let extract = all(&archive, Measure::DiskUsed);
    assert_eq!(extract.columns.len(), 1);
    assert_eq!(extract.columns[0].points.values, [1.0; 48]);
    assert_eq!(extract.disagreements.len(), 1);
    assert_eq!((extract.disagreements[0].compared, extract.disagreements[0].differing), (48, 48));
    let info = archive.info().unwrap();
    assert_eq!((info.measures[0].series, info.measures[0].points), (1, 96));
    assert_eq!(info.measures[0].sources, ["a", "b"]);
}

#[test]
fn a_finer_source_wins_and_a_coarser_one_fills_the_years_before() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    // Days of February and March from one, ten minutes of the last day of March from another.
    let days: Vec<_> = (-28..31).map(|day| (MARCH + day * DAY, 5.0)).collect();
    let minutes: Vec<_> = (0..144).map(|i| (APRIL - DAY + i * 600, 5.01)).collect();
    archive.append("long", vec![samples(Measure::DiskUsed, "ms1", &days)]).unwrap();
    archive.append("fine", vec![samples(Measure::DiskUsed, "ms1", &minutes)]).unwrap();
    let extract = all(&archive, Measure::DiskUsed);
    // The last of the days has the minutes around it; the one before is a whole day from the first of them.
    let expected: BTreeMap<i64, f64> = days[..58].iter().chain(&minutes).copied().collect();
    assert_eq!(extract.columns[0].points.iter().collect::<BTreeMap<_, _>>(), expected);
    // 5 is one fifth of a hundredth below 5.01.
    assert_eq!(extract.disagreements, []);
}
