//! S3 as it fails: each fault is made on the wire, and what comes of it is seen by the caller and by the proxy.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use agent::io::aws::{Fault as AwsFault, Kind};
use agent::io::http::{Deadline, Stop};
use agent::io::s3::{Bucket, Condition};
use agent::io::sign::hash::sha256;

use super::{aws, bucket, make_bucket, noise, soon};
use crate::parts::http::Answer;
use crate::parts::proxy::{Fault, Proxy, Rule, s3_error};
use crate::parts::stand_in::{REGION, aws_at};

fn put(bucket: &Bucket, bytes: &[u8]) -> Result<String, AwsFault> {
    bucket.put_bytes("key", bytes, &Condition::Always, &soon())
}

fn count(proxy: &Proxy, method: &str) -> usize {
    proxy.seen().iter().filter(|asked| asked.method == method).count()
}

#[test]
fn a_refusal_that_stays_is_not_tried_again() {
    let (bucket, proxy) = bucket("refusals");
    for (status, code, kind, says) in [
        (403, "AccessDenied", Kind::Denied, "the role needs s3:PutObject"),
        (404, "NoSuchBucket", Kind::NoBucket, "make the bucket"),
        (409, "ConditionalRequestConflict", Kind::Conflict, "ConditionalRequestConflict"),
        (412, "PreconditionFailed", Kind::PreconditionFailed, "PreconditionFailed"),
        (400, "InvalidArgument", Kind::Refused, "InvalidArgument"),
    ] {
        proxy.add(Rule::of("refusals", Fault::Say(s3_error(status, code))).times(1));
        let before = count(&proxy, "PUT");
        let fault = put(&bucket, b"x").unwrap_err();
        assert_eq!((fault.kind, fault.code.as_str()), (kind, code));
        assert!(
            fault.to_string().contains(says) && fault.to_string().contains("s3://refusals/key"),
            "{fault}"
        );
        assert_eq!(count(&proxy, "PUT") - before, 1, "{code}");
    }
}

#[test]
fn what_passes_is_tried_again_until_it_works() {
    let (bucket, proxy) = bucket("passing");
    for fault in [
        Fault::Say(s3_error(503, "SlowDown")),
        Fault::Say(s3_error(500, "InternalError")),
        Fault::Say(s3_error(400, "RequestTimeout")),
        Fault::Say(s3_error(400, "XAmzContentSHA256Mismatch")),
        Fault::Say(Answer::text(503, "<html>busy</html>")),
        Fault::Say(Answer::Close),
        Fault::Say(Answer::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())),
        Fault::Say(Answer::text(200, "<html>Sign in to the hotel's network</html>")),
        Fault::Lose,
    ] {
        proxy.clear();
        proxy.add(Rule::of("key", fault.clone()).method("PUT").times(2));
        let before = count(&proxy, "PUT");
        put(&bucket, b"again").unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(count(&proxy, "PUT") - before, 3, "{fault:?}");
    }
    assert_eq!(bucket.get_bytes("key", 10, &soon()).unwrap().0, b"again");
}

#[test]
fn a_body_that_was_cut_is_seen_and_fetched_again() {
    let (bucket, proxy) = bucket("cut");
    let content = noise(20 * 1024 * 1024);
    let folder = tempfile::tempdir().unwrap();
    let (up, down) = (folder.path().join("up"), folder.path().join("down"));
    fs::write(&up, &content).unwrap();
    bucket.put_file("key", &up, &soon()).unwrap();

    proxy.add(Rule::of("key", Fault::CutAfter(100_000)).method("GET").times(1));
    bucket.get_file("key", &down, &soon()).unwrap();
    assert!(fs::read(&down).unwrap() == content);

    // In pieces: those that come after the first, too.
    proxy.clear();
    proxy.add(Rule::of("key", Fault::CutAfter(4_000_000)).method("GET").times(3));
    bucket.get_file("key", &down, &soon()).unwrap();
    assert!(fs::read(&down).unwrap() == content);

    proxy.clear();
    proxy.add(Rule::of("key", Fault::CutAfter(5_000_000)).method("GET").times(2));
    let mut streamed = Vec::new();
    bucket.get_to("key", &mut streamed, &soon()).unwrap();
    assert!(streamed == content);
    let gets = proxy.seen();
    let ranges: Vec<_> =
        gets.iter().filter(|asked| asked.method == "GET").filter_map(|it| it.header("range")).collect();
    assert_eq!(ranges[ranges.len() - 2..], ["bytes=5000000-", "bytes=10000000-"]);

    proxy.clear();
    put(&bucket, b"small").unwrap();
    proxy.add(Rule::of("key", Fault::CutAfter(3)).method("GET").times(1));
    assert_eq!(bucket.get_bytes("key", 10, &soon()).unwrap().0, b"small");
}

