//! Every chart of the fixture: what is drawn, and that the picture is the drawing.

use std::collections::HashSet;

use resvg::tiny_skia::Pixmap;

use super::*;
use crate::reports::fixture;

fn chart(id: &str) -> Chart {
    let report = fixture::report();
    let finding = report.findings.iter().find(|f| f.id.0 == id).expect("in the fixture");
    draw(&report, finding).unwrap().expect("something to draw")
}

#[test]
fn a_disk_shows_history_forecast_level_event_and_moment() {
    let svg = chart("disk-full/ms03/var/mail").svg;
    for words in
        ["ms03:/var/mail – disk.used", "full mark 1.93\u{a0}TiB", "purge −180\u{a0}GiB", "as of 16\u{a0}Nov"]
    {
        assert!(svg.contains(words), "{words} is missing");
    }
    // One hole splits the history in two; the usable size is one line, the marks and axes are not polylines
    // of many points.
    let long = svg.lines().filter(|l| l.starts_with("<polyline") && l.matches(',').count() > 100).count();
    assert_eq!(long, 3);
}

#[test]
fn a_week_shows_load_and_servers() {
    let svg = chart("ebb/webmail").svg;
    for words in
        ["load.sessions in an ordinary week", "servers by the schedule", "servers now", ">\nMon", "Sun"]
    {
        let words = words.trim_start_matches(">\n");
        assert!(svg.contains(words), "{words} is missing");
    }
}

#[test]
fn hostile_labels_are_text_and_nothing_else() {
    let svg = chart("disk-full/hostile").svg;
    assert!(!svg.contains("<script") && !svg.contains('\u{1b}'));
    assert!(svg.contains("&lt;script&gt;"));
}

#[test]
fn pictures_are_1200_wide_small_and_not_blank() {
    for id in ["disk-full/ms03/var/mail", "drift/outbound/delivery.delay", "ebb/webmail", "stale/smtp04"] {
        let png = chart(id).png;
        assert!(png.len() < 80 * 1024, "{id}: {} bytes", png.len());
        let picture = Pixmap::decode_png(&png).unwrap();
        assert_eq!(picture.width(), 1200);
        let last_row = &picture.pixels()[picture.pixels().len() - 1200..];
        assert!(last_row.iter().all(|p| (p.red(), p.green(), p.blue()) == (255, 255, 255)), "{id}");
        let colours: HashSet<_> = picture.pixels().iter().map(|p| (p.red(), p.green(), p.blue())).collect();
        assert!(colours.len() > 100, "{id}: text and lines give more than {} colours", colours.len());
    }
}

#[test]
fn a_finding_without_history_has_no_chart() {
    let report = fixture::report();
    let finding = report.findings.iter().find(|f| f.id.0 == "ebb/mx").expect("in the fixture");
    assert_eq!(draw(&report, finding).unwrap(), None);
}

#[test]
fn numbers_beyond_reason_are_drawn_at_the_edge() {
    let report = fixture::report();
    for wild in [f64::MAX, f64::MIN, f64::INFINITY, f64::NAN, f64::MIN_POSITIVE] {
        for finding in &report.findings {
            let mut finding = finding.clone();
            for line in &mut finding.evidence.lines {
                line.values.fill(Some(wild));
                line.times.truncate(200);
            }
            if let Some(band) = &mut finding.evidence.band {
                band.p95.fill(wild);
                band.p5.truncate(1);
            }
            if let Some(week) = &mut finding.evidence.week {
                week.upper.fill(Some(wild));
                week.servers.fill(u32::MAX);
            }
            for mark in &mut finding.evidence.marks {
                mark.size = Some(wild);
            }
            let drawn = match finding.kind {
                Kind::Ebb => week::draw(&report, &finding),
                Kind::Drift | Kind::PoolDrift => drift::draw(&report, &finding),
                _ => disk::draw(&report, &finding),
            };
            assert!(drawn.is_ok());
        }
    }
}
