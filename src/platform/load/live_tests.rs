use insta::assert_snapshot;

use super::*;
use crate::platform::{
    ArchiveSettings, Asking, Auth, ClientCertificate, CloudWatch, Downsample, Graphite, HeaderText, Live,
    SecretPlace, Server, System, Tier, Tls,
};

/// What every file needs beside its sources.
const REST: &str = r#"
[platform]
name = "Example Mail"
timezone = "UTC"
currency = "EUR"

[[pool]]
name = "mailstore"
role = "mailstore"
hosts = ["ms*"]
"#;

fn parse(tables: &str) -> Result<Platform, ConfigErrors> {
    Platform::parse(&format!("{tables}{REST}"), Path::new("platform.toml"))
}

/// The one live source of a file.
fn live(fields: &str) -> Live {
    let platform = parse(&format!("[[source]]\nname = \"s\"\n{fields}\n")).unwrap();
    platform.sources.first().and_then(|source| source.origin.live()).cloned().unwrap()
}

/// The messages for a source whose fields begin at line 3.
fn refusals(fields: &str) -> String {
    parse(&format!("[[source]]\nname = \"s\"\n{fields}\n")).unwrap_err().to_string()
}

fn prometheus(fields: &str) -> String {
    refusals(&format!("kind = \"prometheus\"\n{fields}"))
}

fn url(text: &str) -> url::Url {
    text.parse().unwrap()
}

#[test]
fn a_server_is_asked_as_declared() {
    let live = live(
        r#"
kind = "prometheus"
url = "https://prometheus.example.net:9090/mail"
step = "5m"
history = "2y"
retention = "15d"
overlap = "6h"
parallel = 8
timeout = "90s"
max_answer = "64MiB"
measure = "load.cpu"
unit = "ratio"
query = "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))"
user = "planner"
password_env = "PROM_PASSWORD"
ca = "ca.pem"
certificate = "client.pem"
key = "client.key"
[source.headers]
X-Scope-OrgID = "mail"
X-Api-Key = { env = "PROM_KEY" }
X-Other = { file = "other" }
"#,
    );
    let server = Server {
        url: url("https://prometheus.example.net:9090/mail/"),
        auth: Auth::Basic {
            user: "planner".to_owned(),
            password: SecretPlace::Environment("PROM_PASSWORD".to_owned()),
        },
        headers: vec![
            ("X-Api-Key".to_owned(), HeaderText::Secret(SecretPlace::Environment("PROM_KEY".to_owned()))),
            ("X-Other".to_owned(), HeaderText::Secret(SecretPlace::File("other".into()))),
            ("X-Scope-OrgID".to_owned(), HeaderText::Plain("mail".to_owned())),
        ],
        tls: Tls {
            ca: Some("ca.pem".into()),
            client: Some(ClientCertificate { certificate: "client.pem".into(), key: "client.key".into() }),
        },
    };
    let asking = Asking {
        step: 300,
        history_days: 730.0,
        retention_days: Some(15.0),
        overlap: 21_600,
        parallel: 8,
        timeout: 90,
        largest_answer: 67_108_864,
    };
    let query = "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))".to_owned();
    assert_eq!(live, Live { system: System::Prometheus(server), asking, query: Some(query) });
}

#[test]
fn each_kind_has_its_defaults() {
    let asking = |step, days, retention_days, overlap| Asking {
        step,
        history_days: days,
        retention_days,
        overlap,
        parallel: 4,
        timeout: 60,
        largest_answer: 268_435_456,
    };
    let server = |text| Server { url: url(text), auth: Auth::None, headers: Vec::new(), tls: Tls::default() };
    // Two hours are 7,200 s; two steps of a day are more.
    let hourly = live("kind = \"prometheus\"\nurl = \"http://p:9090\"");
    assert_eq!(hourly.asking, asking(3_600, 400.0, None, 7_200));
    assert_eq!(hourly.system, System::Prometheus(server("http://p:9090/")));
    let daily = live("kind = \"prometheus\"\nurl = \"http://p:9090\"\nstep = \"1d\"");
    assert_eq!(daily.asking, asking(86_400, 400.0, None, 172_800));

    let graphite =
        live("kind = \"graphite\"\nurl = \"http://g/\"\ntiers = [\"1m:2d\", \"5m:60d\", \"1h:2y\"]");
    assert_eq!(graphite.asking, asking(60, 400.0, None, 7_200));
    let tiers = [(60, 172_800), (300, 5_184_000), (3_600, 63_072_000)];
    let tiers = tiers.map(|(step, kept)| Tier { step, kept }).to_vec();
    assert_eq!(graphite.system, System::Graphite(Graphite { server: server("http://g/"), tiers }));

    let cloudwatch = live("kind = \"cloudwatch\"");
    assert_eq!(cloudwatch.asking, asking(60, 455.0, Some(455.0), 7_200));
    assert_eq!(cloudwatch.system, System::CloudWatch(CloudWatch::default()));
}

