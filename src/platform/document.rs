//! The file that is read: its lines, and the mistakes found in it.

use std::cell::RefCell;

use super::ConfigError;

/// The file that is read, and the mistakes found in it.
pub(crate) struct Document<'t> {
    file: String,
    text: &'t str,
    errors: RefCell<Vec<ConfigError>>,
}

impl<'t> Document<'t> {
    /// A file and its text; `file` is how messages name it.
    pub(crate) fn new(file: String, text: &'t str) -> Self {
        Document { file, text, errors: RefCell::default() }
    }

    /// The line, from 1, of a byte offset.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// Notes a mistake at a byte offset.
    pub(crate) fn refuse(
        &self,
        offset: usize,
        table: &str,
        field: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.errors.borrow_mut().push(ConfigError {
            file: self.file.clone(),
            line: Some(self.line(offset)),
            column: None,
            table: table.to_owned(),
            field: field.to_owned(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// Notes what the parser found: the text is not TOML.
    pub(crate) fn refuse_syntax(&self, error: &toml::de::Error) {
        let offset = error.span().map_or(0, |span| span.start).min(self.text.len());
        let before = self.text.get(..offset).unwrap_or_default();
        self.errors.borrow_mut().push(ConfigError {
            file: self.file.clone(),
            line: Some(self.line(offset)),
            column: Some(1 + before.chars().rev().take_while(|c| *c != '\n').count()),
            table: String::new(),
            field: String::new(),
            problem: format!("not TOML: {}", error.message().replace('\n', " ")),
            remedy: String::new(),
        });
    }

    /// All mistakes in the order of the lines.
    pub(crate) fn into_errors(self) -> Vec<ConfigError> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|error| error.line);
        errors
    }
}
