//! What is wrong with a platform file: every mistake at once, each with its line and the legal values.

use std::fmt;

/// One mistake in a file, shown on one line as
/// `platform.toml:12: pool "mailstore": full_mark: 1.4 is not a share of the usable bytes; legal: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file as the user named it.
    pub file: String,
    /// Line of the mistake, from 1; `None` where the file as a whole is meant.
    pub line: Option<usize>,
    /// Column in characters, from 1; only where the file is not TOML at all.
    pub column: Option<usize>,
    /// The table: `platform`, `pool "mailstore"`, `limit 2`; empty at the top of the file.
    pub table: String,
    /// The field or sub-table; empty where the table as a whole is meant.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// The legal values, or the next step.
    pub remedy: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for position in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{position}")?;
        }
        for part in [&self.table, &self.field, &self.problem] {
            if !part.is_empty() {
                write!(f, ": {part}")?;
            }
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// All mistakes of a file, in the order of its lines; shown one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
