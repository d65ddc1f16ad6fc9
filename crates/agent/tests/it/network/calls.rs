//! EC2, Auto Scaling, logs and metrics: one call each that is seen on the other side.

use agent::io::aws::Kind;
use agent::io::ec2::{Capacity, Ec2};
use agent::io::logs::{Line, Logs};
use agent::io::metrics::{Figure, Metrics, Unit};
use jiff::{SignedDuration, Timestamp};
use protocol::InstanceId;
use serde_json::{Value, json};

use super::{aws, soon};
use crate::parts::http::Answer;
use crate::parts::proxy::{Fault, Proxy, Rule};
use crate::parts::stand_in::{REGION, aws_at};

fn launch(more: Value) -> InstanceId {
    let mut group = json!({ "region": REGION, "count": 1, "type": "g5.xlarge" });
    group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = aws().control("fleet", &json!([group]));
    made["ids"][0].as_str().unwrap_or_else(|| panic!("{made}")).parse().unwrap()
}

fn state(instance: &InstanceId) -> String {
    let found = aws().ask(&format!("instance?region={REGION}&id={instance}"));
    found["state"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
}

#[test]
fn instances_are_terminated_and_stopped() {
    let ec2 = Ec2::new(aws_at(aws().url()), REGION);
    let (one, two) = (launch(json!({})), launch(json!({})));
    assert_eq!(ec2.terminate(&one, &soon()).unwrap(), "shutting-down");
    ec2.terminate(&one, &soon()).expect("twice is no fault");
    assert_eq!(ec2.stop(&two, &soon()).unwrap(), "stopping");
    assert_ne!(state(&one), "running");
    assert_ne!(state(&two), "running");
}

#[test]
fn what_ec2_refuses_is_said_in_its_words() {
    let ec2 = Ec2::new(aws_at(aws().url()), REGION);
    let fault = ec2.terminate(&"i-00000000000000000".parse().unwrap(), &soon()).unwrap_err();
    assert_eq!((fault.kind, fault.code.as_str()), (Kind::NotFound, "InvalidInstanceID.NotFound"));
    let kept = launch(json!({ "protected": true }));
    let fault = ec2.terminate(&kept, &soon()).unwrap_err();
    assert_eq!(fault.code, "OperationNotPermitted");
    let spot = launch(json!({ "market": "spot" }));
    let fault = ec2.stop(&spot, &soon()).unwrap_err();
    assert_eq!(fault.code, "UnsupportedOperation");
    assert!(fault.to_string().contains(spot.as_str()), "{fault}");
    assert_eq!((state(&kept).as_str(), state(&spot).as_str()), ("running", "running"));
}

#[test]
fn throttling_and_a_captive_portal_pass() {
    let proxy = Proxy::to(aws().url());
    let ec2 = Ec2::new(aws_at(&proxy.url()), REGION);
    let throttled = "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>";
    proxy.add(Rule::of("TerminateInstances", Fault::Say(Answer::text(503, throttled))).times(1));
    proxy.add(Rule::of("TerminateInstances", Fault::Say(Answer::text(200, "<html><br></html>"))).times(1));
    proxy.add(Rule::of("TerminateInstances", Fault::Lose).times(1));
    assert_eq!(ec2.terminate(&launch(json!({})), &soon()).unwrap(), "shutting-down");
    assert_eq!(proxy.seen().len(), 4);
}

#[test]
fn a_clock_an_hour_off_does_not_keep_an_instance_alive() {
    let instance = launch(json!({}));
    let of = json!({ "service": "ec2", "id": instance.as_str() });
    aws().control("faults", &json!([{ "match": of, "fault": { "clock_skew_s": 3600 } }]));
    let stopped = Ec2::new(aws_at(aws().url()), REGION).stop(&instance, &soon());
    assert_eq!(stopped.unwrap(), "stopping");
}

#[test]
fn a_groups_instance_ends_and_is_not_replaced() {
    let instance = launch(json!({ "group": "trainers" }));
    let ec2 = Ec2::new(aws_at(aws().url()), REGION);
    ec2.terminate_in_group(&instance, Capacity::Decrement, &soon()).unwrap();
    assert_ne!(state(&instance), "running");
    let calls = aws().ask("calls?action=TerminateInstanceInAutoScalingGroup");
    assert_eq!(calls["calls"][0]["parameters"]["ShouldDecrementDesiredCapacity"], "true", "{calls}");
    let alone = launch(json!({}));
    let fault = ec2.terminate_in_group(&alone, Capacity::Keep, &soon()).unwrap_err();
    assert_eq!(fault.code, "ValidationError");
}

#[test]
fn lines_arrive_in_order_in_a_stream_that_is_made() {
    let proxy = Proxy::to(aws().url());
    let now = agent::io::clock::now().wall;
    let line =
        |seconds: i64, text: &str| Line { at: now + SignedDuration::from_secs(seconds), text: text.into() };
    let logs = Logs::new(aws_at(&proxy.url()), REGION, "/curfew/test", "run/one");
    let lines =
        [line(-1, "third \"ü\"\u{7}"), line(-3, "first"), line(-2, "second"), line(-20 * 86_400, "too old")];
    assert_eq!(logs.put(&lines, &soon()).unwrap().too_old, 1);
    let more = logs.put(&[line(0, "fourth")], &soon()).unwrap();
    assert_eq!(more, agent::io::logs::Left::default());
    let events = stored("/curfew/test", "run/one");
    assert_eq!(events, ["first", "second", "third \"ü\"\u{7}", "fourth"]);
    let targets: Vec<_> = proxy
        .seen()
        .iter()
        .filter_map(|asked| Some(asked.header("x-amz-target")?.split_once('.')?.1.to_owned()))
        .collect();
    assert_eq!(
        targets,
        [
            "PutLogEvents",
            "CreateLogStream",
            "CreateLogGroup",
            "CreateLogStream",
            "PutLogEvents",
            "PutLogEvents"
        ]
    );
}

/// What CloudWatch holds, read with the agent's own signature through a call that the agent does not have.
fn stored(group: &str, stream: &str) -> Vec<String> {
    let body = json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
    let answer = super::signed_json("logs", "Logs_20140328.GetLogEvents", &body);
    let events = answer["events"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    events.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_group_that_may_not_be_made_is_said() {
    let proxy = Proxy::to(aws().url());
    let denied = r#"{"__type":"AccessDeniedException","message":"User is not authorized."}"#;
    proxy.add(Rule::of("x-amz-target: Logs_20140328.CreateLogGroup", Fault::Say(Answer::text(400, denied))));
    let logs = Logs::new(aws_at(&proxy.url()), REGION, "/curfew/none", "s");
    let line = Line { at: agent::io::clock::now().wall, text: "x".into() };
    let fault = logs.put(&[line], &soon()).unwrap_err();
    assert_eq!(fault.kind, Kind::Denied);
    assert!(fault.to_string().contains("logs:CreateLogGroup"), "{fault}");
}

#[test]
fn figures_arrive() {
    let at: Timestamp = agent::io::clock::now().wall;
    let figure = |value: f64| Figure {
        name: "Utilisation".into(),
        unit: Unit::Percent,
        value,
        dimensions: vec![("InstanceId".into(), "i-0f09e5bb081e72ae1".into())],
        at,
    };
    let metrics = Metrics::new(aws_at(aws().url()), REGION, "Curfew/Test");
    metrics.put(&vec![figure(12.5); 250], &soon()).unwrap();
    let calls = aws().ask("calls?action=PutMetricData");
    let calls = calls["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call["status"] == 200));
    assert_eq!(calls[0]["parameters"]["MetricData.member.1.Value"], "12.5", "{}", calls[0]);
    assert_eq!(metrics.put(&[figure(f64::NAN)], &soon()).unwrap_err().kind, Kind::Refused);
}