#[test]
fn for_ever_ends_with_the_deadline() {
    let (bucket, proxy) = bucket("for-ever");
    for answer in [s3_error(503, "SlowDown"), Answer::Hang, Answer::Close, Answer::Raw(b"?".to_vec())] {
        proxy.clear();
        proxy.add(Rule::of("key", Fault::Say(answer)));
        let fault = bucket
            .put_bytes("key", b"x", &Condition::Always, &Deadline::after(Duration::from_secs(1)))
            .unwrap_err();
        assert!(matches!(fault.kind, Kind::Throttled | Kind::Unreachable | Kind::Garbled), "{fault}");
    }
    let over = bucket.put_bytes("key", b"x", &Condition::Always, &Deadline::at(Duration::ZERO)).unwrap_err();
    assert_eq!(over.kind, Kind::Unreachable);
}

#[test]
fn what_is_called_off_ends_at_once_and_takes_the_upload_back() {
    let (bucket, proxy) = bucket("called-off");
    let folder = tempfile::tempdir().unwrap();
    let up = folder.path().join("up");
    File::create(&up).unwrap().set_len(40 * 1024 * 1024).unwrap();
    proxy.add(Rule::of("partNumber=3&", Fault::Say(s3_error(503, "SlowDown"))));
    let (stop, hour) = (Stop::default(), Deadline::after(Duration::from_secs(3600)));
    let fault = std::thread::scope(|scope| {
        let deadline = hour.or(&stop);
        let upload = scope.spawn(move || bucket.put_file("key", &up, &deadline));
        proxy.wait_for("partNumber=3&", 3);
        stop.set();
        upload.join().unwrap().unwrap_err()
    });
    assert_eq!(fault.kind, Kind::Stopped, "{fault}");
    assert_eq!(count(&proxy, "DELETE"), 1);
}

#[test]
fn nobody_there_is_said_within_the_deadline() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bucket = Bucket::new(aws_at(&format!("http://{closed}")), "b", REGION);
    let fault = bucket.head("key", &Deadline::after(Duration::from_millis(700))).unwrap_err();
    assert_eq!(fault.kind, Kind::Unreachable);
    let text = fault.to_string();
    assert!(text.contains("S3 at http://127.0.0.1") && text.contains("tried "), "{text}");
}

#[test]
fn a_conditional_write_whose_answer_was_lost_is_no_conflict_with_itself() {
    let (bucket, proxy) = bucket("lost-answer");
    let lock = |bytes: &[u8]| bucket.put_bytes("lock", bytes, &Condition::Absent, &soon());
    proxy.add(Rule::of("lock", Fault::Lose).method("PUT").times(1));
    let etag = lock(b"mine").unwrap();
    assert_eq!(bucket.head("lock", &soon()).unwrap().etag, etag);
    // The same of another's object is one.
    proxy.add(Rule::of("lock", Fault::Say(s3_error(500, "InternalError"))).method("PUT").times(1));
    assert_eq!(lock(b"other").unwrap_err().kind, Kind::PreconditionFailed);
}

