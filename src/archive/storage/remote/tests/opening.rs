//! Opening: what a store must be able to do, and what lies in it.

use super::{
    scripted::{Call, Fate, Scripted},
    *,
};
use crate::{
    archive::tests::{MARCH, held, hours, model},
    platform::Measure,
};

#[test]
fn archives_of_one_bucket_do_not_see_each_other() {
    let memory = Arc::new(InMemory::new());
    let at =
        |text: &str| Archive::of(Box::new(Remote::new(bucket(text), Arc::new(shared(&memory))))).unwrap();
    let one = vec![hours(Measure::DiskUsed, "ms1", MARCH, 5)];
    let two = vec![hours(Measure::QueueDepth, "mx1", MARCH, 7)];
    append(&at("s3://bucket/mail"), one.clone()).unwrap();
    append(&at("s3://bucket/mail2"), two.clone()).unwrap();
    assert_eq!(held(&at("s3://bucket/mail")), model(&one));
    assert_eq!(held(&at("s3://bucket/mail2")), model(&two));
}

#[test]
fn files_are_listed_and_removed_by_key() {
    for location in ["s3://bucket/mail/eu", "gs://bucket"] {
        let remote = Remote::new(bucket(location), Arc::new(InMemory::new()));
        assert!(remote.is_empty().unwrap());
        for key in ["format.json", "measure=a/month=2026-03/points.parquet", "measure=a/.x", "measure=ab/y"] {
            assert_eq!(remote.replace(key, b"abc".to_vec(), &Expect::New).unwrap(), Written::Done);
        }
        assert!(!remote.is_empty().unwrap());
        assert_eq!(remote.names("").unwrap(), ["measure=a", "measure=ab", "format.json"]);
        let month = "measure=a/month=2026-03/points.parquet";
        assert_eq!(remote.list("measure=a").unwrap(), [Entry { key: month.to_owned(), bytes: 3 }]);
        remote.remove(month).unwrap();
        remote.remove(month).unwrap();
        assert_eq!(remote.list("measure=a").unwrap(), []);
        assert!(remote.read(month).unwrap().is_none());
    }
}

#[test]
fn a_version_is_that_of_the_bytes_that_were_read() {
    let remote = remote(InMemory::new());
    let write =
        |bytes: &[u8], expect: &Expect| remote.replace("notes/a.json", bytes.to_vec(), expect).unwrap();
    assert_eq!(write(b"one", &Expect::New), Written::Done);
    assert_eq!(write(b"two", &Expect::New), Written::Conflict);
    let held = remote.read("notes/a.json").unwrap().unwrap();
    assert_eq!(held.bytes, b"one");
    let expect = Expect::Version(held.version);
    assert_eq!(write(b"three", &expect), Written::Done);
    assert_eq!(write(b"four", &expect), Written::Conflict);
    remote.remove("notes/a.json").unwrap();
    assert_eq!(write(b"five", &expect), Written::Conflict);
}

#[test]
fn a_bucket_of_other_things_is_left_alone() {
    let memory = Arc::new(InMemory::new());
    block_on(memory.put(&ObjectPath::from("archive/diary.txt"), "x".into())).unwrap();
    assert_eq!(
        open(shared(&memory)).unwrap_err().to_string(),
        "s3://bucket/archive: holds files but no format.json, so it is not a Mailtide archive; \
         name an empty or a new directory"
    );
}

#[test]
fn a_store_that_does_not_look_at_conditions_is_refused_before_anything_is_written() {
    let message = "s3://bucket/archive: this store has no conditional writes (If-Match and If-None-Match), without \
                   which two runs could lose each other's data; use a store that has them, or a directory";
    for fate in [Fate::Unconditional, Fate::Unknown] {
        let memory = Arc::new(InMemory::new());
        let store =
            Scripted::new(&memory, move |call, _| if call == Call::Put { fate } else { Fate::Answered });
        let appended = open(store).and_then(|a| append(&a, vec![hours(Measure::DiskUsed, "ms1", MARCH, 5)]));
        assert_eq!(appended.unwrap_err().to_string(), message);
        let format = ObjectPath::from("archive/format.json");
        let objects = block_on(memory.list(None).try_collect::<Vec<_>>()).unwrap();
        assert!(objects.iter().all(|object| object.location == format), "{objects:?}");
    }
}
