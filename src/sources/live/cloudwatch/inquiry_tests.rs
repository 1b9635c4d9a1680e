use super::*;
use crate::platform::{Labels, Measure, SourceUnit};

fn shipped() -> Vec<(String, Inquiry)> {
    of_packs(&Packs::shipped().unwrap())
}

fn metrics_of(namespace: &str, metric: &str) -> Metrics {
    let found = shipped().into_iter().find_map(|(_, inquiry)| match inquiry {
        Inquiry::Metrics(m) if m.namespace == namespace && m.metric == metric => Some(m),
        _ => None,
    });
    *found.unwrap()
}

#[test]
fn every_shipped_entry_is_asked_once() {
    let ids: Vec<String> =
        shipped().iter().map(|(pack, inquiry)| format!("{pack}: {}", inquiry.id())).collect();
    insta::assert_snapshot!(ids.join("\n"), @r"
    alb: AWS/ApplicationELB ActiveConnectionCount Sum by LoadBalancer without AvailabilityZone, TargetGroup
    alb: AWS/ApplicationELB TargetResponseTime Average by LoadBalancer without AvailabilityZone, TargetGroup
    alb: AWS/ApplicationELB TargetResponseTime p95 by LoadBalancer without AvailabilityZone, TargetGroup
    auto_scaling: AWS/AutoScaling GroupInServiceInstances Average by AutoScalingGroupName
    cloudwatch_synthetics: CloudWatchSynthetics Duration Average by CanaryName without StepName
    cloudwatch_synthetics: CloudWatchSynthetics SuccessPercent Average by CanaryName without StepName
    cwagent: CWAgent disk_used Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_total Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_free Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_used_percent Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_inodes_used Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_inodes_total Average by device, fstype, InstanceId, path
    cwagent: CWAgent disk_inodes_free Average by device, fstype, InstanceId, path
    cwagent: CWAgent mem_used_percent Average by InstanceId
    cwagent: CWAgent diskio_io_time Sum by name, InstanceId as m1 / PERIOD(m1)
    ebs_efs: AWS/EFS StorageBytes Average by FileSystemId where StorageClass=Total
    ec2: AWS/EC2 CPUUtilization Average by InstanceId
    ses: AWS/SES Send Sum as m1 / PERIOD(m1)
    ");
}

#[test]
fn a_listing_is_as_narrow_as_it_can_be_told() {
    let listing = metrics_of("AWS/EFS", "StorageBytes").listing();
    let wanted = [("FileSystemId".to_owned(), None), ("StorageClass".to_owned(), Some("Total".to_owned()))];
    assert_eq!(listing.dimensions, wanted);
    // `device?` and `fstype?` may be missing, so they are not asked for.
    let names: Vec<String> =
        metrics_of("CWAgent", "disk_used").listing().dimensions.into_iter().map(|d| d.0).collect();
    assert_eq!(names, ["InstanceId", "path"]);
}

#[test]
fn a_sum_is_that_of_a_minute_whatever_its_period() {
    // 300 s hold five minutes: a fifth.
    assert_eq!(metrics_of("AWS/ApplicationELB", "ActiveConnectionCount").scale(300), 0.2);
    assert_eq!(metrics_of("AWS/ApplicationELB", "TargetResponseTime").scale(300), 1.0);
    // m1 / PERIOD(m1) has divided already.
    assert_eq!(metrics_of("AWS/SES", "Send").scale(300), 1.0);
}

fn declared(map: &[(&str, &str)]) -> Declared {
    Declared {
        measure: Measure::LoadMemory,
        unit: SourceUnit::Percent,
        labels: Labels::new(),
        label_map: map.iter().map(|(to, from)| ((*to).to_owned(), (*from).to_owned())).collect(),
    }
}

fn search(map: &[(&str, &str)]) -> Search {
    match Inquiry::declared("SEARCH('{X,InstanceId} m', 'Average', $period)", &declared(map)) {
        Inquiry::Search(search) => *search,
        Inquiry::Metrics(_) => panic!("a declared query is a search"),
    }
}

#[test]
fn a_declared_search_is_labelled_with_the_dimensions_that_it_maps() {
    let map = [("host", "InstanceId"), ("volume", "path")];
    let search = search(&map);
    assert_eq!(search.expression(300), "SEARCH('{X,InstanceId} m', 'Average', 300)");
    assert_eq!(search.label().unwrap(), "InstanceId=${PROP('Dim.InstanceId')} | path=${PROP('Dim.path')}");
    let told = dimensions_of(&declared(&map), "InstanceId=i-1 | path=/var | path=/x");
    let wanted = [("InstanceId", "i-1"), ("path", "/var | path=/x")];
    assert_eq!(told, wanted.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    assert_eq!(dimensions_of(&declared(&map), "another label"), BTreeMap::new());
}

#[test]
fn a_search_that_maps_the_label_itself_keeps_it() {
    assert_eq!(search(&[("host", "name")]).label(), None);
    assert_eq!(search(&[]).label(), None);
}
