//! Tables: columns of a report as a Parquet file, for rooms that do not know polars.

use std::path::Path;

use super::{
    ArchiveError,
    parquet::{self, Cells},
    storage::atomic::{self, NOT_INTERRUPTED},
};

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub enum TableColumn {
    /// UTF-8 text.
    Text {
        /// The column's name.
        name: String,
        /// A cell a row.
        values: Vec<String>,
    },
    /// Times, as 64-bit integers.
    Time {
        /// The column's name.
        name: String,
        /// Seconds since 1970-01-01 UTC.
        seconds: Vec<i64>,
    },
    /// 64-bit floating-point numbers.
    Number {
        /// The column's name.
        name: String,
        /// A cell a row.
        values: Vec<f64>,
    },
}

/// Writes a table as a Parquet file (zstd), atomically and down to the disk. The same columns give the
/// same bytes.
///
/// # Errors
/// The columns differ in length or share a name; the file system refuses.
pub fn write_parquet(path: &Path, columns: Vec<TableColumn>) -> Result<(), ArchiveError> {
    atomic::replace(path, &encode(path, columns)?, NOT_INTERRUPTED)
}

/// The bytes of a table's Parquet file; `path` is for the error.
pub(super) fn encode(path: &Path, columns: Vec<TableColumn>) -> Result<Vec<u8>, ArchiveError> {
    let (names, cells): (Vec<String>, Vec<Cells>) = columns
        .into_iter()
        .map(|column| match column {
            TableColumn::Text { name, values } => (name, Cells::Text(values)),
            TableColumn::Time { name, seconds } => (name, Cells::I64(seconds)),
            TableColumn::Number { name, values } => (name, Cells::F64(values)),
        })
        .unzip();
    parquet::encode(path, names.iter().map(String::as_str).zip(cells).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn forecast() -> Vec<TableColumn> {
        vec![
            TableColumn::Text {
                name: "series".into(), values: vec!["ms1 /mail".into(), "ms2 \"ü\"".into()]
            },
            TableColumn::Time { name: "time".into(), seconds: vec![1_773_000_000, -1] },
            TableColumn::Number { name: "p50".into(), values: vec![0.125, -3.5e300] },
        ]
    }

    #[test]
    fn a_table_reads_back_and_is_written_the_same_twice() {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (directory.path().join("one.parquet"), directory.path().join("two.parquet"));
        write_parquet(&one, forecast()).unwrap();
        write_parquet(&two, forecast()).unwrap();
        let bytes = fs::read(&one).unwrap();
        assert_eq!(bytes, fs::read(&two).unwrap());
        let table = parquet::decode(&bytes).unwrap();
        assert_eq!(table.text("series").unwrap(), ["ms1 /mail", "ms2 \"ü\""]);
        assert_eq!(table.i64("time").unwrap(), [1_773_000_000, -1]);
        assert_eq!(table.f64("p50").unwrap(), [0.125, -3.5e300]);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_table_without_rows_reads_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("empty.parquet");
        write_parquet(&path, vec![TableColumn::Number { name: "p50".into(), values: vec![] }]).unwrap();
        let table = parquet::decode(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(table.f64("p50").unwrap(), Vec::<f64>::new());
    }

    #[test]
    fn columns_of_unequal_length_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("uneven.parquet");
        let mut columns = forecast();
        columns.push(TableColumn::Number { name: "p95".into(), values: vec![1.0] });
        let error = write_parquet(&path, columns).unwrap_err().to_string();
        assert!(error.contains("uneven.parquet: cannot be written as Parquet"), "{error}");
        assert!(!path.exists());
    }
}
