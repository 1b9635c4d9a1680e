//! The sample's genuine files, broken: never a panic, each told by name and byte, and what stands before the
//! break, and every other file, is read.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    AS_OF, Files, Ran, directory, files, mailtide, repository, sample_platform, sample_run,
};

/// A copy of the sample with its files damaged.
fn sample_with(damage: impl Fn(&Path, &[u8]) -> Vec<u8>) -> (TempDir, Files) {
    let directory = directory();
    fs::copy(sample_platform(), directory.path().join("platform.toml")).unwrap();
    let exports = files(&repository("sample-data/exports"));
    for (name, bytes) in &exports {
        let path = directory.path().join("exports").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, damage(name, bytes)).unwrap();
    }
    (directory, exports)
}

fn pull(directory: &TempDir) -> Ran {
    let ran = mailtide(directory.path(), &["pull", "--format", "json"]);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// What a pull of the undamaged sample keeps.
fn points_of_the_sample() -> u64 {
    sample_run().document["inputs"]["points"].as_u64().unwrap()
}

/// Every complaint names a file and a byte of it, and each file has at most one.
fn complaints(ran: &Ran) -> Vec<String> {
    let said: Vec<Value> = ran.json()["unreadable"].as_array().unwrap().clone();
    let said: Vec<String> = said.iter().map(|line| line.as_str().unwrap().to_owned()).collect();
    let told: Vec<&str> = ran.stderr.lines().map(|line| line.strip_prefix("not read: ").unwrap()).collect();
    assert_eq!(told, said);
    let mut names = Vec::new();
    for line in &said {
        let (name, problem) =
            line.split_once(": byte ").unwrap_or_else(|| panic!("no byte is named: {line}"));
        assert!(problem.starts_with(|c: char| c.is_ascii_digit()) && problem.contains("; "), "{line}");
        names.push(name.to_owned());
    }
    names
}

fn all_names(exports: &Files) -> Vec<String> {
    let mut names: Vec<String> = exports.keys().map(|name| format!("exports/{}", name.display())).collect();
    names.sort();
    names
}

#[test]
fn files_that_are_cut_off_are_all_named_and_read_up_to_there() {
    let sample = points_of_the_sample();
    let mut kept = Vec::new();
    // Sixteen bytes less is a whole container without its last checksum, or a document without its last brackets.
    let cuts: [fn(usize) -> usize; 3] = [|size| size / 10, |size| size * 2 / 3, |size| size - 16];
    for cut in cuts {
        let (directory, exports) = sample_with(|_, bytes| bytes[..cut(bytes.len())].to_vec());
        let ran = pull(&directory).expect(3);
        let mut names = complaints(&ran);
        names.sort();
        assert_eq!(names, all_names(&exports));
        kept.push(ran.json()["points_new"].as_u64().unwrap());
    }
    assert!(kept[0] < kept[1] && kept[1] < kept[2] && kept[2] < sample, "{kept:?} of {sample}");
    // Nearly everything stands before the last sixteen bytes.
    assert!(kept[2] > sample * 9 / 10, "{kept:?} of {sample}");
}

#[test]
fn flipped_bytes_are_found_out() {
    let (directory, exports) = sample_with(|_, bytes| {
        let mut bytes = bytes.to_vec();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4].iter_mut().for_each(|byte| *byte ^= 0xa5);
        bytes
    });
    // Containers carry checksums, and the one plain file is left with bytes that are no text.
    let mut names = complaints(&pull(&directory).expect(3));
    names.sort();
    assert_eq!(names, all_names(&exports));
}

#[test]
fn the_name_of_a_file_does_not_matter_and_twice_is_as_good_as_once() {
    let (directory, exports) = sample_with(|_, bytes| bytes.to_vec());
    for name in exports.keys() {
        let path = directory.path().join("exports").join(name);
        let stem = name.file_name().unwrap().to_str().unwrap().split_once('.').unwrap().0;
        fs::copy(&path, path.with_file_name(format!("{stem}.csv.bz2"))).unwrap();
        // Some names differ in their endings only: the one that is left over is a copy of another.
        fs::rename(
            &path,
            path.with_file_name(format!("{}.pickle", path.file_name().unwrap().to_str().unwrap())),
        )
        .unwrap();
    }
    let ran = pull(&directory).expect(0).json();
    assert_eq!(ran["points_new"].as_u64().unwrap(), points_of_the_sample());
}

