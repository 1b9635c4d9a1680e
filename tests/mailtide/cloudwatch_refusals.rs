//! What CloudWatch, or whatever stands in its place, refuses: each with its next step, none with a secret.

use std::{net::TcpListener, path::Path};

use mailtide::sources::{
    Packs,
    live::{CloudWatchSource, LiveError, LiveSource},
};
use serde_json::{Value, json};

use crate::{
    cloudwatch_support::{CREDENTIALS, NOW, SECRET, Served, asking, live, source},
    servers::{CloudWatchDouble, Tools},
};

/// The double, with a fault at each first call.
fn faulty(directory: &Path, faults: Value) -> Option<Served> {
    let double = CloudWatchDouble::start(&Tools::installed()?, directory);
    double.play(&json!({ "now": NOW, "faults": faults }));
    Some(Served { endpoint: double.url(), _server: Box::new(double) })
}

/// Nothing but an address on which nobody listens.
fn nobody(_: &Path) -> Option<Served> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Some(Served { endpoint: format!("http://127.0.0.1:{port}"), _server: Box::new(()) })
}

/// Why the first question is not answered; the endpoint in it is shown as ENDPOINT.
fn refusal(endpoint: &str) -> (String, bool) {
    let source = source(endpoint, &["ec2"]);
    let error: LiveError = source.cut(&source.questions()[0], NOW - 3600..NOW, NOW).unwrap_err();
    let shown = format!("{error}");
    assert!(!shown.contains(SECRET) && !format!("{error:?}").contains(SECRET), "{shown}");
    (shown.replace(endpoint, "ENDPOINT"), error.passing)
}

#[test]
fn each_refusal_says_what_to_do() {
    let fault = |code: &str, status: u16, message: &str| json!({ "code": code, "status": status, "message": message });
    let faults = json!([
        fault("AccessDenied", 403, "User: arn:aws:iam::1:user/planner is not authorized to perform: cloudwatch:ListMetrics"),
        fault("ExpiredToken", 403, "The security token included in the request is expired"),
        fault("InvalidClientTokenId", 403, "The security token included in the request is invalid."),
        fault("SignatureDoesNotMatch", 403, &format!("The canonical string was {SECRET}")),
        { "status": 404, "html": "<html>nothing here</html>" },
    ]);
    let test = "cloudwatch_refusals::each_refusal_says_what_to_do";
    let Some(endpoint) = asking(test, CREDENTIALS, |directory| faulty(directory, faults)) else { return };
    let refusals: Vec<String> =
        (0..5).map(|_| refusal(&endpoint)).map(|(said, passing)| format!("{said} | {passing}")).collect();
    insta::assert_snapshot!(refusals.join("\n"), @r"
    aws: AWS/EC2 CPUUtilization Average by InstanceId: AccessDenied: User: arn:aws:iam::1:user/planner is not authorized to perform: cloudwatch:ListMetrics; allow cloudwatch:GetMetricData and cloudwatch:ListMetrics to it | false
    aws: AWS/EC2 CPUUtilization Average by InstanceId: ExpiredToken: The security token included in the request is expired; log in again, for example with `aws sso login` | false
    aws: AWS/EC2 CPUUtilization Average by InstanceId: InvalidClientTokenId: The security token included in the request is invalid.; check the access key, and that it is one for this `region` | false
    aws: AWS/EC2 CPUUtilization Average by InstanceId: SignatureDoesNotMatch; check the secret access key, and this machine's clock | false
    aws: AWS/EC2 CPUUtilization Average by InstanceId: what answers in eu-central-1 at ENDPOINT/ is not CloudWatch (HTTP 404); check `endpoint` of the source, and a proxy between | false
    ");
}

#[test]
fn no_credentials() {
    let test = "cloudwatch_refusals::no_credentials";
    let Some(endpoint) = asking(test, &[], nobody) else { return };
    insta::assert_snapshot!(refusal(&endpoint).0, @"aws: AWS/EC2 CPUUtilization Average by InstanceId: no AWS credentials in the environment, the profile, single sign-on or this machine's role; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a `profile` in the source, log in with `aws sso login`, or give this machine a role");
}

#[test]
fn nobody_listens() {
    let test = "cloudwatch_refusals::nobody_listens";
    let Some(endpoint) = asking(test, CREDENTIALS, nobody) else { return };
    let (said, passing) = refusal(&endpoint);
    insta::assert_snapshot!(said, @"aws: AWS/EC2 CPUUtilization Average by InstanceId: no connection to CloudWatch in eu-central-1 at ENDPOINT/: Connection refused (os error 111); check the network, `region` and `endpoint`");
    assert!(passing);
}

#[test]
fn no_region() {
    let test = "cloudwatch_refusals::no_region";
    let Some(endpoint) = asking(test, CREDENTIALS, nobody) else { return };
    let mut source = live(&endpoint);
    if let mailtide::platform::Origin::Live(live) = &mut source.origin
        && let mailtide::platform::System::CloudWatch(settings) = &mut live.system
    {
        settings.region = None;
    }
    let error = CloudWatchSource::new(&source, &Packs::shipped().unwrap()).err().unwrap();
    insta::assert_snapshot!(error, @r#"aws: no AWS region is given; the environment and the default profile name none either; write `region`, such as "eu-central-1""#);
}
