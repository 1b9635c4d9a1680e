//! Location: where an archive lies, as the operator writes it.

use std::{fmt, path::PathBuf};

use url::Url;

use super::ArchiveError;

/// Where an archive lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A directory.
    Directory(PathBuf),
    /// A place in an object store.
    Bucket(Bucket),
}

/// A bucket (Azure: a container), and what the keys of the archive's files begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub(super) provider: Provider,
    pub(super) name: String,
    /// Without a slash at either end; may be empty.
    pub(super) prefix: String,
}

/// Whose interface an object store has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    /// Amazon S3, and stores that are compatible with it.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

/// How an object store is reached, where its own environment variables do not say. A directory needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// The region of an S3 bucket.
    pub region: Option<String>,
    /// The address of a store that is compatible with one of the providers.
    pub endpoint: Option<Url>,
}

impl Location {
    /// Reads a location: `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`, or the path of
    /// a directory.
    ///
    /// # Errors
    /// Another scheme; a bucket or a prefix that cannot be.
    pub fn parse(text: &str) -> Result<Location, ArchiveError> {
        let refused = |problem: &str| ArchiveError::Location {
            location: without_secrets(text),
            problem: problem.to_owned(),
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return match text.trim() {
                "" => Err(refused("is empty")),
                _ => Ok(Location::Directory(PathBuf::from(text))),
            };
        };
        let provider = match scheme {
            "s3" => Provider::S3,
            "gs" => Provider::Google,
            "az" => Provider::Azure,
            _ => return Err(refused("has an unknown scheme")),
        };
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            return Err(refused("names no bucket"));
        }
        let prefix = prefix.trim_matches('/');
        let legal = |part: &str| {
            !matches!(part, "" | "." | "..")
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.=+,@ ".contains(c))
        };
        if !prefix.is_empty() && !prefix.split('/').all(legal) {
            return Err(refused("has a prefix that is not made of letters, digits and `-_.=+,@`"));
        }
        Ok(Location::Bucket(Bucket { provider, name: name.to_owned(), prefix: prefix.to_owned() }))
    }
}

/// What may stand in a message: no user or password, which some write into addresses.
fn without_secrets(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) if text.contains("://") => format!("…@{rest}"),
        _ => text.to_owned(),
    }
}

/// As [`Location::parse`] takes it.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Directory(path) => path.display().fmt(f),
            Location::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bucket { provider, name, prefix } = self;
        let scheme = match provider {
            Provider::S3 => "s3",
            Provider::Google => "gs",
            Provider::Azure => "az",
        };
        let slash = if prefix.is_empty() { "" } else { "/" };
        write!(f, "{scheme}://{name}{slash}{prefix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_and_written() {
        for (text, written) in [
            ("s3://mail-capacity/archive/eu", "s3://mail-capacity/archive/eu"),
            ("gs://mail_capacity//a/", "gs://mail_capacity/a"),
            ("az://container", "az://container"),
            ("s3://bucket/", "s3://bucket"),
            ("archive/eu", "archive/eu"),
            ("/var/lib/s3:/x", "/var/lib/s3:/x"),
        ] {
            assert_eq!(Location::parse(text).unwrap().to_string(), written, "{text}");
        }
        assert_eq!(Location::parse("archive").unwrap(), Location::Directory(PathBuf::from("archive")));
    }

    #[test]
    fn what_is_no_location_is_refused_with_what_is() {
        let legal = "write s3://bucket/prefix, gs://bucket/prefix, az://container/prefix or a directory";
        for (text, problem) in [
            ("", "`` is empty"),
            ("ftp://host/x", "`ftp://host/x` has an unknown scheme"),
            ("s3://", "`s3://` names no bucket"),
            ("s3:///prefix", "`s3:///prefix` names no bucket"),
            ("s3://key:secret@bucket/x", "`…@bucket/x` names no bucket"),
            (
                "s3://b/a/../c",
                "`s3://b/a/../c` has a prefix that is not made of letters, digits and `-_.=+,@`",
            ),
            ("s3://b/a?x=1", "`s3://b/a?x=1` has a prefix that is not made of letters, digits and `-_.=+,@`"),
        ] {
            let error = Location::parse(text).unwrap_err().to_string();
            assert_eq!(error, format!("archive location {problem}; {legal}"));
        }
    }
}
