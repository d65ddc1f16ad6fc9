//! The way to the shell: the only file that names JavaScript functions and the only one that knows Tauri.
//! Every failure is a [`Problem`]; a secret goes out and never comes back.

use domain::{
    Command, Problem, Target,
    command::SettingsEdit,
    config::ConfigFault,
    view::{
        launcher::{Card, Shelf},
        settings::Settings,
        window::Event,
    },
};
use js_sys::Function;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"], catch)]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    /// Tauri's stream from the shell to the page.
    #[wasm_bindgen(js_namespace = ["window", "__TAURI__", "core"])]
    type Channel;

    #[wasm_bindgen(constructor, js_namespace = ["window", "__TAURI__", "core"], catch)]
    fn new() -> Result<Channel, JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_onmessage(channel: &Channel, heard: &Function);
}

/// An access key on its way into the keychain. Not `Debug`, so that nothing can print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessKey {
    /// The account's name in `config.toml`.
    pub(crate) name: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    /// Only temporary keys have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_token: Option<String>,
}

/// Asks to be told of every change of the fleet from now on, for as long as the window is open.
pub(crate) async fn watch(heard: impl Fn(Result<Event, Problem>) + 'static) -> Result<(), Problem> {
    let channel = Channel::new().map_err(|_| no_shell())?;
    let listen = Closure::<dyn Fn(JsValue)>::new(move |message| heard(read(message)));
    channel.set_onmessage(listen.as_ref().unchecked_ref());
    // The window listens until it is closed.
    listen.forget();
    let arguments = js_sys::Object::new();
    js_sys::Reflect::set(&arguments, &"channel".into(), &channel).map_err(|_| no_shell())?;
    invoke("watch", arguments.into()).await.map(drop).map_err(problem)
}

/// Asks something of the engine.
pub(crate) async fn send(command: Command) -> Result<(), Problem> {
    #[derive(Serialize)]
    struct Arguments {
        command: Command,
    }
    ask("send", &Arguments { command }).await
}

/// The settings as they are in force.
pub(crate) async fn settings() -> Result<Settings, Problem> {
    ask("settings", &Nothing {}).await
}

/// Changes `config.toml`; answers what is wrong with the changes, and nothing when they were written.
pub(crate) async fn edit(edits: Vec<SettingsEdit>) -> Result<Vec<ConfigFault>, Problem> {
    #[derive(Serialize)]
    struct Arguments {
        edits: Vec<SettingsEdit>,
    }
    ask("edit", &Arguments { edits }).await
}

/// All launch profiles, and what a new one can begin from.
pub(crate) async fn profiles() -> Result<Shelf, Problem> {
    ask("profiles", &Nothing {}).await
}

/// What a profile's text says, kept or not.
pub(crate) async fn read_profile(name: String, text: String) -> Result<Card, Problem> {
    #[derive(Serialize)]
    struct Arguments {
        name: String,
        text: String,
    }
    ask("read_profile", &Arguments { name, text }).await
}

/// Writes a profile over the text that is known, or as a new one; answers what is wrong with it, and nothing when it
/// was written.
pub(crate) async fn save_profile(
    name: String,
    text: String,
    before: Option<String>,
) -> Result<Vec<ConfigFault>, Problem> {
    #[derive(Serialize)]
    struct Arguments {
        name: String,
        text: String,
        before: Option<String>,
    }
    ask("save_profile", &Arguments { name, text, before }).await
}

/// Writes a profile again under a name of its own, which comes back.
pub(crate) async fn duplicate_profile(name: String) -> Result<String, Problem> {
    #[derive(Serialize)]
    struct Arguments {
        name: String,
    }
    ask("duplicate_profile", &Arguments { name }).await
}

/// Puts an access key into the keychain and adds its account.
pub(crate) async fn connect_key(key: AccessKey) -> Result<(), Problem> {
    ask("connect_key", &key).await
}

/// Switches starting at login on or off.
pub(crate) async fn autostart(on: bool) -> Result<(), Problem> {
    ask("autostart", &Switch { on }).await
}

/// Switches between the demo fleet and the real one.
pub(crate) async fn demo(on: bool) -> Result<(), Problem> {
    ask("demo", &Switch { on }).await
}

/// Starts the tray again after it is gone.
pub(crate) async fn restart_tray() -> Result<(), Problem> {
    ask("restart_tray", &Nothing {}).await
}

/// Ends Curfew, tray and window; countdowns are cancelled.
pub(crate) async fn quit() -> Result<(), Problem> {
    ask("quit", &Nothing {}).await
}

/// Puts text on the clipboard.
pub(crate) async fn copy(text: String) -> Result<(), Problem> {
    #[derive(Serialize)]
    struct Arguments {
        text: String,
    }
    ask("copy", &Arguments { text }).await
}

/// Opens an instance in the AWS console, in the person's browser.
pub(crate) async fn open_console(target: Target) -> Result<(), Problem> {
    #[derive(Serialize)]
    struct Arguments {
        target: Target,
    }
    ask("open_console", &Arguments { target }).await
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Switch {
    on: bool,
}

async fn ask<T: DeserializeOwned>(command: &str, arguments: &impl Serialize) -> Result<T, Problem> {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    let arguments = arguments.serialize(&plain).map_err(|fault| garbled(&fault))?;
    read(invoke(command, arguments).await.map_err(problem)?)
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Problem> {
    serde_wasm_bindgen::from_value(value).map_err(|fault| garbled(&fault))
}

/// What the shell threw: a problem of its own, or something that Tauri itself had to say.
fn problem(thrown: JsValue) -> Problem {
    let words = thrown.as_string();
    serde_wasm_bindgen::from_value(thrown).unwrap_or_else(|_| match words {
        Some(words) => Problem::new("shell", format!("The window's shell refused: {words}"), ""),
        None => no_shell(),
    })
}

fn no_shell() -> Problem {
    Problem::new(
        "no-shell",
        "The window's shell does not answer",
        "Close the window and open it again from the tray.",
    )
}

fn garbled(fault: &serde_wasm_bindgen::Error) -> Problem {
    let message = format!("The window and its shell do not understand each other: {fault}");
    Problem::new("garbled", message, "They may be of different versions: quit Curfew and start it again.")
}