#[test]
fn the_buckets_own_region_is_found_once() {
    let redirect = |region: &str| {
        let Answer::Whole { status, body, .. } = s3_error(301, "PermanentRedirect") else { unreachable!() };
        Answer::Whole { status, body, headers: vec![("x-amz-bucket-region".into(), region.into())] }
    };
    let (bucket, proxy) = bucket("elsewhere");
    // The redirects are this test's own: the stand-in would send the agent back.
    aws().control("bucket-everywhere", &serde_json::json!({ "bucket": "elsewhere" }));
    proxy.add(Rule::of("key", Fault::Say(redirect("us-west-2"))).times(1));
    put(&bucket, b"x").unwrap();
    put(&bucket, b"x").unwrap();
    let seen = proxy.seen();
    let regions: Vec<_> =
        seen.iter().filter_map(|asked| asked.header("authorization")?.split('/').nth(2)).collect();
    assert_eq!(regions, ["us-east-1", "us-west-2", "us-west-2"]);

    // HEAD has no body to say it in, and a wrong region's endpoint may only say it in the body.
    let head = Answer::Whole {
        status: 400,
        headers: vec![("x-amz-bucket-region".into(), "us-east-2".into())],
        body: vec![],
    };
    proxy.add(Rule::of("key", Fault::Say(head)).method("HEAD").times(1));
    bucket.head("key", &soon()).unwrap();
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>expecting</Message><Region>eu-west-1</Region></Error>";
    proxy.add(Rule::of("key", Fault::Say(Answer::text(400, body))).times(1));
    put(&bucket, b"x").unwrap();

    proxy.clear();
    proxy.add(Rule::of("key", Fault::Say(redirect("eu-west-3"))));
    let fault = put(&bucket, b"x").unwrap_err();
    assert_eq!(fault.kind, Kind::WrongRegion);
    assert!(fault.to_string().contains("the bucket lies in eu-west-3"), "{fault}");
}

#[test]
fn a_part_that_fails_takes_the_upload_back() {
    let (bucket, proxy) = bucket("taken-back");
    let folder = tempfile::tempdir().unwrap();
    let up = folder.path().join("up");
    File::create(&up).unwrap().set_len(50 * 1024 * 1024).unwrap();
    proxy.add(Rule::of("partNumber=4&", Fault::Say(s3_error(403, "AccessDenied"))));
    let fault = bucket.put_file("big", &up, &soon()).unwrap_err();
    assert_eq!(fault.kind, Kind::Denied);
    assert_eq!(count(&proxy, "DELETE"), 1);
    assert_eq!(bucket.head("big", &soon()).unwrap_err().kind, Kind::NotFound);

    // Parts that pass are sent again, and so is the end, whose answer is lost.
    proxy.clear();
    proxy.add(Rule::of("partNumber=2&", Fault::Say(s3_error(503, "SlowDown"))).times(2));
    proxy.add(Rule::of("partNumber=3&", Fault::Lose).times(1));
    proxy.add(Rule::of("<CompleteMultipartUpload>", Fault::Lose).times(1));
    bucket.put_file("big", &up, &soon()).unwrap();
    assert_eq!(bucket.head("big", &soon()).unwrap().size, 50 * 1024 * 1024);
}

#[test]
fn a_long_body_is_refused_before_it_is_sent() {
    let (bucket, proxy) = bucket("asked-first");
    let folder = tempfile::tempdir().unwrap();
    let up = folder.path().join("up");
    fs::write(&up, noise(12 * 1024 * 1024)).unwrap();
    proxy.add(Rule::of("key", Fault::Say(s3_error(403, "AccessDenied"))));
    let fault = bucket.put_file("key", &up, &soon()).unwrap_err();
    assert_eq!(fault.kind, Kind::Denied);
    assert_eq!(proxy.seen()[0].header("expect"), Some("100-continue"));
}

