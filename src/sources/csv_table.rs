//! Tables in CSV: what tidy and wide ones have in common.

use ::csv::{ByteRecord, ReaderBuilder};

use super::{
    decimal,
    fault::{EXPORT_AGAIN, Fault, Outcome},
    lines,
    sink::Sink,
};

/// A row below the header.
pub(super) struct Row<'a> {
    record: &'a ByteRecord,
    /// Where the row begins: bytes from the start of the text.
    offset: usize,
    line: u64,
}

impl Row<'_> {
    /// The cells from the left.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        self.record.iter().map(trimmed)
    }

    /// One cell; beyond the last there are only empty ones.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.record.get(column).map(trimmed).unwrap_or_default()
    }

    /// The fault that this row cannot be read.
    pub(super) fn fault(&self, problem: impl std::fmt::Display, next_step: &str) -> Box<Fault> {
        Fault::at(self.offset, format!("line {}: {problem}", self.line), next_step)
    }
}

/// A cell without the blanks around it. It was cut out of a `str` at ASCII bytes, so it is one.
fn trimmed(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default().trim_ascii()
}

/// The names in a header line.
pub(super) fn header(line: &str) -> Vec<String> {
    let mut record = ByteRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// Calls `read` for the header and then for each row, which has as many cells as the header.
pub(super) fn rows(
    text: &str,
    sink: &mut Sink<'_>,
    mut read: impl FnMut(&Row<'_>) -> Outcome<()>,
) -> Outcome<()> {
    let text = lines::whole(text, None, sink);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut width = None;
    loop {
        let offset = reader.position().byte() as usize;
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Err(error) => return Err(Fault::at(offset, error, EXPORT_AGAIN)),
            Ok(true) => (),
        }
        let (offset, line) = record.position().map_or((offset, 0), |p| (p.byte() as usize, p.line()));
        let row = Row { record: &record, offset, line };
        let width = *width.get_or_insert(record.len());
        if record.len() != width {
            let problem = format!("{} cells under a header of {width}", record.len());
            return Err(
                row.fault(problem, "quote names with commas, and give every row a cell for each column")
            );
        }
        read(&row)?;
    }
}

/// A value cell: a number, or `None` for a hole.
pub(super) fn value(cell: &str) -> Result<Option<f64>, String> {
    match cell {
        "" | "null" | "None" | "NA" => Ok(None),
        _ => match decimal::parse(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("expected a number or nothing, found {}", super::fault::excerpt(cell))),
        },
    }
}

/// What a time cell may look like.
pub(super) const TIME: &str = "a time such as 2026-11-20T10:30:00Z, 2026-11-20 10:30:00 (UTC) or 1795170600";
