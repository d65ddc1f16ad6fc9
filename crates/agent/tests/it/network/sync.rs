//! The sync by way of S3 as the stand-in speaks it: what was tried with a bucket in a folder holds over the wire.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use agent::{
    io::{clock, s3::Bucket},
    sync::{
        Tools,
        bucket::{Bucket as _, Deadline},
        checkpoint::{End, Job, Saved, save},
        data::{Data, fetch},
        pace::{Real, Stop},
        restore::{Restored, Source, restore},
        results::{Results, mirror},
        s3::S3,
    },
};

use super::{bucket, noise};
use crate::parts::{
    proxy::{Fault, Rule, s3_error},
    stand_in::{REGION, aws_at},
};

fn soon() -> Deadline {
    Deadline(clock::now().up + Duration::from_secs(60))
}

fn s3(bucket: Bucket) -> S3 {
    S3::new(bucket, Stop::default())
}

fn job(root: &Path) -> Job {
    let directory = root.join("ckpt");
    fs::create_dir_all(&directory).unwrap();
    Job {
        id: "train-1".parse().unwrap(),
        prefix: "checkpoints".into(),
        directory,
        memory: root.join("var/checkpoint.json"),
        instance: None,
    }
}

fn saved(job: &Job, bucket: &S3) -> Saved {
    save(job, "manual", Tools { bucket, pace: &Real::default() }, soon())
}

fn restored(job: &Job, bucket: &S3) -> Restored {
    restore(job, Tools { bucket, pace: &Real::default() }, soon())
}

fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.strip_prefix(directory).unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_checkpoint_goes_there_and_back_with_every_name_and_size() {
    let (bucket, proxy) = bucket("sync-names");
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (job, bucket) = (job(here.path()), s3(bucket));
    let names = ["plain", "new\nline", "😀 été+&=?#", "100%25", " out ", "metadata.json", "a\\b'\"<>&amp;"];
    for name in names {
        fs::write(job.directory.join(name), name).unwrap();
    }
    fs::write(job.directory.join("x".repeat(255)), "").unwrap();
    fs::write(job.directory.join("one-piece.pt"), noise(3_000_000)).unwrap();
    fs::write(job.directory.join("pieces.pt"), noise(20_000_000)).unwrap();
    symlink("pieces.pt", job.directory.join("last.ckpt")).unwrap();
    let first = saved(&job, &bucket);
    assert!(matches!(first.end, End::Whole(_)), "{first:?}");
    fs::write(job.directory.join("plain"), "changed").unwrap();
    let second = saved(&job, &bucket);
    assert!(matches!(second.end, End::Whole(_)), "{second:?}");
    assert_eq!(second.sent, (1, 7));

    let elsewhere =
        Job { directory: there.path().join("ckpt"), memory: there.path().join("m.json"), ..job.clone() };
    let before = proxy.seen().iter().filter(|asked| asked.target.contains("list-type=2")).count();
    let restored = restored(&elsewhere, &bucket);
    assert!(matches!(restored.source, Source::S3(_)), "{restored:?}");
    assert_eq!(files(&elsewhere.directory), files(&job.directory));
    assert_eq!(fs::read_link(elsewhere.directory.join("last.ckpt")).unwrap(), Path::new("pieces.pt"));
    let lists = proxy.seen().iter().filter(|asked| asked.target.contains("list-type=2")).count() - before;
    assert_eq!(lists, 4, "year, month, day, second");
}

#[test]
fn a_body_that_is_cut_and_a_slow_down_are_got_over() {
    let (bucket, proxy) = bucket("sync-faults");
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (job, bucket) = (job(here.path()), s3(bucket));
    fs::write(job.directory.join("model.pt"), noise(1_000_000)).unwrap();
    fs::write(job.directory.join("step"), "1").unwrap();
    proxy.add(Rule::of("model.pt", Fault::Say(s3_error(503, "SlowDown"))).method("PUT").times(2));
    proxy.add(
        Rule::of("step", Fault::Say(s3_error(409, "ConditionalRequestConflict"))).method("PUT").times(1),
    );
    let saved = saved(&job, &bucket);
    assert!(matches!(saved.end, End::Whole(_)), "{saved:?}");
    proxy.clear();
    proxy.add(Rule::of("model.pt", Fault::CutAfter(1000)).method("GET").times(2));
    let elsewhere =
        Job { directory: there.path().join("ckpt"), memory: there.path().join("m.json"), ..job.clone() };
    let restored = restored(&elsewhere, &bucket);
    assert!(matches!(restored.source, Source::S3(_)), "{restored:?}");
    assert_eq!(files(&elsewhere.directory), files(&job.directory));
}

#[test]
fn a_bucket_that_is_not_there_or_not_allowed_is_said() {
    let (bucket, proxy) = bucket("sync-refused");
    let here = tempfile::tempdir().unwrap();
    let job = job(here.path());
    fs::write(job.directory.join("step"), "1").unwrap();
    let none = s3(Bucket::new(aws_at(&proxy.url()), "curfew-no-such-bucket", REGION));
    let End::Short(why) = saved(&job, &none).end else { panic!("it cannot be whole") };
    assert!(why.contains("make the bucket"), "{why}");
    assert_eq!(
        restored(&job, &none).source,
        Source::Local,
        "what could not be sent is still good on the disk"
    );
    let elsewhere = Job { memory: here.path().join("m.json"), ..job.clone() };
    let Source::Failed(why) = restored(&elsewhere, &none).source else { panic!("there is none") };
    assert!(why.contains("make the bucket"), "{why}");
    proxy.add(Rule::of("sync-refused", Fault::Say(s3_error(403, "AccessDenied"))));
    // Time for one attempt, and not for a pause and another.
    let by = Deadline(clock::now().up + Duration::from_millis(900));
    let refused = save(&job, "manual", Tools { bucket: &s3(bucket), pace: &Real::default() }, by);
    let End::Short(why) = refused.end else { panic!("it cannot be whole") };
    assert!(why.contains("the role needs s3:PutObject"), "{why}");
}

#[test]
fn results_go_up_and_data_come_down() {
    let (bucket, _proxy) = bucket("sync-data");
    let root = tempfile::tempdir().unwrap();
    let bucket = s3(bucket);
    let results = Results {
        directory: root.path().join("out"),
        prefix: "dev/run/models/".into(),
        memory: root.path().join("m"),
    };
    fs::create_dir_all(results.directory.join("sub")).unwrap();
    fs::write(results.directory.join("sub/model.pt"), noise(300_000)).unwrap();
    fs::write(results.directory.join("metrics.json"), "{}").unwrap();
    let tools = Tools { bucket: &bucket, pace: &Real::default() };
    let mirrored = mirror(&results, tools, soon());
    assert_eq!((mirrored.short, mirrored.sent), (None, (2, 300_002)));
    let data = Data { prefix: "dev/run/models/".into(), directory: root.path().join("data") };
    let fetched = fetch(&data, tools, soon());
    assert_eq!((fetched.short, fetched.fetched), (None, (2, 300_002)));
    assert_eq!(files(&data.directory), files(&results.directory));
    let again = fetch(&data, tools, soon());
    assert_eq!((again.short, again.fetched.0, again.kept), (None, 0, 2));
    assert_eq!(bucket.name(), "s3://sync-data");
}
