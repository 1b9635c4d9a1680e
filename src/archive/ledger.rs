//! The ledger: what each run has foretold, a table for each day (UTC) on which there was one. The archive keeps the
//! tables whole, and knows nothing of what they say.

use chrono::NaiveDate;

use super::{
    ArchiveError,
    layout::{self, Kind},
    parquet,
    storage::{self, Storage},
    table::TableColumn,
};

/// How to go on without a table.
pub(super) const NEXT_STEP: &str = "put the file back from a backup, or run `mailtide archive verify --remove-damaged`: what that day's run has foretold \
     is lost, and nothing else";

/// See [`super::Archive::ledger_days`].
pub(super) fn days(storage: &dyn Storage) -> Result<Vec<NaiveDate>, ArchiveError> {
    let day = |key: &str| match layout::kind(key)? {
        Kind::Ledger(day) => Some(day),
        _ => None,
    };
    let mut days: Vec<NaiveDate> =
        storage.list(layout::LEDGER)?.iter().filter_map(|file| day(&file.key)).collect();
    days.sort();
    Ok(days)
}

/// See [`super::Archive::ledger`].
pub(super) fn read(storage: &dyn Storage, day: NaiveDate) -> Result<Option<Vec<TableColumn>>, ArchiveError> {
    let key = layout::ledger(day);
    let damaged =
        |problem: String| ArchiveError::Damaged { path: storage.path(&key), problem, next_step: NEXT_STEP };
    storage.read(&key)?.map(|held| decode(&held.bytes).map_err(damaged)).transpose()
}

fn decode(bytes: &[u8]) -> Result<Vec<TableColumn>, String> {
    parquet::decode(bytes)?.columns()
}

/// See [`super::Archive::update_ledger`].
pub(super) fn update(
    storage: &dyn Storage,
    day: NaiveDate,
    mut change: impl FnMut(Option<Vec<TableColumn>>) -> Option<Vec<TableColumn>>,
) -> Result<(), ArchiveError> {
    let key = layout::ledger(day);
    let _lock = storage.exclusive()?;
    storage::update(storage, &key, |held| {
        // What a damaged table said is lost, and no reason not to keep what is said now.
        let table = held.as_deref().and_then(|bytes| decode(bytes).ok());
        let changed =
            change(table).map(|table| super::table::encode(&storage.path(&key), table)).transpose()?;
        Ok((changed.filter(|changed| Some(changed) != held.as_ref()), ()))
    })
}

/// See [`super::Archive::forget_ledger`].
pub(super) fn forget(storage: &dyn Storage, days: &[NaiveDate]) -> Result<(), ArchiveError> {
    if days.is_empty() {
        return Ok(());
    }
    let _lock = storage.exclusive()?;
    days.iter().try_for_each(|day| storage.remove(&layout::ledger(*day)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::archive::Archive;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn table(level: f64) -> Vec<TableColumn> {
        vec![
            TableColumn::Text { name: "id".into(), values: vec!["disk-full/ms01/var/mail".into()] },
            TableColumn::Time { name: "as_of".into(), seconds: vec![1_794_787_200] },
            TableColumn::Number { name: "level".into(), values: vec![level] },
        ]
    }

    #[test]
    fn a_table_a_day_is_kept_as_it_was_given_and_listed_by_day() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        assert_eq!(archive.ledger_days().unwrap(), []);
        for (date, level) in [("2026-11-16", 2.5), ("2025-12-01", f64::INFINITY), ("2026-02-02", -0.0)] {
            archive.update_ledger(day(date), |held| held.is_none().then(|| table(level))).unwrap();
            // What is there already stays.
            archive.update_ledger(day(date), |held| held.is_none().then(|| table(9.0))).unwrap();
            assert_eq!(archive.ledger(day(date)).unwrap().unwrap(), table(level));
        }
        let days: Vec<NaiveDate> = ["2025-12-01", "2026-02-02", "2026-11-16"].map(day).into();
        assert_eq!(archive.ledger_days().unwrap(), days);
        assert_eq!(archive.ledger(day("2026-11-17")).unwrap(), None);
        archive.forget_ledger(&days[..2]).unwrap();
        archive.forget_ledger(&days[..2]).unwrap();
        assert_eq!(archive.ledger_days().unwrap(), days[2..]);
        assert_eq!((archive.measures().unwrap(), archive.verify().unwrap().flaws), (vec![], vec![]));
    }

    #[test]
    fn the_same_table_is_not_written_again() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        let write = || archive.update_ledger(day("2026-11-16"), |_| Some(table(1.0))).unwrap();
        write();
        let path = root.path().join("ledger/2026-11-16.parquet");
        let (bytes, written) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
        write();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
    }

    #[test]
    fn a_damaged_table_is_named_and_can_be_put_aside_or_written_anew() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        let path = root.path().join("ledger/2026-11-16.parquet");
        archive.update_ledger(day("2026-11-16"), |_| Some(table(1.0))).unwrap();
        let whole = fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[12] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let error = archive.ledger(day("2026-11-16")).unwrap_err().to_string();
        assert!(error.contains("ledger/2026-11-16.parquet: is damaged: its checksum"), "{error}");
        let [flaw] = &archive.verify().unwrap().flaws[..] else { panic!("one file is damaged") };
        assert!(flaw.is_damage && flaw.file == "ledger/2026-11-16.parquet" && flaw.next_step == NEXT_STEP);
        archive.set_damaged_aside().unwrap();
        assert_eq!(archive.ledger_days().unwrap(), []);
        assert_eq!(fs::read(root.path().join("damaged/ledger/2026-11-16.parquet")).unwrap(), flipped);
        fs::write(&path, &flipped).unwrap_or_else(|_| {
            fs::create_dir(path.parent().unwrap()).unwrap();
            fs::write(&path, &flipped).unwrap();
        });
        archive
            .update_ledger(day("2026-11-16"), |held| {
                assert_eq!(held, None);
                Some(table(1.0))
            })
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn half_a_table_is_passed_over_and_removed() {
        let root = tempfile::tempdir().unwrap();
        let archive = Archive::open(root.path()).unwrap();
        archive.update_ledger(day("2026-11-16"), |_| Some(table(1.0))).unwrap();
        let left = root.path().join("ledger/.2026-11-23.parquet.tmp");
        fs::write(&left, "PAR1").unwrap();
        assert_eq!(archive.ledger_days().unwrap(), [day("2026-11-16")]);
        archive.append("exports", vec![]).unwrap();
        assert!(!left.exists());
    }
}
