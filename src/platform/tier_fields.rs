//! Reading what Graphite's storage keeps.

use super::{Tier, amount, fields::Fields, wording::quoted};

/// The field's name.
pub(super) const FIELD: &str = "tiers";

const LEGAL: &str = "legal: step and time kept, as in storage-schemas.conf, such as \"5m:60d\"";

/// Reads `tiers`, finest first; empty where they are not declared or have been refused.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = Vec::new();
    for text in fields.texts(FIELD).unwrap_or_default() {
        let refuse =
            |problem: String, remedy: &str| fields.refuse_at(text.span().start, FIELD, problem, remedy);
        let Some(tier) = tier_of(text.get_ref()) else {
            refuse(format!("{} is not a tier", quoted(text.get_ref())), LEGAL);
            continue;
        };
        // What Whisper itself demands of a file's archives, so that the coarser is made of the finer.
        if let Some(finer) = tiers.last() {
            if tier.step <= finer.step || tier.step % finer.step != 0 {
                let problem =
                    format!("the step of {} is no multiple of the one before", quoted(text.get_ref()));
                refuse(problem, "legal: finest first, each step a multiple of the one before");
            } else if tier.kept <= finer.kept {
                let problem = format!("{} is kept no longer than the one before", quoted(text.get_ref()));
                refuse(problem, "legal: finest first, each kept longer than the one before");
            }
        }
        tiers.push(tier);
    }
    tiers
}

/// `5m:60d`; a bare number is seconds on the left and a number of points on the right, as for Whisper.
fn tier_of(text: &str) -> Option<Tier> {
    let (step, kept) = text.split_once(':')?;
    let step = seconds(step.trim())?;
    let kept = kept.trim();
    let kept = match kept.parse::<i64>() {
        Ok(points) => points.checked_mul(step)?,
        Err(_) => seconds(kept)?,
    };
    (step > 0 && kept > step).then_some(Tier { step, kept })
}

fn seconds(text: &str) -> Option<i64> {
    match text.strip_suffix("min") {
        Some(minutes) => amount::seconds_of(&format!("{minutes}m")),
        None => text.parse().ok().or_else(|| amount::seconds_of(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_as_in_storage_schemas() {
        let tier = |step, kept| Some(Tier { step, kept });
        assert_eq!(tier_of("1m:2d"), tier(60, 172_800));
        assert_eq!(tier_of("1min:2d"), tier(60, 172_800));
        assert_eq!(tier_of("60:1440"), tier(60, 86_400), "1440 points of 60 s are a day");
        assert_eq!(tier_of("1h: 2y"), tier(3_600, 63_072_000));
        for text in ["1m", "0s:1d", "1d:1d", "1h:1m", ":1d", "1m:", "1m:2d:3d", "1m:9999999999999999999"] {
            assert_eq!(tier_of(text), None, "{text:?}");
        }
    }
}
