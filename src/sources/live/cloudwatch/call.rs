//! Calls: how many metrics one `GetMetricData` call takes, and the queries for them.

use std::ops::Range;

use super::{
    answer::Ask,
    api::{Asks, Dimensions, Query},
    inquiry::{Metrics, Search},
    price::LARGEST_SEARCH,
};
use crate::{platform::SeriesKey, sources::live::Request};

/// The most queries of one call, and the most points that it is answered with.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
const MOST_QUERIES: usize = 500;
const MOST_POINTS: usize = 100_800;

/// The Id of a search's query; each call has only one.
pub(super) const SEARCH_ID: &str = "s0";

/// How many periods a request covers.
pub(super) fn slots(range: &Range<i64>, period: i64) -> usize {
    usize::try_from((range.end - range.start) / period.max(1)).unwrap_or_default()
}

/// How many metrics one call takes for so many slots each.
pub(super) fn capacity(asked: &Metrics, slots: usize) -> usize {
    let queries = if asked.rule.expression.is_some() { 2 } else { 1 };
    (MOST_QUERIES / queries).min(MOST_POINTS / (slots.max(1) * queries)).max(1)
}

/// The metrics of a request's part: their places among all, and themselves.
pub(super) fn part<'a>(
    asked: &Metrics,
    metrics: &'a [(Dimensions, SeriesKey)],
    request: &Request,
) -> &'a [(Dimensions, SeriesKey)] {
    let capacity = capacity(asked, slots(&request.range, request.step));
    metrics.chunks(capacity).nth(request.part).unwrap_or_default()
}

/// The Id under which the metric at a place of its part is answered.
pub(super) fn visible_id(asked: &Metrics, at: usize) -> String {
    if asked.rule.expression.is_some() { format!("e{at}") } else { format!("m{at}") }
}

/// What to ask for the metrics of a part.
pub(super) fn of_metrics(asked: &Metrics, metrics: &[(Dimensions, SeriesKey)], period: i64) -> Vec<Ask> {
    let ask = |(at, (dimensions, _)): (usize, &(Dimensions, SeriesKey))| {
        let metric = Query {
            id: format!("m{at}"),
            asks: Asks::Metric {
                namespace: asked.namespace.clone(),
                metric: asked.metric.clone(),
                dimensions: dimensions.clone(),
                statistic: asked.statistic.clone(),
            },
            period,
            label: None,
            shown: asked.rule.expression.is_none(),
        };
        let mut queries = vec![metric];
        if let Some(expression) = &asked.rule.expression {
            queries.push(Query {
                id: visible_id(asked, at),
                asks: Asks::Expression(over(expression, at)),
                period,
                label: None,
                shown: true,
            });
        }
        Ask { queries, several: false, charged: 1 }
    };
    metrics.iter().enumerate().map(ask).collect()
}

/// A pack's expression over `m1`, over the metric at a place of its part.
fn over(expression: &str, at: usize) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut text = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(start) = rest.find(is_word) {
        let (before, word) = rest.split_at(start);
        let (word, after) = word.split_at(word.find(|c| !is_word(c)).unwrap_or(word.len()));
        text.push_str(before);
        if word == "m1" {
            text.push_str(&format!("m{at}"));
        } else {
            text.push_str(word);
        }
        rest = after;
    }
    text + rest
}

/// What to ask for a search; `found` is how many series it gave before.
pub(super) fn of_search(search: &Search, period: i64, found: Option<usize>) -> Ask {
    let query = Query {
        id: SEARCH_ID.to_owned(),
        asks: Asks::Expression(search.expression(period)),
        period,
        label: search.label(),
        shown: true,
    };
    Ask { queries: vec![query], several: true, charged: found.unwrap_or(LARGEST_SEARCH) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_m1_is_the_metric() {
        assert_eq!(over("m1 / PERIOD(m1)", 7), "m7 / PERIOD(m7)");
        assert_eq!(over("FILL(m1,0)+m10-am1", 12), "FILL(m12,0)+m10-am1");
        assert_eq!(over("100 - m1", 0), "100 - m0");
    }
}
