//! What goes wrong with credentials, regions and the way to AWS: an exit code and a sentence for each.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::stand_in::{self, Fault, Launch, Match, Options, StandIn, Times};

use super::curfew::Home;

const ONE: &str = "check --regions us-east-1";
const TWO: &str = "check --regions us-east-1,eu-west-1";

/// Runs `words` and holds its exit code and what standard error says against what is expected.
async fn check(home: &Home, words: &str, code: i32, says: &[&str]) -> Result<()> {
    let said = home.run(words).await?;
    assert_eq!(said.code, code, "{said:?}");
    for text in says {
        assert!(said.err.contains(text), "no {text:?} in {said:?}");
    }
    assert!(!said.err.contains(" { ") && !said.err.contains("Error("), "a debug dump: {said:?}");
    assert!(!said.out.contains("Nothing needs attention") || code == 0, "{said:?}");
    Ok(())
}

#[tokio::test]
async fn no_credentials_at_all() -> Result<()> {
    let says = ["no AWS account is set up", "curfew credentials add NAME", "curfew --demo check"];
    check(&Home::bare()?, "check", 121, &says).await?;
    check(&Home::bare()?, "list", 1, &says).await
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_named() -> Result<()> {
    let aws = StandIn::start().await?;
    keys(&aws).await?;
    regions(&aws).await?;
    permissions(&aws).await
}

async fn keys(aws: &StandIn) -> Result<()> {
    let wrong = Home::bare()?.with_all(aws.env_as((stand_in::KEY.0, "not-the-secret-of-this-key")));
    check(&wrong, "check", 121, &["account default: AWS does not accept these credentials"]).await?;

    let key = ("ASIAIOSFODNN7EXAMPL2", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    aws.add_key(stand_in::ACCOUNT, key, Some(("token", Duration::ZERO))).await?;
    let expired = Home::bare()?.with_all(aws.env_as(key)).with("AWS_SESSION_TOKEN", "token");
    check(&expired, "check", 121, &["the credentials have expired", "aws sso login"]).await?;

    let absent = Home::bare()?.with("AWS_PROFILE", "nowhere").with("AWS_ENDPOINT_URL", aws.url());
    check(&absent, "check", 121, &["no credentials were found"]).await
}

async fn regions(aws: &StandIn) -> Result<()> {
    aws.regions(&[], &["us-west-2"]).await?;
    let home = Home::of(aws)?;
    let says = ["us-west-2 (account default): the region is not enabled for this account"];
    check(&home, "check --regions us-east-1,us-west-2", 120, &says).await?;
    let says = ["us-esat-1 (account default): AWS knows no such region"];
    check(&home, "check --regions us-east-1,us-esat-1", 120, &says).await?;
    check(&home, "check --regions useast1", 122, &["`useast1` is not a region's code"]).await
}

/// A missing permission comes with the policy line that grants it.
async fn permissions(aws: &StandIn) -> Result<()> {
    aws.deny(&["ec2:DescribeInstances"]).await?;
    let says = [
        "the permission ec2:DescribeInstances is missing",
        r#"{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}"#,
    ];
    let home = Home::of(aws)?;
    check(&home, ONE, 121, &says).await?;
    let said = home.run("credentials test").await?;
    assert_eq!(said.code, 1);
    assert!(said.out.contains("Identity   arn:aws:iam::123456789012:"), "{said:?}");
    assert!(says.iter().all(|text| said.out.contains(text)), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_is_down() -> Result<()> {
    let home = Home::bare()?
        .with("AWS_ACCESS_KEY_ID", stand_in::KEY.0)
        .with("AWS_SECRET_ACCESS_KEY", stand_in::KEY.1)
        .with("AWS_EC2_METADATA_DISABLED", "true")
        .with("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    check(&home, "check", 121, &["account default: AWS could not be reached", "AWS_ENDPOINT_URL"]).await?;
    check(&home, ONE, 121, &["us-east-1 (account default): AWS could not be reached"]).await
}

#[tokio::test]
async fn what_stands_between_here_and_aws_is_named() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?;
    for (fault, says) in [
        (Fault::Html, ["the answer did not come from AWS", "captive portal"]),
        (Fault::Garbage, ["the answer did not come from AWS", "captive portal"]),
        (Fault::Refuse, ["AWS could not be reached", "Check the network"]),
        (Fault::Throttle, ["AWS asked to slow down", "more slowly"]),
        (Fault::ClockSkew(3600), ["this computer's clock is wrong", "Set this computer's clock"]),
    ] {
        aws.fault(Match::all(), fault, Times::Always).await?;
        check(&home, ONE, 121, &says).await?;
        aws.clear_faults().await?;
    }
    for (fault, says) in [
        (Fault::Html, "eu-west-1 (account default): the answer did not come from AWS"),
        (Fault::Throttle, "eu-west-1 (account default): AWS asked to slow down"),
    ] {
        aws.fault(Match::all().region("eu-west-1"), fault, Times::Always).await?;
        check(&home, TWO, 120, &[says]).await?;
        aws.clear_faults().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_is_slow_and_one_that_never_answers() -> Result<()> {
    let delay = Duration::from_millis(1500);
    let aws = StandIn::start_with(Options { delay, strict_iam: false }).await?;
    let home = Home::of(&aws)?;
    check(&home, TWO, 0, &[]).await?;
    aws.fault(Match::all().region("eu-west-1").action("DescribeInstances"), Fault::Hang, Times::Always)
        .await?;
    check(&home, TWO, 120, &["eu-west-1 (account default): AWS did not answer within"]).await
}

#[tokio::test]
async fn one_of_two_accounts_that_fails() -> Result<()> {
    let aws = StandIn::start().await?;
    aws.launch(Launch::new("us-east-1", "g5.xlarge").launched_ago(Duration::from_secs(86_400))).await?;
    let config = "[[account]]\nname = \"mine\"\nsource = \"environment\"\n\
                  [[account]]\nname = \"lost\"\nsource = \"profile:nowhere\"\n";
    let home = Home::of(&aws)?.configured(config)?;
    let said = home.run(ONE).await?;
    assert_eq!((said.code, said.out.contains("1 instance needs attention.")), (120, true), "{said:?}");
    assert!(said.err.contains("account lost: no credentials were found"), "{said:?}");
    assert!(said.out.contains(" --region us-east-1 --account mine"), "{said:?}");
    Ok(())
}
