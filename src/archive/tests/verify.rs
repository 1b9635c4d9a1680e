//! Verifying: what is wrong with which file, and how to recover.

use super::{
    victim::{Work, kill_at_each_step},
    *,
};
use crate::archive::{Flaw, Span};

const MARCH_FILE: &str = "measure=disk.used/month=2026-03/points.parquet";

fn both() -> Vec<Samples> {
    vec![hours(Measure::DiskUsed, "ms1", APRIL - 10 * HOUR, 20), hours(Measure::QueueDepth, "mx1", MARCH, 3)]
}

fn archive(root: &Path) -> Archive {
    let archive = Archive::open(root).unwrap();
    archive.append(SOURCE, both()).unwrap();
    archive
}

fn flaws(archive: &Archive) -> Vec<Flaw> {
    archive.verify().unwrap().flaws
}

fn march() -> Span {
    Span { measure: Measure::DiskUsed, period: "2026-03".to_owned(), times: MARCH..APRIL }
}

#[test]
fn a_sound_archive_has_no_flaws() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    archive.put_note("coverage", b"{}").unwrap();
    let seen = archive.verify().unwrap();
    // The format file, the lock, a note, two registries, three partitions.
    assert_eq!((seen.schema_version, seen.files), (2, 8));
    let bytes: u64 = files(root.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert_eq!(seen.bytes, bytes);
    assert_eq!(seen.flaws, []);
    assert!(!seen.is_damaged());
}

#[test]
fn a_damaged_month_is_named_with_what_to_do_set_aside_and_pulled_again() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let file = root.path().join(MARCH_FILE);
    let mut bytes = fs::read(&file).unwrap();
    bytes[10] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let expected = Flaw {
        file: MARCH_FILE.to_owned(),
        is_damage: true,
        problem: "is damaged: its checksum does not fit its content".to_owned(),
        next_step: "put the file back from a backup; or run `mailtide archive verify --remove-damaged` and \
                    `mailtide pull`, which asks for 2026-03 again where the sources still keep it"
            .to_owned(),
        points: Some(march()),
    };
    assert_eq!(flaws(&archive), [expected]);
    assert!(archive.append(SOURCE, both()).unwrap_err().to_string().contains("`mailtide archive verify`"));
    assert_eq!(archive.set_damaged_aside().unwrap(), [march()]);
    assert!(!file.exists());
    assert_eq!(fs::read(root.path().join("damaged").join(MARCH_FILE)).unwrap(), bytes);
    assert!(!archive.verify().unwrap().is_damaged());
    assert_eq!(flaws(&archive).len(), 1);
    assert_eq!(archive.append(SOURCE, both()).unwrap().points_new, 10);
    assert_eq!(held(&archive), model(&both()));
    // The same file damaged again, in another way, has a place of its own.
    fs::write(&file, b"garbage").unwrap();
    archive.set_damaged_aside().unwrap();
    assert_eq!(fs::read(root.path().join(format!("damaged/{MARCH_FILE}.2"))).unwrap(), b"garbage");
}

#[test]
fn a_killed_setting_aside_keeps_the_damaged_bytes() {
    let prepare = |root: &Path| {
        archive(root);
        fs::write(root.join(MARCH_FILE), b"garbage").unwrap();
    };
    let steps = kill_at_each_step(Work::SetAside, prepare, |_, root| {
        Archive::open(root).unwrap().set_damaged_aside().unwrap();
        assert_eq!(fs::read(root.join("damaged").join(MARCH_FILE)).unwrap(), b"garbage");
        assert!(!root.join(MARCH_FILE).exists() && !root.join(format!("damaged/{MARCH_FILE}.2")).exists());
        assert_no_temporary_files(root);
    });
    // Written, and removed.
    assert_eq!(steps, 6 + 2);
}

#[test]
fn registries_and_ids_are_held_against_each_other() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let registry = root.path().join("measure=disk.used/series.parquet");
    let earlier = fs::read(&registry).unwrap();
    archive.append(SOURCE, vec![hours(Measure::DiskUsed, "ms2", APRIL, 1)]).unwrap();
    // A backup from before the second series.
    fs::write(&registry, earlier).unwrap();
    let [flaw] = &flaws(&archive)[..] else { panic!("{:?}", flaws(&archive)) };
    assert_eq!(flaw.file, "measure=disk.used/month=2026-04/points.parquet");
    assert_eq!(
        flaw.problem,
        "has points of the series 1, which measure=disk.used/series.parquet does not know"
    );
    fs::remove_file(&registry).unwrap();
    let [flaw] = &flaws(&archive)[..] else { panic!("{:?}", flaws(&archive)) };
    assert_eq!(flaw.file, "measure=disk.used/series.parquet");
    assert_eq!(flaw.problem, "is missing, though there are points of its series");
    assert_eq!(flaw.points, None);
    // Without it nobody knows whose the points are: where no backup is put back, the whole measure goes aside.
    let aside = archive.set_damaged_aside().unwrap();
    let periods: Vec<&str> = aside.iter().map(|span| span.period.as_str()).collect();
    assert_eq!(periods, ["2026-03", "2026-04"]);
    assert!(!root.path().join(MARCH_FILE).exists());
    assert!(root.path().join("damaged").join(MARCH_FILE).exists());
    assert_eq!(archive.measures().unwrap(), [Measure::QueueDepth]);
    assert!(!archive.verify().unwrap().is_damaged());
}

#[test]
fn what_lies_about_is_told_and_is_no_damage() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    let month = root.path().join("measure=disk.used/month=2026-03");
    fs::write(month.join(".points.parquet.tmp"), b"PAR1").unwrap();
    fs::write(month.join("points.parquet.bak"), b"PAR1").unwrap();
    fs::write(root.path().join("README"), b"mine").unwrap();
    fs::create_dir(root.path().join("measure=disk.used/month=2026-13")).unwrap();
    fs::write(root.path().join("measure=disk.used/month=2026-13/points.parquet"), b"PAR1").unwrap();
    let seen = archive.verify().unwrap();
    assert!(!seen.is_damaged());
    let told: Vec<_> = seen.flaws.iter().map(|flaw| flaw.file.as_str()).collect();
    let expected = [
        "README",
        "measure=disk.used/month=2026-03/.points.parquet.tmp",
        "measure=disk.used/month=2026-03/points.parquet.bak",
        "measure=disk.used/month=2026-13/points.parquet",
    ];
    assert_eq!(told, expected);
    // Looking changes nothing.
    assert!(month.join(".points.parquet.tmp").exists());
}

#[test]
fn a_note_that_is_no_json_is_damage() {
    let root = tempfile::tempdir().unwrap();
    let archive = archive(root.path());
    archive.put_note("coverage", b"{\"half\":").unwrap();
    let [flaw] = &flaws(&archive)[..] else { panic!("{:?}", flaws(&archive)) };
    assert!(flaw.is_damage && flaw.problem.starts_with("is no JSON ("), "{flaw:?}");
    assert_eq!(flaw.file, "notes/coverage.json");
}
