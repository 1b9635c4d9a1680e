//! Parquet, through polars: columns to bytes and back. No other file of this room names polars.

use std::{io::Cursor, path::Path};

use polars::prelude::{
    self as pl, DataFrame, IntoSeries, KeyValueMetadata, NamedFrom, ParallelStrategy, ParquetCompression,
    ParquetReader, ParquetWriter, PolarsResult, SerReader, Series, StatisticsOptions,
};

use super::{ArchiveError, checksum, table::TableColumn};

/// A column to be written.
pub(super) enum Cells {
    /// Series ids.
    U32(Vec<u32>),
    /// Times, seconds.
    I64(Vec<i64>),
    /// Values.
    F64(Vec<f64>),
    /// Text.
    Text(Vec<String>),
}

/// The bytes of a Parquet file, always the same for the same columns. `path` is for the error.
pub(super) fn encode(path: &Path, columns: Vec<(&str, Cells)>) -> Result<Vec<u8>, ArchiveError> {
    let problem = |problem: String| ArchiveError::Encoding { path: path.to_owned(), problem };
    let mut bytes = write(columns).map_err(|e| problem(e.to_string()))?;
    if !checksum::seal(&mut bytes) {
        return Err(problem("its footer has no place for the checksum".to_owned()));
    }
    Ok(bytes)
}

fn write(columns: Vec<(&str, Cells)>) -> PolarsResult<Vec<u8>> {
    let columns = columns.into_iter().map(|(name, cells)| series(name, cells).into()).collect();
    let mut frame = DataFrame::new_infer_height(columns)?;
    let mut bytes = Vec::new();
    let metadata = vec![(checksum::KEY.to_owned(), checksum::UNSEALED.to_owned())];
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::default())
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        // The partitions are already written side by side.
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

/// Numbers move into polars without a copy.
fn series(name: &str, cells: Cells) -> Series {
    match cells {
        Cells::U32(cells) => pl::UInt32Chunked::from_vec(name.into(), cells).into_series(),
        Cells::I64(cells) => pl::Int64Chunked::from_vec(name.into(), cells).into_series(),
        Cells::F64(cells) => pl::Float64Chunked::from_vec(name.into(), cells).into_series(),
        Cells::Text(cells) => Series::new(name.into(), cells),
    }
}

/// A table that was read.
pub(super) struct Table(DataFrame);

/// Reads what [`encode`] wrote. The error is in words, without the path.
pub(super) fn decode(bytes: &[u8]) -> Result<Table, String> {
    checksum::verify(bytes)?;
    ParquetReader::new(Cursor::new(bytes))
        .read_parallel(ParallelStrategy::None)
        .set_rechunk(true)
        .finish()
        .map(Table)
        .map_err(|e| format!("is not a Parquet file that can be read ({e})"))
}

impl Table {
    /// All columns, in their order.
    pub(super) fn columns(&self) -> Result<Vec<TableColumn>, String> {
        let column = |name: &str| {
            let name = name.to_owned();
            let dtype = self.0.column(&name).map_err(|e| e.to_string())?.dtype();
            match dtype {
                pl::DataType::String => Ok(TableColumn::Text { values: self.text(&name)?, name }),
                pl::DataType::Int64 => Ok(TableColumn::Time { seconds: self.i64(&name)?, name }),
                pl::DataType::Float64 => Ok(TableColumn::Number { values: self.f64(&name)?, name }),
                other => Err(format!("has a column `{name}` of type {other}, which is none of a table's")),
            }
        };
        self.0.get_column_names().into_iter().map(|name| column(name.as_str())).collect()
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.column(name).is_ok()
    }

    pub(super) fn u32(&self, name: &str) -> Result<Vec<u32>, String> {
        self.column(name, |series| Ok(series.u32()?.cont_slice()?.to_vec()))
    }

    pub(super) fn i64(&self, name: &str) -> Result<Vec<i64>, String> {
        self.column(name, |series| Ok(series.i64()?.cont_slice()?.to_vec()))
    }

    pub(super) fn f64(&self, name: &str) -> Result<Vec<f64>, String> {
        self.column(name, |series| Ok(series.f64()?.cont_slice()?.to_vec()))
    }

    pub(super) fn text(&self, name: &str) -> Result<Vec<String>, String> {
        let cells = self.column(name, |series| {
            Ok(series.str()?.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>())
        })?;
        cells.into_iter().collect::<Option<_>>().ok_or_else(|| format!("column `{name}` has nulls"))
    }

    fn column<T>(
        &self,
        name: &str,
        take: impl FnOnce(&Series) -> PolarsResult<Vec<T>>,
    ) -> Result<Vec<T>, String> {
        self.0
            .column(name)
            .and_then(|column| take(column.as_materialized_series()))
            .map_err(|e| format!("has no usable column `{name}` ({e})"))
    }
}
