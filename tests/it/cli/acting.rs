//! `stop`, `start` and `terminate` on instances that are really there.

use std::{fs, time::Duration};

use anyhow::Result;
use curfew_tests::stand_in::{self, At, Launch, Market, StandIn, State};

use super::curfew::{Home, Said};

const REGION: &str = "us-east-1";

/// The stand-in with changes that take a moment, and a home that looks into one region.
async fn scene() -> Result<(StandIn, Home)> {
    let aws = StandIn::start().await?;
    for period in ["stopping_s", "shutting_down_s", "pending_s"] {
        aws.set_period(period, Duration::from_secs(1)).await?;
    }
    let home = Home::of(&aws)?.configured(format!("[poll]\nregions = [\"{REGION}\"]\n"))?;
    Ok((aws, home))
}

fn launch() -> Launch {
    Launch::new(REGION, "g5.xlarge").launched_ago(Duration::from_secs(3 * 3600))
}

async fn state(aws: &StandIn, at: &At) -> Result<State> {
    Ok(aws.instance(at).await?.state)
}

#[tokio::test]
async fn an_instance_is_stopped_started_and_terminated() -> Result<()> {
    let (aws, home) = scene().await?;
    let at = aws.launch(launch().name("train")).await?;
    let id = &at.id;
    let said = home.run(&format!("stop {id} --yes")).await?;
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(
        said.out.starts_with(&format!("Stop train ({id})\n    g5.xlarge, on-demand, in us-east-1")),
        "{said:?}"
    );
    assert!(said.out.contains("; this saves $1.01/h; its volumes go on costing $"), "{said:?}");
    assert!(said.out.ends_with(&format!("Done: train ({id}) is stopped\n")), "{said:?}");
    assert_eq!(state(&aws, &at).await?, State::Stopped);

    let said = home.run(&format!("start {id} --region {REGION} --yes")).await?;
    assert!(said.code == 0 && said.out.contains("costs $1.01/h from then on"), "{said:?}");
    assert!(said.out.ends_with("is running\n"), "{said:?}");
    assert_eq!(state(&aws, &at).await?, State::Running);

    let said = home.run(&format!("terminate {id} --yes")).await?;
    assert!(said.code == 0 && said.out.contains("What is on its volumes is lost"), "{said:?}");
    aws.wait_for_state(&at, State::Terminated, Duration::from_secs(10)).await?;
    Ok(())
}

#[tokio::test]
async fn bad_and_protected_ids_hold_back_no_other() -> Result<()> {
    let (aws, home) = scene().await?;
    let all = aws
        .fleet(&[
            launch().name("good"),
            launch().name("api").protected(),
            launch().name("tagged").tag("curfew:protect", "yes"),
        ])
        .await?;
    let [good, api, tagged] = &all[..] else { panic!("{all:?}") };
    let unknown = "i-00000000000000bad";
    let words = format!("terminate {} i-nonsense {unknown} {} {} --yes", api.id, tagged.id, good.id);
    let said = home.run(&words).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.ends_with(&format!("Done: good ({}) is shutting down\n", good.id)), "{said:?}");
    for text in [
        "`i-nonsense` is not an instance id",
        &format!("Terminating {unknown}: there is no such instance in any region that was read"),
        &format!("Terminating {} in us-east-1 (account default) was refused: it carries the tag", tagged.id),
        &format!(
            "Terminating {} in us-east-1 (account default) failed: termination protection is on",
            api.id
        ),
    ] {
        assert!(said.err.contains(text), "no {text:?} in {said:?}");
    }
    assert_eq!([state(&aws, api).await?, state(&aws, tagged).await?], [State::Running; 2]);
    let ids: Vec<_> = aws.calls_of("TerminateInstances").await?;
    assert_eq!(ids.len(), 1, "one call, for the one that may go: {ids:?}");
    Ok(())
}

#[tokio::test]
async fn spot_instances_are_handled_by_their_kind() -> Result<()> {
    let (aws, home) = scene().await?;
    let once = aws.launch(launch().market(Market::Spot)).await?;
    let persistent = aws.launch(launch().market(Market::SpotPersistent)).await?;
    let said = home.run(&format!("stop {} --yes", once.id)).await?;
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(
        said.err.contains("a one-time spot instance cannot be stopped\n  Terminate it instead."),
        "{said:?}"
    );
    let said = home.run(&format!("terminate {} --yes", persistent.id)).await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("is cancelled first, so that it launches no replacement"), "{said:?}");
    let calls: Vec<String> = aws.calls().await?.into_iter().map(|call| call.action).collect();
    let place = |action: &str| calls.iter().position(|it| it == action);
    assert!(place("CancelSpotInstanceRequests") < place("TerminateInstances"), "{calls:?}");
    aws.wait_for_state(&persistent, State::Terminated, Duration::from_secs(10)).await?;
    assert_eq!(aws.instances(REGION).await?.iter().filter(|it| it.state == State::Running).count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_group_member_comes_with_its_warning() -> Result<()> {
    let (aws, home) = scene().await?;
    let at = aws.launch(launch().group("sweep")).await?;
    let said = home.run(&format!("terminate {} --dry-run", at.id)).await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains("It belongs to the Auto Scaling group sweep, which will launch a replacement"),
        "{said:?}"
    );
    assert!(said.out.contains("Nothing was done: this was a dry run."), "{said:?}");
    assert_eq!(
        (state(&aws, &at).await?, aws.calls_of("TerminateInstances").await?.len()),
        (State::Running, 0)
    );
    Ok(())
}

#[tokio::test]
async fn without_a_terminal_nothing_is_done_unless_it_was_said_so() -> Result<()> {
    let (aws, home) = scene().await?;
    let at = aws.launch(launch()).await?;
    let said: Said = home.run_with(&format!("terminate {}", at.id), "y\n").await?;
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("to terminate without being asked, add --yes"), "{said:?}");
    assert_eq!(state(&aws, &at).await?, State::Running);
    Ok(())
}

#[tokio::test]
async fn an_id_that_two_accounts_see_is_never_guessed() -> Result<()> {
    let (aws, home) = scene().await?;
    let at = aws.launch(launch()).await?;
    let config = "[poll]\nregions = [\"us-east-1\"]\n\
                  [[account]]\nname = \"one\"\nsource = \"environment\"\n\
                  [[account]]\nname = \"two\"\nsource = \"profile:two\"\n";
    let (id, secret) = stand_in::KEY;
    let profiles = home.path("credentials");
    fs::write(&profiles, format!("[two]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"))?;
    let home = home.configured(config)?.with("AWS_SHARED_CREDENTIALS_FILE", profiles);
    let said = home.run(&format!("stop {} --yes", at.id)).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("it is seen more than once: account one in us-east-1; account two"),
        "{said:?}"
    );
    assert!(said.err.contains("Say which with --account one or --account two."), "{said:?}");
    assert_eq!(state(&aws, &at).await?, State::Running);
    let said = home.run(&format!("stop {} --yes --account two", at.id)).await?;
    assert_eq!((said.code, state(&aws, &at).await?), (0, State::Stopped), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_and_journalled() -> Result<()> {
    let (aws, home) = scene().await?;
    let at = aws.launch(launch()).await?;
    aws.deny(&["ec2:StopInstances"]).await?;
    let said = home.run(&format!("stop {} --yes", at.id)).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("the permission ec2:StopInstances is missing"), "{said:?}");
    assert!(said.err.contains(r#""Action": "ec2:StopInstances""#), "{said:?}");
    assert!(home.path("data").join("curfew.db").is_file(), "what was tried is written down");
    Ok(())
}
