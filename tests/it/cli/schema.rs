//! The JSON that scripts read: its schema is kept in `tests/golden/*.schema.json` and changes only on purpose.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use curfew_tests::{
    binaries,
    stand_in::{Launch, Market, StandIn, State},
};
use domain::view::{launched::Launched, listing::Listing};
use serde_json::Value;

use super::curfew::{Home, Said};

/// Set to write the schema anew, after a change that was meant.
const RENEW: &str = "CURFEW_RENEW_GOLDEN";

/// What `list` and `check` print, and what `launch` prints.
const LIST: &str = "list";
const LAUNCH: &str = "launch";

fn golden(name: &str) -> PathBuf {
    binaries::workspace().join(format!("tests/golden/{name}.schema.json"))
}

fn schema(name: &str) -> Result<Value> {
    let text = fs::read_to_string(golden(name)).context("cannot read the schema")?;
    Ok(serde_json::from_str(&text)?)
}

/// Holds what was printed against the schema that is kept.
pub(super) fn hold(said: &Said) -> Result<Value> {
    hold_to(LIST, said)
}

/// The same for what `launch` printed.
pub(super) fn hold_launch(said: &Said) -> Result<Value> {
    hold_to(LAUNCH, said)
}

fn hold_to(name: &str, said: &Said) -> Result<Value> {
    let schema = schema(name)?;
    let printed = said.json()?;
    let validator = jsonschema::validator_for(&schema)?;
    let faults: Vec<String> =
        validator.iter_errors(&printed).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    Ok(printed)
}

#[test]
fn the_schema_is_the_types() -> Result<()> {
    for (name, schema) in [(LIST, schemars::schema_for!(Listing)), (LAUNCH, schemars::schema_for!(Launched))]
    {
        let made = serde_json::to_string_pretty(&schema)? + "\n";
        if std::env::var_os(RENEW).is_some() {
            fs::write(golden(name), &made).context("cannot write the schema")?;
        }
        let kept = fs::read_to_string(golden(name)).context("cannot read the schema")?;
        assert!(made == kept, "{name}: scripts break. If it was meant, run this once with {RENEW}=1");
    }
    Ok(())
}

#[test]
fn the_schema_refuses_what_is_not_a_listing() -> Result<()> {
    let validator = jsonschema::validator_for(&schema(LIST)?)?;
    for wrong in [r"{}", r#"{"as_of": 1}"#, r"[]"] {
        assert!(!validator.is_valid(&serde_json::from_str(wrong)?), "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn the_demo_is_listed_as_the_schema_says() -> Result<()> {
    let home = Home::bare()?;
    let all = hold(&home.run("--demo list --json").await?)?;
    assert_eq!((&all["demo"], all["instances"].as_array().map(Vec::len)), (&true.into(), Some(15)));
    let needy = hold(&home.run("--demo check --json").await?)?;
    assert_eq!(needy["instances"].as_array().map(Vec::len), Some(4));
    assert_eq!(needy["totals"]["up"], all["totals"]["up"], "the sums are over the whole fleet");
    Ok(())
}

#[tokio::test]
async fn a_real_fleet_is_listed_as_the_schema_says() -> Result<()> {
    let aws = StandIn::start().await?;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let spot = Launch::new("eu-west-1", "g5.xlarge").market(Market::Spot).launched_ago(hours(3));
    aws.fleet(&[
        Launch::new("us-east-1", "g5.xlarge").name("train").tag("team", "nlp").launched_ago(hours(72)),
        spot.private().group("sweep"),
        Launch::new("us-east-1", "t3.micro").state(State::Stopped),
    ])
    .await?;
    let said = Home::of(&aws)?.run("list --json --regions us-east-1,eu-west-1").await?;
    let listed = hold(&said)?;
    assert_eq!(said.code, 0, "{said:?}");
    let first = &listed["instances"][0];
    assert_eq!(
        [&first["name"], &first["level"], &first["type"], &first["market"], &first["rate_source"]],
        ["train", "critical", "g5.xlarge", "on-demand", "built-in"]
    );
    assert_eq!(first["tags"]["team"], "nlp");
    assert!(first["spend_usd"].as_str().is_some_and(|spend| spend.starts_with("72.")), "{first}");
    assert_eq!(listed["instances"][1]["group"], "sweep");
    let codes: Vec<_> = listed["regions"].as_array().into_iter().flatten().map(|it| &it["status"]).collect();
    assert_eq!(codes, ["ok", "ok"]);
    Ok(())
}
