//! What is on the screen of a session, pixel by pixel, often enough to time by. It does not know what the pixels mean.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use curfew_tests::session::Session;
use tokio::time::{Instant, sleep};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat};
use x11rb::rust_connection::RustConnection;

/// Bytes of a pixel on a display of 24 bits.
const PIXEL: usize = 4;
/// The panel at the top has a clock.
const PANEL: u16 = 28;
/// Between two looks at a screen that comes to rest.
const LOOK: Duration = Duration::from_millis(100);
/// The sum of red, green and blue below which a pixel is dark.
const DARK: u32 = 3 * 112;
/// A connection to the display.
pub(crate) struct Screen {
    display: RustConnection,
    root: u32,
    size: (u16, u16),
}

/// The screen at one moment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Picture(Vec<u8>);

impl Screen {
    pub(crate) fn of(session: &Session) -> Result<Self> {
        let command = session.command("true");
        let name =
            command.get_envs().find(|(name, _)| *name == "DISPLAY").and_then(|(_, value)| value?.to_str());
        let (display, number) = x11rb::connect(name).context("cannot reach the display")?;
        let root = display.setup().roots.get(number).context("the display has a screen")?.root;
        Ok(Self { display, root, size: session.screen() })
    }

    pub(crate) fn picture(&self) -> Result<Picture> {
        let (width, height) = self.size;
        let top = PANEL.cast_signed();
        let asked =
            self.display.get_image(ImageFormat::Z_PIXMAP, self.root, 0, top, width, height - PANEL, u32::MAX);
        let image = asked.context("cannot ask for the screen")?.reply().context("cannot read the screen")?;
        ensure!(image.depth == 24, "the display has {} bits instead of 24", image.depth);
        Ok(Picture(image.data))
    }

    /// The picture once it has shown the same for so long, and enough of it.
    pub(crate) async fn at_rest(
        &self,
        rest: Duration,
        bound: Duration,
        enough: impl Fn(&Picture) -> bool,
    ) -> Result<Picture> {
        let (begun, mut since, mut last) = (Instant::now(), Instant::now(), self.picture()?);
        while since.elapsed() < rest {
            ensure!(begun.elapsed() < bound, "the screen does not come to rest");
            sleep(LOOK).await;
            let now = self.picture()?;
            if !now.is_like(&last) || !enough(&now) {
                since = Instant::now();
            }
            last = now;
        }
        Ok(last)
    }
}

impl Picture {
    /// How many dark pixels it has that `bare` has not: those of letters, not those of what stands in for them.
    pub(crate) fn letters(&self, bare: &Self) -> usize {
        let is_dark = |pixel: &[u8]| pixel.iter().take(3).map(|&part| u32::from(part)).sum::<u32>() < DARK;
        self.pixels().zip(bare.pixels()).filter(|(now, bare)| now != bare && is_dark(now)).count()
    }

    /// Whether nothing but a few letters differs.
    fn is_like(&self, other: &Self) -> bool {
        let differing = self.pixels().zip(other.pixels()).filter(|(a, b)| a != b).count();
        differing * 1000 < self.0.len() / PIXEL
    }

    fn pixels(&self) -> impl Iterator<Item = &[u8]> {
        self.0.chunks_exact(PIXEL)
    }
}
