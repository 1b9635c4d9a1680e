//! The page: one HTML file with its style and charts inside. Templates see formatted strings only, and escape
//! whatever is not a drawing of ours.

mod beside;
mod card;
mod cost;
mod decision;
mod joined;
mod load;
mod notes;
mod page;
mod record;
mod rise;
mod section;
mod summary;
mod week;
mod what_if;

use minijinja::{
    AutoEscape, Environment, UndefinedBehavior,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};
use serde::Serialize;

use super::{Report, ReportError, drawn::Drawn};

/// Each template with the name by which the others include it.
const TEMPLATES: [(&str, &str); 13] = [
    ("weekly.html", include_str!("../../../reports/weekly.html.j2")),
    ("cost-optimisation.html", include_str!("../../../reports/cost-optimisation.html.j2")),
    ("urgent.html", include_str!("../../../reports/urgent.html.j2")),
    ("section.html", include_str!("../../../reports/section.html.j2")),
    ("card.html", include_str!("../../../reports/card.html.j2")),
    ("what_if.html", include_str!("../../../reports/what_if.html.j2")),
    ("basis.html", include_str!("../../../reports/basis.html.j2")),
    ("glossary.html", include_str!("../../../reports/glossary.html.j2")),
    ("record.html", include_str!("../../../reports/record.html.j2")),
    ("scores.html", include_str!("../../../reports/scores.html.j2")),
    ("brand.html", include_str!("../../../reports/brand.html.j2")),
    ("wave.html", include_str!("../../../reports/wave.html.j2")),
    ("backtest.html", include_str!("../../../reports/backtest.html.j2")),
];

const STYLE: &str = include_str!("../../../reports/style.css");

/// The weekly report as one self-contained page.
///
/// # Errors
/// When a template does not fit the page that it is given, or the as-of moment is no date.
pub(crate) fn weekly(report: &Report, drawn: &[Drawn]) -> Result<String, ReportError> {
    render("weekly.html", &page::Page::new(report, drawn)?)
}

/// The cost-optimisation report as one self-contained page.
///
/// # Errors
/// When a chart cannot be drawn, a template does not fit the page that it is given, or the as-of moment is no date.
pub(crate) fn cost_optimisation(report: &Report) -> Result<String, ReportError> {
    render("cost-optimisation.html", &cost::CostPage::new(report)?)
}

/// The style of every page.
pub(super) fn style() -> Value {
    Value::from_safe_string(STYLE.to_owned())
}

/// A page by the name of its template.
///
/// # Errors
/// The template does not fit the page that it is given.
pub(super) fn render<P: Serialize>(name: &str, page: &P) -> Result<String, ReportError> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_formatter(joined::formatter);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    templates.set_syntax(syntax.map_err(ReportError::Template)?);
    for (name, source) in TEMPLATES {
        templates.add_template(name, source).map_err(ReportError::Template)?;
    }
    let template = templates.get_template(name).map_err(ReportError::Template)?;
    template.render(Serde(page)).map_err(ReportError::Template)
}

#[cfg(test)]
mod tests;
