//! One instance changes, one row is rendered.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use curfew_tests::{stand_in::Launch, wait};

use super::{
    page::{Page, row},
    stage::{HOUR, SOON, Stage, quiet_desk},
};

/// What each row in the document was rendered how often.
const COUNTERS: &str = "return Object.fromEntries([...document.querySelectorAll('[data-instance]')]
    .map(line => [line.dataset.instance, Number(line.querySelector('.row').dataset.renders)]))";

#[tokio::test]
async fn one_changed_instance_renders_its_row_only() -> Result<()> {
    let stage = Stage::set(quiet_desk()).await?;
    let launch = |region| Launch::new(region, "g5.xlarge").name("node-{n}").count(100).launched_ago(3 * HOUR);
    let made = stage.aws.fleet(&[launch("us-east-1"), launch("eu-west-1")]).await?;
    let _tray = stage.start_tray(&[])?;
    stage.complete().await?;
    let page = Page::open(&stage).await?;
    page.reload_with("count").await?;
    let all = "return document.querySelectorAll('.heading .count').length === 1
        && document.querySelector('.heading .count').textContent === '200'";
    wait::until("200 rows", SOON, async || page.look(all).await, |there| *there == true).await?;

    let before = counters(&page).await?;
    let changed = made.iter().find(|at| before.contains_key(&at.id)).context("a row is an instance")?;
    stage.aws.tag(changed, "Name", "renamed").await?;
    page.press("Refresh").await?;
    page.reads(&row(&changed.id), "renamed").await?;

    let mut expected = before;
    *expected.get_mut(&changed.id).context("just seen")? += 1;
    assert_eq!(counters(&page).await?, expected);
    Ok(())
}

async fn counters(page: &Page) -> Result<BTreeMap<String, u32>> {
    let look = async || Ok(serde_json::from_value::<BTreeMap<_, _>>(page.look(COUNTERS).await?)?);
    // Only a few are there until the table knows how high it is.
    wait::until("the rows' counters", SOON, look, |counters| counters.len() > 10).await
}
