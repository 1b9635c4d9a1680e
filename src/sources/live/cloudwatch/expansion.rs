//! Expansion: from a pack's entry to the metrics that CloudWatch has, by `ListMetrics`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    api::{Api, ApiError, Dimensions, Listing},
    inquiry::Metrics,
    price::Spending,
};
use crate::platform::SeriesKey;

/// Pages of one listing after which it is given up: 500 metrics a page, so two million.
const MOST_PAGES: usize = 4_000;

/// The metrics of one question, in the order of their dimensions.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    pub(super) metrics: Vec<(Dimensions, SeriesKey)>,
    /// What an operator should know of them.
    pub(super) notes: Vec<String>,
}

/// What was listed in this run, so that two questions about one metric ask once.
#[derive(Debug, Default)]
pub(super) struct Listings {
    known: Mutex<HashMap<Listing, Arc<Vec<Dimensions>>>>,
    server_time: Mutex<Option<i64>>,
}

impl Listings {
    /// All metrics of a listing. One is asked for at a time: `ListMetrics` is limited to 25 calls a second an
    /// account, which others share.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>.
    fn get(
        &self,
        listing: Listing,
        api: &dyn Api,
        spending: &Spending,
    ) -> Result<Arc<Vec<Dimensions>>, ApiError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = known.get(&listing) {
            return Ok(Arc::clone(metrics));
        }
        let mut metrics = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            spending.add_listing();
            let page = api.list(&listing, next.as_deref())?;
            if let Some(time) = page.server_time {
                *self.server_time.lock().unwrap_or_else(PoisonError::into_inner) = Some(time);
            }
            metrics.extend(page.metrics);
            if page.next.is_none() || page.next == next {
                let metrics = Arc::new(metrics);
                known.insert(listing, Arc::clone(&metrics));
                return Ok(metrics);
            }
            next = page.next;
        }
        Err(ApiError {
            problem: format!("ListMetrics of {} {} has no end", listing.namespace, listing.metric),
            next_step: "check `endpoint`".to_owned(),
            passing: false,
            stale_token: false,
        })
    }

    /// What the server's clock said with the last listing, seconds since 1970-01-01 UTC.
    pub(super) fn server_time(&self) -> Option<i64> {
        *self.server_time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The metrics that an entry maps.
    pub(super) fn expand(
        &self,
        asked: &Metrics,
        api: &dyn Api,
        spending: &Spending,
    ) -> Result<Expansion, ApiError> {
        let listed = self.get(asked.listing(), api, spending)?;
        let mut by_key: BTreeMap<SeriesKey, Vec<&Dimensions>> = BTreeMap::new();
        for dimensions in listed.iter() {
            if let Some(key) = asked.entry.of_dimensions(&asked.rule, dimensions) {
                by_key.entry(key).or_default().push(dimensions);
            }
        }
        Ok(wholes(by_key))
    }
}

/// One metric a series: where several map to one, those with the fewest dimensions, which are the whole and not a
/// part of it. Several of as many dimensions are one thing under changed names, such as a host that was given
/// another instance type: all are asked.
fn wholes(by_key: BTreeMap<SeriesKey, Vec<&Dimensions>>) -> Expansion {
    let mut expansion = Expansion::default();
    for (key, mut metrics) in by_key {
        let fewest = metrics.iter().map(|dimensions| dimensions.len()).min().unwrap_or_default();
        metrics.retain(|dimensions| dimensions.len() == fewest);
        metrics.dedup();
        if let [first, second, ..] = metrics.as_slice() {
            expansion.notes.push(format!(
                "{} and {} are both {key}; their samples are mixed. Give the dimension that tells them apart in a query \
                 pack of your own, or leave one out by `where` or `without`",
                shown(first),
                shown(second)
            ));
        }
        expansion.metrics.extend(metrics.into_iter().map(|dimensions| (dimensions.clone(), key.clone())));
    }
    expansion.metrics.sort_by(|(a, _), (b, _)| a.cmp(b));
    expansion
}

fn shown(dimensions: &Dimensions) -> String {
    let pairs: Vec<String> = dimensions.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(","))
}
