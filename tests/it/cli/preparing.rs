//! `curfew prepare`, `unprepare` and `key`: made, made again, failed half-way, removed, made anew.

use std::{fs, os::unix::fs::PermissionsExt as _};

use anyhow::Result;
use curfew_tests::stand_in::StandIn;

use super::curfew::Home;
use crate::{
    account::{HERE, NAMELESS},
    aws::launching::admin::Admin,
};

#[tokio::test]
async fn a_region_is_prepared_launched_into_cleared_and_prepared_again() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?.with_agents()?;
    let profile = home.path("train.toml");
    fs::write(&profile, NAMELESS)?;
    let launch = format!("launch {} --yes --detach", profile.display());

    let said = home.run(&launch).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("curfew prepare us-east-1"), "it says what to do: {said:?}");

    let said = home.run("prepare us-east-1").await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("BucketName") && said.out.contains("curfew-123456789012-us-east-1"),
        "{said:?}"
    );
    assert!(said.err.contains("AWS::EC2::VPC"), "each resource is told: {said:?}");
    let again = home.run("prepare us-east-1").await?;
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(aws.calls_of("CreateStack").await?.len(), 1, "the second time there was nothing to make");

    let said = home.run(&launch).await?;
    assert_eq!(said.code, 0, "{said:?}");
    let made = aws.instances(HERE).await?;
    assert_eq!(made.len(), 1);
    let said = home.run(&format!("terminate {} --yes", made[0].id)).await?;
    assert_eq!(said.code, 0, "{said:?}");

    let asked = home.run("unprepare us-east-1").await?;
    assert_eq!(asked.code, 1, "nobody was there to say yes: {asked:?}");
    let gone = home.run("unprepare us-east-1 --yes").await?;
    assert_eq!(gone.code, 0, "{gone:?}");
    assert_eq!(home.run("unprepare us-east-1 --yes").await?.code, 0, "gone is gone");
    let anew = home.run("prepare us-east-1").await?;
    assert_eq!(anew.code, 0, "its bucket stayed and is taken as it is: {anew:?}");
    Ok(())
}

#[tokio::test]
async fn a_resource_that_cannot_be_made_is_named_and_the_next_try_begins_anew() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?;
    aws.stack_failure(HERE, "Subnet", "the zone is full").await?;
    let said = home.run("prepare us-east-1").await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("Subnet (AWS::EC2::Subnet): the zone is full"), "{said:?}");
    let said = home.run("prepare us-east-1").await?;
    assert_eq!(said.code, 0, "{said:?}");
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_somebody_else_is_not_taken() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?;
    aws.deny(&["s3:ListBucket"]).await?;
    Admin(&aws).bucket("curfew-123456789012-us-east-1", HERE).await.ok();
    let said = home.run("prepare us-east-1").await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(aws.calls_of("CreateStack").await?.is_empty(), "nothing was made: {said:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_is_fetched_into_a_file_that_only_its_owner_can_read() -> Result<()> {
    let aws = StandIn::start().await?;
    let key = "-----BEGIN RSA PRIVATE KEY-----\nbm90IG9uZQ==\n-----END RSA PRIVATE KEY-----";
    Admin(&aws).secret(HERE, "/ec2/keypair/key-0123456789abcdef0", key).await?;
    let home = Home::of(&aws)?;
    let out = home.path("key.pem");
    let fetch = format!("key key-0123456789abcdef0 --region {HERE} --out {}", out.display());
    let said = home.run(&fetch).await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!said.out.contains("PRIVATE") && !said.err.contains("PRIVATE"), "{said:?}");
    assert_eq!(fs::read_to_string(&out)?, format!("{key}\n"), "ssh wants its last line ended");
    assert_eq!(fs::metadata(&out)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_not_there_leaves_no_file_and_one_that_is_there_stays() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?;
    let out = home.path("key.pem");
    let fetch = format!("key key-0123456789abcdef0 --region us-east-1 --out {}", out.display());
    let said = home.run(&fetch).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("/ec2/keypair/key-0123456789abcdef0") && !out.exists(), "{said:?}");
    fs::write(&out, "mine")?;
    let said = home.run(&fetch).await?;
    assert_eq!((said.code, fs::read_to_string(&out)?), (1, "mine".into()));
    assert!(said.err.contains("exists already"), "{said:?}");
    Ok(())
}
