//! The metadata service as it is, and as it fails.

use std::sync::Mutex;
use std::time::Duration;

use agent::io::aws::Kind as AwsKind;
use agent::io::credentials::{Keys, KeysFault};
use agent::io::http::Deadline;
use agent::io::imds::{Action, Imds, Kind, Lifecycle};
use agent::io::s3::{Bucket, Condition};
use serde_json::json;

use super::{aws, make_bucket, soon};
use crate::parts::http::Answer;
use crate::parts::imds::{INSTANCE, Imds as Peer};
use crate::parts::stand_in::{REGION, aws_with, http};

fn client(url: &str, on_ec2: bool) -> Imds {
    let url = url.to_owned();
    Imds::new(http(), move |name| (name == "AWS_EC2_METADATA_SERVICE_ENDPOINT").then(|| url.clone()), on_ec2)
}

fn start() -> (Imds, Peer) {
    let peer = Peer::start();
    (client(&peer.url(), false), peer)
}

#[test]
fn an_instance_is_known_by_one_token_over_one_connection() {
    let (imds, peer) = start();
    let identity = imds.identity(&soon()).unwrap();
    assert_eq!(identity.instance.as_str(), INSTANCE);
    assert_eq!((identity.region.as_str(), identity.zone.as_str()), ("us-east-1", "us-east-1a"));
    assert_eq!((identity.instance_type.as_str(), identity.account.as_str()), ("g5.xlarge", "123456789012"));
    assert_eq!(imds.spot_notice(&soon()).unwrap(), None);
    assert_eq!(imds.rebalance(&soon()).unwrap(), None);
    assert_eq!(imds.lifecycle(&soon()).unwrap(), None);
    assert_eq!(imds.tags(&soon()).unwrap(), None);
    assert_eq!(imds.role_credentials(&soon()).unwrap(), None);
    assert_eq!((peer.tokens(), peer.connections()), (1, 1));
    assert!(peer.seen().iter().all(|line| line.starts_with("GET ") || line == "PUT /latest/api/token"));
}

