//! What is appended is extracted.

use proptest::prelude::*;

use super::*;

#[test]
fn series_come_in_the_order_of_their_labels_and_times_ascend() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let appended = archive
        .append(
            SOURCE,
            vec![
                samples(Measure::DiskUsed, "ms2", &[(APRIL, 4.0), (MARCH, 3.0)]),
                samples(Measure::DiskUsed, "ms1", &[(MARCH + 7, 1.0)]),
                samples(Measure::QueueDepth, "mx1", &[(MARCH, 9.0)]),
                samples(Measure::HostUp, "mx1", &[]),
            ],
        )
        .unwrap();
    assert_eq!(
        appended,
        super::super::Appended {
            points_new: 4,
            points_replaced: 0,
            points_same: 0,
            series_new: 3,
            partitions: 3
        }
    );
    assert_eq!(archive.measures().unwrap(), [Measure::DiskUsed, Measure::QueueDepth]);
    let extract = all(&archive, Measure::DiskUsed);
    let columns: Vec<_> = extract
        .columns
        .iter()
        .map(|column| (column.labels.get("host").unwrap(), column.points.iter().collect::<Vec<_>>()))
        .collect();
    assert_eq!(columns, [("ms1", vec![(MARCH + 7, 1.0)]), ("ms2", vec![(MARCH, 3.0), (APRIL, 4.0)])]);
}

#[test]
fn a_range_holds_its_start_and_not_its_end() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, vec![hours(Measure::DiskUsed, "ms1", APRIL - 2 * HOUR, 4)]).unwrap();
    let times = |range| {
        let extract = archive.extract(Measure::DiskUsed, range).unwrap();
        extract.columns.into_iter().flat_map(|column| column.points.times).collect::<Vec<_>>()
    };
    assert_eq!(times(APRIL - HOUR..APRIL + HOUR), [APRIL - HOUR, APRIL]);
    assert!(times(APRIL..APRIL).is_empty());
    #[expect(clippy::reversed_empty_ranges, reason = "an empty answer is what is asked for")]
    let reversed = times(5..-5);
    assert!(reversed.is_empty());
    assert!(times(0..MARCH).is_empty());
    assert!(archive.extract(Measure::QueueDepth, ALL_TIME).unwrap().columns.is_empty());
}

#[test]
fn what_is_no_value_is_not_held() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let mut holes = samples(Measure::DiskUsed, "ms1", &[(MARCH, 1.0)]);
    holes.points.times.extend([MARCH + 1, MARCH + 2, MARCH + 3]);
    holes.points.values.extend([f64::NAN, f64::NEG_INFINITY]);
    archive.append(SOURCE, vec![holes]).unwrap();
    assert_eq!(all(&archive, Measure::DiskUsed).columns[0].points.times, [MARCH]);
}

#[test]
fn times_beyond_the_calendar_are_refused_before_anything_is_written() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    let fine = samples(Measure::DiskUsed, "ms1", &[(MARCH, 1.0)]);
    for time in [i64::MAX, i64::MIN, MARCH * 1_000_000] {
        let error = archive
            .append(SOURCE, vec![fine.clone(), samples(Measure::HostUp, "mx1", &[(time, 1.0)])])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "host.up{{host=\"mx1\"}}: time {time} is outside the years 0 to 9999; \
                 times are seconds since 1970: look for milliseconds in the source"
            )
        );
    }
    assert!(archive.measures().unwrap().is_empty());
}

/// A few series of few measures, unsorted, with equal times, over some months.
fn arbitrary() -> impl Strategy<Value = Vec<Samples>> {
    let measure = prop::sample::select(vec![Measure::DiskUsed, Measure::QueueDepth]);
    let host = prop::sample::select(vec!["ms1", "ms2", "\"hostile\\\n", ""]);
    let time = (-2_i64..3, 0_i64..40).prop_map(|(month, hour)| MARCH + month * 28 * DAY + hour * HOUR / 2);
    let value = prop_oneof![Just(0.0), Just(-0.0), -1e3..1e3, any::<f64>()];
    let points = prop::collection::vec((time, value), 0..40);
    prop::collection::vec((measure, host, points).prop_map(|(m, h, p)| samples(m, h, &p)), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_archive_is_a_map_from_times_to_values(calls in prop::collection::vec(arbitrary(), 1..4)) {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        for call in &calls {
            let before: usize = points(&held(&archive));
            let appended = archive.append(SOURCE, call.clone()).unwrap();
            let after = points(&held(&archive));
            prop_assert_eq!(appended.points_new, (after - before) as u64);
            let came = points(&model(call)) as u64;
            prop_assert_eq!(appended.points_new + appended.points_replaced + appended.points_same, came);
        }
        prop_assert_eq!(held(&archive), model(&calls.concat()));
    }

    #[test]
    fn a_range_is_a_part_of_all(call in arbitrary(), from in -60_i64..90, days in 0_i64..90) {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        archive.append(SOURCE, call.clone()).unwrap();
        let range = MARCH + from * DAY..MARCH + (from + days) * DAY;
        let mut expected = model(&call).remove(&Measure::DiskUsed).unwrap_or_default();
        expected.values_mut().for_each(|points| points.retain(|time, _| range.contains(time)));
        expected.retain(|_, points| !points.is_empty());
        prop_assert_eq!(as_model(&archive.extract(Measure::DiskUsed, range).unwrap()), expected);
    }

    #[test]
    fn order_and_number_of_appends_do_not_matter(
        call in arbitrary(),
        order in Just((0_usize..24).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        // Without equal times: which of them comes last is all that order decides.
        let parts: Vec<Samples> = model(&call)
            .into_iter()
            .flat_map(|(measure, series)| series.into_iter().map(move |(labels, points)| (measure, labels, points)))
            .flat_map(|(measure, labels, points)| {
                let points: Vec<_> = points.into_iter().collect();
                let key = SeriesKey { measure, labels };
                points.chunks(7).map(|chunk| {
                    let (times, values) = chunk.iter().copied().unzip();
                    Samples { key: key.clone(), points: Points { times, values } }
                }).collect::<Vec<_>>()
            })
            .collect();
        let whole = tempfile::tempdir().unwrap();
        let at_once = Archive::open(whole.path()).unwrap();
        at_once.append(SOURCE, parts.clone()).unwrap();
        let split = tempfile::tempdir().unwrap();
        let in_parts = Archive::open(split.path()).unwrap();
        for place in order {
            let part: Vec<_> = parts.iter().skip(place).step_by(24).cloned().collect();
            in_parts.append(SOURCE, part).unwrap();
        }
        prop_assert_eq!(held(&in_parts), held(&at_once));
    }
}

fn points(model: &Model) -> usize {
    model.values().flat_map(BTreeMap::values).map(BTreeMap::len).sum()
}
