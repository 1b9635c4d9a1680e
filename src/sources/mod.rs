//! Sources: what monitoring systems answer, live or exported, becomes [`Samples`].
//!
//! [`expand`] finds the exported files, [`read_file`] reads one of them. A reader takes one format; it claims a
//! text by how it begins and leaves its series in a sink. To add one, write its file with `claims` and `read`,
//! declare its module, and give it a line in `formats!` below.

mod cloudwatch;
mod csv_table;
mod decimal;
mod declared;
mod decompress;
mod expand;
mod fault;
mod graphite;
mod identity;
mod json;
mod lines;
pub mod live;
mod names;
pub mod packs;
mod prometheus;
mod read;
mod report;
mod samples;
mod sink;
mod sniff;
#[cfg(test)]
mod testing;
mod tidy;
mod timestamp;
mod wide;

pub use declared::recognise_declared;
pub use expand::expand;
pub use identity::{Identity, Recognition};
pub use names::Names;
pub use packs::{PackErrors, Packs, Recogniser};
pub use read::read_file;
pub use report::{FileReading, FileReport, ReadError, Unrecognised};
pub use samples::{Points, Samples};

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $($reader:ident)::+;)*) => {
        /// The formats of exported files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $($(#[$doc])* $variant,)* }

        impl Format {
            /// Every format, in the order in which they are asked for a text.
            pub const ALL: &[Format] = &[$(Format::$variant,)*];

            /// What an operator calls the format.
            pub fn name(self) -> &'static str {
                match self { $(Format::$variant => $name,)* }
            }

            /// Whether a text that opens so is of this format.
            fn claims(self, opening: &sniff::Opening<'_>) -> bool {
                match self { $(Format::$variant => $($reader)::+::claims(opening),)* }
            }

            /// Reads a text of this format.
            fn read(self, text: &str, sink: &mut sink::Sink<'_>) -> fault::Outcome<()> {
                match self { $(Format::$variant => $($reader)::+::read(text, sink),)* }
            }
        }
    };
}

formats! {
    /// Answers of `/api/v1/query_range` and `/api/v1/query`.
    PrometheusJson = "Prometheus JSON", prometheus::json;
    /// `/render?format=json`.
    GraphiteJson = "Graphite JSON", graphite::json;
    /// `/render?format=raw`.
    GraphiteRaw = "Graphite raw", graphite::raw;
    /// `/render?format=csv`.
    GraphiteCsv = "Graphite CSV", graphite::csv;
    /// `aws cloudwatch get-metric-data`.
    CloudWatchMetricData = "CloudWatch get-metric-data", cloudwatch::metric_data;
    /// `aws cloudwatch get-metric-statistics`.
    CloudWatchStatistics = "CloudWatch get-metric-statistics", cloudwatch::statistics;
    /// CloudWatch metric streams in JSON.
    CloudWatchStream = "CloudWatch metric stream", cloudwatch::stream;
    /// CSV with the header `series,timestamp,value`.
    TidyCsv = "tidy CSV (series,timestamp,value)", tidy;
    /// CSV with a time in the first column and a series in each other.
    WideCsv = "wide CSV (time,<series>,…)", wide;
    /// `promtool tsdb dump-openmetrics` and `promtool tsdb dump`.
    OpenMetrics = "OpenMetrics text", prometheus::openmetrics;
}

impl Format {
    /// All names, for an error.
    fn list() -> String {
        Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
    }
}