#[test]
fn a_file_that_shrinks_meanwhile_is_said_and_nothing_is_written() {
    let (bucket, proxy) = bucket("shrinks");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("up");
    fs::write(&path, noise(20 * 1024 * 1024)).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    // The upload is begun, and waits; meanwhile the file is cut.
    proxy.add(Rule::of("uploads=", Fault::Say(s3_error(503, "SlowDown"))));
    let fault = std::thread::scope(|scope| {
        let upload = scope.spawn(|| bucket.put_file("key", &path, &soon()));
        proxy.wait_for("uploads=", 1);
        file.set_len(1024).unwrap();
        proxy.clear();
        upload.join().unwrap().unwrap_err()
    });
    assert_eq!(fault.kind, Kind::Local);
    assert!(fault.to_string().contains("became shorter"), "{fault}");
    assert_eq!(bucket.head("key", &soon()).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn an_object_that_changes_meanwhile_is_begun_anew() {
    const MIB: usize = 1024 * 1024;
    let (bucket, proxy) = bucket("changes");
    let folder = tempfile::tempdir().unwrap();
    let (up, down) = (folder.path().join("up"), folder.path().join("down"));
    fs::write(&up, noise(20 * MIB)).unwrap();
    bucket.put_file("key", &up, &soon()).unwrap();
    let newer = noise(21 * MIB);
    fs::write(&up, &newer).unwrap();
    // The second piece waits until the object is another.
    proxy.add(Rule::of("range: bytes=16777216-", Fault::Say(s3_error(503, "SlowDown"))));
    std::thread::scope(|scope| {
        let download = scope.spawn(|| bucket.get_hashed("key", &down, &soon()));
        proxy.wait_for("range: bytes=16777216-", 1);
        bucket.put_file("key", &up, &soon()).unwrap();
        proxy.clear();
        let (_, hash, len) = download.join().unwrap().unwrap();
        assert_eq!((hash, len), (sha256(&newer), newer.len() as u64));
    });
    assert!(fs::read(&down).unwrap() == newer);
}

#[test]
fn a_sparse_file_goes_as_what_it_reads_as() {
    let (bucket, _proxy) = bucket("sparse");
    let folder = tempfile::tempdir().unwrap();
    let (up, down) = (folder.path().join("up"), folder.path().join("down"));
    let file = File::create(&up).unwrap();
    file.set_len(24 * 1024 * 1024).unwrap();
    file.write_all_at(b"end", 24 * 1024 * 1024 - 3).unwrap();
    bucket.put_file("key", &up, &soon()).unwrap();
    bucket.get_file("key", &down, &soon()).unwrap();
    assert!(fs::read(&up).unwrap() == fs::read(&down).unwrap());
}

#[test]
fn a_full_disk_is_the_machines_own_fault() {
    let (bucket, _proxy) = bucket("full");
    put(&bucket, b"some bytes").unwrap();
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert_eq!(bucket.get_to("key", &mut Full, &soon()).unwrap_err().kind, Kind::Local);
}

#[test]
fn a_clock_that_is_off_is_gone_by_once() {
    let proxy = Proxy::to(aws().url());
    make_bucket("skewed");
    let bucket = Bucket::new(aws_at(&proxy.url()), "skewed", REGION);
    let date =
        (jiff_now() + jiff::SignedDuration::from_hours(1)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let Answer::Whole { status, body, .. } = s3_error(403, "RequestTimeTooSkewed") else { unreachable!() };
    let skewed = Answer::Whole { status, body, headers: vec![("date".into(), date)] };
    proxy.add(Rule::of("key", Fault::Say(skewed)).times(1));
    // The stand-in's own clock is right: an hour ahead is what it then refuses, and says its time.
    put(&bucket, b"x").unwrap();
    let stamps: Vec<_> =
        proxy.seen().iter().filter_map(|asked| asked.header("x-amz-date").map(str::to_owned)).collect();
    assert_eq!(stamps.len(), 3, "{stamps:?}");
    assert!(stamps[1] > stamps[0] && stamps[1] > stamps[2], "{stamps:?}");
}

fn jiff_now() -> jiff::Timestamp {
    agent::io::clock::now().wall
}