#[test]
fn cloudwatch_is_asked_as_whom_the_file_says() {
    let live = live(
        r#"
kind = "cloudwatch"
region = "eu-central-1"
profile = "mail"
role = "arn:aws:iam::123456789012:role/mailtide"
external_id = "mail"
endpoint = "http://127.0.0.1:15010"
cost_limit = 2.5
"#,
    );
    let expected = CloudWatch {
        region: Some("eu-central-1".to_owned()),
        profile: Some("mail".to_owned()),
        role: Some("arn:aws:iam::123456789012:role/mailtide".to_owned()),
        external_id: Some("mail".to_owned()),
        endpoint: Some(url("http://127.0.0.1:15010/")),
        cost_limit: Some(2.5),
    };
    assert_eq!(live.system, System::CloudWatch(expected));
}

#[test]
fn secrets_in_the_file_are_refused_and_not_repeated() {
    let all = [
        prometheus("url = \"http://p\"\nuser = \"u\"\npassword = \"hunter2\""),
        prometheus("url = \"http://p\"\ntoken = \"hunter2\""),
        prometheus("url = \"http://u:hunter2@p\""),
        prometheus("url = \"ftp://u:hunter2@p\""),
        prometheus("url = \"http://p?token=hunter2\""),
        prometheus("url = \"http://p\"\nuser = \"u\"\npassword_env = \"hunter-2\""),
        prometheus("url = \"http://p\"\nheaders = { Authorization = \"Bearer hunter2\" }"),
        prometheus("url = \"http://p\"\nheaders = { X-Api-Key = \"hunter2\" }"),
        prometheus("url = \"http://p\"\nheaders = { X-Key = { env = \"hunter-2\" } }"),
    ]
    .join("\n");
    assert!(!all.contains("hunter"), "{all}");
    assert_snapshot!(all, @r#"
    platform.toml:6: source "s": password: secrets never stand in this file; use password_env or password_file, and change the secret if others have seen this file
    platform.toml:5: source "s": token: secrets never stand in this file; use token_env or token_file, and change the secret if others have seen this file
    platform.toml:4: source "s": url: names a user or a password, and secrets never stand in this file; use `user` with password_env or password_file
    platform.toml:4: source "s": url: this is not the address of an HTTP server; legal: http or https, a host, and a port and a path where they are needed
    platform.toml:4: source "s": url: has a query or a fragment; remove what begins with `?` or `#`; secrets go into `headers`
    platform.toml:6: source "s": password_env: is not the name of an environment variable; legal: letters, digits and `_`, such as PROM_PASSWORD; never the secret itself
    platform.toml:5: source "s": headers: "Authorization" is how the asker shows who it is; use `user` with password_env, or token_env
    platform.toml:5: source "s": headers: "X-Api-Key" is a secret, and secrets never stand in this file; use { env = "…" } or { file = "…" }
    platform.toml:5: source "s": headers: is not the name of an environment variable; legal: letters, digits and `_`, such as PROM_PASSWORD; never the secret itself
    "#);
}

#[test]
fn who_asks_is_told_once_and_whole() {
    let all = [
        prometheus("url = \"http://p\"\nuser = \"u\""),
        prometheus("url = \"http://p\"\npassword_file = \"p\""),
        prometheus("url = \"http://p\"\nuser = \"u\"\npassword_env = \"A\"\npassword_file = \"p\""),
        prometheus("url = \"http://p\"\nuser = \"u\"\npassword_env = \"A\"\ntoken_env = \"B\""),
        prometheus("url = \"http://p\"\nuser = \"a:b\"\npassword_env = \"A\""),
        prometheus("url = \"https://p\"\ncertificate = \"c.pem\""),
        prometheus("url = \"https://p\"\nkey = \"c.key\""),
        prometheus("url = \"http://p\"\nca = \"ca.pem\""),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    platform.toml:5: source "s": user: has no password; give password_env or password_file
    platform.toml:5: source "s": password_file: has no user; give `user`
    platform.toml:7: source "s": password_file: cannot stand beside password_env; remove one of the two: a secret has one place
    platform.toml:5: source "s": user: cannot stand beside a token; remove one of the two: a user, or a token
    platform.toml:6: source "s": password_env: cannot stand beside a token; remove one of the two: a user, or a token
    platform.toml:5: source "s": user: holds a colon or a control character; legal: a name without them (RFC 7617)
    platform.toml:5: source "s": certificate: says nothing without `key`; give both, or neither
    platform.toml:5: source "s": key: says nothing without `certificate`; give both, or neither
    platform.toml:5: source "s": ca: says nothing where p is asked by http; write https in `url`, or remove the field
    "#);
}

#[test]
fn addresses_and_headers_are_legal() {
    let all = [
        prometheus(""),
        prometheus("url = \"prometheus:9090\""),
        prometheus("url = \"http://\""),
        prometheus("url = \"http://p/#graph\""),
        prometheus("url = \"http://p\"\nheaders = \"X-A: b\""),
        prometheus(
            "url = \"http://p\"\n[source.headers]\n\"X A\" = \"b\"\nHost = \"p\"\nX-B = \"c\\nd\"\nX-C = 1\nX-c = \"d\"\nX-D = {}\nX-E = { env = \"A\", file = \"b\" }\nX-F = { var = \"A\" }\nX-G = \"a\"\nX-g = \"a\"",
        ),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    platform.toml:1: source "s": url: is missing; legal: the server's address, such as "https://prometheus.example.net:9090"
    platform.toml:4: source "s": url: "prometheus:9090" is not the address of an HTTP server; legal: http or https, a host, and a port and a path where they are needed
    platform.toml:4: source "s": url: "http://" is not the address of an HTTP server; legal: http or https, a host, and a port and a path where they are needed
    platform.toml:4: source "s": url: has a query or a fragment; remove what begins with `?` or `#`; secrets go into `headers`
    platform.toml:5: source "s": headers: "X-A: b" is not a table of headers; legal: such as { X-Scope-OrgID = "mail" }
    platform.toml:6: source "s": headers: "X A" is not a header's name; legal: letters, digits and hyphens
    platform.toml:7: source "s": headers: "Host" is set by every request itself; remove it
    platform.toml:8: source "s": headers: "X-B" has no text that a header can hold; legal: a text in quotes, { env = "…" } or { file = "…" }
    platform.toml:9: source "s": headers: "X-C" has no text that a header can hold; legal: a text in quotes, { env = "…" } or { file = "…" }
    platform.toml:11: source "s": headers: "X-D" has not one place; legal: a text in quotes, { env = "…" } or { file = "…" }
    platform.toml:12: source "s": headers: "X-E" has not one place; legal: a text in quotes, { env = "…" } or { file = "…" }
    platform.toml:13: source "s": headers: "X-F" has no place of a secret; legal: a text in quotes, { env = "…" } or { file = "…" }
    platform.toml:15: source "s": headers: "X-g" stands twice, in small and in capital letters; remove one of the two
    "#);
}

#[test]
fn fields_belong_to_their_kind() {
    let all = [
        refusals("kind = \"promethius\"\nurl = \"http://p\"\nstp = 1"),
        refusals("kind = \"graphite\"\nurl = \"http://g\"\nfiles = [\"a\"]\nregion = \"eu-central-1\""),
        refusals("kind = \"cloudwatch\"\nurl = \"http://p\"\nuser = \"u\"\ntiers = [\"1m:1d\"]"),
        refusals("files = [\"a\"]\nstep = \"1h\"\nurl = \"http://p\"\nquery = \"up\""),
        prometheus("url = \"http://p\"\ntiers = [\"1m:1d\"]\ncost_limit = 1"),
        prometheus("url = \"http://p\"\nquery = \"up\""),
        prometheus("url = \"http://p\"\nmeasure = \"load.cpu\"\nunit = \"ratio\""),
        prometheus(
            "url = \"http://p\"\npacks = [\"a\"]\nmeasure = \"load.cpu\"\nunit = \"ratio\"\nquery = \"x\"",
        ),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    platform.toml:3: source "s": kind: "promethius" is not a kind of live server; did you mean prometheus? legal: prometheus, graphite, cloudwatch
    platform.toml:5: source "s": stp: is not a field here; legal: name, kind, files, url, packs, measure, unit, labels, label_map
    platform.toml:5: source "s": files: cannot stand beside `kind`; remove one of the two: a source is exported files or a live server
    platform.toml:6: source "s": region: is no field of kind = "graphite"; legal with kind: cloudwatch
    platform.toml:4: source "s": url: is no field of kind = "cloudwatch"; legal with kind: prometheus, graphite
    platform.toml:5: source "s": user: is no field of kind = "cloudwatch"; legal with kind: prometheus, graphite
    platform.toml:6: source "s": tiers: is no field of kind = "cloudwatch"; legal with kind: graphite
    platform.toml:4: source "s": step: says nothing without `kind`; legal with kind: prometheus, graphite, cloudwatch
    platform.toml:5: source "s": url: says nothing without `kind`; legal with kind: prometheus, graphite
    platform.toml:6: source "s": query: says nothing without `kind`; legal with kind: prometheus, graphite, cloudwatch
    platform.toml:5: source "s": tiers: is no field of kind = "prometheus"; legal with kind: graphite
    platform.toml:6: source "s": cost_limit: is no field of kind = "prometheus"; legal with kind: cloudwatch
    platform.toml:5: source "s": query: says nothing without `measure`; declare the measure of its answer, or remove the field
    platform.toml:1: source "s": query: is missing; legal: what to ask the server for `measure`, in its own language
    platform.toml:5: source "s": packs: recognises nothing where `measure` declares it; remove one of the two
    "#);
}

#[test]
fn how_much_is_asked_is_bounded() {
    let all = [
        prometheus(
            "url = \"http://p\"\nstep = \"7m\"\nhistory = \"1h\"\nretention = \"forever\"\noverlap = \"31d\"",
        ),
        prometheus("url = \"http://p\"\nstep = 60\nparallel = 0\ntimeout = \"2h\"\nmax_answer = \"1TB\""),
        refusals(
            "kind = \"cloudwatch\"\nstep = \"15s\"\ncost_limit = 0\nregion = \"Frankfurt!\"\nrole = \"admin\"\nendpoint = \"x\"",
        ),
        refusals("kind = \"cloudwatch\"\nexternal_id = \"a\""),
        refusals(
            "kind = \"graphite\"\nurl = \"http://g\"\ntiers = [\"1m\", \"5m:60d\", \"1m:90d\", \"10m:30d\"]",
        ),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    platform.toml:5: source "s": step: does not divide a day, so repeated pulls would not meet; legal: a part of a day, such as 10s, 1m, 5m, 1h or 1d
    platform.toml:6: source "s": history: "1h" is not a span of time that can stand here; legal: 1d to 20y
    platform.toml:7: source "s": retention: "forever" is not a span of time that can stand here; legal: 1h to 100y
    platform.toml:8: source "s": overlap: "31d" is not a span of time that can stand here; legal: 0s to 30d
    platform.toml:5: source "s": step: 60 is not a text; legal: a text in quotes, not empty
    platform.toml:6: source "s": parallel: 0 is not a number of requests; legal: a whole number from 1 to 64
    platform.toml:7: source "s": timeout: "2h" is not a span of time that can stand here; legal: 1s to 1h
    platform.toml:8: source "s": max_answer: "1TB" is not a size that can stand here; legal: 1MiB to 16GiB
    platform.toml:4: source "s": step: is no period of CloudWatch; legal: 1s, 5s, 10s, 20s, 30s, or minutes that divide a day
    platform.toml:5: source "s": cost_limit: 0 is not an amount of US dollars; legal: a number above 0
    platform.toml:6: source "s": region: "Frankfurt!" is not a region; legal: a region's name, such as eu-central-1
    platform.toml:7: source "s": role: "admin" is not the ARN of a role; legal: such as arn:aws:iam::123456789012:role/mailtide
    platform.toml:8: source "s": endpoint: "x" is not the address of an HTTP server; legal: http or https, a host, and a port and a path where they are needed
    platform.toml:4: source "s": external_id: says nothing without `role`; name the role that asks for it, or remove the field
    platform.toml:5: source "s": tiers: "1m" is not a tier; legal: step and time kept, as in storage-schemas.conf, such as "5m:60d"
    platform.toml:5: source "s": tiers: the step of "1m:90d" is no multiple of the one before; legal: finest first, each step a multiple of the one before
    platform.toml:5: source "s": tiers: "10m:30d" is kept no longer than the one before; legal: finest first, each kept longer than the one before
    "#);
}

fn archive(fields: &str) -> Result<ArchiveSettings, String> {
    let source = "[[source]]\nname = \"s\"\nfiles = [\"a\"]\n";
    let platform = parse(&format!("[archive]\n{fields}\n{source}"));
    platform.map(|platform| platform.archive).map_err(|errors| errors.to_string())
}

#[test]
fn the_archive_is_where_the_file_says() {
    assert_eq!(
        parse("[[source]]\nname = \"s\"\nfiles = [\"a\"]\n").unwrap().archive,
        ArchiveSettings::default()
    );
    let settings = archive(
        r#"location = "s3://history/mail"
region = "eu-central-1"
endpoint = "https://s3.example.net"
keep = "5y"
downsample = [{ older_than = "90d", step = "5m" }, { older_than = "400d", step = "1h" }]"#,
    );
    let expected = ArchiveSettings {
        location: Some("s3://history/mail".to_owned()),
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(url("https://s3.example.net/")),
        keep: Some(157_680_000),
        downsample: vec![
            Downsample { older_than: 7_776_000, step: 300 },
            Downsample { older_than: 34_560_000, step: 3_600 },
        ],
    };
    assert_eq!(settings, Ok(expected));
    let directory = archive("location = \"../history\"").unwrap();
    assert_eq!(directory.location.as_deref(), Some("../history"));
}

#[test]
fn impossible_archives_are_refused() {
    let all = [
        archive("location = \"ftp://history\""),
        archive("location = \"s3://\""),
        archive("location = \"s3://key:secret@history\""),
        archive(
            "location = \"here\"\nregion = \"eu-central-1\"\nendpoint = \"https://s3.example.net\"\nkeep = \"1h\"",
        ),
        archive("location = \"az://history\"\nregion = \"eu\"\nsize = 1"),
        archive(
            "keep = \"1y\"\n[[archive.downsample]]\nolder_than = \"400d\"\nstep = \"1h\"\n[[archive.downsample]]\nolder_than = \"300d\"\nstep = \"1h\"",
        ),
        archive(
            "[[archive.downsample]]\nolder_than = \"1d\"\nstep = \"1h\"\n[[archive.downsample]]\nolder_than = \"2d\"\nstep = \"30m\"\n[[archive.downsample]]\nolder_than = \"3h\"\nstep = \"7m\"\n[[archive.downsample]]\nage = 1",
        ),
    ];
    let all = all.map(|refused| refused.unwrap_err());
    assert!(!all.join("").contains("secret"), "{all:?}");
    assert_snapshot!(all.join("\n"), @r#"
    platform.toml:2: archive: location: "ftp://history" is not a place for an archive; legal: a directory, or s3://, gs:// or az:// with a bucket and a prefix
    platform.toml:2: archive: location: "s3://" is not a place for an archive; legal: a directory, or s3://, gs:// or az:// with a bucket and a prefix
    platform.toml:2: archive: location: names more than a bucket and a prefix; legal: a directory, or s3://, gs:// or az:// with a bucket and a prefix
    platform.toml:3: archive: region: says nothing unless `location` is s3://…; remove the field
    platform.toml:4: archive: endpoint: says nothing unless `location` is an object store; remove the field
    platform.toml:5: archive: keep: "1h" is not a span of time that can stand here; legal: 1d to 100y
    platform.toml:3: archive: region: says nothing unless `location` is s3://…; remove the field
    platform.toml:4: archive: size: is not a field here; legal: location, region, endpoint, keep, downsample
    platform.toml:4: archive.downsample 1: older_than: is not less than `keep`, so nothing is left of that age; legal: an age less than `keep`
    platform.toml:7: archive.downsample 2: older_than: is not more than in the entry before; legal: the youngest first
    platform.toml:7: archive.downsample 2: step: is no multiple of the step in the entry before; legal: steps that grow with age, each a multiple of the one before
    platform.toml:9: archive.downsample 3: older_than: "3h" is not a span of time that can stand here; legal: 1d to 100y
    platform.toml:10: archive.downsample 3: step: does not divide a day; legal: a part of a day from 1m on, such as 5m, 1h or 1d
    platform.toml:11: archive.downsample 4: older_than: is missing; legal: an age, such as "400d"
    platform.toml:11: archive.downsample 4: step: is missing; legal: a part of a day from 1m on, such as 5m, 1h or 1d
    platform.toml:12: archive.downsample 4: age: is not a field here; legal: older_than, step
    "#);
}

proptest::proptest! {
    #[test]
    fn arbitrary_values_are_read_or_refused(
        field in "kind|url|step|overlap|max_answer|tiers|headers|user|password_env|query|role|region|endpoint",
        value in "\\PC{0,30}|\"[a-z0-9:/@?#.]{0,20}\"|\"[0-9]{0,25}[a-zA-Z]{0,3}\"|\\[\"[0-9mhd:]{0,9}\"\\]|\\{[a-z]=\"[a-z]\"\\}",
        kind in "prometheus|graphite|cloudwatch",
    ) {
        if let Err(errors) = parse(&format!("[[source]]\nname = \"s\"\nkind = \"{kind}\"\n{field} = {value}\n")) {
            proptest::prop_assert!(!errors.0.is_empty());
        }
    }
}