#[test]
fn notices_lifecycle_and_tags_are_read() {
    let (imds, peer) = start();
    peer.interrupt("terminate", "2026-01-02T03:04:05Z");
    let notice = imds.spot_notice(&soon()).unwrap().unwrap();
    assert_eq!(
        (notice.action, notice.at),
        (Action::Terminate, Some("2026-01-02T03:04:05Z".parse().unwrap()))
    );
    peer.interrupt("explode", "soon");
    let notice = imds.spot_notice(&soon()).unwrap().unwrap();
    assert_eq!((notice.action.as_str(), notice.at), ("explode", None));
    assert!(notice.fault.unwrap().contains("soon"));
    peer.say("meta-data/spot/instance-action", "<html>");
    assert_eq!(imds.spot_notice(&soon()).unwrap_err().kind, Kind::Garbled);
    peer.forget("meta-data/spot/instance-action");
    assert_eq!(imds.spot_notice(&soon()).unwrap(), None);

    peer.say("meta-data/events/recommendations/rebalance", r#"{"noticeTime":"2026-01-02T03:04:05Z"}"#);
    assert!(imds.rebalance(&soon()).unwrap().unwrap().at.is_some());
    peer.say("meta-data/autoscaling/target-lifecycle-state", "Terminated");
    assert_eq!(imds.lifecycle(&soon()).unwrap(), Some(Lifecycle::Terminated));
    peer.say("meta-data/tags/instance", "Name\ncurfew:run");
    peer.say("meta-data/tags/instance/Name", "train one");
    peer.say("meta-data/tags/instance/curfew%3Arun", "r1");
    let tags = imds.tags(&soon()).unwrap().unwrap();
    assert_eq!(
        tags.into_iter().collect::<Vec<_>>(),
        [("Name".into(), "train one".into()), ("curfew:run".into(), "r1".into())]
    );
}

#[test]
fn a_token_that_ended_is_replaced_once() {
    let (imds, peer) = start();
    imds.identity(&soon()).unwrap();
    for round in 2..5 {
        peer.end_tokens();
        imds.spot_notice(&soon()).unwrap();
        assert_eq!(peer.tokens(), round);
    }
    peer.fail("meta-data", 1, Answer::text(403, ""));
    imds.spot_notice(&soon()).unwrap();
    assert_eq!(peer.tokens(), 5);
    // It refuses all there are: that is meant, and found after two.
    peer.fail("meta-data", 99, Answer::text(401, ""));
    let before = peer.seen().len();
    assert_eq!(imds.spot_notice(&soon()).unwrap_err().kind, Kind::TokenRefused);
    assert_eq!(peer.seen().len() - before, 3, "a look, a new token, another look");
}

#[test]
fn throttling_garbage_and_flapping_pass() {
    let (imds, peer) = start();
    peer.interrupt("stop", "2026-01-02T03:04:05Z");
    for answer in [
        Answer::text(503, ""),
        Answer::text(429, ""),
        Answer::text(500, ""),
        Answer::Close,
        Answer::Raw(b"\x00\x01\x02\r\n\r\n".to_vec()),
        Answer::Cut { status: 200, headers: Vec::new(), body: b"{\"action\":\"stop\"}".to_vec(), after: 5 },
    ] {
        for path in ["instance-action", "api/token"] {
            peer.end_tokens();
            peer.fail(path, 2, answer.clone());
            let notice =
                imds.spot_notice(&soon()).unwrap_or_else(|fault| panic!("{answer:?} at {path}: {fault}"));
            assert_eq!(notice.unwrap().action, Action::Stop);
        }
    }
    peer.fail("instance-action", 99, Answer::text(503, ""));
    assert_eq!(imds.spot_notice(&soon()).unwrap_err().kind, Kind::Throttled);
}

#[test]
fn a_hang_is_bounded_by_the_deadline() {
    let (imds, peer) = start();
    imds.identity(&soon()).unwrap();
    peer.fail("instance-action", 1, Answer::Hang);
    let fault = imds.spot_notice(&Deadline::after(Duration::from_millis(300))).unwrap_err();
    assert_eq!(fault.kind, Kind::TimedOut);
    // A single hang of a second does not lose the notice.
    peer.interrupt("terminate", "2026-01-02T03:04:05Z");
    peer.fail("instance-action", 1, Answer::Hang);
    assert!(imds.spot_notice(&soon()).unwrap().is_some());
}

#[test]
fn what_is_not_ec2_is_told_from_what_is_broken() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{closed}");
    let fault = client(&closed, false).identity(&soon()).unwrap_err();
    assert_eq!(fault.kind, Kind::NotOnEc2);
    assert!(fault.to_string().contains("no EC2 instance"), "{fault}");
    // On hardware of EC2's, nobody at that address is a fault that may pass.
    assert_eq!(client(&closed, true).identity(&soon()).unwrap_err().kind, Kind::NoConnection);

    let peer = Peer::start();
    peer.fail("api/token", 1, Answer::text(404, "other cloud"));
    assert_eq!(client(&peer.url(), false).identity(&soon()).unwrap_err().kind, Kind::NotOnEc2);
    peer.fail("api/token", 1, Answer::text(403, ""));
    let fault = client(&peer.url(), true).identity(&soon()).unwrap_err();
    assert!(fault.kind == Kind::Off && fault.to_string().contains("http-endpoint enabled"), "{fault}");

    let off =
        Imds::new(http(), |name| (name == "AWS_EC2_METADATA_DISABLED").then(|| "true".to_owned()), true);
    assert_eq!(off.identity(&soon()).unwrap_err().kind, Kind::NotOnEc2);
}

#[test]
fn the_role_signs_and_is_asked_again_when_its_key_is_refused() {
    let (old, new) = (("ASIAOLDOLDOLDOLDOLD1", "old-secret"), ("ASIANEWNEWNEWNEWNEW1", "new-secret"));
    let add = |key: (&str, &str), token: &str, expires: i64| {
        let key = json!({ "account": "123456789012", "access_key": key.0, "secret_key": key.1, "session_token": token, "expires_in_s": expires });
        aws().control("credentials", &key);
    };
    add(old, "old-token", -1);
    add(new, "new-token", 3600);
    make_bucket("by-role");
    let (imds, peer) = start();
    peer.role(old.0, old.1, "old-token", "2099-01-01T00:00:00Z");
    let keys = Keys::Role(imds, Mutex::default());
    keys.get(&soon()).unwrap();
    peer.role(new.0, new.1, "new-token", "2099-01-01T00:00:00Z");
    let bucket = Bucket::new(aws_with(aws().url(), keys), "by-role", REGION);
    bucket.put_bytes("key", b"x", &Condition::Always, &soon()).unwrap();
    let asked = |path: &str| peer.seen().iter().filter(|line| line.ends_with(path)).count();
    assert_eq!(asked("curfew-instance"), 2);
    bucket.put_bytes("key", b"x", &Condition::Always, &soon()).unwrap();
    assert_eq!(asked("curfew-instance"), 2, "held from now on");
}

#[test]
fn no_role_and_no_variables_is_said_with_what_helps() {
    let (imds, _peer) = start();
    let keys = Keys::find(|_| None, imds);
    assert!(matches!(keys.get(&soon()).unwrap_err(), KeysFault::None(_)));
    let bucket = Bucket::new(aws_with(aws().url(), keys), "b", REGION);
    let fault = bucket.head("key", &soon()).unwrap_err();
    assert_eq!(fault.kind, AwsKind::NoCredentials);
    assert!(fault.to_string().contains("give the instance a role"), "{fault}");
}
