//! An archive that the program of schema version 1 wrote: it is read as it is, and migrated by the first append.

use walkdir::WalkDir;

use super::{
    victim::{Work, kill_at_each_step},
    *,
};
use crate::archive::EARLIER_PULL;

/// Copies `tests/archive-v1` without what people are told of it.
fn copy(root: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archive-v1");
    for entry in WalkDir::new(&from) {
        let entry = entry.unwrap();
        let to = root.join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else if entry.file_name() != "README.md" {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What its README says that it holds.
fn content() -> Model {
    let mut second = hours(Measure::DiskUsed, "", APRIL - 10 * HOUR, 20);
    second.key.labels = Labels::from([("host", "ms\"2\\\n"), ("volume", "/var/mail")]);
    model(&[
        hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20),
        second,
        hours(Measure::QueueDepth, "mx1", MARCH, 3),
    ])
}

fn contents(root: &Path, name: &str) -> Vec<Vec<u8>> {
    files(root).iter().filter(|path| path.ends_with(name)).map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn it_is_read_and_nothing_is_written() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let before: Vec<_> = files(root.path()).iter().map(|path| fs::read(path).unwrap()).collect();
    let archive = Archive::open(root.path()).unwrap();
    assert_eq!(held(&archive), content());
    let info = archive.info().unwrap();
    assert_eq!(info.schema_version, 1);
    assert!(info.measures.iter().all(|measure| measure.sources == [EARLIER_PULL]), "{info:?}");
    let after: Vec<_> = files(root.path()).iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(after, before);
}

#[test]
fn the_first_append_migrates_it_and_no_point_changes() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let points = contents(root.path(), "points.parquet");
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, vec![]).unwrap();
    assert_eq!(archive.info().unwrap().schema_version, 2);
    assert_eq!(contents(root.path(), "points.parquet"), points);
    for registry in contents(root.path(), "series.parquet") {
        let table = crate::archive::parquet::decode(&registry).unwrap();
        assert!(table.text("source").unwrap().iter().all(|source| source == EARLIER_PULL));
    }
    let format = fs::read_to_string(root.path().join("format.json")).unwrap();
    assert!(
        format.contains("\"version\": 2") && format.contains("\"written_by\": \"mailtide 0.1.0\""),
        "{format}"
    );
    assert_eq!(held(&Archive::open(root.path()).unwrap()), content());
    // Once only.
    let migrated: Vec<_> = contents(root.path(), "series.parquet");
    archive.append(SOURCE, vec![]).unwrap();
    assert_eq!(contents(root.path(), "series.parquet"), migrated);
}

#[test]
fn a_killed_migration_is_gone_on_with() {
    // Two registries and the format file, each created, written, synced, renamed, its directory synced.
    let steps = kill_at_each_step(Work::Migrate, copy, |step, root| {
        let archive = Archive::open(root).unwrap();
        assert_eq!(held(&archive), content(), "step {step}");
        archive.append(SOURCE, vec![]).unwrap();
        assert_eq!(archive.info().unwrap().schema_version, 2);
        assert_eq!(held(&archive), content(), "step {step}");
        assert_no_temporary_files(root);
    });
    assert_eq!(steps, 3 * 6);
}

#[test]
fn a_named_source_is_preferred_and_the_earlier_pull_fills() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let archive = Archive::open(root.path()).unwrap();
    // The same step; three of its ten times were held before, with the values 17.5, 18.5 and 19.5.
    let appended =
        archive.append("prometheus", vec![hours(Measure::DiskUsed, "ms1", APRIL + 7 * HOUR, 10)]).unwrap();
    assert_eq!((appended.series_new, appended.points_new, appended.points_same), (1, 10, 0));
    let extract = all(&archive, Measure::DiskUsed);
    let mut expected = content().remove(&Measure::DiskUsed).unwrap();
    let ms1 = expected.get_mut(&Labels::from([("host", "ms1")])).unwrap();
    ms1.extend((0..10).map(|hour| (APRIL + (7 + hour) * HOUR, hour as f64 + 0.5)));
    assert_eq!(as_model(&extract), expected);
    let [told] = &extract.disagreements[..] else { panic!("{:?}", extract.disagreements) };
    assert_eq!((told.finer.as_str(), told.coarser.as_str()), ("prometheus", EARLIER_PULL));
    assert_eq!((told.compared, told.differing), (3, 3));
    assert_eq!(archive.info().unwrap().measures[0].sources, [EARLIER_PULL, "prometheus"]);
}

#[test]
fn a_damaged_registry_does_not_keep_other_measures_from_being_migrated() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let broken = root.path().join("measure=disk.used/series.parquet");
    let sound = fs::read(&broken).unwrap();
    fs::write(&broken, b"garbage").unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, vec![hours(Measure::QueueDepth, "mx2", MARCH, 1)]).unwrap();
    assert!(archive.extract(Measure::DiskUsed, ALL_TIME).is_err());
    // As a backup of that time has it.
    fs::write(&broken, sound).unwrap();
    assert_eq!(as_model(&all(&archive, Measure::DiskUsed)), content()[&Measure::DiskUsed]);
}
