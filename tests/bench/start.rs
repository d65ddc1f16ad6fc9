//! How long a person waits: from the start to the tray icon, and from the click on it to the window's content.

use std::time::Duration;

use anyhow::{Context, Result};
use curfew_tests::process::Process;
use curfew_tests::stand_in::{Recorded, Size};
use curfew_tests::tray::Item;
use tokio::time::{Instant, sleep, timeout};

use crate::desktop::{BOUND, Desktop};
use crate::figure::{Figure, median, time};
use crate::screen::{Picture, Screen};

/// Regions as every account has them, and about as many instances as the window shows at once.
const FLEET: Size = Size { instances: 34, regions: 17, delay: Duration::ZERO };
/// Nothing needs attention: a notification would lie over the window.
const NO_ALERTS: &str = "[alert]\nwarning = \"90d\"\ncritical = \"180d\"\n";
const RUNS: usize = 11;
const ICON: Duration = Duration::from_millis(500);
const CONTENT: Duration = Duration::from_secs(1);
/// Between two looks at the screen while the time runs.
const LOOK: Duration = Duration::from_millis(5);
/// Dark pixels that the instances in the window make at least; a window that waits for them has a tenth of that.
const LETTERS: usize = 10_000;
/// A picture that stays the same for so long is whole.
const REST: Duration = Duration::from_secs(2);

pub(crate) async fn measure() -> Result<Vec<Figure>> {
    let aws = Recorded::start(FLEET).await?;
    let desktop = Desktop::start(aws.env(), NO_ALERTS).await?;
    let icons = icons(&desktop).await?;
    let contents = contents(&desktop).await?;
    let (icon, content) = (median(icons.clone()), median(contents.clone()));
    Ok(vec![
        Figure::promised("start to tray icon", time(icon), "<= 500 ms", icon <= ICON),
        Figure::told("the slowest of those starts", slowest(&icons)),
        Figure::promised("click to window content", time(content), "<= 1000 ms", content <= CONTENT),
        Figure::told("the slowest of those clicks", slowest(&contents)),
    ])
}

fn slowest(times: &[Duration]) -> String {
    time(times.iter().copied().max().unwrap_or_default())
}

/// The first start is not counted: it reads the programs from the disk.
async fn icons(desktop: &Desktop) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..=RUNS {
        let begun = Instant::now();
        let tray = desktop.start_tray()?;
        desktop.item().await?;
        times.push(begun.elapsed());
        end(tray).await?;
    }
    Ok(times.split_off(1))
}

async fn end(mut tray: Process) -> Result<()> {
    tray.terminate()?;
    tray.wait(BOUND).await.map(drop)
}

/// The window's content is there when as much is written on the screen as when the window had come to rest.
async fn contents(desktop: &Desktop) -> Result<Vec<Duration>> {
    let _tray = desktop.start_tray()?;
    let item = desktop.item().await?;
    let screen = Screen::of(&desktop.session)?;
    let bare = screen.at_rest(REST, BOUND, |_| true).await?;
    item.activate().await?;
    let whole = screen.at_rest(REST, BOUND, |picture| picture.letters(&bare) > LETTERS).await?;
    desktop.close_window().await?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let bare = screen.at_rest(REST, BOUND, |_| true).await?;
        times.push(content(&screen, &item, &bare, whole.letters(&bare) * 95 / 100).await?);
        desktop.close_window().await?;
    }
    Ok(times)
}

async fn content(screen: &Screen, item: &Item, bare: &Picture, letters: usize) -> Result<Duration> {
    let begun = Instant::now();
    item.activate().await?;
    let looking = async {
        while screen.picture()?.letters(bare) < letters {
            sleep(LOOK).await;
        }
        Ok(begun.elapsed())
    };
    timeout(BOUND, looking).await.context("the window's content did not come")?
}
