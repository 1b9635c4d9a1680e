//! Reading fields out of a parsed TOML file so that every mistake is found, not only the first.

use std::borrow::Cow;

use chrono::NaiveDate;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    document::Document,
    wording::{key_as_written, quoted, shown, suggestion},
};

/// A value of the file, with the bytes that it stands at.
pub(crate) type Item<'t> = Spanned<DeValue<'t>>;

/// The fields of one table. A field that is asked for becomes a legal one; [`Fields::finish`] refuses the
/// rest. A reader answers `None` both where a field is absent and where it was refused.
pub(crate) struct Fields<'t> {
    document: &'t Document<'t>,
    name: String,
    offset: usize,
    table: &'t DeTable<'t>,
    legal: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The fields of `item`, which messages call `name`; refused where it is no table.
    pub(crate) fn of(document: &'t Document<'t>, name: String, item: &'t Item<'t>) -> Option<Fields<'t>> {
        let offset = item.span().start;
        match item.get_ref() {
            DeValue::Table(table) => Some(Fields { document, name, offset, table, legal: Vec::new() }),
            other => {
                let legal = "legal: a table of fields";
                document.refuse(offset, &name, "", format!("{} is not a table", shown(other)), legal);
                None
            }
        }
    }

    /// The fields at the top of the file.
    pub(crate) fn top(document: &'t Document<'t>, table: &'t DeTable<'t>) -> Fields<'t> {
        Fields { document, name: String::new(), offset: 0, table, legal: Vec::new() }
    }

    /// The file that the table stands in.
    pub(crate) fn document(&self) -> &'t Document<'t> {
        self.document
    }

    /// The table's own `name`, where it has one.
    pub(crate) fn own_name(&self) -> Option<&'t str> {
        self.table.get("name").and_then(|name| name.get_ref().as_str())
    }

    /// The byte offset of the table.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the field is there, whatever it holds.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.table.contains_key(field)
    }

    /// Where a field stands, or its table where it is absent.
    pub(crate) fn offset_of(&self, field: &str) -> usize {
        self.table.get_key_value(field).map_or(self.offset, |(key, _)| key.span().start)
    }

    /// Notes a mistake in a field.
    pub(crate) fn refuse(&self, field: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.document.refuse(self.offset_of(field), &self.name, field, problem, remedy);
    }

    /// Notes a mistake at an element of a field.
    pub(crate) fn refuse_at(&self, offset: usize, field: &str, problem: String, remedy: impl Into<String>) {
        self.document.refuse(offset, &self.name, field, problem, remedy);
    }

    /// Refuses the table where the field is absent.
    pub(crate) fn require(&self, field: &str, legal: &str) {
        if !self.has(field) {
            self.refuse(field, "is missing", format!("legal: {legal}"));
        }
    }

    /// The field as it stands in the file.
    pub(crate) fn take(&mut self, field: &'static str) -> Option<&'t Item<'t>> {
        self.legal.push(field);
        self.table.get(field)
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, field: &'static str) -> Option<Spanned<String>> {
        let item = self.take(field)?;
        self.as_text(field, item)
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, field: &'static str) -> Option<bool> {
        let item = self.take(field)?;
        item.get_ref().as_bool().or_else(|| {
            self.refuse(
                field,
                format!("{} is neither true nor false", shown(item.get_ref())),
                "legal: true, false",
            );
            None
        })
    }

    /// A finite number for which `holds`; `what` says what it is to be: "a share of the usable bytes".
    pub(crate) fn number(
        &mut self,
        field: &'static str,
        what: &str,
        legal: &str,
        holds: impl Fn(f64) -> bool,
    ) -> Option<f64> {
        let item = self.take(field)?;
        let number = match item.get_ref() {
            // TOML writes digits as Rust reads them once its underscores are gone; hexadecimal is no amount.
            DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str().parse::<f64>().ok(),
            DeValue::Float(digits) => digits.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let legal_number = number.filter(|number| number.is_finite() && holds(*number));
        if legal_number.is_none() {
            self.refuse(field, format!("{} is not {what}", shown(item.get_ref())), format!("legal: {legal}"));
        }
        legal_number
    }

    /// A list of texts, none of them empty; elements that are refused are left out.
    pub(crate) fn texts(&mut self, field: &'static str) -> Option<Vec<Spanned<String>>> {
        let items = self.list(field, "a list of texts, as in [\"a\", \"b\"]")?;
        Some(items.iter().filter_map(|item| self.as_text(field, item)).collect())
    }

    /// A text, or a list of texts, none of them empty; elements that are refused are left out.
    pub(crate) fn text_or_texts(&mut self, field: &'static str) -> Option<Vec<Spanned<String>>> {
        match self.table.get(field).map(|item| item.get_ref()) {
            Some(DeValue::Array(_)) => self.texts(field),
            _ => self.text(field).map(|text| vec![text]),
        }
    }

    /// One of `all`, by its name.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        field: &'static str,
        what: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(field)?;
        let found = all.iter().copied().find(|one| name(*one) == text.get_ref());
        if found.is_none() {
            let problem = format!("{} is not {what}", quoted(text.get_ref()));
            self.refuse(
                field,
                problem,
                suggestion(text.get_ref(), &all.iter().map(|t| name(*t)).collect::<Vec<_>>()),
            );
        }
        found
    }

    /// A table of texts.
    pub(crate) fn pairs(&mut self, field: &'static str) -> Option<Vec<(Spanned<String>, Spanned<String>)>> {
        let item = self.take(field)?;
        let DeValue::Table(table) = item.get_ref() else {
            let problem = format!("{} is not a table of texts", shown(item.get_ref()));
            self.refuse(field, problem, "legal: such as { host = \"instance\" }");
            return None;
        };
        let pair = |(key, value): (&Spanned<Cow<'t, str>>, &'t Item<'t>)| {
            Some((Spanned::new(key.span(), key.get_ref().to_string()), self.as_text(field, value)?))
        };
        Some(table.iter().filter_map(pair).collect())
    }

    /// A day, as `2026-12-24` or `"2026-12-24"`.
    pub(crate) fn date(&mut self, field: &'static str) -> Option<NaiveDate> {
        let item = self.take(field)?;
        self.as_date(field, item)
    }

    /// A list of days; elements that are refused are left out.
    pub(crate) fn dates(&mut self, field: &'static str) -> Option<Vec<NaiveDate>> {
        let items = self.list(field, "a list of days, as in [2026-12-24, 2026-12-25]")?;
        Some(items.iter().filter_map(|item| self.as_date(field, item)).collect())
    }

    /// One sub-table.
    pub(crate) fn sub_table(&mut self, field: &'static str) -> Option<Fields<'t>> {
        let item = self.take(field)?;
        Fields::of(self.document, self.path(field), item)
    }

    /// Sub-tables written as `[[field]]`, each called by its `name`, or by its number where it has none.
    pub(crate) fn sub_tables(&mut self, field: &'static str) -> Vec<Fields<'t>> {
        let path = self.path(field);
        let Some(item) = self.take(field) else { return Vec::new() };
        let DeValue::Array(items) = item.get_ref() else {
            self.document.refuse(
                item.span().start,
                &path,
                "",
                format!("{} is not a list of tables", shown(item.get_ref())),
                format!("write [[{path}]] above each"),
            );
            return Vec::new();
        };
        let numbered = items.iter().enumerate();
        numbered
            .filter_map(|(i, item)| {
                let name = match item.get_ref().get("name").and_then(|name| name.get_ref().as_str()) {
                    Some(name) => format!("{path} {}", quoted(name)),
                    None => format!("{path} {}", i + 1),
                };
                Fields::of(self.document, name, item)
            })
            .collect()
    }

    /// Refuses every field that was not asked for.
    pub(crate) fn finish(self) {
        for (key, _) in self.table.iter().filter(|(key, _)| !self.legal.contains(&key.get_ref().as_ref())) {
            let remedy = suggestion(key.get_ref(), &self.legal);
            let field = key_as_written(key.get_ref());
            self.document.refuse(key.span().start, &self.name, &field, "is not a field here", remedy);
        }
    }

    fn path(&self, field: &str) -> String {
        if self.name.is_empty() { field.to_owned() } else { format!("{}.{field}", self.name) }
    }

    fn list(&mut self, field: &'static str, legal: &str) -> Option<&'t [Item<'t>]> {
        let item = self.take(field)?;
        match item.get_ref() {
            DeValue::Array(items) => Some(items),
            other => {
                self.refuse(field, format!("{} is not a list", shown(other)), format!("legal: {legal}"));
                None
            }
        }
    }

    fn as_text(&self, field: &str, item: &Item<'t>) -> Option<Spanned<String>> {
        let text = item.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let problem = format!("{} is not a text", shown(item.get_ref()));
            self.refuse_at(item.span().start, field, problem, "legal: a text in quotes, not empty");
        }
        text.map(|text| Spanned::new(item.span(), text.to_owned()))
    }

    fn as_date(&self, field: &str, item: &Item<'t>) -> Option<NaiveDate> {
        let date = match item.get_ref() {
            DeValue::String(text) => text.parse().ok(),
            DeValue::Datetime(moment) if moment.time.is_none() => moment.date.and_then(|date| {
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            }),
            _ => None,
        };
        if date.is_none() {
            let problem = format!("{} is not a day", shown(item.get_ref()));
            self.refuse_at(
                item.span().start,
                field,
                problem,
                "legal: a day of the calendar, as in 2026-12-24",
            );
        }
        date
    }
}
