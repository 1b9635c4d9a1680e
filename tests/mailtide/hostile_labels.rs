//! Labels are hostile input: whoever names a mount names a label.

use std::fs;

use serde_json::Value;

use crate::support::{AS_OF, AS_OF_SECONDS, files, mailtide, small_platform, volume};

const SCRIPT: &str = "<script>alert(1)</script>";
const UPWARDS: &str = "../../../../etc/passwd";
const FORMULA: &str = "=cmd|' /C calc'!A0";

#[test]
fn hostile_mounts_are_escaped_guarded_and_kept_out_of_paths() {
    // Each fills within weeks, so that each has a card and a chart.
    let filling = |ago: i64| 800.0 - 4.0 / 24.0 * ago as f64;
    let directory = small_platform(&volume("ms1", SCRIPT, AS_OF_SECONDS, 60, filling));
    for (file, host, mount) in [("upwards.json", "ms2", UPWARDS), ("formula.json", "ms3", FORMULA)] {
        let export = volume(host, mount, AS_OF_SECONDS, 60, filling);
        fs::write(directory.path().join(file), export).unwrap();
    }
    // A host of the same kind, which stands first in its cell.
    let host = volume("=1+1", "/var/mail", AS_OF_SECONDS, 60, filling);
    fs::write(directory.path().join("host.json"), host).unwrap();
    let ran = mailtide(directory.path(), &["run", "--as-of", AS_OF]).expect(0);
    assert!(ran.stdout.contains("ms1"), "{}", ran.stdout);

    let out = directory.path().join("out/2026-11-16");
    let page = fs::read_to_string(out.join("weekly.html")).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;"), "the mount must be shown, escaped");
    assert!(!page.contains("<script"), "the page has no script of its own and must get none");

    // Names of files and identifiers are plain, and nothing is written anywhere but below the run's directory.
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let written = files(&out);
    assert_eq!(written.keys().filter(|name| name.starts_with("charts")).count(), 5, "{:?}", written.keys());
    for name in written.keys().map(|name| name.to_str().unwrap()) {
        assert!(name.chars().all(plain) && !name.contains(".."), "{name}");
    }
    let document: Value = serde_json::from_slice(&fs::read(out.join("findings.json")).unwrap()).unwrap();
    let ids: Vec<&str> =
        document["findings"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| id.chars().all(plain)), "{ids:?}");
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(ids.len(), distinct.len(), "{ids:?}");
    // Four directories up from `charts/` is the one that this run's own lies in.
    assert!(!directory.path().parent().unwrap().join("etc").exists());

    // JSON keeps the label as it is; a spreadsheet must not take it for a formula.
    let labels: Vec<&Value> =
        document["findings"].as_array().unwrap().iter().map(|f| &f["subject"]["labels"]["volume"]).collect();
    for mount in [SCRIPT, UPWARDS, FORMULA] {
        assert!(labels.iter().any(|label| **label == mount), "{mount} in {labels:?}");
    }
    let table = fs::read(out.join("findings.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(&table[..]);
    let mut cells = 0;
    for record in rows.records() {
        for cell in record.unwrap().iter() {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            cells += usize::from(cell.starts_with("'="));
        }
    }
    assert!(cells > 0, "the host's name must stand at the start of a cell, guarded");
}
