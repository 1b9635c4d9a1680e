//! Notes on the input: what was read, what was not, and what is held.

use std::collections::BTreeSet;

use super::{
    Pulled, disagreements,
    files::read_whole,
    history::{History, Span},
};
use crate::{
    platform::{Measure, Platform},
    reports::{InputNotes, LiveSourceNote, MeasureHeld, Unrecognised},
    series::{DAY, HOUR},
    sources::FileReport,
};

/// What the report says of its input.
pub(super) fn notes(
    platform: &Platform,
    history: &History,
    sources: &[LiveSourceNote],
    pulled: Option<&Pulled>,
) -> InputNotes {
    let files = pulled.map(|p| &p.files[..]).unwrap_or_default();
    // Files and questions of live servers alike.
    let read: Vec<&FileReport> =
        pulled.map(|p| p.files.iter().chain(p.questions()).collect()).unwrap_or_default();
    let about = |file: &FileReport, text: &String| format!("{}: {text}", file.path);
    let hosts: BTreeSet<&str> = history.seen.iter().filter_map(|s| s.key.labels.get("host")).collect();
    let unassigned = hosts.into_iter().filter(|host| platform.pool_of(host).is_none());
    let mut unrecognised: Vec<Unrecognised> = read
        .iter()
        .flat_map(|f| &f.unrecognised)
        .map(|u| Unrecognised { identity: u.identity.clone(), nearest: u.nearest.clone() })
        .collect();
    unrecognised.sort_by(|a, b| a.identity.cmp(&b.identity));
    unrecognised.dedup();
    let mut warnings: Vec<String> = pulled.map(|p| p.merged.clone()).unwrap_or_default();
    warnings.extend(pulled.iter().flat_map(|p| &p.live).flat_map(|source| source.warnings.clone()));
    warnings.extend(disagreements::in_words(&history.disagreements));
    warnings.extend(read.iter().flat_map(|f| f.warnings.iter().map(move |text| about(f, text))));
    InputNotes {
        files_read: read_whole(files),
        live_sources: sources.to_vec(),
        series: history.spans.iter().map(|s| s.1.series).sum(),
        points: history.spans.iter().map(|s| s.1.points).sum(),
        oldest: history.spans.iter().map(|s| s.1.first).min(),
        newest: history.spans.iter().map(|s| s.1.last).max(),
        unreadable: pulled.map(Pulled::unreadable).unwrap_or_default(),
        not_read: read.iter().flat_map(|f| f.not_read.iter().map(move |text| about(f, text))).collect(),
        warnings,
        unrecognised,
        unassigned_hosts: unassigned.map(str::to_owned).collect(),
        not_counted: Vec::new(),
        measures: history.spans.iter().map(|(measure, span)| held(*measure, span)).collect(),
    }
}

fn held(measure: Measure, span: &Span) -> MeasureHeld {
    let words = |seconds: i64| match seconds {
        s if s >= DAY => format!("{} d", s / DAY),
        s if s >= HOUR => format!("{} h", s / HOUR),
        s if s >= 60 => format!("{} min", s / 60),
        s => format!("{s} s"),
    };
    let step = if span.coarsest >= 2 * span.finest {
        format!("{}, lately {}", words(span.coarsest), words(span.finest))
    } else {
        words(span.finest)
    };
    let days = (span.last - span.first + DAY / 2) / DAY;
    MeasureHeld {
        measure: measure.name().to_owned(),
        series: span.series,
        step,
        span: format!("{days} days"),
    }
}
