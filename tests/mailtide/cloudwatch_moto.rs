//! CloudWatch as moto has it: what was put comes back.

use crate::{
    cloudwatch_support::{CREDENTIALS, NOW, Served, asking, pull, samples, source, warnings},
    servers::{Metric, Moto, Tools, value_at},
    support::HOUR,
};

/// Five hours, a point each five minutes.
fn points(seed: u32) -> Vec<(i64, f64)> {
    let end = NOW - NOW.rem_euclid(300);
    (end - 5 * HOUR..end).step_by(300).map(|time| (time, value_at(seed, time))).collect()
}

#[test]
fn what_was_put_comes_back() {
    let fill = |directory: &std::path::Path| {
        let moto = Moto::start(&Tools::installed()?, directory);
        let disk = |host: &str, seed| Metric {
            namespace: "CWAgent",
            name: "disk_used",
            // moto finds a metric only by its dimensions in the order of putting; CloudWatch's have none.
            dimensions: vec![
                ("InstanceId", host.to_owned()),
                ("device", "nvme1n1".to_owned()),
                ("fstype", "xfs".to_owned()),
                ("path", "/var/mail".to_owned()),
            ],
            unit: "Bytes",
            points: points(seed),
        };
        moto.fill(&[disk("i-1", 1), disk("i-2", 2)]);
        Some(Served { endpoint: moto.url(), _server: Box::new(moto) })
    };
    let test = "cloudwatch_moto::what_was_put_comes_back";
    let Some(endpoint) = asking(test, CREDENTIALS, fill) else { return };
    let answers = pull(&source(&endpoint, &["cwagent"]), "disk_used Average", 6 * HOUR);
    assert_eq!(warnings(&answers), Vec::<String>::new());
    let labels = |host| format!(r#"{{device="nvme1n1",fstype="xfs",host="{host}",volume="/var/mail"}}"#);
    let wanted = [("i-1", 1), ("i-2", 2)]
        .map(|(host, seed)| (format!("disk.used{}", labels(host)), points(seed).into_iter().collect()));
    assert_eq!(samples(&answers), wanted.into());
}
