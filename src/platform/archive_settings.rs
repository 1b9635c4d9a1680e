//! Settings of the archive: where it is, and how long it keeps what.

use url::Url;

use super::{
    amount, cloudwatch_fields::read_region, fields::Fields, server_fields::read_url, wording::quoted,
};

const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

/// Where the archive is, and how long it keeps what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ArchiveSettings {
    /// A directory, relative to the platform file, or `s3://`, `gs://` or `az://` with a bucket and, where it is
    /// wanted, a prefix. `None` is `archive/` and the platform's name, in the working directory.
    pub location: Option<String>,
    /// The region of the bucket, for `s3://`; `None` is what the environment says.
    pub region: Option<String>,
    /// The address of an object store that is not the cloud's own.
    pub endpoint: Option<Url>,
    /// Seconds for which points are kept; `None` is for ever.
    pub keep: Option<i64>,
    /// What becomes of older points, by ascending age; steps ascend too.
    pub downsample: Vec<Downsample>,
}

/// Points of some age are kept at a coarser step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Downsample {
    /// Seconds of age from which on it holds.
    pub older_than: i64,
    /// Seconds between points.
    pub step: i64,
}

impl ArchiveSettings {
    /// The object stores that can hold an archive.
    const SCHEMES: &[&str] = &["s3", "gs", "az"];

    /// Reads `[archive]`.
    pub(super) fn read(mut fields: Fields<'_>) -> ArchiveSettings {
        let location = read_location(&mut fields);
        let region = read_region(&mut fields);
        let endpoint = read_url(&mut fields, "endpoint");
        let scheme = location.as_deref().and_then(scheme_of);
        if fields.has("region") && scheme != Some("s3") {
            fields.refuse("region", "says nothing unless `location` is s3://…", "remove the field");
        }
        if fields.has("endpoint") && scheme.is_none() {
            fields.refuse(
                "endpoint",
                "says nothing unless `location` is an object store",
                "remove the field",
            );
        }
        let keep = amount::read_seconds(&mut fields, "keep", DAY..=100 * YEAR, "1d to 100y");
        let downsample = read_downsample(&mut fields, keep);
        fields.finish();
        ArchiveSettings { location, region, endpoint, keep, downsample }
    }
}

/// The scheme of an object store's address; a directory has none.
fn scheme_of(location: &str) -> Option<&str> {
    location.split_once("://").map(|(scheme, _)| scheme)
}

fn read_location(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.text("location")?.into_inner();
    let Some((scheme, rest)) = text.split_once("://") else { return Some(text) };
    let legal = "legal: a directory, or s3://, gs:// or az:// with a bucket and a prefix";
    let bucket = rest.split('/').next().unwrap_or_default();
    let problem = if rest.contains(['@', '?', '#']) {
        // Its text is not repeated: keys are written so.
        "names more than a bucket and a prefix".to_owned()
    } else if !ArchiveSettings::SCHEMES.contains(&scheme) || bucket.is_empty() {
        format!("{} is not a place for an archive", quoted(&text))
    } else {
        return Some(text);
    };
    fields.refuse("location", problem, legal);
    None
}

fn read_downsample(fields: &mut Fields<'_>, keep: Option<i64>) -> Vec<Downsample> {
    let mut all: Vec<Downsample> = Vec::new();
    for mut entry in fields.sub_tables("downsample") {
        if let Some(downsample) = read_entry(&mut entry, keep) {
            if let Some(earlier) = all.last() {
                refuse_disorder(&entry, *earlier, downsample);
            }
            all.push(downsample);
        }
        entry.finish();
    }
    all
}

fn read_entry(entry: &mut Fields<'_>, keep: Option<i64>) -> Option<Downsample> {
    entry.require("older_than", "an age, such as \"400d\"");
    entry.require("step", STEPS);
    let older_than = amount::read_seconds(entry, "older_than", DAY..=100 * YEAR, "1d to 100y");
    let step = amount::read_seconds(entry, "step", 60..=DAY, STEPS);
    if step.is_some_and(|step| DAY % step != 0) {
        entry.refuse("step", "does not divide a day", format!("legal: {STEPS}"));
        return None;
    }
    if keep.zip(older_than).is_some_and(|(keep, older_than)| older_than >= keep) {
        let problem = "is not less than `keep`, so nothing is left of that age";
        entry.refuse("older_than", problem, "legal: an age less than `keep`");
    }
    Some(Downsample { older_than: older_than?, step: step? })
}

fn refuse_disorder(entry: &Fields<'_>, earlier: Downsample, later: Downsample) {
    if later.older_than <= earlier.older_than {
        entry.refuse("older_than", "is not more than in the entry before", "legal: the youngest first");
    } else if later.step <= earlier.step || later.step % earlier.step != 0 {
        let remedy = "legal: steps that grow with age, each a multiple of the one before";
        entry.refuse("step", "is no multiple of the step in the entry before", remedy);
    }
}

const STEPS: &str = "a part of a day from 1m on, such as 5m, 1h or 1d";
