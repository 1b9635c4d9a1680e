//! The source against a scripted Graphite.

mod fake;

use std::collections::BTreeMap;

use self::fake::{Fake, status};
use super::*;
use crate::platform::{
    Asking, Auth, Declared, Graphite, Labels, Live, Measure, Origin, Server, SourceUnit, Tls,
};

const DAY: i64 = 86_400;
/// 2026-11-20 14:00:00 UTC.
const NOW: i64 = 1_795_183_200;

fn tier(step: i64, kept: i64) -> Tier {
    Tier { step, kept }
}

/// `1m:2d,5m:60d,1h:2y`.
fn schema() -> Vec<Tier> {
    vec![tier(60, 2 * DAY), tier(300, 60 * DAY), tier(3600, 730 * DAY)]
}

fn source(step: i64, tiers: Vec<Tier>, declared: Option<(Declared, &str)>) -> Source {
    let asking = Asking {
        step,
        history_days: 400.0,
        retention_days: None,
        overlap: 7_200,
        parallel: 1,
        timeout: 60,
        largest_answer: 1 << 28,
    };
    let server = Server {
        url: "http://graphite.example.net/".parse().unwrap(),
        auth: Auth::None,
        headers: Vec::new(),
        tls: Tls::default(),
    };
    let query = declared.as_ref().map(|(_, query)| (*query).to_owned());
    let system = System::Graphite(Graphite { server, tiers });
    Source {
        name: "graphite".to_owned(),
        origin: Origin::Live(Box::new(Live { system, asking, query })),
        declared: declared.map(|(declared, _)| declared),
        packs: None,
    }
}

/// A server with these series, and the source that asks it by the shipped packs.
fn server(step: i64, names: &[&str]) -> (Fake, GraphiteSource) {
    let fake = Fake::default();
    fake.with(|state| {
        state.now = NOW;
        state.series = names.iter().map(|name| ((*name).to_owned(), schema())).collect();
    });
    let packs = Packs::shipped().unwrap().only(&["collectd".to_owned(), "diamond".to_owned()]).unwrap();
    let source = GraphiteSource::asking(&source(step, Vec::new(), None), Box::new(fake.clone()), &packs);
    (fake, source.unwrap())
}

/// A server with one series, and the source that declares what it is.
fn declared(step: i64, name: &str, query: &str) -> (Fake, GraphiteSource) {
    let declared = Declared {
        measure: Measure::LoadMessages,
        unit: SourceUnit::MessagesPerSecond,
        labels: Labels::new(),
        label_map: BTreeMap::from([("host".to_owned(), "name".to_owned())]),
    };
    let fake = Fake::default();
    fake.with(|state| {
        state.now = NOW;
        state.series = BTreeMap::from([(name.to_owned(), schema())]);
    });
    let source = source(step, schema(), Some((declared, query)));
    let packs = Packs::shipped().unwrap();
    let source = GraphiteSource::asking(&source, Box::new(fake.clone()), &packs);
    (fake, source.unwrap())
}

fn question<'a>(source: &'a GraphiteSource, text: &str) -> &'a Question {
    source.questions().iter().find(|question| question.id.ends_with(text)).unwrap()
}

/// Pulls a range of a question: the points of each series by its key, none of them twice.
fn pull(source: &GraphiteSource, text: &str, range: Range<i64>) -> BTreeMap<String, BTreeMap<i64, f64>> {
    let now = range.end;
    let mut held: BTreeMap<String, BTreeMap<i64, f64>> = BTreeMap::new();
    for request in source.cut(question(source, text), range, now).unwrap() {
        let fetched = source.fetch(&request).unwrap();
        assert_eq!(fetched.reading.report.warnings, [""; 0]);
        for samples in fetched.reading.samples {
            for (time, value) in samples.points.iter() {
                assert!(request.range.contains(&time) && time % request.step == 0);
                let before = held.entry(samples.key.to_string()).or_default().insert(time, value);
                assert_eq!(before, None, "{} twice at {time}", samples.key);
            }
        }
    }
    held
}

const USED: &str = "collectd.*.df-*.df_complex-used";
const KEY: &str = r#"disk.used{host="ms1",volume="root"}"#;

