//! Troubles: why Graphite did not answer, in words and with the next step.

use crate::{net::NetError, sources::live::LiveError};

/// As much of an error's page as is worth a line.
const SHOWN: usize = 200;

/// What went wrong over the wire; `what` is what was asked.
pub(super) fn of_net(source: &str, what: &str, error: &NetError) -> LiveError {
    let (problem, next_step) = match error {
        NetError::Status { body, .. } if body.contains("unsupported path requested") => (
            "the server has no /render; it seems to be VictoriaMetrics".to_owned(),
            "write kind = \"prometheus\" for it, whose API it answers",
        ),
        NetError::Status { status: 400, body, .. } if body.contains("Invalid parameters") => {
            (said(400, body), "correct the query in its pack or its source")
        }
        NetError::Status { status, body, .. } => (said(*status, body), error.next_step()),
        other => (other.problem(), other.next_step()),
    };
    LiveError {
        source_name: source.to_owned(),
        problem: format!("{what}: {problem}"),
        next_step: next_step.to_owned(),
        passing: error.is_passing(),
    }
}

/// Whether less at once may have an answer.
pub(super) fn is_too_much(error: &NetError) -> bool {
    match error {
        NetError::TooLarge { .. } => true,
        NetError::Status { status: 413 | 414, .. } => true,
        // gunicorn's and Django's words for a request with too many targets.
        NetError::Status { status: 400, body, .. } => {
            body.contains("Request Line is too large") || body.contains("DATA_UPLOAD_MAX")
        }
        _ => false,
    }
}

/// Whether the answer took too long: for a proxy, or for the client, which says so in these words.
pub(super) fn is_late(error: &NetError) -> bool {
    matches!(error, NetError::Status { status: 504, .. })
        || error.problem().contains("no whole answer within")
}

fn said(status: u16, body: &str) -> String {
    let words = words_of(body);
    if words.is_empty() {
        format!("the server answered {status}")
    } else {
        format!("the server answered {status}: {words}")
    }
}

/// An answer that is not what Graphite answers.
pub(super) fn of_body(source: &str, what: &str, problem: &str, body: &[u8]) -> LiveError {
    let words = words_of(&String::from_utf8_lossy(body.get(..4_096).unwrap_or(body)));
    let began = if words.is_empty() { String::new() } else { format!("; it begins \"{words}\"") };
    LiveError {
        source_name: source.to_owned(),
        problem: format!("{what}: {problem}{began}"),
        next_step: "check that `url` is graphite-web itself and not a page to log in at".to_owned(),
        passing: false,
    }
}

/// An answer that ends too early, twice.
pub(super) fn cut_off(source: &str, what: &str, problem: &str) -> LiveError {
    LiveError {
        source_name: source.to_owned(),
        problem: format!("{what}: the answer is cut off: {problem}"),
        next_step: "check what stands between here and graphite-web; it is asked again with the next pull"
            .to_owned(),
        passing: true,
    }
}

/// The beginning of a body as people read it: without HTML tags, each text once, on one line.
fn words_of(body: &str) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut note = |text: &str| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // A page's title is mostly its headline too.
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    };
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('<') {
        note(before);
        // A page's looks and scripts are not its words.
        let end = match after.get(..5).map(str::to_ascii_lowercase).as_deref() {
            Some("style") => "</style>",
            Some("scrip") => "</script>",
            _ => ">",
        };
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    note(rest);
    let line = texts.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().escape_debug()),
        None => line.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, body: &str) -> NetError {
        NetError::Status { url: "http://graphite/render".to_owned(), status, body: body.to_owned() }
    }

    #[test]
    fn a_status_is_told_with_the_first_words_of_its_page() {
        let page = "<html>\n<head><title>502 Bad Gateway</title><style>p { x }</style></head>\n<body>\n<h1>502 Bad Gateway</h1><hr>nginx</body></html>";
        let error = of_net("graphite", "a.*", &status(502, page));
        insta::assert_snapshot!(error, @"graphite: a.*: the server answered 502: 502 Bad Gateway nginx; look into the logs of the server and of what stands before it");
        assert!(error.passing);
    }

    #[test]
    fn what_will_not_change_is_not_passing() {
        let unknown = "Invalid parameters (Received request for unknown function: nosuch)";
        let error = of_net("graphite", "nosuch(a)", &status(400, unknown));
        insta::assert_snapshot!(error, @"graphite: nosuch(a): the server answered 400: Invalid parameters (Received request for unknown function: nosuch); correct the query in its pack or its source");
        assert!(!error.passing && !of_net("graphite", "a", &status(401, "")).passing);
    }

    #[test]
    fn victoria_metrics_is_told_apart() {
        let error = of_net("g", "a", &status(400, "unsupported path requested: \"/render\""));
        insta::assert_snapshot!(error, @r#"g: a: the server has no /render; it seems to be VictoriaMetrics; write kind = "prometheus" for it, whose API it answers"#);
    }

    #[test]
    fn what_less_may_help_is_told_from_what_it_does_not() {
        let late = "there was no whole answer within 60 s".to_owned();
        let broken = |problem| NetError::Broken { url: String::new(), problem, next_step: String::new() };
        assert!(is_late(&broken(late)) && is_late(&status(504, "")));
        assert!(!is_late(&broken("the connection was refused".to_owned())));
        let fields = "Invalid parameters (The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.)";
        assert!(is_too_much(&status(400, fields)) && is_too_much(&status(413, "")));
        assert!(!is_too_much(&status(400, "Invalid parameters")) && !is_too_much(&status(500, "")));
    }

    #[test]
    fn long_pages_are_cut_and_hostile_ones_made_visible() {
        assert_eq!(words_of("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(words_of(&"é".repeat(300)).chars().count(), SHOWN + 1);
        assert_eq!(words_of("<script>x</script><p>y<"), "y");
    }
}
