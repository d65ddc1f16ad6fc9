//! The window's page as a person uses it, driven over WebDriver.

use anyhow::{Context, Result, anyhow, ensure};
use curfew_tests::{binaries, driver::Driver, wait};
use fantoccini::{Client, Locator};
use serde_json::Value;
use tokio::time::timeout;

use super::stage::{SOON, Stage};

/// An open window.
pub(super) struct Page {
    client: Client,
    driver: Driver,
}

impl Page {
    /// Opens the window. If no tray runs, it starts one that finds the stand-in.
    pub(super) async fn open(stage: &Stage) -> Result<Self> {
        let variables = stage.aws.env();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self::open_with(stage, &variables).await
    }

    /// The same with other variables.
    pub(super) async fn open_with(stage: &Stage, variables: &[(&str, &str)]) -> Result<Self> {
        let driver = Driver::start(&stage.session, variables).await?;
        let client = driver.open(&binaries::curfew_window()?, &[]).await?;
        let page = Self { client, driver };
        page.sees("header.app-bar").await?;
        Ok(page)
    }

    /// Loads the page again with this query.
    pub(super) async fn reload_with(&self, query: &str) -> Result<()> {
        let mut address = self.client.current_url().await?;
        address.set_query(Some(query));
        self.client.goto(address.as_str()).await?;
        self.sees("header.app-bar").await
    }

    /// Waits until something is there.
    pub(super) async fn sees(&self, selector: &str) -> Result<()> {
        self.reads(selector, "").await.map(drop)
    }

    /// Waits until something says this somewhere, and returns all that it says.
    pub(super) async fn reads(&self, selector: &str, text: &str) -> Result<String> {
        let what = format!("{selector} to say {text:?}");
        let said =
            wait::until(what, SOON, async || self.said(selector).await, |said| said.contains(text)).await;
        said.with_context(|| self.driver.log())
    }

    /// As the page lays it out: WebDriver's own idea of a text leaves out what is cut to its line's width.
    async fn said(&self, selector: &str) -> Result<String> {
        let found = self.client.find(Locator::Css(selector)).await?;
        found.prop("innerText").await?.context("it has no text")
    }

    /// Waits until nothing of the kind is there.
    pub(super) async fn loses(&self, selector: &str) -> Result<()> {
        let look = async || Ok(self.client.find_all(Locator::Css(selector)).await?.len());
        wait::until(format!("no {selector} in the window"), SOON, look, |count| *count == 0).await.map(drop)
    }

    /// Waits until something can be clicked, and clicks it.
    pub(super) async fn click(&self, selector: &str) -> Result<()> {
        let click = async || Ok(self.client.find(Locator::Css(selector)).await?.click().await?);
        let clicked =
            wait::until_ok(format!("a click on {selector}"), SOON, async || explained(click().await)).await;
        clicked.with_context(|| self.driver.log())
    }

    /// Clicks the button that says this.
    pub(super) async fn press(&self, label: &str) -> Result<()> {
        let button = format!("//button[normalize-space()='{label}']");
        let click = async || Ok(self.client.find(Locator::XPath(&button)).await?.click().await?);
        wait::until_ok(format!("a click on the button {label:?}"), SOON, click).await
    }

    /// Types into a field.
    pub(super) async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        self.sees(selector).await?;
        let field = self.client.find(Locator::Css(selector)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// What a line of JavaScript makes of the page.
    pub(super) async fn look(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Waits until what was last changed is on the screen: the frame after the one that it is drawn in has begun.
    pub(super) async fn is_painted(&self) -> Result<()> {
        let frames =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        timeout(SOON, self.client.execute_async(frames, Vec::new()))
            .await
            .context("nothing is painted")??;
        Ok(())
    }

    /// Whether the page prefers dark colours.
    pub(super) async fn is_dark(&self) -> Result<bool> {
        let dark = self.look("return matchMedia('(prefers-color-scheme: dark)').matches").await?;
        dark.as_bool().context("it is true or false")
    }

    /// Clicks a row's button, once the row is there and the button is not greyed.
    pub(super) async fn verb(&self, id: &str, verb: &str) -> Result<()> {
        self.click(&format!("{} [data-verb='{verb}'][aria-disabled='false']", row(id))).await
    }

    /// Answers what the strip below a row asks: `keep`, `do`, `undo`, `dismiss`.
    pub(super) async fn answer(&self, id: &str, answer: &str) -> Result<()> {
        self.click(&format!("{} [data-answer='{answer}']", row(id))).await
    }

    /// Fails if the page has stopped working.
    pub(super) async fn is_well(&self) -> Result<()> {
        let crashed = self.look("return document.documentElement.classList.contains('crashed')").await?;
        ensure!(crashed == false, "the page has crashed: {}", self.driver.log());
        Ok(())
    }
}

/// With the kind of the failure: WebKit's driver leaves the words out.
fn explained(outcome: Result<()>) -> Result<()> {
    outcome.map_err(|failure| anyhow!("{failure:?}"))
}

/// The selector of an instance's row.
pub(super) fn row(id: &str) -> String {
    format!("[data-instance='{id}']")
}
