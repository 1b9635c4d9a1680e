//! CloudWatch through AWS's own SDK, which knows the credential chain, signs, retries and speaks CBOR.

use std::ops::Range;

use aws_sdk_cloudwatch::{
    Client,
    config::{ProvideCredentials, SharedCredentialsProvider},
    primitives::DateTime,
    types::{
        Dimension, DimensionFilter, MessageData, Metric, MetricDataQuery, MetricDataResult, MetricStat,
        ScanBy, StatusCode,
    },
};

use super::{
    api::{Api, ApiError, Asks, DataPage, Dimensions, ListPage, Listing, PageResult, Query, Status},
    sdk_error,
    seen::Seen,
};
use crate::{
    net,
    platform::{Asking, CloudWatch},
};

/// The SDK's client, and whom it asks as.
pub(super) struct Sdk {
    client: Client,
    credentials: Option<SharedCredentialsProvider>,
    /// Region, and the address where it is not the region's own.
    place: String,
    largest_answer: u64,
}

impl Sdk {
    /// Makes ready to ask; credentials are looked for with the first question.
    ///
    /// # Errors
    /// No region is known.
    pub(super) fn connect(settings: &CloudWatch, asking: &Asking) -> Result<Sdk, ApiError> {
        let config = net::load_aws(settings, asking.timeout).map_err(sdk_error::setup)?;
        let region = config.region().map(AsRef::as_ref).unwrap_or_default();
        let place = match &settings.endpoint {
            None => region.to_owned(),
            Some(endpoint) => format!("{region} at {endpoint}"),
        };
        Ok(Sdk {
            client: Client::new(&config),
            credentials: config.credentials_provider(),
            place,
            largest_answer: asking.largest_answer,
        })
    }
}

impl Api for Sdk {
    fn list(&self, listing: &Listing, next: Option<&str>) -> Result<ListPage, ApiError> {
        let filter = |(name, value): &(String, Option<String>)| {
            DimensionFilter::builder().name(name).set_value(value.clone()).build()
        };
        let filters: Vec<DimensionFilter> = listing.dimensions.iter().map(filter).collect();
        let seen = Seen::new(self.largest_answer);
        let request = self
            .client
            .list_metrics()
            .namespace(&listing.namespace)
            .metric_name(&listing.metric)
            .set_dimensions((!filters.is_empty()).then_some(filters))
            .set_next_token(next.map(str::to_owned))
            .customize()
            .interceptor(seen.clone())
            .send();
        let output = net::block_on(request).map_err(|error| sdk_error::explain(&error, &self.place))?;
        let metrics = output.metrics().iter().map(|metric| dimensions_of(metric.dimensions())).collect();
        let next = output.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
        Ok(ListPage { metrics, next, server_time: seen.time() })
    }

    fn data(&self, queries: &[&Query], range: &Range<i64>, next: Option<&str>) -> Result<DataPage, ApiError> {
        let seen = Seen::new(self.largest_answer);
        let request = self
            .client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.iter().map(|query| sdk_query(query)).collect()))
            .start_time(DateTime::from_secs(range.start))
            .end_time(DateTime::from_secs(range.end))
            .scan_by(ScanBy::TimestampAscending)
            .set_next_token(next.map(str::to_owned))
            .customize()
            .interceptor(seen.clone())
            .send();
        let output = net::block_on(request).map_err(|error| sdk_error::explain(&error, &self.place))?;
        Ok(DataPage {
            results: output.metric_data_results().iter().map(result).collect(),
            messages: output.messages().iter().map(message).collect(),
            next: output.next_token().map(str::to_owned),
            server_time: seen.time(),
            bytes: seen.bytes(),
        })
    }

    fn identity(&self) -> Result<String, ApiError> {
        let Some(provider) = &self.credentials else {
            return Err(sdk_error::no_credentials());
        };
        let credentials =
            net::block_on(provider.provide_credentials()).map_err(|error| sdk_error::credentials(&error))?;
        let key = credentials.access_key_id();
        let end = key.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        Ok(format!("{}, as access key …{}", self.place, key.get(end..).unwrap_or_default()))
    }
}

fn dimensions_of(dimensions: &[Dimension]) -> Dimensions {
    let pair = |dimension: &Dimension| Some((dimension.name()?.to_owned(), dimension.value()?.to_owned()));
    dimensions.iter().filter_map(pair).collect()
}

fn sdk_query(query: &Query) -> MetricDataQuery {
    // A period the SDK cannot hold is refused by the server, as any too long one is.
    let period = i32::try_from(query.period).unwrap_or(i32::MAX);
    let builder =
        MetricDataQuery::builder().id(&query.id).set_label(query.label.clone()).return_data(query.shown);
    match &query.asks {
        Asks::Expression(expression) => builder.expression(expression).period(period).build(),
        Asks::Metric { namespace, metric, dimensions, statistic } => {
            let dimension =
                |(name, value): (&String, &String)| Dimension::builder().name(name).value(value).build();
            let metric = Metric::builder()
                .namespace(namespace)
                .metric_name(metric)
                .set_dimensions(Some(dimensions.iter().map(dimension).collect()))
                .build();
            builder
                .metric_stat(MetricStat::builder().metric(metric).period(period).stat(statistic).build())
                .build()
        }
    }
}

fn result(result: &MetricDataResult) -> PageResult {
    PageResult {
        id: result.id().unwrap_or_default().to_owned(),
        label: result.label().unwrap_or_default().to_owned(),
        times: result.timestamps().iter().map(DateTime::secs).collect(),
        values: result.values().to_vec(),
        status: status(result.status_code()),
        messages: result.messages().iter().map(message).collect(),
    }
}

fn status(code: Option<&StatusCode>) -> Status {
    match code {
        Some(StatusCode::Complete) => Status::Complete,
        Some(StatusCode::PartialData) => Status::PartialData,
        Some(StatusCode::InternalError) => Status::InternalError,
        Some(StatusCode::Forbidden) => Status::Forbidden,
        Some(other) => Status::Other(format!("StatusCode {}", other.as_str())),
        None => Status::Other("no StatusCode".to_owned()),
    }
}

fn message(message: &MessageData) -> String {
    let parts: Vec<&str> = [message.code(), message.value()].into_iter().flatten().collect();
    parts.join(": ")
}
