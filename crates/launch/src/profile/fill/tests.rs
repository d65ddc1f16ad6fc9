//! What the instance is told.

use super::*;

fn profile(text: &str) -> Profile {
    let least = "regions = ['us-east-1']\ntypes = ['g5.xlarge']\nimage = 'al2023'\n";
    Profile::parse("nightly".parse().expect("a name"), &format!("{least}{text}")).expect("a profile")
}

fn downloads() -> BTreeMap<Architecture, Download> {
    let url = "https://my-bucket.s3.us-east-1.amazonaws.com/agent/x?X-Amz-Signature=0".into();
    [(Architecture::X86_64, Download { url, region: "us-east-1".into(), sha256: "0".repeat(64) })].into()
}

#[test]
fn what_is_told_is_read_by_the_agent() {
    let profile = profile("[run]\ncommand = 'python train.py'\n");
    let fill = Fill {
        bucket: Some("prepared-bucket".into()),
        max_runtime: Some(Duration::from_secs(5400)),
        ..Fill::default()
    };
    let config = profile.agent_config(&fill).expect("all that it needs");
    assert_eq!(config.run.bucket.as_deref(), Some("prepared-bucket"));
    assert_eq!(config.run.environment.as_str(), "nightly");
    assert_eq!(config.limits.max_runtime, Duration::from_secs(5400));
    let script = profile.user_data(&fill, downloads()).expect("a script");
    assert!(script.contains(&config.render()));
    assert_eq!(AgentConfig::parse(&config.render()), Ok(config));
}

#[test]
fn what_the_profile_names_itself_stays() {
    let profile = profile("run = { bucket = 'my-bucket', environment = 'dev' }\nlimits.max_runtime = '1h'\n");
    let fill = Fill {
        bucket: Some("prepared-bucket".into()),
        max_runtime: Some(Duration::from_secs(24 * 3600)),
        ..Fill::default()
    };
    let config = profile.agent_config(&fill).expect("all that it needs");
    assert_eq!((config.run.bucket.as_deref(), config.run.environment.as_str()), (Some("my-bucket"), "dev"));
    assert_eq!(config.limits.max_runtime, Duration::from_secs(3600));
    let other = Fill { environment: Some("dev-2".parse().expect("a name")), ..fill };
    let config = profile.agent_config(&other).expect("all that it needs");
    assert_eq!((config.run.environment.as_str(), config.fleet), ("dev-2", None));
}

#[test]
fn without_a_bucket_only_a_guard_is_possible() {
    assert!(profile("").user_data(&Fill::default(), downloads()).is_ok());
    let fault = profile("checkpoint.job_id = 'a'\n").user_data(&Fill::default(), downloads());
    let sentence = "there is no bucket for checkpoint: name one as run.bucket in the profile, or make one with `curfew \
                    prepare`";
    assert_eq!(fault.map_err(|fault| fault.to_string()), Err(sentence.into()));
}

/// A profile that fits may not fit any more once its URLs are signed.
#[test]
fn what_is_too_long_is_said_before_it_is_sent() {
    let profile = profile(&format!("run.setup = '{}'\n", "x".repeat(6500)));
    let mut downloads = downloads();
    downloads.values_mut().for_each(|download| download.url += &"x".repeat(3000));
    let fault = profile.user_data(&Fill::default(), downloads).map_err(|fault| fault.to_string());
    let fault = fault.expect_err("a fault");
    assert!(
        fault.ends_with("and EC2 takes 16384: put long commands into a file of the repository"),
        "{fault}"
    );
}

#[test]
fn members_are_told_of_their_group_and_of_its_places() {
    let config = profile("fleet = { max = 4, desired = 2 }\n")
        .agent_config(&Fill::default())
        .expect("all that it needs");
    assert_eq!(config.fleet, Some(Fleet { group: "curfew-nightly".into(), members: 4 }));
}
