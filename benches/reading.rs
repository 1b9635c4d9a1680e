//! Reading exports: bytes a second of [`read_file`] on Prometheus JSON, beside `serde_json::Value`.

use std::{fmt::Write as _, hint::black_box, io::Write as _, sync::OnceLock};

use divan::{Bencher, counter::BytesCount};
use mailtide::{
    platform::{Labels, Measure, SeriesKey},
    sources::{Identity, Recognition, read_file},
};

/// The command's own allocator; the reading beside it has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// About 50 MB: 128 series of 60 days at steps of five minutes.
const SERIES: usize = 128;
const STEPS: i64 = 60 * 288;

fn main() {
    divan::main();
}

/// An answer of `/api/v1/query_range` with percentages of three decimals, as a recording rule rounds them.
fn answer() -> &'static str {
    static ANSWER: OnceLock<String> = OnceLock::new();
    ANSWER.get_or_init(|| {
        let mut text = String::from(r#"{"status":"success","data":{"resultType":"matrix","result":["#);
        // Numerical Recipes' linear congruential generator: the values only need digits that vary.
        let mut state: u32 = 42;
        for series in 0..SERIES {
            let comma = if series == 0 { "" } else { "," };
            let _ = write!(
                text,
                r#"{comma}{{"metric":{{"__name__":"instance:cpu_busy:percent","instance":"srv{series:05}:9100","job":"node"}},"values":["#
            );
            for step in 0..STEPS {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let comma = if step == 0 { "" } else { "," };
                let value = f64::from(state >> 12) % 100_000.0 / 1000.0;
                let _ = write!(text, r#"{comma}[{},"{value}"]"#, 1_700_000_000 + 300 * step);
            }
            text.push_str("]}");
        }
        text.push_str("]}}");
        text
    })
}

fn recognise(identity: &Identity) -> Recognition {
    let mut labels = Labels::new();
    labels.set("series", identity.to_string());
    Recognition::Known { key: SeriesKey { measure: Measure::LoadCpu, labels }, factor: 0.01, offset: 0.0 }
}

#[divan::bench(sample_count = 10)]
fn prometheus_json(bencher: Bencher<'_, '_>) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file for the export");
    file.write_all(answer().as_bytes()).expect("room for the export");
    let points = SERIES as u64 * STEPS as u64;
    bencher.counter(BytesCount::of_str(answer())).bench_local(|| {
        let reading = read_file(file.path(), "export.json", &recognise);
        assert_eq!(reading.report.points, points);
        black_box(reading)
    });
}

#[divan::bench(sample_count = 10)]
fn prometheus_json_as_serde_json_value(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(answer()))
        .bench_local(|| serde_json::from_str::<serde_json::Value>(black_box(answer())).map(black_box));
}
