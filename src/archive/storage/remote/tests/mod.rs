//! An archive in an object store: many writers, broken connections, killed runs.

mod broken;
mod folding;
mod opening;
mod scripted;
mod writers;

use object_store::memory::InMemory;

use super::*;
use crate::{
    archive::{Appended, Archive, Location, tests::SOURCE},
    sources::Samples,
};

fn bucket(text: &str) -> Bucket {
    match Location::parse(text).unwrap() {
        Location::Bucket(bucket) => bucket,
        Location::Directory(path) => panic!("{} is a directory", path.display()),
    }
}

/// The archive `s3://bucket/archive` in a store.
fn remote(store: impl ObjectStore) -> Remote {
    Remote::new(bucket("s3://bucket/archive"), Arc::new(store))
}

fn open(store: impl ObjectStore) -> Result<Archive, ArchiveError> {
    Archive::of(Box::new(remote(store)))
}

fn append(archive: &Archive, samples: Vec<Samples>) -> Result<Appended, ArchiveError> {
    archive.append(SOURCE, samples)
}

/// The same store, so that it can be given away.
fn shared(memory: &Arc<InMemory>) -> scripted::Scripted {
    scripted::Scripted::new(memory, |_, _| scripted::Fate::Answered)
}
