//! What the page may ask of its shell: each asks the tray and passes the answer on. No logic, no state.
//!
//! Errors are [`Problem`]s and reach the page as `{code, message, hint}`.

use domain::{
    Command, Problem, Target,
    command::SettingsEdit,
    config::ConfigFault,
    view::{
        fmt,
        launcher::{Card, Shelf},
        settings::Settings,
        window::Event,
    },
};
use tauri::{
    State, WebviewWindow, Wry, command,
    ipc::{Channel, Invoke},
};
use wire::{Answer, Ask, ProfileAnswer, ProfileAsk};

use super::{
    key::Key,
    processes,
    tray::{Tray, unexpected},
    watch::Page,
};

/// All of them; build.rs lists the same for the permissions.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        watch,
        send,
        settings,
        edit,
        profiles,
        read_profile,
        save_profile,
        duplicate_profile,
        connect_key,
        autostart,
        demo,
        restart_tray,
        quit,
        copy,
        open_console
    ]
}

#[command]
async fn watch(tray: State<'_, Tray>, window: WebviewWindow, channel: Channel<Event>) -> Result<(), Problem> {
    tray.watch(Page { events: channel, window });
    Ok(())
}

#[command]
async fn send(tray: State<'_, Tray>, command: Command) -> Result<(), Problem> {
    tray.done(Ask::Send(command)).await
}

#[command]
async fn settings(tray: State<'_, Tray>) -> Result<Settings, Problem> {
    let answer = tray.ask(Ask::Settings).await?;
    let Answer::Settings(settings) = answer else { return Err(unexpected(&answer)) };
    Ok(*settings)
}

#[command]
async fn edit(tray: State<'_, Tray>, edits: Vec<SettingsEdit>) -> Result<Vec<ConfigFault>, Problem> {
    tray.edit(edits).await
}

#[command]
async fn profiles(tray: State<'_, Tray>) -> Result<Shelf, Problem> {
    let answer = tray.ask(Ask::Profiles(ProfileAsk::All)).await?;
    let Answer::Profiles(ProfileAnswer::Shelf(shelf)) = answer else { return Err(unexpected(&answer)) };
    Ok(*shelf)
}

#[command]
async fn read_profile(tray: State<'_, Tray>, name: String, text: String) -> Result<Card, Problem> {
    let answer = tray.ask(Ask::Profiles(ProfileAsk::Read { name, text })).await?;
    let Answer::Profiles(ProfileAnswer::Card(card)) = answer else { return Err(unexpected(&answer)) };
    Ok(*card)
}

#[command]
async fn save_profile(
    tray: State<'_, Tray>,
    name: String,
    text: String,
    before: Option<String>,
) -> Result<Vec<ConfigFault>, Problem> {
    tray.done_or_faults(Ask::Profiles(ProfileAsk::Save { name, text, before })).await
}

#[command]
async fn duplicate_profile(tray: State<'_, Tray>, name: String) -> Result<String, Problem> {
    let answer = tray.ask(Ask::Profiles(ProfileAsk::Duplicate(name))).await?;
    let Answer::Profiles(ProfileAnswer::Named(name)) = answer else { return Err(unexpected(&answer)) };
    Ok(name)
}

#[command(rename_all = "camelCase")]
async fn connect_key(
    tray: State<'_, Tray>,
    name: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
) -> Result<(), Problem> {
    Key::new(name, access_key_id, secret_access_key, session_token)?.connect(&tray).await
}

#[command]
async fn autostart(tray: State<'_, Tray>, on: bool) -> Result<(), Problem> {
    tray.done(Ask::Autostart(on)).await
}

#[command]
async fn demo(tray: State<'_, Tray>, on: bool) -> Result<(), Problem> {
    tray.done(Ask::Demo(on)).await
}

#[command]
fn restart_tray() -> Result<(), Problem> {
    processes::start_tray()
}

#[command]
async fn quit(tray: State<'_, Tray>) -> Result<(), Problem> {
    tray.done(Ask::Quit).await
}

#[command]
async fn copy(tray: State<'_, Tray>, text: String) -> Result<(), Problem> {
    tray.done(Ask::Copy(text)).await
}

#[command]
fn open_console(target: Target) -> Result<(), Problem> {
    processes::browse(&fmt::console_url(&target))
}
