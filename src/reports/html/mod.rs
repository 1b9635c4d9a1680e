//! The page: one HTML file with its style and charts inside. Templates see formatted strings only, and escape
//! whatever is not a drawing of ours.

mod card;
mod cost;
mod notes;
mod page;
mod section;
mod summary;
mod week;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};

use serde::Serialize;

use super::{Report, ReportError, drawn::Drawn};

/// Each template with the name by which the others include it.
const TEMPLATES: [(&str, &str); 8] = [
    ("weekly.html", include_str!("../../../reports/weekly.html.j2")),
    ("cost-optimisation.html", include_str!("../../../reports/cost-optimisation.html.j2")),
    ("masthead.html", include_str!("../../../reports/masthead.html.j2")),
    ("urgent.html", include_str!("../../../reports/urgent.html.j2")),
    ("section.html", include_str!("../../../reports/section.html.j2")),
    ("card.html", include_str!("../../../reports/card.html.j2")),
    ("basis.html", include_str!("../../../reports/basis.html.j2")),
    ("glossary.html", include_str!("../../../reports/glossary.html.j2")),
];

const STYLE: &str = include_str!("../../../reports/style.css");

/// The weekly report as one self-contained page.
///
/// # Errors
/// When a template does not fit the page that it is given, or the as-of moment is no date.
pub(crate) fn weekly(report: &Report, drawn: &[Drawn]) -> Result<String, ReportError> {
    rendered("weekly.html", &page::Page::new(report, drawn)?)
}

/// The cost-optimisation report as one self-contained page.
///
/// # Errors
/// When a chart cannot be drawn, a template does not fit the page that it is given, or the as-of moment is no date.
pub(crate) fn cost_optimisation(report: &Report) -> Result<String, ReportError> {
    rendered("cost-optimisation.html", &cost::CostPage::new(report)?)
}

/// A page put into the template of this name.
fn rendered(name: &str, page: &impl Serialize) -> Result<String, ReportError> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
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
