//! What a Graphite server has, for `mailtide doctor` and `mailtide init`.

use std::collections::BTreeMap;

use super::{GraphiteSource, fetch::unanswered, locked, series::Series, tiers};
use crate::{
    platform::Tier,
    sources::live::{Examination, LiveError},
};

impl GraphiteSource {
    /// The server's version and clock, the series of each question, and the tiers that its answers show.
    ///
    /// # Errors
    /// The server does not answer at all.
    pub(super) fn examination(&self, now: i64) -> Result<Examination, LiveError> {
        let (version, server_time) = self.api.version()?;
        let mut examination = Examination {
            server: version.map(|version| format!("graphite-web {version}")),
            server_time,
            ..Examination::default()
        };
        let mut found: Vec<(Vec<Tier>, &str)> = Vec::new();
        for (place, asked) in self.asked.iter().enumerate() {
            let series = match self.series(place) {
                Ok(series) => series,
                // What is down, or no Graphite, fails at every question alike.
                Err(error) if error.passing || examination.answers.is_empty() => return Err(error),
                Err(error) => {
                    examination.notes.push(error.to_string());
                    continue;
                }
            };
            examination.answers.push((asked.question.id.clone(), series.count()));
            if series.count() == 0 {
                continue;
            }
            match self.seen_tiers(&series, now) {
                Ok(tiers) if tiers.is_empty() => examination.notes.push(self.silent(&asked.text, &series)),
                Ok(tiers) if found.iter().any(|(known, _)| alike(known, &tiers)) => {}
                Ok(tiers) => found.push((tiers, &asked.text)),
                Err(error) => examination.notes.push(error.to_string()),
            }
        }
        let ages = found.iter().flat_map(|(tiers, _)| tiers).map(|tier| tier.kept);
        examination.oldest = ages.max().map(|age| now - age);
        for (tiers, text) in &found {
            examination.notes.push(self.told(tiers, text));
        }
        Ok(examination)
    }

    /// That a question is answered at no age.
    fn silent(&self, text: &str, series: &Series) -> String {
        let days = self.history / 86_400;
        format!("{text}: {}, or it cannot parse the target (looked back {days} days)", unanswered(series))
    }

    /// What was seen of the tiers, held against what is declared.
    fn told(&self, seen: &[Tier], text: &str) -> String {
        let words = tiers::in_words(seen);
        if self.declared.is_empty() {
            format!("tiers seen: {words} ({text})")
        } else if seen.iter().map(|tier| tier.step).eq(self
            .declared
            .iter()
            .map(|tier| tier.step)
            .take(seen.len()))
        {
            format!("tiers seen: {words} ({text}), as declared")
        } else {
            let declared = tiers::in_words(&self.declared);
            format!(
                "tiers seen: {words} ({text}), but {declared} are declared: correct `tiers`, or leave it out"
            )
        }
    }

    /// What was asked in this run and found nothing: packs, measures of the other packs, and questions whose series
    /// are answered at no age.
    pub(super) fn found_nothing(&self) -> Vec<String> {
        let mut notes = self.unmatched();
        for (asked, seen) in self.asked.iter().zip(&self.seen) {
            let seen = locked(seen);
            if let (Some(series), Some(tiers)) = (&seen.series, &seen.tiers)
                && tiers.is_empty()
            {
                notes.push(self.silent(&asked.text, series));
            }
        }
        notes
    }

    fn unmatched(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, BTreeMap<&str, (usize, Vec<&str>)>> = BTreeMap::new();
        for (asked, seen) in self.asked.iter().zip(&self.seen) {
            let Some(series) = locked(seen).series.clone() else { continue };
            let of_pack = counts.entry(&asked.question.pack).or_default();
            let (count, queries) = of_pack.entry(asked.question.measure.name()).or_default();
            *count += series.count();
            queries.push(&asked.text);
        }
        let mut notes = Vec::new();
        for (pack, measures) in counts {
            if measures.values().all(|(count, _)| *count == 0) {
                let queries: Vec<&str> =
                    measures.values().flat_map(|(_, queries)| queries).copied().collect();
                let first = queries.first().copied().unwrap_or_default();
                let more = if queries.len() > 1 {
                    format!(" and {} more", queries.len() - 1)
                } else {
                    String::new()
                };
                notes.push(format!("{pack}: no such series here: the server knows none of {first}{more}"));
                continue;
            }
            let missing: Vec<&str> =
                measures.iter().filter(|(_, (count, _))| *count == 0).map(|(name, _)| *name).collect();
            if !missing.is_empty() {
                notes.push(format!("{pack}: no such series here for {}", missing.join(", ")));
            }
        }
        notes
    }
}

/// Whether two sets of tiers are those of one schema: their ends are only found to a hundredth.
fn alike(a: &[Tier], b: &[Tier]) -> bool {
    let near =
        |(a, b): (&Tier, &Tier)| a.step == b.step && (a.kept - b.kept).abs() <= a.kept.max(b.kept) / 20;
    a.len() == b.len() && a.iter().zip(b).all(near)
}
