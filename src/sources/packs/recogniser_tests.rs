use proptest::prelude::*;

use super::*;
use crate::platform::Measure;

fn shipped() -> Recogniser {
    Recogniser::new(&Packs::shipped().unwrap())
}

fn map_of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn prometheus(name: &str, labels: &[(&str, &str)]) -> Identity {
    Identity::Prometheus { name: name.to_owned(), labels: map_of(labels) }
}

fn graphite(path: &str) -> Identity {
    Identity::Graphite { path: path.to_owned(), tags: map_of(&[("name", path)]) }
}

fn labelled(label: &str, statistic: Option<&str>) -> Identity {
    Identity::CloudWatch {
        namespace: None,
        metric: None,
        dimensions: BTreeMap::new(),
        statistic: statistic.map(str::to_owned),
        label: Some(label.to_owned()),
        id: Some("m1".to_owned()),
    }
}

fn streamed(namespace: &str, metric: &str, statistic: &str, dimensions: &[(&str, &str)]) -> Identity {
    Identity::CloudWatch {
        namespace: Some(namespace.to_owned()),
        metric: Some(metric.to_owned()),
        dimensions: map_of(dimensions),
        statistic: Some(statistic.to_owned()),
        label: None,
        id: None,
    }
}

/// The series as people read it, with its conversion; the nearest packs where it is unknown.
fn told(identity: &Identity) -> String {
    match shipped().recognise(identity) {
        Recognition::Known { key, factor, offset: 0.0 } => format!("{key} × {factor}"),
        Recognition::Known { key, factor, offset } => format!("{key} = {offset} + {factor} × value"),
        Recognition::Unknown { nearest } => format!("unknown: {}", nearest.join(" | ")),
    }
}

#[test]
fn prometheus_series() {
    assert_eq!(
        told(&prometheus(
            "node_filesystem_size_bytes",
            &[("instance", "ms01:9100"), ("job", "node"), ("mountpoint", "/var/mail"), ("fstype", "xfs")]
        )),
        r#"disk.size{fstype="xfs",host="ms01",volume="/var/mail"} × 1"#
    );
    assert_eq!(
        told(&prometheus("node_cpu_seconds_total", &[("instance", "a"), ("cpu", "0"), ("mode", "idle")])),
        r#"cpu.idle_seconds{cpu="0",host="a"} × 1"#
    );
    assert_eq!(
        told(&prometheus("probe_success", &[("instance", "https://mail.example.net"), ("module", "imap")])),
        r#"probe.success{probe="imap",target="https://mail.example.net"} × 1"#
    );
}

#[test]
fn graphite_paths() {
    assert_eq!(
        told(&graphite("collectd.ms1_example_net.df-var-mail.df_complex-free")),
        r#"disk.avail{host="ms1_example_net",volume="var-mail"} × 1"#
    );
    // 97 percent idle is 1 - 0.01 × 97 = 0.03 busy.
    assert_eq!(
        told(&graphite("keepLastValue(servers.sm01.cpu.total.idle)")),
        r#"load.cpu{host="sm01"} = 1 + -0.01 × value"#
    );
    assert_eq!(
        told(&graphite("summarize(servers.sm01.diskspace.root.gigabyte_used, \"1h\", \"max\")")),
        r#"disk.used{host="sm01",volume="root"} × 1073741824"#
    );
    assert_eq!(
        told(&graphite("averageSeries(servers.*.cpu.total.idle)")),
        "unknown: `servers.*.cpu.total.idle` stands for several series in one: ask for each by its own path"
    );
}

