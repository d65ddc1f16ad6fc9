//! `curfew profiles`, `user-data` and `policy`: what needs no AWS.

use std::fs;

use anyhow::Result;
use curfew_tests::stand_in::{self, StandIn};

use super::curfew::Home;

#[tokio::test]
async fn without_profiles_it_says_how_to_begin() -> Result<()> {
    let home = Home::bare()?;
    let said = home.run("profiles list").await?;
    assert_eq!((said.code, said.out.as_str()), (0, "No profiles.\n"), "{said:?}");
    let folder = home.path("config").join("profiles");
    let begin = format!("curfew profiles example g5-training > '{}/g5-training.toml'", folder.display());
    assert!(said.err.contains(&begin), "{said:?}");
    fs::create_dir_all(&folder)?;
    let example = home.run("profiles example g5-training").await?;
    fs::write(folder.join("g5-training.toml"), &example.out)?;
    let said = home.run("profiles list").await?;
    assert!(said.out.contains("g5-training  g5.xlarge or g4dn.2xlarge"), "{said:?}");
    assert_eq!(home.run("profiles check").await?.code, 0);
    let named = home.run("profiles example").await?;
    assert_eq!(named.out.lines().count(), 5, "{named:?}");
    Ok(())
}

#[tokio::test]
async fn check_tells_every_fault_of_every_file() -> Result<()> {
    let home = Home::bare()?;
    let (good, torn) = (home.path("good.toml"), home.path("torn.toml"));
    fs::write(&good, home.run("profiles example fleet").await?.out)?;
    fs::write(&torn, "regions = []\ntypes = [\"g5.xlrge\"]\n")?;
    let said = home.run(&format!("profiles check {} {}", good.display(), torn.display())).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains(&format!("{}:2: types[1]: ", torn.display())) || said.out.contains(":2: types")
    );
    assert!(said.out.contains("image: is missing"), "{said:?}");
    assert!(!said.out.contains("good.toml") && said.err.starts_with("2 profiles: "), "{said:?}");
    let said = home.run_with("profiles check -", "regions = 1\n").await?;
    assert!(said.code == 1 && said.out.starts_with("<stdin>:1: "), "{said:?}");
    let said = home.run("profiles check ./nowhere.toml").await?;
    assert_eq!((said.code, said.err.contains("cannot read ./nowhere.toml")), (2, true), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn show_says_what_it_is_taken_as() -> Result<()> {
    let said = Home::bare()?.run("--demo profiles show g5-training").await?;
    assert_eq!(said.code, 0, "{said:?}");
    for text in ["spot, at most $0.60/h", "us-west-2", "g4dn.2xlarge", "save_within = \"10m\"", "AT WORST"] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    Ok(())
}

#[tokio::test]
async fn user_data_is_a_script_with_the_builds_of_this_program() -> Result<()> {
    let home = Home::bare()?;
    let agents = home.path("agents");
    fs::create_dir_all(&agents)?;
    let said = home.run("--demo user-data g5-training").await?;
    assert!(said.code == 1 && said.err.contains("build of the agent"), "{said:?}");
    fs::write(agents.join("curfew-agent-x86_64"), "an agent")?;
    let home = home.with("CURFEW_AGENTS", agents);
    let said = home.run("--demo user-data g5-training").await?;
    assert_eq!(said.code, 0, "{said:?}");
    // Of the eight bytes above, by sha256sum.
    let sum = home.shell("printf 'an agent' | sha256sum | cut -d' ' -f1").await?.out;
    assert!(said.out.contains(&format!("sha256='{}'", sum.trim())), "{said:?}");
    assert!(said.out.starts_with("#!") && said.out.contains("?SIGNED-AT-THE-LAUNCH'"), "{said:?}");
    let checked = home.shell("curfew --demo user-data g5-training | sh -n").await?;
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{checked:?}");
    Ok(())
}

#[tokio::test]
async fn a_policy_is_filled_in_for_the_account_that_is_asked() -> Result<()> {
    let aws = StandIn::start().await?;
    let home = Home::of(&aws)?;
    let said = home.run("policy instance --region us-east-1").await?;
    assert_eq!(said.code, 0, "{said:?}");
    let bucket = format!("arn:aws:s3:::curfew-{}-us-east-1", stand_in::ACCOUNT);
    assert!(said.json()?["Statement"].to_string().contains(&bucket), "{said:?}");
    let said = Home::bare()?.run("policy desktop --account-number 210987654321").await?;
    assert!(said.code == 0 && said.out.contains("210987654321") && !said.out.contains('@'), "{said:?}");
    assert_eq!(Home::bare()?.run("policy instance --account-number 210987654321").await?.code, 2);
    Ok(())
}
