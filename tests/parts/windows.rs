//! The windows on the screen as the window manager knows them: which there are, which has the focus,
//! closing one as a person does. What is in them is for [`crate::driver`].

use std::time::Duration;

use anyhow::{Context, Result};

use crate::input;
use crate::session::Session;
use crate::wait;

/// What wmctrl says where there is no window at all: xfwm4 then takes its list off the screen.
const NO_LIST: &str = "Cannot get client list properties";

/// A window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// X's number of it.
    pub id: u32,
    /// The process that opened it; 0 if its program, unlike those made with GTK, does not say.
    pub process: u32,
    /// Its title.
    pub title: String,
}

/// All windows but panels.
///
/// # Errors
/// The program `wmctrl` is missing or failed.
pub async fn all(session: &Session) -> Result<Vec<Window>> {
    match input::run(session, "wmctrl", &["-l", "-p"]).await {
        Ok(list) => Ok(list.lines().filter_map(parse).collect()),
        Err(failure) if failure.to_string().contains(NO_LIST) => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

/// Waits until a window has this title, at most for `bound`.
///
/// # Errors
/// None has; names those that are there.
pub async fn wait_for(session: &Session, title: &str, bound: Duration) -> Result<Window> {
    let look = async || all(session).await;
    let windows = wait::until(format!("a window titled {title:?}"), bound, look, |windows| {
        windows.iter().any(|window| window.title == title)
    })
    .await?;
    windows.into_iter().find(|window| window.title == title).context("just seen")
}

/// Waits until no window has this title, at most for `bound`.
///
/// # Errors
/// One still has.
pub async fn wait_gone(session: &Session, title: &str, bound: Duration) -> Result<()> {
    let look = async || all(session).await;
    wait::until(format!("the window {title:?} to be gone"), bound, look, |windows| {
        windows.iter().all(|window| window.title != title)
    })
    .await
    .map(drop)
}

/// The window that has the focus, where one has.
///
/// # Errors
/// The program `wmctrl` or `xdotool` is missing or failed.
pub async fn active(session: &Session) -> Result<Option<Window>> {
    // xdotool fails where no window has the focus.
    let Ok(id) = input::xdotool(session, &["getactivewindow"]).await else {
        return Ok(None);
    };
    let id: u32 = id.trim().parse().context("xdotool did not print the number of a window")?;
    Ok(all(session).await?.into_iter().find(|window| window.id == id))
}

/// Asks a window to close, as its close button does.
///
/// # Errors
/// The program `wmctrl` is missing, or the window is gone.
pub async fn close(session: &Session, window: &Window) -> Result<()> {
    input::run(session, "wmctrl", &["-i", "-c", &window.id.to_string()]).await.map(drop)
}

/// A line of `wmctrl -lp`: number, desktop, process, machine, title. Panels are on every desktop, -1.
fn parse(line: &str) -> Option<Window> {
    let mut fields = line.split_whitespace();
    let id = u32::from_str_radix(fields.next()?.strip_prefix("0x")?, 16).ok()?;
    let desktop: i32 = fields.next()?.parse().ok()?;
    let process = fields.next()?.parse().ok()?;
    let _machine = fields.next()?;
    let title = fields.collect::<Vec<_>>().join(" ");
    (desktop >= 0).then_some(Window { id, process, title })
}

#[cfg(test)]
mod tests {
    use super::{Window, parse};

    #[test]
    fn a_line_of_the_window_list_is_read() {
        let window = Window { id: 0x00c0_0003, process: 42, title: "Curfew 2 running".into() };
        assert_eq!(parse("0x00c00003  0 42     vm Curfew 2 running"), Some(window));
        assert_eq!(parse("0x00200003 -1 16670  vm xfce4-panel"), None);
    }
}
