//! WebDriver for windows that show a web page: WebKitWebDriver starts the program and speaks for its
//! page. It knows nothing of what the page shows.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::http::Http;
use crate::process::Process;
use crate::session::Session;

/// How long the driver may take to be ready.
const READY: Duration = Duration::from_secs(30);
/// How long a program may take to open its window and load its page: a second or two, and the rest is for a machine
/// that is busy building.
const OPEN: Duration = Duration::from_secs(90);

/// A running WebKitWebDriver; dropping it ends it and the program that it opened.
#[derive(Debug)]
pub struct Driver {
    process: Process,
    url: String,
}

impl Driver {
    /// Starts the driver in a session. `variables` are added to the environment, which the program that
    /// it opens inherits.
    ///
    /// # Errors
    /// The package `webkit2gtk-driver` is missing, or the driver did not get ready.
    pub async fn start(session: &Session, variables: &[(&str, &str)]) -> Result<Self> {
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let mut command = session.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(variables.iter().copied());
        let mut process = session
            .spawn(&format!("WebKitWebDriver-{port}"), command)
            .context("WebKitWebDriver is missing: install the package webkit2gtk-driver")?;
        let http = Http::to(url.clone(), READY);
        process
            .ready(READY, "WebKitWebDriver to be ready", async |_| {
                let status = http.get("/status").await?;
                ensure!(status["value"]["ready"] == true, "{status}");
                Ok(())
            })
            .await?;
        Ok(Self { process, url })
    }

    /// Opens a program that shows a web page, and returns the client that drives it. The driver has one
    /// at a time.
    ///
    /// # Errors
    /// It did not open a window; with what it and the driver printed.
    pub async fn open(&self, program: &Path, arguments: &[&str]) -> Result<Client> {
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": program, "args": arguments } });
        let capabilities = capabilities.as_object().cloned().context("the capabilities are an object")?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = tokio::time::timeout(OPEN, builder.capabilities(capabilities).connect(&self.url)).await;
        client
            .with_context(|| format!("{} did not open a window within {OPEN:?}", program.display()))
            .and_then(|client| client.with_context(|| format!("cannot open {}", program.display())))
            .with_context(|| format!("WebKitWebDriver printed:\n{}", self.process.log_tail()))
    }

    /// What the driver and the programs that it opened have printed.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }
}

/// A port that is free now. The driver cannot choose one by itself.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot find a free port")?;
    Ok(listener.local_addr().context("cannot read the free port")?.port())
}