#[test]
fn files_that_hold_everything_twice_are_read_at_least_once() {
    let (directory, _) = sample_with(|_, bytes| bytes.repeat(2));
    let ran = pull(&directory);
    // A format of lines goes on; a document that begins again is told, and what came first is kept.
    let told = complaints(&ran).len();
    assert_eq!(ran.code, Some(if told > 0 { 3 } else { 0 }));
    assert_eq!(ran.json()["points_new"].as_u64().unwrap(), points_of_the_sample());
}

#[test]
fn files_without_text_are_told_at_their_first_byte() {
    for bytes in [&b""[..], b" \n", b"\xff\xfe{\x00\"\x00"] {
        let (directory, exports) = sample_with(|_, _| bytes.to_vec());
        let ran = pull(&directory).expect(3);
        assert_eq!(complaints(&ran).len(), exports.len());
        assert!(ran.stderr.lines().all(|line| line.contains(": byte 0: ")), "{}", ran.stderr);
        assert_eq!(ran.json()["points_new"], 0);
    }
}

#[test]
fn text_that_is_no_utf_8_is_read_up_to_there() {
    let (directory, _) = sample_with(|name, bytes| match name.ends_with("ms03-last-week.json") {
        true => [&bytes[..bytes.len() - 40], b"\xc3\x28", &bytes[bytes.len() - 40..]].concat(),
        false => bytes.to_vec(),
    });
    let ran = pull(&directory).expect(3);
    let size = fs::metadata(repository("sample-data/exports/prometheus/ms03-last-week.json")).unwrap().len();
    assert_eq!(
        ran.stderr,
        format!(
            "not read: exports/prometheus/ms03-last-week.json: byte {}: not UTF-8 text; export it as UTF-8, \
             without editing it\n",
            size - 40
        )
    );
}

#[test]
fn one_broken_file_costs_its_own_findings_only() {
    let broken = "prometheus/filesystems-others.json.zst";
    let (directory, _) = sample_with(|name, bytes| match name.ends_with(broken) {
        true => bytes[..bytes.len() / 2].to_vec(),
        false => bytes.to_vec(),
    });
    let ran = mailtide(directory.path(), &["run", "--as-of", AS_OF, "--format", "json"]).expect(3);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.starts_with(&format!("not read: exports/{broken}: byte ")), "{}", ran.stderr);
    let document = ran.json();
    assert_eq!(document["inputs"]["unreadable"].as_array().unwrap().len(), 1);

    // The file holds the volumes of every pool but three. What does not rest on it is the same to the last digit; what is
    // forecast of other volumes rests on it only through what is learnt over all of them, and says the same.
    let elsewhere = |finding: &&Value| {
        let pool = finding["subject"]["pool"].as_str().unwrap_or_default();
        finding["kind"] != "stale"
            && (!on_a_disk(finding) || ["mailstore", "submission", "webmail"].contains(&pool))
    };
    let kept: Vec<&Value> = document["findings"].as_array().unwrap().iter().filter(elsewhere).collect();
    let whole: Vec<&Value> = sample_run().findings().iter().filter(elsewhere).collect();
    assert!(whole.len() > 60, "{}", whole.len());
    let off_disks = |findings: &[&Value]| -> Vec<Value> {
        findings.iter().filter(|finding| !on_a_disk(finding)).map(|&finding| finding.clone()).collect()
    };
    assert_eq!(off_disks(&kept), off_disks(&whole));
    let said = |findings: &[&Value]| -> Vec<String> {
        let mut said: Vec<String> = findings
            .iter()
            .map(|finding| format!("{} {} {}", finding["id"], finding["verdict"], finding["severity"]))
            .collect();
        said.sort();
        said
    };
    assert_eq!(said(&kept), said(&whole));
}

/// Whether a finding rests on a growth forecast.
fn on_a_disk(finding: &Value) -> bool {
    ["volume_exhaustion", "inode_exhaustion", "pool_exhaustion", "departure"]
        .contains(&finding["kind"].as_str().unwrap())
}
