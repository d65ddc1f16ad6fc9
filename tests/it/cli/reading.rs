//! `check` and `list` over real EC2 answers.

use std::time::Duration;

use anyhow::Result;
use curfew_tests::stand_in::{Fault, Launch, Market, Match, Options, StandIn, State, Times};

use super::curfew::Home;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_worked_example_is_reported_block_by_block() -> Result<()> {
    let aws = StandIn::start().await?;
    let spot = Launch::new("us-east-1", "g5.xlarge").market(Market::Spot).name("crpbot-training").private();
    let at = aws.launch(spot.zone("us-east-1b").volumes(&[100]).launched_ago(205 * MINUTE)).await?;
    let said = Home::of(&aws)?.run("check --regions us-east-1").await?;
    let expect = format!(
        "\
WARNING | {id} | g5.xlarge (spot)
    Name:      crpbot-training
    Where:     us-east-1 (us-east-1b), account default
    Running:   3h 25m
    Est. cost: $1.53 at $0.45/h
    End it:    curfew terminate {id} --region us-east-1

1 instance needs attention.
1 instance up in 1 region: $0.45/h, $1.53 so far.
",
        id = at.id
    );
    assert_eq!((said.out.as_str(), said.code, said.err.as_str()), (expect.as_str(), 1, ""));
    Ok(())
}

#[tokio::test]
async fn the_exit_code_counts_to_99() -> Result<()> {
    let aws = StandIn::start().await?;
    let old = |count| Launch::new("us-east-1", "t3.micro").count(count).launched_ago(180 * MINUTE);
    aws.fleet(&[old(3), Launch::new("us-east-1", "t3.micro").state(State::Stopped)]).await?;
    let home = Home::of(&aws)?;
    assert_eq!(home.run("check --regions us-east-1").await?.code, 3);
    aws.fleet(&[old(120)]).await?;
    let said = home.run("check --regions us-east-1 --json").await?;
    assert_eq!((said.code, said.json()?["totals"]["attention"].as_u64()), (99, Some(123)));
    Ok(())
}

#[tokio::test]
async fn rules_and_thresholds_of_the_file_hold() -> Result<()> {
    let aws = StandIn::start().await?;
    let old = |name: &str| Launch::new("us-east-1", "g5.xlarge").name(name).launched_ago(180 * MINUTE);
    aws.fleet(&[old("forgotten"), old("always-on").tag("Role", "server")]).await?;
    let config = "[poll]\nregions = [\"us-east-1\"]\n[alert]\nwarning = \"1h\"\n\
                  [[alert.rule]]\nmatch = { tags = { Role = \"server\" } }\nignore = true\n";
    let said = Home::of(&aws)?.configured(config)?.run("check").await?;
    assert_eq!((said.code, said.out.contains("forgotten"), said.out.contains("always-on")), (1, true, false));
    Ok(())
}

#[tokio::test]
async fn every_region_is_read_and_three_that_fail_do_not_hide_the_rest() -> Result<()> {
    let aws = StandIn::start().await?;
    // The stand-in makes a region when it is first asked about, which may take it a while: the second look counts.
    Home::of(&aws)?.run("check").await?;
    let said = Home::of(&aws)?.run("check").await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(
        said.out.starts_with("Nothing needs attention.\n0 instances up in 17 regions: $0.00/h"),
        "{said:?}"
    );

    aws.launch(Launch::new("us-east-1", "g5.xlarge").launched_ago(180 * MINUTE)).await?;
    let failing = ["eu-west-1", "eu-west-2", "ap-south-1"];
    for region in failing {
        aws.fault(Match::all().region(region), Fault::Throttle, Times::Always).await?;
    }
    let said = Home::of(&aws)?.run("check").await?;
    assert_eq!(said.code, 120, "{said:?}");
    assert!(said.out.contains("1 instance needs attention.\n1 instance up in 14 regions"), "{said:?}");
    for region in failing {
        let line = format!("Not read: {region} (account default): AWS asked to slow down. ");
        assert!(said.err.contains(&line), "{said:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_regions_are_asked_at_the_same_time() -> Result<()> {
    let delay = Duration::from_secs(1);
    let aws = StandIn::start_with(Options { delay, strict_iam: false }).await?;
    Home::of(&aws)?.run("check").await?;
    aws.clear_calls().await?;
    let said = Home::of(&aws)?.run("check").await?;
    assert_eq!(said.code, 0, "{said:?}");
    let polls = aws.calls_of("DescribeInstances").await?;
    let times: Vec<&str> = polls.iter().map(|call| call.time.as_str()).collect();
    assert_eq!(times.len(), 17);
    let (first, last) = (times.iter().min(), times.iter().max());
    let at = |time: Option<&&str>| time.and_then(|time| time.parse::<domain::Timestamp>().ok());
    let (Some(first), Some(last)) = (at(first), at(last)) else { panic!("{times:?}") };
    assert!(domain::time::elapsed(last, first) < delay, "{times:?}");
    Ok(())
}

#[tokio::test]
async fn a_name_made_of_tricks_is_shown_harmlessly() -> Result<()> {
    let aws = StandIn::start().await?;
    let nasty = "<script>$(reboot)\u{202e}\u{2066}`id`";
    aws.launch(Launch::new("us-east-1", "g5.xlarge").name(nasty).launched_ago(180 * MINUTE)).await?;
    aws.launch(Launch::new("us-east-1", "g5.xlarge").launched_ago(180 * MINUTE)).await?;
    let home = Home::of(&aws)?;
    for words in ["check --regions us-east-1", "list --regions us-east-1"] {
        let said = home.run(words).await?;
        assert!(!said.out.contains(['\u{202e}', '\u{2066}']), "{said:?}");
        assert!(said.out.contains("<script>$(reboot) `id`"), "{said:?}");
    }
    let listed = home.run("list --regions us-east-1 --json").await?.json()?;
    let names: Vec<_> = listed["instances"].as_array().into_iter().flatten().map(|it| &it["name"]).collect();
    assert!(names.contains(&&nasty.into()) && names.contains(&&serde_json::Value::Null), "{names:?}");
    Ok(())
}

#[tokio::test]
async fn list_leaves_out_what_is_terminated_unless_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let many_tags = (0..49).fold(Launch::new("us-east-1", "t3.micro").name("tagged"), |launch, n| {
        launch.tag(&format!("key-{n}"), "value")
    });
    aws.fleet(&[
        many_tags,
        Launch::new("us-east-1", "t3.micro").name("resting").state(State::Stopped),
        Launch::new("us-east-1", "t3.micro").name("gone").state(State::Terminated),
    ])
    .await?;
    let home = Home::of(&aws)?;
    let said = home.run("list --regions us-east-1").await?;
    assert_eq!((said.code, said.out.contains("gone")), (0, false), "{said:?}");
    assert!(said.out.contains("tagged") && said.out.contains("resting"), "{said:?}");
    assert!(said.out.contains("\n2 instances, 1 up: "), "{said:?}");
    let said = home.run("list --regions us-east-1 --all-states").await?;
    assert!(said.out.contains("terminated") && said.out.contains("gone"), "{said:?}");
    Ok(())
}
