//! What `mailtide archive verify` and `archive tidy` say.

use crate::archive::{Span, Tidied, Verification};

/// What was seen of an archive: a paragraph for each flaw, and a line that counts.
pub(super) fn verification_text(seen: &Verification, removed: &[Span], place: &str) -> String {
    let mut text = String::new();
    for span in removed {
        text +=
            &format!("put aside: {} of {}; `mailtide pull` asks for it again\n", span.measure, span.period);
    }
    for flaw in &seen.flaws {
        let word = if flaw.is_damage { "damaged" } else { "note" };
        text += &format!("{word}: {}: {}; {}\n", flaw.file, flaw.problem, flaw.next_step);
    }
    let damaged = seen.flaws.iter().filter(|flaw| flaw.is_damage).count();
    let damaged = if damaged == 0 { "none".to_owned() } else { damaged.to_string() };
    text += &format!(
        "{place}: schema version {}, {} files, {} bytes; {damaged} damaged\n",
        seen.schema_version, seen.files, seen.bytes
    );
    text
}

/// What a tidying has done, a line each.
pub(super) fn tidied_lines(tidied: &Tidied) -> Vec<String> {
    let mut lines = vec![format!(
        "{} old points removed, {} down-sampled away; {} years put together",
        tidied.points_removed, tidied.points_downsampled, tidied.years_compacted
    )];
    lines.extend(tidied.damaged.iter().map(|told| format!("damaged: {told}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{archive::Flaw, platform::Measure};

    #[test]
    fn a_verification_names_each_flaw_and_counts_the_damage() {
        let flaw = |file: &str, is_damage| Flaw {
            file: file.to_owned(),
            is_damage,
            problem: "is wrong".to_owned(),
            next_step: "mend it".to_owned(),
            points: None,
        };
        let mut seen = Verification {
            schema_version: 2,
            files: 3,
            bytes: 99,
            flaws: vec![flaw("a/points.parquet", true), flaw("README", false)],
        };
        let removed = [Span {
            measure: Measure::DiskUsed,
            period: "2026-03".to_owned(),
            times: 1_772_323_200..1_775_001_600,
        }];
        assert_eq!(
            verification_text(&seen, &removed, "archive/mail"),
            "put aside: disk.used of 2026-03; `mailtide pull` asks for it again\n\
             damaged: a/points.parquet: is wrong; mend it\n\
             note: README: is wrong; mend it\n\
             archive/mail: schema version 2, 3 files, 99 bytes; 1 damaged\n"
        );
        seen.flaws.clear();
        assert_eq!(
            verification_text(&seen, &[], "archive/mail"),
            "archive/mail: schema version 2, 3 files, 99 bytes; none damaged\n"
        );
    }

    #[test]
    fn a_tidying_is_counted() {
        let tidied = Tidied {
            points_removed: 1,
            points_downsampled: 2,
            years_compacted: 3,
            damaged: vec!["x: is wrong".to_owned()],
        };
        assert_eq!(
            tidied_lines(&tidied),
            ["1 old points removed, 2 down-sampled away; 3 years put together", "damaged: x: is wrong"]
        );
    }
}
