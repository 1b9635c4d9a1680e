//! The whole page of the fixture, and what must hold of any page.

use std::collections::BTreeSet;

use super::*;
use crate::reports::{drawn, fixture};

fn page(report: &Report) -> String {
    weekly(report, &drawn::draw(report).unwrap()).unwrap()
}

/// The values of an attribute, in the order of the page.
fn attribute<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_whole_page() {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"(?s)<style>.*?</style>", "<style>…</style>");
    settings.add_filter(r"(?s)(<svg[^>]*>).*?</svg>", "$1…</svg>");
    settings.bind(|| insta::assert_snapshot!(page(&fixture::report())));
}

#[test]
fn the_whole_cost_page() {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"(?s)<style>.*?</style>", "<style>…</style>");
    settings.add_filter(r"(?s)(<svg[^>]*>).*?</svg>", "$1…</svg>");
    settings.bind(|| insta::assert_snapshot!(cost_optimisation(&fixture::report()).unwrap()));
}

#[test]
fn a_cost_page_without_a_schedule_says_so() {
    let mut report = fixture::report();
    report.findings.retain(|finding| finding.kind != crate::plans::Kind::Ebb);
    let page = cost_optimisation(&report).unwrap();
    assert!(page.contains("No pool has a schedule to propose."), "{page}");
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let report = fixture::report();
    nothing_is_loaded_or_runs(&page(&report));
    nothing_is_loaded_or_runs(&cost_optimisation(&report).unwrap());
}

fn nothing_is_loaded_or_runs(page: &str) {
    for forbidden in ["<script", "<link", "<img", "<iframe", "@import", "url(", "src=", "javascript:", " on"]
    {
        let found = page.match_indices(forbidden).find(|(at, _)| {
            // An event handler is an attribute: ` onload=`; in sentences ` on` is a word.
            forbidden != " on"
                || page[at + 3..].chars().take_while(char::is_ascii_alphabetic).count() > 0
                    && page[at + 3..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('=')
        });
        assert_eq!(found, None, "the page holds {forbidden}");
    }
    assert!(!page.contains("http"), "the page names an address");
    assert!(attribute(page, "href").iter().all(|href| href.starts_with('#')));
}

#[test]
fn every_link_has_its_target_and_every_target_is_one() {
    let page = page(&fixture::report());
    let ids = attribute(&page, "id");
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len());
    for link in attribute(&page, "href").iter().chain(&attribute(&page, "aria-labelledby")) {
        assert!(distinct.contains(link.trim_start_matches('#')), "{link} leads nowhere");
    }
}

#[test]
fn every_finding_is_on_the_page() {
    for charts in [0, 3, 100] {
        let report = Report { charts, ..fixture::report() };
        let page = page(&report);
        let ids = attribute(&page, "id");
        let told =
            ids.iter().filter(|id| id.rsplit_once('-').is_some_and(|(_, n)| n.parse::<usize>().is_ok()));
        assert_eq!(told.count(), report.findings.len());
    }
}

#[test]
fn a_report_without_findings_is_a_page_too() {
    let report = Report { findings: Vec::new(), inputs: Default::default(), ..fixture::report() };
    let page = page(&report);
    assert!(page.contains("Nothing asks for attention") && page.contains("No volume was looked at"));
}

#[test]
fn charts_say_what_they_show_and_headings_are_never_empty() {
    let page = page(&fixture::report());
    assert_eq!(page.matches("role=\"img\" aria-label=\"Chart of ").count(), 7);
    for heading in page.split("</h").skip(1).map(|rest| &rest[..1]).zip(page.split("</h")) {
        let (level, before) = heading;
        let opened = before.rsplit_once(&format!("<h{level}"));
        // What follows the opening tag, its own inner tags left in: a heading begins with its words.
        let words = opened.and_then(|(_, tag)| tag.split_once('>')).map(|(_, words)| words.trim());
        assert!(words.is_none_or(|words| !words.is_empty()), "an empty h{level}");
    }
    assert!(page.contains("<html lang=\"en\">"));
    let headers = page.matches("<th ").count() + page.matches("<th>").count();
    assert_eq!(headers, page.matches("<th scope=").count());
}

/// A scenario's name is the operator's, and escaped like any label.
#[test]
fn the_whole_section_of_scenarios() {
    let page = page(&crate::reports::what_if::tests::report());
    assert!(!page.contains("<b>strict</b>"));
    let from = page.find("<section class=\"question\" aria-labelledby=\"what-if\">").unwrap();
    let section = &page[from..];
    let to = section.find("</section>").unwrap();
    insta::assert_snapshot!(&section[..to]);
}
