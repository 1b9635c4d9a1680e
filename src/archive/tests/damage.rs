//! Damage: it is named, it stays where it is, and it can be mended.

use super::*;

const MARCH_FILE: &str = "measure=disk.used/month=2026-03/points.parquet";
const REGISTRY: &str = "measure=disk.used/series.parquet";

/// An archive of two months.
fn archive(root: &Path) -> Archive {
    let archive = Archive::open(root).unwrap();
    archive.append(SOURCE, both()).unwrap();
    archive
}

fn both() -> Vec<Samples> {
    vec![hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20)]
}

fn write(root: &Path, file: &str, content: &[u8]) {
    fs::write(root.join(file), content).unwrap();
}

#[test]
fn a_range_reads_only_its_months() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    write(root.path(), MARCH_FILE, b"garbage");
    let april = archive.extract(Measure::DiskUsed, APRIL..APRIL + DAY).unwrap();
    assert_eq!(april.columns[0].points.len(), 10);
    assert!(archive.extract(Measure::DiskUsed, APRIL - 1..APRIL + DAY).is_err());
    // Another measure is another file.
    archive.append(SOURCE, vec![hours(Measure::QueueDepth, "mx1", MARCH, 3)]).unwrap();
    assert_eq!(all(&archive, Measure::QueueDepth).columns[0].points.len(), 3);
}

#[test]
fn every_cut_and_any_flipped_byte_is_named_and_mended_by_removal() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let whole = fs::read(root.path().join(MARCH_FILE)).unwrap();
    let path = root.path().join(MARCH_FILE);
    let next = "run `mailtide archive verify`, which says how to get its points back; nothing else is lost";
    for length in 0..whole.len() {
        write(root.path(), MARCH_FILE, &whole[..length]);
        let error = archive.extract(Measure::DiskUsed, ALL_TIME).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: ", path.display())) && error.ends_with(next), "{error}");
    }
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        write(root.path(), MARCH_FILE, &flipped);
        assert!(archive.extract(Measure::DiskUsed, ALL_TIME).is_err(), "byte {place}");
    }
    assert!(archive.append(SOURCE, both()).is_err());
    fs::remove_file(&path).unwrap();
    assert_eq!(archive.append(SOURCE, both()).unwrap().points_new, 10);
    assert_eq!(held(&archive), model(&both()));
}

#[test]
fn messages_say_what_is_wrong() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let april = root.path().join("measure=disk.used/month=2026-04/points.parquet");
    let message = || archive.extract(Measure::DiskUsed, ALL_TIME).unwrap_err().to_string();
    let march = fs::read(root.path().join(MARCH_FILE)).unwrap();
    let expect = |problem: &str| {
        format!(
            "{}: {problem}; run `mailtide archive verify`, which says how to get its points back; nothing else is lost",
            april.display()
        )
    };
    fs::write(&april, b"").unwrap();
    assert_eq!(message(), expect("is cut off or was not written by Mailtide"));
    // A sound file, but of another month.
    fs::write(&april, &march).unwrap();
    assert_eq!(message(), expect("has points that cannot be of its month or year"));
    let mut damaged = march;
    damaged[10] ^= 1;
    fs::write(&april, &damaged).unwrap();
    assert_eq!(message(), expect("is damaged: its checksum does not fit its content"));
}

#[test]
fn a_missing_or_foreign_registry_never_gives_points_to_another_series() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let registry = root.path().join(REGISTRY);
    fs::remove_file(&registry).unwrap();
    let missing = format!(
        "{}: is missing, though there are points of its series; put the file back from a backup; \
         where there is none, run `mailtide archive verify --remove-damaged`, which puts the measure aside, and \
         `mailtide pull`",
        registry.display()
    );
    assert_eq!(archive.extract(Measure::DiskUsed, ALL_TIME).unwrap_err().to_string(), missing);
    let other = vec![hours(Measure::DiskUsed, "other", MARCH, 1)];
    assert_eq!(archive.append(SOURCE, other).unwrap_err().to_string(), missing);
    // A registry that does not know the id.
    let elsewhere = tempfile::tempdir().unwrap();
    let second = Archive::open(elsewhere.path()).unwrap();
    second
        .append(
            SOURCE,
            vec![hours(Measure::DiskUsed, "a", APRIL, 1), hours(Measure::DiskUsed, "b", APRIL, 1)],
        )
        .unwrap();
    fs::remove_dir_all(root.path().join("measure=disk.used")).unwrap();
    archive.append(SOURCE, both()).unwrap();
    fs::copy(&registry, elsewhere.path().join(REGISTRY)).unwrap();
    let error = second.extract(Measure::DiskUsed, ALL_TIME).unwrap_err().to_string();
    assert!(error.contains("series.parquet: does not know the series 1"), "{error}");
}

#[test]
fn info_tells_the_damage_and_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    archive.append(SOURCE, vec![hours(Measure::QueueDepth, "mx1", MARCH, 3)]).unwrap();
    write(root.path(), MARCH_FILE, b"garbage");
    let info = archive.info().unwrap();
    let [disk, queue] = &info.measures[..] else { panic!("two measures: {info:?}") };
    assert_eq!((disk.series, disk.points, disk.months), (1, 10, 2));
    assert_eq!((disk.first, disk.last), (Some(APRIL), Some(APRIL + 9 * HOUR)));
    assert_eq!(disk.damaged.len(), 1);
    assert!(disk.damaged[0].contains(MARCH_FILE), "{:?}", disk.damaged);
    assert_eq!((queue.points, queue.damaged.len()), (3, 0));
}

#[test]
fn info_counts_series_spans_gaps_and_bytes() {
    let root = tempfile::tempdir().unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive
        .append(
            SOURCE,
            vec![
                hours(Measure::DiskUsed, "ms1", MARCH, 24),
                hours(Measure::DiskUsed, "ms1", MARCH + 3 * DAY, 24),
                hours(Measure::DiskUsed, "ms2", MARCH + DAY, 48),
            ],
        )
        .unwrap();
    let info = archive.info().unwrap();
    let size = |file| fs::metadata(root.path().join(file)).unwrap().len();
    let bytes = size(MARCH_FILE) + size(REGISTRY);
    // From 23:00 on the first day to 00:00 on the fourth: 49 hours.
    assert_eq!(
        serde_json::to_value(&info).unwrap(),
        serde_json::json!({
            "schema_version": 2,
            "measures": [{
                "measure": "disk.used", "series": 2, "sources": [SOURCE], "points": 96,
                "first": MARCH, "last": MARCH + 3 * DAY + 23 * HOUR, "months": 1, "years": 0,
                "gaps": 1, "longest_gap_seconds": 49 * HOUR, "bytes": bytes, "damaged": []
            }],
            "bytes": bytes
        })
    );
}