#[test]
fn a_long_range_is_fine_where_the_server_is_and_has_no_hole() {
    let (_, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let held = pull(&source, USED, NOW - 400 * DAY..NOW);
    let times: Vec<i64> = held[KEY].keys().copied().collect();
    assert_eq!(*times.first().unwrap(), NOW - 400 * DAY);
    assert_eq!(*times.last().unwrap(), NOW - 60);
    let count = |step: i64| times.windows(2).filter(|pair| pair[1] - pair[0] == step).count() as i64;
    let (minutes, fives, hours) = (count(60), count(300), count(3600));
    assert_eq!(minutes + fives + hours, times.len() as i64 - 1);
    // Two days less two hours, and 60 days less what is finer, each to a hundredth and a slot.
    assert!((44 * 60..=46 * 60).contains(&minutes), "{minutes}");
    assert!((57 * 288..=58 * 288).contains(&fives), "{fives}");
    assert_eq!(minutes * 60 + fives * 300 + hours * 3600, 400 * DAY - 60);
    // A slot's value is its time in minutes.
    assert!(held[KEY].iter().all(|(time, value)| *value == *time as f64 / 60.0));
}

#[test]
fn repeated_pulls_meet() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let mut all: Vec<i64> = Vec::new();
    for (start, end) in [(-DAY, -3 * 3600), (-3 * 3600, -60), (-60, 0)] {
        fake.with(|state| state.now = NOW + end);
        all.extend(pull(&source, USED, NOW + start..NOW + end)[KEY].keys());
    }
    assert_eq!(all, (NOW - DAY..NOW).step_by(60).collect::<Vec<_>>());
}

#[test]
fn coarser_steps_are_made_by_the_server_and_keep_the_series_names() {
    let (fake, source) = server(3600, &["collectd.ms1.df-root.df_complex-used"]);
    let held = pull(&source, USED, NOW - 3 * 3600..NOW);
    // Minutes 0 to 59 after a full hour are 29.5 in the mean.
    let expected: Vec<f64> = (1..=3).rev().map(|hour| (NOW / 60 - hour * 60) as f64 + 29.5).collect();
    assert_eq!(held[KEY].values().copied().collect::<Vec<_>>(), expected);
    let asked = fake.asked();
    let target = "target=summarize(collectd.ms1.df-root.df_complex-used,\"3600s\",\"avg\",false)";
    assert!(asked.last().unwrap().starts_with(&format!("POST render {target} from=")), "{asked:?}");
}

#[test]
fn the_rate_of_the_first_slot_is_made_of_the_one_before() {
    let (_, source) = declared(60, "box.mx1.mails", "perSecond(box.*.mails)");
    let held = pull(&source, "perSecond(box.*.mails)", NOW - 600..NOW);
    // The value grows by one a minute.
    let rates: Vec<(i64, f64)> = held.values().flatten().map(|(time, rate)| (*time, *rate)).collect();
    assert_eq!(rates, (NOW - 600..NOW).step_by(60).map(|time| (time, 1.0 / 60.0)).collect::<Vec<_>>());
    // The declaration takes the host from the target, as it stands without what coarsens it.
    let (_, coarse) = declared(300, "box.mx1.mails", "perSecond(box.*.mails)");
    let held = pull(&coarse, "perSecond(box.*.mails)", NOW - 600..NOW);
    let keys: Vec<&String> = held.keys().collect();
    assert_eq!(keys, [r#"load.messages{host="perSecond(box.mx1.mails)"}"#]);
    assert_eq!(held[keys[0]].len(), 2);
}

#[test]
fn what_the_server_does_not_know_is_not_asked_for_and_told_once() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    for question in source.questions() {
        let requests = source.cut(question, NOW - 3600..NOW, NOW).unwrap();
        assert_eq!(
            requests.is_empty(),
            !question.id.ends_with(USED) || question.id.contains(" *."),
            "{question:?}"
        );
    }
    assert!(fake.asked().iter().all(|asked| !asked.contains("format=json")));
    insta::assert_snapshot!(source.notes().join("\n"), @r#"
    collectd: no such series here for disk.avail, disk.busy, disk.reserved, disk.used_ratio, inodes.free, inodes.used, load.cpu, load.memory, queue.depth
    diamond: no such series here: the server knows none of servers.*.diskspace.*.byte_avail and 13 more
    "#);
}

#[test]
fn an_empty_answer_about_known_series_is_a_warning() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    fake.with(|state| state.script.push_back(Ok("[]")));
    let fetched = source.fetch(&requests[0]).unwrap();
    assert!(fetched.reading.samples.is_empty());
    insta::assert_snapshot!(fetched.reading.report.warnings.join("\n"), @"the server knows 1 series of this and answered none: they have stopped, or are older than what it keeps, or it cannot parse the target collectd.ms1.df-root.df_complex-used");
}

#[test]
fn a_target_that_cannot_be_followed_is_asked_all_the_same() {
    let (fake, source) = declared(60, "box.mx1.mails", "sumSeries(");
    let requests = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap();
    fake.with(|state| state.script.push_back(Ok("[]")));
    let fetched = source.fetch(&requests[0]).unwrap();
    insta::assert_snapshot!(fetched.reading.report.warnings.join("\n"), @"the server answered no series: it knows none of that name, or it cannot parse the target sumSeries(");
    let (_, source) = declared(60, "box.mx1.mails", "sumSeries(other.*)");
    assert_eq!(source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap(), []);
    insta::assert_snapshot!(source.notes().join("\n"), @"declared: no such series here: the server knows none of sumSeries(other.*)");
}

#[test]
fn series_that_no_longer_answer_are_told_of() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    fake.with(|state| state.now = NOW + 3_000 * DAY);
    assert_eq!(source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap(), []);
    insta::assert_snapshot!(source.notes().join("\n"), @"collectd.*.df-*.df_complex-used: the server knows 1 series of this and answered none: they have stopped, or are older than what it keeps, or it cannot parse the target (looked back 400 days)");
}

