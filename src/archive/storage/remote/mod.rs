//! An object store: no locks there, so each write is conditional on what was read. An object is put whole or
//! not at all, and a listing shows what was put before it was asked for.

mod connect;
mod credentials;
mod error;

#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use futures_util::TryStreamExt;
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion, path::Path as ObjectPath,
};

use super::{Entry, Expect, Held, Storage, Version, Written, lock::Lock, update::repeat};
use crate::{
    archive::{
        ArchiveError, format,
        location::{Bucket, Provider, StoreOptions},
    },
    net::block_on,
};

/// The files of an archive in an object store.
#[derive(Debug)]
pub(in crate::archive) struct Remote {
    bucket: Bucket,
    store: Arc<dyn ObjectStore>,
    /// Filled when the store was seen to refuse what conditional writes must be refused.
    obeys: OnceLock<()>,
}

/// An entity tag that no object has: as a digest it would be that of a text which nobody has found.
const NO_E_TAG: &str = "\"00000000000000000000000000000000\"";

impl Remote {
    /// Connects to a bucket. Nothing is asked of it yet.
    ///
    /// # Errors
    /// Plain HTTP to another host; the environment's settings contradict each other, or lack something.
    pub(in crate::archive) fn connect(
        bucket: &Bucket,
        options: &StoreOptions,
    ) -> Result<Remote, ArchiveError> {
        Ok(Remote::new(bucket.clone(), connect::connect(bucket, options)?))
    }

    fn new(bucket: Bucket, store: Arc<dyn ObjectStore>) -> Remote {
        Remote { bucket, store, obeys: OnceLock::new() }
    }

    /// Where a file is in the bucket. Prefixes and keys are of characters that need no escape.
    fn object(&self, key: &str) -> ObjectPath {
        ObjectPath::from_iter(
            self.bucket.prefix.split('/').chain(key.split('/')).filter(|part| !part.is_empty()),
        )
    }

    /// The key of what is at a place in the bucket.
    fn key(&self, object: &ObjectPath) -> String {
        let below = object.as_ref().strip_prefix(&self.bucket.prefix).unwrap_or(object.as_ref());
        below.trim_start_matches('/').to_owned()
    }

    fn failed(&self, key: &str, action: &'static str) -> impl FnOnce(Error) -> ArchiveError {
        let (bucket, path) = (self.bucket.clone(), self.path(key));
        move |error| error::told(&bucket, path, action, &error)
    }

    fn put(&self, key: &str, bytes: Vec<u8>, mode: PutMode) -> Result<Written, ArchiveError> {
        match block_on(self.store.put_opts(&self.object(key), PutPayload::from(bytes), mode.into())) {
            Ok(_) => Ok(Written::Done),
            Err(error) if !error::is_missing_bucket(&error) && is_conflict(&error) => Ok(Written::Conflict),
            Err(error) => Err(self.failed(key, "write")(error)),
        }
    }

    /// Some stores that are compatible with S3 take the headers of a conditional write and do not look at them. The
    /// format file, put once more as it is, must be refused both as a new object and as the successor of another.
    fn check_conditions(&self, held: &Held) -> Result<(), ArchiveError> {
        let another = UpdateVersion { e_tag: Some(NO_E_TAG.to_owned()), version: None };
        for mode in [PutMode::Create, PutMode::Update(another)] {
            if self.put(format::NAME, held.bytes.clone(), mode)? == Written::Done {
                return Err(ArchiveError::NoConditions { path: self.path("") });
            }
        }
        Ok(())
    }
}

/// Whether another object is there than was expected, or one where none was.
fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotModified { .. })
}

impl Storage for Remote {
    fn path(&self, key: &str) -> PathBuf {
        let root = PathBuf::from(self.bucket.to_string());
        if key.is_empty() { root } else { root.join(key) }
    }

    /// There is no lock. What a killed writer leaves is whole objects: nothing is to be cleared away.
    fn exclusive(&self) -> Result<Option<Lock>, ArchiveError> {
        if self.bucket.provider == Provider::S3
            && self.obeys.get().is_none()
            && let Some(held) = self.read(format::NAME)?
        {
            repeat(|| self.check_conditions(&held))?;
            // Another thread may have seen the same.
            let _ = self.obeys.set(());
        }
        Ok(None)
    }

    fn is_empty(&self) -> Result<bool, ArchiveError> {
        let first = block_on(self.store.list(Some(&self.object(""))).try_next());
        first.map(|first| first.is_none()).map_err(self.failed("", "list"))
    }

    fn read(&self, key: &str) -> Result<Option<Held>, ArchiveError> {
        let answer = block_on(async {
            let answer = self.store.get(&self.object(key)).await?;
            let version = Version { e_tag: answer.meta.e_tag.clone(), version: answer.meta.version.clone() };
            // Takes the bytes over, without a copy where they came in one piece.
            Ok(Held { bytes: Vec::from(answer.bytes().await?), version })
        });
        match answer {
            Ok(held) => Ok(Some(held)),
            Err(error @ Error::NotFound { .. }) if !error::is_missing_bucket(&error) => Ok(None),
            Err(error) => Err(self.failed(key, "read")(error)),
        }
    }

    fn replace(&self, key: &str, bytes: Vec<u8>, expect: &Expect) -> Result<Written, ArchiveError> {
        let mode = match expect {
            Expect::New => PutMode::Create,
            Expect::Version(Version { e_tag: None, version: None }) => {
                return Err(ArchiveError::NoConditions { path: self.path("") });
            }
            Expect::Version(Version { e_tag, version }) => {
                PutMode::Update(UpdateVersion { e_tag: e_tag.clone(), version: version.clone() })
            }
        };
        self.put(key, bytes, mode)
    }

    fn remove(&self, key: &str) -> Result<(), ArchiveError> {
        match block_on(self.store.delete(&self.object(key))) {
            Err(error @ Error::NotFound { .. }) if !error::is_missing_bucket(&error) => Ok(()),
            removed => removed.map_err(self.failed(key, "remove")),
        }
    }

    fn names(&self, directory: &str) -> Result<Vec<String>, ArchiveError> {
        let prefix = self.object(directory);
        let listed = block_on(self.store.list_with_delimiter(Some(&prefix)))
            .map_err(self.failed(directory, "list"))?;
        let objects = listed.objects.iter().map(|object| &object.location);
        let names = listed.common_prefixes.iter().chain(objects).filter_map(ObjectPath::filename);
        Ok(names.map(str::to_owned).collect())
    }

    fn list(&self, directory: &str) -> Result<Vec<Entry>, ArchiveError> {
        let listed: Vec<_> = block_on(self.store.list(Some(&self.object(directory))).try_collect())
            .map_err(self.failed(directory, "list"))?;
        let mut entries: Vec<Entry> = listed
            .iter()
            .filter(|object| !object.location.filename().is_some_and(|name| name.starts_with('.')))
            .map(|object| Entry { key: self.key(&object.location), bytes: object.size })
            .collect();
        entries.sort();
        Ok(entries)
    }
}
