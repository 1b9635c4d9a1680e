//! Whole files: compressed, broken, foreign, missing.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::sources::testing::{assert_read, graphite, prometheus, read, read_raw};

const TEXT: &str = r#"[{"metric":{"__name__":"up"},"values":[[1700000000,"1"]]},{"metric":{"__name__":"q"},"values":[[1700000000,"2"]]}]"#;

fn unknown(_: &Identity) -> Recognition {
    Recognition::Unknown { nearest: Vec::new() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn error(bytes: &[u8]) -> String {
    read_raw(bytes).report.error.expect("an error").to_string()
}

#[test]
fn compressed_or_marked_texts_are_read_alike() {
    let whole = [
        (prometheus("up", &[]), &[(1_700_000_000, 1.0)][..]),
        (prometheus("q", &[]), &[(1_700_000_000, 2.0)]),
    ];
    let marked = format!("\u{feff}{TEXT}");
    for file in [
        TEXT.into(),
        marked.clone().into_bytes(),
        gzip(marked.as_bytes()),
        zstd::encode_all(TEXT.as_bytes(), 1).unwrap(),
    ] {
        let reading = read_raw(&file);
        assert_read(&reading, &whole);
        assert_eq!((reading.report.bytes, &reading.report.error), (file.len() as u64, &None));
    }
}

#[test]
fn offsets_count_the_byte_order_mark_and_name_the_stream() {
    let broken = TEXT.replace("\"2\"", "two");
    insta::assert_snapshot!(error(broken.as_bytes()), @r#"test: byte 107: expected a number, found "two"; was it edited? export it again"#);
    insta::assert_snapshot!(error(format!("\u{feff}{broken}").as_bytes()), @r#"test: byte 110: expected a number, found "two"; was it edited? export it again"#);
    insta::assert_snapshot!(error(&gzip(broken.as_bytes())), @r#"test: byte 107 of the uncompressed stream: expected a number, found "two"; was it edited? export it again"#);
}

#[test]
fn what_stands_before_invalid_utf8_or_a_cut_stream_is_kept() {
    let mut bytes = TEXT.as_bytes().to_vec();
    bytes[75] = 0xff;
    let reading = read_raw(&bytes);
    assert_read(&reading, &[(prometheus("up", &[]), &[(1_700_000_000, 1.0)])]);
    insta::assert_snapshot!(reading.report.error.unwrap(), @"test: byte 75: not UTF-8 text; export it as UTF-8, without editing it");

    let long: String = (0..20_000).map(|i| format!("a.b,{},{i}\n", "2023-11-14 22:13:20")).collect();
    let packed = gzip(long.as_bytes());
    let reading = read_raw(&packed[..packed.len() - 20]);
    let error = reading.report.error.expect("cut");
    assert!(error.problem.starts_with("the gzip stream is broken"), "{error}");
    assert!(error.uncompressed && reading.report.points > 0);
}

#[test]
fn an_empty_file_is_an_error() {
    for text in ["", " \n\t", "\u{feff}"] {
        assert_eq!(
            error(text.as_bytes()),
            "test: byte 0: the file is empty; export it again, or leave it out"
        );
    }
}

#[test]
fn foreign_content_is_refused_with_what_is_known() {
    insta::assert_snapshot!(error(b"<html>\n<body>502 Bad Gateway\"</body>"), @r#"test: byte 0: its content is of no known format: it begins "<html>\n<body>502 Bad Gateway\"</b…"; known are Prometheus JSON, Graphite JSON, Graphite raw, Graphite CSV, CloudWatch get-metric-data, CloudWatch get-metric-statistics, CloudWatch metric stream, tidy CSV (series,timestamp,value), wide CSV (time,<series>,…), OpenMetrics text"#);
}

#[test]
fn files_that_cannot_be_opened_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let error = |path: &Path| read_file(path, "exports/x", &unknown).report.error.unwrap().to_string();
    insta::assert_snapshot!(error(directory.path()), @"exports/x: is a directory; name the files in it, or give it as a pattern");
    insta::assert_snapshot!(error(&directory.path().join("no")), @"exports/x: cannot be read: No such file or directory (os error 2); check the path");
    insta::assert_snapshot!(error(Path::new("/dev/null")), @"exports/x: is not a regular file; save the export to a file");
}

#[test]
fn a_file_is_read_under_the_name_it_is_shown_as() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("export");
    fs::write(&path, TEXT).unwrap();
    let reading = read_file(&path, "exports/x", &unknown);
    assert_eq!(
        (reading.report.path.as_str(), reading.report.format),
        ("exports/x", Some(Format::PrometheusJson))
    );
    let unrecognised: Vec<_> = reading.report.unrecognised.iter().map(|u| u.identity.as_str()).collect();
    assert_eq!(unrecognised, ["up{}", "q{}"]);
    assert_eq!((reading.report.points, reading.samples.len()), (2, 0));
}

#[test]
fn duplicates_and_disorder_are_left_to_the_archive() {
    let reading = read(r#"[{"target":"a","datapoints":[[2,1700000060],[1,1700000000],[3,1700000060]]}]"#);
    assert_read(
        &reading,
        &[(graphite("a"), &[(1_700_000_060, 2.0), (1_700_000_000, 1.0), (1_700_000_060, 3.0)])],
    );
}

#[test]
fn enormous_numbers_are_holes_and_enormous_times_are_told() {
    let digits = "9".repeat(400);
    let text =
        format!(r#"[{{"target":"a","datapoints":[[{digits},1700000000],[1,{digits}],[1e400,1700000000]]}}]"#);
    assert_eq!(
        error(text.as_bytes()).split("; ").next(),
        Some(
            "test: byte 446: expected a time in seconds since 1970, found \"99999999999999999999999999999999…\""
        )
    );
    let reading = read(&text.replacen(&format!("[1,{digits}]"), "[1,1e300]", 1));
    assert_eq!((reading.report.holes, reading.report.points), (2, 0));
    assert_eq!(reading.report.not_read.len(), 1);
}

#[test]
fn deep_nesting_is_an_error() {
    let text = format!(r#"[{{"target":"a","extra":{}"#, "[".repeat(100_000));
    assert!(error(text.as_bytes()).contains("nest deeper than 128"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), start in 0usize..8) {
        let starts: [&[u8]; 8] = [
            b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"[{\"metric\":", b"{\"MetricDataResults\":[{", b"series,timestamp,value\n",
            b"a{b=\"", b"a.b,1,2,3|",
        ];
        let _ = read_raw(&[starts[start], &bytes].concat());
    }
}