#[test]
fn errors_name_the_question_and_the_next_step() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    let mut told = Vec::new();
    let whole = r#"[{"target":"a","datapoints":[[1,1795179600],[2,17951"#;
    for answers in [
        vec![Err(status(502, "<html><title>502 Bad Gateway</title></html>"))],
        vec![Err(status(400, "unsupported path requested: \"/render\""))],
        vec![Err(status(401, "<h1>401 Authorization Required</h1>"))],
        vec![Ok("<html><body><h1>Log in</h1></body></html>")],
        vec![Ok(whole), Ok(whole)],
    ] {
        fake.with(|state| state.script.extend(answers));
        let error = source.fetch(&requests[0]).unwrap_err();
        told.push(format!("{error} (passing: {})", error.passing));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    graphite: collectd.*.df-*.df_complex-used: the server answered 502: 502 Bad Gateway; look into the logs of the server and of what stands before it (passing: true)
    graphite: collectd.*.df-*.df_complex-used: the server has no /render; it seems to be VictoriaMetrics; write kind = "prometheus" for it, whose API it answers (passing: false)
    graphite: collectd.*.df-*.df_complex-used: the server answered 401: 401 Authorization Required; check `user` and its password, or the token, of the source (passing: false)
    graphite: collectd.*.df-*.df_complex-used: the answer is not Graphite's JSON (byte 0: expected an array, found "<html><body><h1>Log"); it begins "Log in"; check that `url` is graphite-web itself and not a page to log in at (passing: false)
    graphite: collectd.*.df-*.df_complex-used: the answer is cut off: byte 52: expected `]`, found the end; check what stands between here and graphite-web; it is asked again with the next pull (passing: true)
    "#);
}

#[test]
fn half_an_answer_is_asked_for_again() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    fake.with(|state| {
        state.script.push_back(Ok(r#"[{"target":"collectd.ms1.df-root.df_complex-used","datapo"#))
    });
    let fetched = source.fetch(&requests[0]).unwrap();
    assert_eq!((fetched.reading.report.points, fetched.reading.samples.len()), (60, 1));
}

#[test]
fn an_answer_that_is_too_large_is_asked_for_in_halves() {
    let names = ["collectd.ms1.df-root.df_complex-used", "collectd.ms2.df-root.df_complex-used"];
    let (fake, source) = server(60, &names);
    let whole = pull(&source, USED, NOW - 3600..NOW);
    let before = fake.asked().len();
    fake.with(|state| state.most = Some(10));
    assert_eq!(pull(&source, USED, NOW - 3600..NOW), whole);
    assert!(fake.asked().len() > before);
    // One slot of one series is still too large.
    fake.with(|state| state.most = Some(0));
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    insta::assert_snapshot!(source.fetch(&requests[0]).unwrap_err(), @"graphite: collectd.*.df-*.df_complex-used: http://graphite/render: the answer is larger than 1 bytes; raise `max_answer` of the source");
}

#[test]
fn an_answer_that_takes_too_long_is_halved_three_times() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    let late = || Err(status(504, "<title>504 Gateway Time-out</title>"));
    fake.with(|state| state.script.extend([late(), late(), late()]));
    assert_eq!(source.fetch(&requests[0]).unwrap().reading.report.points, 60);
    fake.asked();
    fake.with(|state| state.script.extend([late(), late(), late(), late()]));
    assert!(source.fetch(&requests[0]).unwrap_err().passing);
    assert_eq!(fake.asked().len(), 4);
}

