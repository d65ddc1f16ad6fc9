//! What Curfew costs all day: memory before the window was ever open and after it was, and processor time while it
//! only watches.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::stand_in::{Launch, StandIn, State};
use tokio::time::{Instant, sleep};

use crate::desktop::Desktop;
use crate::figure::{Figure, mib};
use crate::usage;

/// Two polls of every region, at the usual interval of a minute.
const WATCHED: Duration = Duration::from_secs(120);
/// After something was opened or closed: caches fill, threads end.
const SETTLED: Duration = Duration::from_secs(10);
const PSS_KIB: u64 = 30 * 1024;
/// Of one core.
const PERCENT: f64 = 0.2;

/// Measured on a machine of this kind, the same way: a Tauri 2 application that does nothing.
const EMPTY: &str = "47 MiB before, 110 MiB after; measured once, apart from this run";

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let aws = StandIn::start().await?;
    let instances = aws.fleet(&some_instances()).await?.len();
    let desktop = Desktop::start(aws.env(), "").await?;
    let others = Others::of(&desktop);
    let _tray = desktop.start_tray()?;
    let item = desktop.item().await?;
    desktop.wait_until_polled(&item, instances).await?;
    sleep(SETTLED).await;

    let watching = others.cpu_percent(&desktop).await?;
    let before = others.pss_kib(&desktop)?;
    item.activate().await?;
    desktop.wait_for_window().await?;
    sleep(SETTLED).await;
    let open = others.pss_kib(&desktop)?;
    desktop.close_window().await?;
    sleep(SETTLED).await;
    let after = others.pss_kib(&desktop)?;
    let watching_after = others.cpu_percent(&desktop).await?;
    Ok(vec![
        memory("PSS of all processes, before the window was open", before),
        memory("PSS of all processes, after it was open and closed", after),
        Figure::told("the same of an empty Tauri app", EMPTY.to_owned()),
        Figure::told("PSS of all processes, window open", mib(open)),
        share("CPU of one core at polls every 60 s, before", watching),
        share("CPU of one core at polls every 60 s, after", watching_after),
    ])
}

fn memory(what: &str, kib: u64) -> Figure {
    Figure::promised(what, mib(kib), "<= 30.0 MiB", kib <= PSS_KIB)
}

fn share(what: &str, percent: f64) -> Figure {
    Figure::promised(what, format!("{percent:.2} %"), "<= 0.2 %", percent <= PERCENT)
}

/// A person's fleet: a few instances in three of the seventeen regions, one of them critical.
fn some_instances() -> [Launch; 4] {
    let hour = Duration::from_secs(3600);
    [
        Launch::new("us-east-1", "g5.xlarge").name("train-{n}").count(3).launched_ago(hour),
        Launch::new("us-east-1", "t3.micro").name("eval").launched_ago(hour * 9),
        Launch::new("eu-west-1", "g4dn.2xlarge").name("sweep-{n}").count(2).launched_ago(hour / 2),
        Launch::new("ap-northeast-1", "c6i.4xlarge").name("data").state(State::Running),
    ]
}

/// The processes of the desktop that were there before Curfew. All others are Curfew's, whoever started them.
struct Others(BTreeSet<i32>);

impl Others {
    fn of(desktop: &Desktop) -> Self {
        Self(desktop.session.processes().iter().map(|process| process.id).collect())
    }

    fn curfew(&self, desktop: &Desktop) -> Result<Vec<u32>> {
        let all = desktop.session.processes();
        let curfew = all.iter().map(|process| process.id).filter(|id| !self.0.contains(id));
        curfew.map(|id| id.try_into().context("process ids are positive")).collect()
    }

    fn pss_kib(&self, desktop: &Desktop) -> Result<u64> {
        self.curfew(desktop)?.into_iter().map(usage::pss_kib).sum()
    }

    fn cpu(&self, desktop: &Desktop) -> Result<Duration> {
        self.curfew(desktop)?.into_iter().map(usage::cpu).sum()
    }

    async fn cpu_percent(&self, desktop: &Desktop) -> Result<f64> {
        let (begun, before) = (Instant::now(), self.cpu(desktop)?);
        sleep(WATCHED).await;
        let used = self.cpu(desktop)?.saturating_sub(before);
        Ok(used.as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0)
    }
}
