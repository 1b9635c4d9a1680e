//! What a Prometheus source asks and makes of answers, against a scripted server.

use super::{
    scripted::{Reply, source, source_of},
    *,
};
use crate::sources::live::Fetched;

/// 2026-11-01 00:00 UTC: `date -u -d 2026-11-01 +%s`.
const NOVEMBER: i64 = 1_793_491_200;
const HOUR: i64 = 3600;

const MANY_POINTS: &str = r#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 2 points per timeseries."}"#;
const MANY_SAMPLES: &str = r#"{"error":"query processing would load too many samples into memory"}"#;

/// An answer with a series of `up` for each host, one at each hour from `first`.
fn answer(hosts: &[&str], first: i64, hours: i64) -> Reply {
    let series = hosts.iter().map(|host| {
        let values: Vec<String> = (0..hours).map(|h| format!("[{},\"1\"]", first + h * HOUR)).collect();
        format!(r#"{{"metric":{{"instance":"{host}"}},"values":[{}]}}"#, values.join(","))
    });
    let series = series.collect::<Vec<_>>().join(",");
    Reply::Body(format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{series}]}}}}"#))
}

fn count(series: usize) -> Reply {
    let result = match series {
        0 => String::new(),
        _ => format!(r#"{{"metric":{{}},"value":[1793491200,"{series}"]}}"#),
    };
    Reply::Body(format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}"#))
}

/// A request for some hours from the first of November.
fn hours(count: i64) -> Request {
    Request { question: 0, range: NOVEMBER..NOVEMBER + count * HOUR, step: HOUR, part: 0 }
}

fn asked_for(first: i64, last: i64) -> String {
    let (start, end) = (NOVEMBER + first * HOUR, NOVEMBER + last * HOUR);
    format!("POST api/v1/query_range query=avg_over_time(up[3599999ms])&start={start}&end={end}&step=3600")
}

fn times(fetched: &Fetched) -> Vec<i64> {
    fetched.reading.samples[0].points.times.iter().map(|time| (time - NOVEMBER) / HOUR).collect()
}

#[test]
fn a_request_is_cut_by_month_and_by_the_series_that_there_are() {
    let (source, asked) = source([count(500_000)]);
    let question = source.questions()[0].clone();
    let range = NOVEMBER - 3 * HOUR..NOVEMBER + HOUR;
    let cut = source.cut(&question, range.clone(), NOVEMBER).unwrap();
    let ranges: Vec<_> = cut.iter().map(|r| (r.range.start - NOVEMBER, r.range.end - NOVEMBER)).collect();
    // 1,000,000 points are two of each of 500,000 series.
    assert_eq!(ranges, [(-3 * HOUR, -HOUR), (-HOUR, 0), (0, HOUR)]);
    assert_eq!(
        asked.all(),
        [format!("POST api/v1/query query=count(avg_over_time(up[3599999ms]))&time={NOVEMBER}")]
    );
    assert_eq!(source.cut(&question, range, NOVEMBER).unwrap(), cut);
    assert_eq!(asked.all().len(), 1);
}

#[test]
fn an_answer_is_read_in_canonical_words() {
    let (source, asked) = source([answer(&["ms01:9100", "ms02:9100"], NOVEMBER, 3)]);
    let fetched = source.fetch(&hours(3)).unwrap();
    assert_eq!(asked.all(), [asked_for(0, 2)]);
    let report = &fetched.reading.report;
    assert_eq!((report.path.as_str(), report.series, report.points), ("metrics: up", 2, 6));
    assert_eq!(fetched.server_time, Some(1_793_500_000));
    assert_eq!(fetched.reading.samples[0].key.to_string(), r#"host.up{host="ms01"}"#);
    assert_eq!(times(&fetched), [0, 1, 2]);
    insta::assert_snapshot!(source.describe(&hours(3)), @r#"metrics: avg_over_time(up[3599999ms]) from 2026-11-01T00:00:00Z to 2026-11-01T02:00:00Z every 3600 s"#);
}

#[test]
fn an_empty_answer_is_no_warning() {
    let (source, _) = source([answer(&[], 0, 0)]);
    let report = source.fetch(&hours(3)).unwrap().reading.report;
    assert_eq!((report.series, report.warnings.len(), report.error), (0, 0, None));
}

#[test]
fn a_server_that_forbids_post_is_asked_by_get_from_then_on() {
    let (source, asked) =
        source([Reply::Status(405, ""), answer(&["a"], NOVEMBER, 1), answer(&["a"], NOVEMBER, 1)]);
    source.fetch(&hours(1)).unwrap();
    source.fetch(&hours(1)).unwrap();
    let methods: Vec<String> = asked.all().iter().map(|line| line[..4].to_owned()).collect();
    assert_eq!(methods, ["POST", "GET ", "GET "]);
}

#[test]
fn a_stated_limit_is_kept_from_then_on() {
    let (source, asked) = source([
        Reply::Status(400, MANY_POINTS),
        answer(&["a"], NOVEMBER, 2),
        answer(&["a"], NOVEMBER + 2 * HOUR, 2),
        answer(&["a"], NOVEMBER + 4 * HOUR, 1),
    ]);
    let fetched = source.fetch(&hours(5)).unwrap();
    assert_eq!(asked.all(), [asked_for(0, 4), asked_for(0, 1), asked_for(2, 3), asked_for(4, 4)]);
    assert_eq!(times(&fetched), [0, 1, 2, 3, 4]);
    assert_eq!((fetched.reading.samples.len(), fetched.reading.report.points), (1, 5));
    let cut = source.cut(&source.questions()[0], hours(5).range, NOVEMBER).unwrap();
    assert_eq!(cut.len(), 3);
}

#[test]
fn without_a_stated_limit_halves_are_asked() {
    for refusal in [
        Reply::Status(422, MANY_SAMPLES),
        Reply::Status(413, ""),
        Reply::Status(503, r#"{"error":"query timed out in expression evaluation"}"#),
        Reply::TooLarge,
    ] {
        let halves = [answer(&["a"], NOVEMBER, 2), answer(&["a"], NOVEMBER + 2 * HOUR, 2)];
        let (source, asked) = source(std::iter::once(refusal).chain(halves));
        assert_eq!(times(&source.fetch(&hours(4)).unwrap()), [0, 1, 2, 3]);
        assert_eq!(asked.all(), [asked_for(0, 3), asked_for(0, 1), asked_for(2, 3)]);
    }
}

#[test]
fn one_point_that_is_refused_is_an_error() {
    let refusals = || (0..3).map(|_| Reply::Status(422, MANY_SAMPLES));
    let (source, asked) = source(refusals());
    let error = source.fetch(&hours(4)).unwrap_err();
    assert_eq!(asked.all(), [asked_for(0, 3), asked_for(0, 1), asked_for(0, 0)]);
    assert!(!error.passing);
    insta::assert_snapshot!(error, @r#"metrics: `up`: the server refused it (422): query processing would load too many samples into memory; even one point at a time is too much: raise the server's limit (in Prometheus `--query.max-samples`), or narrow the query in a pack of your own"#);
}

#[test]
fn a_server_that_stays_slow_is_left_alone() {
    let (source, asked) = source((0..9).map(|_| Reply::Status(504, "Gateway Time-out")));
    let error = source.fetch(&hours(512)).unwrap_err();
    // The whole and four halvings: 512, 256, 128, 64 and 32 hours.
    assert_eq!(asked.all().len(), 5);
    assert_eq!(asked.all()[4], asked_for(0, 31));
    assert!(error.passing);
}

#[test]
fn a_wrong_query_is_refused_at_once_with_the_servers_words() {
    let body =
        r#"{"status":"error","errorType":"bad_data","error":"1:5: parse error: unclosed left parenthesis"}"#;
    let (source, asked) = source([Reply::Status(400, body)]);
    let error = source.fetch(&hours(4)).unwrap_err();
    assert_eq!((asked.all().len(), error.passing), (1, false));
    insta::assert_snapshot!(error, @r#"metrics: `up`: the server refused it (400): 1:5: parse error: unclosed left parenthesis; mend the query in a pack of your own that is called `up` too, or leave that pack out of the source's `packs`"#);
}

#[test]
fn every_refusal_names_the_next_step() {
    let shown = [
        Reply::Status(401, "Unauthorized"),
        Reply::Status(404, "404 page not found"),
        Reply::Status(503, "Service Unavailable"),
        Reply::Body("<!DOCTYPE html><html><title>Sign in</title>".to_owned()),
        Reply::Body(r#"[{"target":"a","datapoints":[[1,1793491200]]}]"#.to_owned()),
    ]
    .map(|reply| source([reply]).0.fetch(&hours(1)).unwrap_err().to_string());
    insta::assert_snapshot!(shown.join("\n"), @r#"
    metrics: `up`: http://prometheus.test/api/v1/query_range: the server answered 401: Unauthorized; check `user` and its password, or the token, of the source
    metrics: http://prometheus.test/api/v1/query_range: there is no such page (404): 404 page not found; check the source's `url`: it is what stands before `api/v1`, with a prefix such as `/select/0/prometheus` or `/prometheus` where the server has one
    metrics: `up`: http://prometheus.test/api/v1/query_range: the server answered 503: Service Unavailable; look into the logs of the server and of what stands before it
    metrics: `up`: the answer cannot be read: its content is of no known format: it begins "<!DOCTYPE html><html><title>Sign…"; look at that address in a browser: is it a login page, or another program? check `url` and the source's user or token
    metrics: `up`: the answer cannot be read: it is Graphite JSON; look at that address in a browser: is it a login page, or another program? check `url` and the source's user or token
    "#);
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_once_more() {
    let torn = || {
        Reply::Body(r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"instance":"a"},"values":[[1793491200,"1"]"#.to_owned())
    };
    let (healed, asked) = source([torn(), answer(&["a"], NOVEMBER, 1)]);
    let fetched = healed.fetch(&hours(1)).unwrap();
    assert_eq!((times(&fetched), fetched.reading.report.points), (vec![0], 1));
    assert_eq!(asked.all().len(), 2);
    let (source, _) = source([Reply::Body(String::new()), torn()]);
    let error = source.fetch(&hours(1)).unwrap_err();
    assert!(error.passing);
    insta::assert_snapshot!(error, @r#"metrics: `up`: the answer cannot be read: expected `,` or `]`, found the end; run it again; if it stays, look for a proxy that cuts answers, or ask the same on the server's own page"#);
}

#[test]
fn what_the_server_remarks_is_told_once() {
    let remark = |first| {
        Reply::Body(format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{"instance":"a"}},"values":[[{first},"1"]]}}]}},"warnings":["a store is down"]}}"#
        ))
    };
    let (source, _) = source([Reply::Status(422, MANY_SAMPLES), remark(NOVEMBER), remark(NOVEMBER + HOUR)]);
    let report = source.fetch(&hours(2)).unwrap().reading.report;
    assert_eq!((report.warnings, report.series), (vec!["warning: a store is down".to_owned()], 1));
}

#[test]
fn series_that_become_one_are_told_once() {
    let both = || answer(&["ms01:9100", "ms01:9200"], NOVEMBER, 1);
    let (source, _) = source([both(), both()]);
    let first = source.fetch(&hours(1)).unwrap().reading.report.merged;
    insta::assert_snapshot!(first.join("\n"), @r#"source metrics: up{instance="ms01:9100"} and up{instance="ms01:9200"} are both host.up{host="ms01"}; their samples are mixed. Give the label that tells them apart in a query pack of your own, or hold the source to one pack by `packs`"#);
    assert_eq!(source.fetch(&hours(1)).unwrap().reading.report.merged, [""; 0]);
}

#[test]
fn an_examination_asks_for_each_question_and_looks_back() {
    let info = r#"{"status":"success","data":{"version":"2.42.0","revision":"x"}}"#;
    let (source, asked) =
        source([Reply::Body(info.to_owned()), count(2), answer(&[""], NOVEMBER - 2 * 24 * HOUR, 1)]);
    let examination = source.examine(NOVEMBER).unwrap();
    assert_eq!(examination.server.as_deref(), Some("Prometheus 2.42.0"));
    assert_eq!(examination.server_time, Some(1_793_500_000));
    assert_eq!(examination.answers, [("host.up: avg of up".to_owned(), 2)]);
    assert_eq!(examination.oldest, Some(NOVEMBER - 2 * 24 * HOUR));
    let start = NOVEMBER - 3 * 24 * HOUR;
    assert_eq!(
        asked.all(),
        [
            "GET api/v1/status/buildinfo ".to_owned(),
            "POST api/v1/query query=count(avg_over_time(up[3599999ms]))".to_owned(),
            format!(
                "POST api/v1/query_range query=count(last_over_time(up[1h]))&start={start}&end={NOVEMBER}&step=86400"
            ),
        ]
    );
}

#[test]
fn an_examination_notes_what_the_server_refuses() {
    let nothing = || answer(&[], 0, 0);
    let body = r#"{"error":"unknown function with name \"last_over_time\""}"#;
    let replies = [Reply::Status(404, ""), count(0), Reply::Status(400, body), count(0), count(0)];
    let replies = replies.into_iter().chain((0..9).map(|_| count(0)).chain([nothing()]));
    let (source, _) = source_of("exim_exporter", replies);
    let examination = source.examine(NOVEMBER).unwrap();
    assert_eq!((examination.server, examination.oldest), (None, None));
    assert_eq!(examination.answers.len(), 2);
    insta::assert_snapshot!(examination.notes.join("\n"), @r#"`exim_queue_frozen` of exim_exporter is refused: unknown function with name "last_over_time"; mend the query in a pack of your own, or leave the pack out by `packs`"#);
}