#[test]
fn a_server_that_forbids_posting_is_asked_by_url() {
    let (fake, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    fake.with(|state| state.forbids_post = true);
    assert_eq!(pull(&source, USED, NOW - 3600..NOW)[KEY].len(), 60);
    let posted = fake.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    assert_eq!(posted, 1, "refused once, it is not tried again");
}

#[test]
fn two_series_that_become_one_are_told_of_once() {
    let names = ["collectd.ms1.df-root.df_complex-used", "ms1.df-root.df_complex-used"];
    let (_, source) = server(60, &names);
    let mut merged = Vec::new();
    for text in [USED, "disk.used *.df-*.df_complex-used"] {
        for request in source.cut(question(&source, text), NOW - 40 * DAY..NOW, NOW).unwrap() {
            merged.extend(source.fetch(&request).unwrap().reading.report.merged);
        }
    }
    insta::assert_snapshot!(merged.join("\n"), @r#"source graphite: collectd.ms1.df-root.df_complex-used and ms1.df-root.df_complex-used are both disk.used{host="ms1",volume="root"}; their samples are mixed. Give the label that tells them apart in a query pack of your own, or hold the source to one pack by `packs`"#);
}

#[test]
fn tagged_series_are_found_by_their_tags() {
    let text = "title = \"t\"\nwhy = \"w\"\nexporter = \"e\"\n[[measure]]\nmeasure = \"disk.used\"\nunit = \"bytes\"\n\
                [measure.graphite]\nmetric = \"disk.used\"\ntags = { host = \"server\" }\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text).unwrap();
    let packs =
        Packs::shipped().unwrap().with_folder(folder.path()).unwrap().only(&["mine".to_owned()]).unwrap();
    let fake = Fake::default();
    fake.with(|state| {
        state.now = NOW;
        state.series = BTreeMap::from([("disk.used;path=/var;server=ms1".to_owned(), schema())]);
    });
    let source = source(60, schema(), None);
    let source = GraphiteSource::asking(&source, Box::new(fake.clone()), &packs).unwrap();
    let held = pull(&source, "seriesByTag('name=disk.used')", NOW - 3600..NOW);
    assert_eq!(held.keys().collect::<Vec<_>>(), [r#"disk.used{host="ms1"}"#]);
    assert!(fake.asked()[0].starts_with("GET tags/findSeries expr=name=disk.used"));
}

#[test]
fn an_examination_tells_what_is_there() {
    let (_, source) = server(60, &["collectd.ms1.df-root.df_complex-used", "servers.sm1.cpu.total.idle"]);
    let examination = source.examine(NOW).unwrap();
    assert_eq!(
        (examination.server.as_deref(), examination.server_time),
        (Some("graphite-web 1.1.8"), Some(NOW))
    );
    assert_eq!(examination.oldest, Some(NOW - 400 * DAY));
    let found: Vec<_> = examination.answers.iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(
        found,
        [&(format!("disk.used {USED}"), 1), &("load.cpu servers.*.cpu.total.idle".to_owned(), 1)]
    );
    insta::assert_snapshot!(examination.notes.join("\n"), @"tiers seen: 1m:47h, 5m:59d, 1h:400d (collectd.*.df-*.df_complex-used)");
}

#[test]
fn a_request_is_told_in_words() {
    let (_, source) = server(60, &["collectd.ms1.df-root.df_complex-used"]);
    let requests = source.cut(question(&source, USED), NOW - 3600..NOW, NOW).unwrap();
    insta::assert_snapshot!(source.describe(&requests[0]), @"collectd.*.df-*.df_complex-used (1 series) from 2026-11-20 13:00 to 2026-11-20 14:00 UTC, a point every 60 s");
}

#[test]
fn a_source_that_asks_nothing_is_refused() {
    let packs = Packs::shipped().unwrap().only(&["node_exporter".to_owned()]).unwrap();
    let refused = GraphiteSource::asking(&source(60, Vec::new(), None), Box::new(Fake::default()), &packs);
    insta::assert_snapshot!(refused.unwrap_err(), @"graphite: no query pack of it asks Graphite; name packs with a table [measure.graphite], or declare `measure` and `query`");
}
