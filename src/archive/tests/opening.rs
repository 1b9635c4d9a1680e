//! Opening: what is an archive, and what is not.

use super::*;

fn refusal(root: &Path) -> String {
    Archive::open(root).unwrap_err().to_string()
}

#[test]
fn an_archive_is_made_where_there_is_none() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("a/b/archive");
    Archive::open(&root).unwrap();
    let format = fs::read_to_string(root.join("format.json")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        format,
        format!(
            "{{\n  \"format\": \"mailtide-archive\",\n  \"version\": 2,\n  \"written_by\": \"mailtide {version}\"\n}}\n"
        )
    );
    Archive::open(&root).unwrap();
}

#[test]
fn what_a_killed_first_run_has_left_is_no_hindrance() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(".format.json.tmp"), "{\"form").unwrap();
    fs::write(root.path().join("lock"), "pid 1 on elsewhere\n").unwrap();
    let archive = Archive::open(root.path()).unwrap();
    archive.append(SOURCE, vec![hours(Measure::DiskUsed, "ms1", MARCH, 3)]).unwrap();
}

#[test]
fn a_file_is_no_archive() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, "x").unwrap();
    assert_eq!(
        refusal(&path),
        format!(
            "{}: is not a directory; name the directory that holds the archive, or a new one",
            path.display()
        )
    );
    let below = refusal(&path.join("below"));
    assert!(below.starts_with(&format!("{}/below: cannot open: ", path.display())), "{below}");
}

#[test]
fn a_directory_of_other_things_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("diary.txt"), "x").unwrap();
    let begin = format!("{}: holds files but no format.json", root.path().display());
    assert!(refusal(root.path()).starts_with(&begin));
    assert_eq!(files(root.path()), [root.path().join("diary.txt")]);
}

#[test]
fn a_newer_archive_is_refused_with_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    let format = root.path().join("format.json");
    fs::write(&format, r#"{"format":"mailtide-archive","version":3,"written_by":"mailtide 9","more":1}"#)
        .unwrap();
    assert_eq!(
        refusal(root.path()),
        format!(
            "{}: the archive has schema version 3, this Mailtide knows up to 2; \
             upgrade Mailtide, or name another archive",
            format.display()
        )
    );
}

#[test]
fn a_broken_format_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    for text in ["", "{", "[]", r#"{"format":"other","version":1,"written_by":""}"#] {
        fs::write(root.path().join("format.json"), text).unwrap();
        let error = refusal(root.path());
        assert!(error.starts_with(&format!("{}/format.json: ", root.path().display())), "{error}");
        assert!(error.ends_with("or the format.json of another archive of this version"), "{error}");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    // Nothing can be made there, whoever asks: not even by root.
    let error = refusal(Path::new("/proc/self/fdinfo/archive"));
    assert!(error.starts_with("/proc/self/fdinfo/archive: cannot create: "), "{error}");
}
