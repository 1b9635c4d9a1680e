//! Taking fields out of a TOML table, with every mistake remembered under its line.

use std::{cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{PackError, distance};

/// A file being read, and what is wrong with it so far.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    errors: RefCell<Vec<PackError>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Document { file, text, errors: RefCell::default() }
    }

    /// Remembers a mistake at a byte offset.
    pub(super) fn refuse(&self, at: usize, place: impl Into<String>, problem: impl Into<String>) {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let (place, problem) = (place.into(), problem.into());
        let error = PackError { file: self.file.to_owned(), line: Some(line), place, problem };
        self.errors.borrow_mut().push(error);
    }

    /// All mistakes, by line.
    pub(super) fn into_errors(self) -> Vec<PackError> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|e| e.line);
        errors
    }
}

/// A value and the byte offset at which it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: usize,
}

/// One table. Each field that is asked for is legal; [`Fields::finish`] refuses the others.
pub(super) struct Fields<'a, 'd> {
    document: &'d Document<'a>,
    table: &'d DeTable<'a>,
    /// The table's place for people, such as `measure 2 "disk.used": prometheus`; empty for the whole file.
    pub(super) place: String,
    /// The byte offset of the table.
    pub(super) at: usize,
    asked: Vec<&'static str>,
}

impl<'a, 'd> Fields<'a, 'd> {
    pub(super) fn new(document: &'d Document<'a>, table: &'d DeTable<'a>, place: String, at: usize) -> Self {
        Fields { document, table, place, at, asked: Vec::new() }
    }

    /// The place of one of this table's fields.
    pub(super) fn place_of(&self, field: &str) -> String {
        if self.place.is_empty() { field.to_owned() } else { format!("{}: {field}", self.place) }
    }

    /// Remembers a mistake in a field.
    pub(super) fn refuse(&self, at: usize, field: &str, problem: impl Into<String>) {
        self.document.refuse(at, self.place_of(field), problem);
    }

    /// Remembers a mistake that concerns the table as a whole.
    pub(super) fn refuse_whole(&self, problem: impl Into<String>) {
        self.document.refuse(self.at, self.place.as_str(), problem);
    }

    fn find(&mut self, field: &'static str) -> Option<&'d Spanned<DeValue<'a>>> {
        self.asked.push(field);
        self.table.get(field)
    }

    fn refuse_type(&self, value: &Spanned<DeValue<'_>>, field: &str, wanted: &str) {
        let Range { start, .. } = value.span();
        self.refuse(start, field, format!("is of the type {}; write {wanted}", value.get_ref().type_str()));
    }

    /// A text, where it is given.
    pub(super) fn text(&mut self, field: &'static str) -> Option<At<String>> {
        let value = self.find(field)?;
        let text = text_of(value);
        match &text {
            None => self.refuse_type(value, field, "one text in quotes"),
            Some(text) if text.value.trim().is_empty() => {
                self.refuse(text.at, field, "is empty; fill it in");
                return None;
            }
            Some(_) => {}
        }
        text
    }

    /// A text that must be given.
    pub(super) fn required_text(&mut self, field: &'static str, what: &str) -> Option<At<String>> {
        if !self.table.contains_key(field) {
            self.asked.push(field);
            self.refuse(self.at, field, format!("is missing; write {what}"));
            return None;
        }
        self.text(field)
    }

    /// A text or a list of texts; empty where the field is not given.
    pub(super) fn texts(&mut self, field: &'static str) -> Vec<At<String>> {
        let Some(value) = self.find(field) else { return Vec::new() };
        let texts = texts_of(value);
        if texts.is_none() {
            self.refuse_type(value, field, "one text in quotes, or a list of them such as [\"a\", \"b\"]");
        }
        texts.unwrap_or_default()
    }

    /// The byte offset of a field that says `true`; `None` where it says `false` or is not given.
    pub(super) fn flag(&mut self, field: &'static str) -> Option<usize> {
        let value = self.find(field)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.refuse_type(value, field, "true or false");
        }
        flag.unwrap_or(false).then(|| value.span().start)
    }

    /// A table, where it is given.
    pub(super) fn table(&mut self, field: &'static str) -> Option<Fields<'a, 'd>> {
        let value = self.find(field)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.refuse_type(value, field, "a table such as { host = \"instance\" }");
        }
        table.map(|table| Fields::new(self.document, table, self.place_of(field), value.span().start))
    }

    /// A list of tables, each with its number counted from one.
    pub(super) fn tables(&mut self, field: &'static str) -> Vec<Fields<'a, 'd>> {
        let Some(value) = self.find(field) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.refuse_type(value, field, &format!("[[{field}]]"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (number, element) in array.iter().enumerate() {
            match element.get_ref().as_table() {
                Some(table) => {
                    let place = self.place_of(&format!("{field} {}", number + 1));
                    tables.push(Fields::new(self.document, table, place, element.span().start));
                }
                None => self.refuse_type(element, field, &format!("[[{field}]]")),
            }
        }
        tables
    }

    /// Every field of a table whose names are free, with a text or a list of texts each.
    pub(super) fn pairs(self) -> Vec<(At<String>, Vec<At<String>>)> {
        let mut pairs = Vec::new();
        for (key, value) in self.table.iter() {
            let name = At { value: key.get_ref().to_string(), at: key.span().start };
            match texts_of(value) {
                Some(texts) if !texts.is_empty() => pairs.push((name, texts)),
                Some(_) => self.refuse(name.at, &name.value, "is an empty list; leave it out or fill it in"),
                None => self.refuse_type(value, &name.value, "one text in quotes, or a list of them"),
            }
        }
        pairs
    }

    /// Every field of a table whose names are free, with one text each.
    pub(super) fn single_pairs(self) -> Vec<(At<String>, At<String>)> {
        let mut pairs = Vec::new();
        for (key, value) in self.table.iter() {
            let name = At { value: key.get_ref().to_string(), at: key.span().start };
            match text_of(value) {
                Some(text) => pairs.push((name, text)),
                None => self.refuse_type(value, &name.value, "one text in quotes"),
            }
        }
        pairs
    }

    /// Every field of a table whose names are free, as tables.
    pub(super) fn free_tables(self) -> Vec<(At<String>, Fields<'a, 'd>)> {
        let mut tables = Vec::new();
        for (key, value) in self.table.iter() {
            let name = At { value: key.get_ref().to_string(), at: key.span().start };
            match value.get_ref().as_table() {
                Some(table) => {
                    let place = self.place_of(&name.value);
                    let at = name.at;
                    tables.push((name, Fields::new(self.document, table, place, at)));
                }
                None => self.refuse_type(value, &name.value, "a table"),
            }
        }
        tables
    }

    /// Refuses what was not asked for.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let meant = distance::nearest(name, self.asked.iter().copied());
            let meant = meant.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            let problem = format!("is no field{meant}; legal: {}", self.asked.join(", "));
            self.refuse(key.span().start, name, problem);
        }
    }
}

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<At<String>> {
    value.get_ref().as_str().map(|text| At { value: text.to_owned(), at: value.span().start })
}

fn texts_of(value: &Spanned<DeValue<'_>>) -> Option<Vec<At<String>>> {
    match value.get_ref() {
        DeValue::Array(array) => array.iter().map(text_of).collect(),
        _ => text_of(value).map(|text| vec![text]),
    }
}
