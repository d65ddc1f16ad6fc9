//! `curfew --demo`: everything can be tried without an account.

use anyhow::Result;

use super::curfew::Home;

#[tokio::test]
async fn check_counts_what_needs_attention() -> Result<()> {
    let said = Home::bare()?.run("--demo check").await?;
    assert_eq!((said.code, said.err.as_str()), (4, ""), "{said:?}");
    assert!(said.out.starts_with("DEMO - a simulated fleet"), "{}", said.out);
    assert!(said.out.contains("CRITICAL | i-"), "{}", said.out);
    assert!(said.out.contains("    Name:      llama-finetune\n"), "{}", said.out);
    assert!(said.out.contains("    End it:    curfew --demo terminate i-"), "{}", said.out);
    assert!(said.out.contains("\n4 instances need attention.\n"), "{}", said.out);
    Ok(())
}

#[tokio::test]
async fn thresholds_and_regions_can_be_changed() -> Result<()> {
    let home = Home::bare()?;
    let said = home.run("check --demo --warn 30d --critical 60d").await?;
    assert_eq!((said.code, said.out.contains("Nothing needs attention.")), (0, true), "{said:?}");
    let said = home.run("check --demo --regions us-east-1").await?;
    assert_eq!((said.code, said.out.contains("llama-finetune")), (1, true), "{said:?}");
    let said = home.run("check --demo --regions us-east-1,me-south-1").await?;
    assert_eq!(said.code, 120, "{said:?}");
    assert!(
        said.err.contains("me-south-1 (account demo): the region is not enabled for this account"),
        "{said:?}"
    );
    assert!(said.out.contains("llama-finetune"), "the rest is printed: {said:?}");
    Ok(())
}

#[tokio::test]
async fn nothing_of_a_real_account_is_touched() -> Result<()> {
    let home = Home::bare()?.configured("this is not TOML")?;
    assert_eq!(home.run("--demo check").await?.code, 4);
    assert!(!home.path("data").exists());
    let said = home.run("--demo credentials list").await?;
    assert_eq!((said.code, said.err.contains("the demo has no credentials")), (2, true), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_acted_on_arrives() -> Result<()> {
    let home = Home::bare()?;
    let id = async |name: &str| -> Result<String> {
        let listed = home.run("--demo list --json --all-states").await?.json()?;
        let instances = listed["instances"].as_array().cloned().unwrap_or_default();
        let found = instances.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        Ok(found["id"].as_str().unwrap_or_default().to_owned())
    };
    let (notebook, worker) = (id("notebook").await?, id("big-run-2024").await?);
    let said = home.run(&format!("--demo stop {notebook} --region us-east-1 --yes")).await?;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.ends_with(&format!("Done: notebook ({notebook}) is stopped\n")), "{said:?}");
    let said = home.run(&format!("--demo start {worker} --yes")).await?;
    assert!(said.code == 0 && said.out.contains("is running"), "{said:?}");
    let said =
        home.run(&format!("--demo terminate {notebook} {} --yes", id("license-server").await?)).await?;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains(&format!("Done: notebook ({notebook}) is shutting down")), "{said:?}");
    assert!(said.err.contains("was refused: it carries the tag curfew:protect"), "{said:?}");
    let said = home.run(&format!("--demo terminate {} --yes", id("label-studio").await?)).await?;
    assert!(said.code == 1 && said.err.contains("termination protection is on"), "{said:?}");
    Ok(())
}
