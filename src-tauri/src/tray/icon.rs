//! The tray's icon as pixels: the state's picture with the figure on a badge in its corner.
//!
//! Knows no toolkit: the same pixels go to every tray host and into notifications.

mod figure;
mod picture;

use domain::{Level, view::tray::Icon};

pub(crate) use picture::Picture;

/// The sizes that tray hosts ask for; a host in between scales the next larger one down.
pub(crate) const SIZES: [u32; 5] = [22, 24, 32, 48, 64];

/// The tray's icon in all its sizes.
pub(crate) fn tray(icon: Icon, figure: Option<&str>, demo: bool) -> Vec<Picture> {
    SIZES.iter().map(|&size| drawn(icon, figure, demo, size)).collect()
}

/// A menu entry's icon, as PNG: only what is urgent has one.
pub(crate) fn menu(level: Level) -> &'static [u8] {
    match level {
        Level::Ok => &[],
        Level::Warning => include_bytes!("../../../icons/tray/warning-16.png"),
        Level::Critical => include_bytes!("../../../icons/tray/critical-16.png"),
    }
}

/// A notification's icon.
pub(crate) fn notice(level: Level) -> Picture {
    drawn(
        match level {
            Level::Ok => Icon::Ok,
            Level::Warning => Icon::Warning,
            Level::Critical => Icon::Critical,
        },
        None,
        false,
        48,
    )
}

fn drawn(icon: Icon, figure: Option<&str>, demo: bool, size: u32) -> Picture {
    let mut picture = Picture::decode(png(icon, demo, size));
    if let Some(figure) = figure {
        figure::stamp(&mut picture, figure, demo);
    }
    picture
}

/// The picture's file. The calm state has one of its own in the demo; the others keep theirs.
fn png(icon: Icon, demo: bool, size: u32) -> &'static [u8] {
    /// One state's file at the size that is asked for.
    macro_rules! at_size {
        ($state:literal) => {
            match size {
                22 => include_bytes!(concat!("../../../icons/tray/", $state, "-22.png")).as_slice(),
                24 => include_bytes!(concat!("../../../icons/tray/", $state, "-24.png")),
                32 => include_bytes!(concat!("../../../icons/tray/", $state, "-32.png")),
                48 => include_bytes!(concat!("../../../icons/tray/", $state, "-48.png")),
                _ => include_bytes!(concat!("../../../icons/tray/", $state, "-64.png")),
            }
        };
    }
    match (icon, demo) {
        (Icon::Ok, true) => at_size!("demo"),
        (Icon::Ok, false) => at_size!("ok"),
        (Icon::Warning, _) => at_size!("warning"),
        (Icon::Critical, _) => at_size!("critical"),
        (Icon::Offline, _) => at_size!("offline"),
        (Icon::Paused, _) => at_size!("paused"),
    }
}

#[cfg(test)]
mod tests;