#[test]
fn cloudwatch_labels_and_streams() {
    assert_eq!(told(&labelled("web01 / disk_used", None)), r#"disk.used{host="web01",volume="/"} × 1"#);
    assert_eq!(told(&labelled("web01 CPUUtilization", None)), r#"load.cpu{host="web01"} × 0.01"#);
    assert_eq!(told(&labelled("GroupInServiceInstances", Some("Average"))), "servers.running{} × 1");
    assert_eq!(
        told(&streamed("AWS/EC2", "CPUUtilization", "Average", &[("InstanceId", "i-0abc")])),
        r#"load.cpu{host="i-0abc"} × 0.01"#
    );
    // 120 messages a minute are two a second.
    assert_eq!(
        told(&streamed("AWS/SES", "Send", "Sum", &[])),
        format!(r#"load.messages{{service="ses"}} × {}"#, 1.0 / 60.0)
    );
    assert_eq!(told(&labelled("SES Send per second", None)), r#"load.messages{service="ses"} × 1"#);
}

#[test]
fn a_bare_label_counts_only_where_it_is_unambiguous() {
    // Its mean and its p95 have the same name; a statistic settles it.
    assert!(told(&labelled("TargetResponseTime", None)).starts_with("unknown"));
    assert_eq!(told(&labelled("TargetResponseTime", Some("p95"))), r#"response.time{quantile="0.95"} × 1"#);
    // A sum without its period is no rate.
    assert!(told(&labelled("Send", Some("Sum"))).starts_with("unknown"));
}

#[test]
fn csv_names() {
    let named = |name: &str| told(&Identity::Named { name: name.to_owned() });
    assert_eq!(
        named(r#"postfix_showq_queue_depth{instance="mx1:9154",queue="deferred"}"#),
        r#"queue.depth{host="mx1",queue="deferred"} × 1"#
    );
    assert_eq!(named("servers.sm01.postqueue.count"), r#"queue.depth{host="sm01",queue="all"} × 1"#);
    assert_eq!(
        named("node_memory_MemTotal_bytes"),
        "unknown: node_exporter: memory.total wants label instance"
    );
}

#[test]
fn tagged_graphite_series() {
    let text = r#"
title = "t"
why = "w"
exporter = "e"
[[measure]]
measure = "disk.used"
unit = "bytes"
[measure.graphite]
metric = "disk.used"
tags = { host = "server", volume = "path" }
[measure.values.volume]
mail = "/var/mail"
"#;
    let recogniser = Recogniser::new(&Packs::from_text("mine", text).unwrap());
    let expected = Recognition::Known {
        key: SeriesKey {
            measure: Measure::DiskUsed,
            labels: Labels::from([("host", "ms1:1"), ("volume", "/var/mail")]).with("host", "ms1"),
        },
        factor: 1.0,
        offset: 0.0,
    };
    let tags = map_of(&[("name", "disk.used"), ("server", "ms1:1"), ("path", "mail")]);
    for identity in [
        Identity::Graphite { path: "disk.used;path=mail;server=ms1:1".to_owned(), tags: BTreeMap::new() },
        Identity::Graphite {
            path: "alias(disk.used;path=mail;server=ms1:1,'x')".to_owned(),
            tags: tags.clone(),
        },
        Identity::Graphite { path: "x".to_owned(), tags },
    ] {
        assert_eq!(recogniser.recognise(&identity), expected, "{identity:?}");
    }
}

#[test]
fn a_rate_is_known_only_where_the_pack_means_the_rate() {
    let text = r#"
title = "t"
why = "w"
exporter = "e"
[[measure]]
measure = "load.messages"
unit = "messages_per_second"
[measure.graphite]
path = "perSecond(box.{host}.mails)"
"#;
    let recogniser = Recogniser::new(&Packs::from_text("mine", text).unwrap());
    let rate = recogniser.recognise(&graphite("alias(perSecond(keepLastValue(box.mx1.mails)),'mails')"));
    let key = SeriesKey { measure: Measure::LoadMessages, labels: Labels::from([("host", "mx1")]) };
    assert_eq!(rate, Recognition::Known { key, factor: 1.0, offset: 0.0 });
    assert!(matches!(recogniser.recognise(&graphite("box.mx1.mails")), Recognition::Unknown { .. }));
}

#[test]
fn a_part_of_a_metric_is_not_taken_for_the_whole() {
    let balancer = ("LoadBalancer", "app/webmail/50dc");
    let metric = |dimensions: &[(&str, &str)]| {
        streamed("AWS/ApplicationELB", "ActiveConnectionCount", "Sum", dimensions)
    };
    assert_eq!(told(&metric(&[balancer])), r#"load.connections{pool="app/webmail/50dc"} × 1"#);
    assert_eq!(
        told(&metric(&[balancer, ("AvailabilityZone", "eu-central-1a")])),
        "unknown: alb: load.connections wants no dimension AvailabilityZone"
    );
}

#[test]
fn unknown_series_name_the_nearest_packs() {
    let unknown = |identity: &Identity| told(identity);
    assert_eq!(
        unknown(&prometheus("node_filesystem_size_bytes", &[("instance", "ms01:9100")])),
        "unknown: node_exporter: disk.size wants label mountpoint"
    );
    assert_eq!(
        unknown(&prometheus("postfix_showq_depth", &[])),
        "unknown: postfix_exporter_hsn723: metric postfix_showq_depth is near postfix_showq_queue_depth"
    );
    assert_eq!(
        unknown(&prometheus("node_cpu_seconds_total", &[("instance", "a"), ("cpu", "0"), ("mode", "user")])),
        r#"unknown: node_exporter: cpu.idle_seconds wants label mode="idle""#
    );
    assert_eq!(
        unknown(&graphite("collectd.ms1.df-var.df_complex-usd")),
        "unknown: collectd: disk.used is at collectd.{host}.df-{volume}.df_complex-used"
    );
    assert_eq!(
        unknown(&streamed("AWS/EC2", "CPUUtilization", "Maximum", &[("InstanceId", "i-0abc")])),
        "unknown: ec2: load.cpu wants statistic Average"
    );
    assert_eq!(
        unknown(&labelled("disk_usd", None)),
        "unknown: cwagent: disk.used wants the label {host} {volume} disk_used"
    );
    assert_eq!(unknown(&graphite("collectd.ms1.df-var.df_inodes-reserved")), "unknown: ");
    assert_eq!(unknown(&prometheus("go_goroutines", &[])), "unknown: ");
    assert_eq!(
        unknown(&prometheus("", &[("instance", "a")])),
        "unknown: the series has no name, as an expression's answer has none: declare `measure` and `unit` on its source"
    );
}

proptest! {
    #[test]
    fn no_identity_makes_it_panic(a in ".{0,40}", b in "[a-z0-9_.:;(){}*,=\"' -]{0,60}", c in ".{0,10}") {
        let recogniser = RECOGNISER.with(Clone::clone);
        for text in [&a, &b] {
            for identity in [
                Identity::Named { name: text.clone() },
                prometheus(text, &[("instance", &c), (&c, &a)]),
                graphite(text),
                labelled(text, Some(&c)),
                streamed(&c, text, "Average", &[("InstanceId", &a)]),
            ] {
                let _ = recogniser.recognise(&identity);
            }
        }
    }
}

thread_local! {
    static RECOGNISER: Recogniser = shipped();
}
