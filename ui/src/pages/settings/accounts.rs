//! The accounts: where each one's credentials come from, adding one, taking one out.

use domain::{AccountConfig, command::SettingsEdit, view::settings::Settings};
use yew::prelude::*;

use crate::{
    components::{
        connect::{EnvironmentForm, KeyForm, ProfileForm},
        icon::{Icon, icon},
    },
    ipc,
    port::{Port, use_port},
};

#[derive(Properties, PartialEq)]
pub(super) struct AccountsProps {
    pub(super) settings: Settings,
    pub(super) onchanged: Callback<()>,
}

/// What can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Key,
    Profile,
    Environment,
}

#[component]
pub(super) fn Accounts(props: &AccountsProps) -> Html {
    let port = use_port();
    let adding = use_state_eq(|| None::<Kind>);
    let AccountsProps { settings, onchanged } = props;
    let locked = !settings.faults.is_empty();
    let done = {
        let adding = adding.clone();
        onchanged.reform(move |()| adding.set(None))
    };
    let tab = |kind: Kind, label: &'static str| {
        let adding = adding.clone();
        let on = *adding == Some(kind);
        html! {
            <button class={classes!("switch", on.then_some("on"))} aria-pressed={on.to_string()} disabled={locked}
                onclick={move |_: MouseEvent| adding.set((!on).then_some(kind))}>{ label }</button>
        }
    };
    html! {
        <section class="card">
            <h2>{ "Accounts" }</h2>
            if settings.accounts.is_empty() {
                <p class="faint">{ "None yet." }</p>
            } else {
                <ul class="account-list">{ for settings.accounts.iter().map(|account| line(account, locked, &port, onchanged)) }</ul>
            }
            <div class="add"><span class="faint">{ "Add" }</span>
                { tab(Kind::Key, "an access key") }{ tab(Kind::Profile, "an AWS profile") }{ tab(Kind::Environment, "the environment") }
            </div>
            { match *adding {
                Some(Kind::Key) => html! { <KeyForm id="add-key" ondone={done} /> },
                Some(Kind::Profile) => html! { <ProfileForm id="add-profile" profiles={settings.profiles.clone()} ondone={done} /> },
                Some(Kind::Environment) => html! { <EnvironmentForm id="add-environment" ondone={done} /> },
                None => Html::default(),
            } }
        </section>
    }
}

fn line(account: &AccountConfig, locked: bool, port: &Port, onchanged: &Callback<()>) -> Html {
    let remove = {
        let (port, onchanged, name) = (port.clone(), onchanged.clone(), account.name.to_string());
        move |_: MouseEvent| {
            let (onchanged, edit) = (onchanged.clone(), SettingsEdit::RemoveAccount(name.clone()));
            port.ask(async move {
                let faults = ipc::edit(vec![edit]).await?;
                onchanged.emit(());
                match faults.into_iter().next() {
                    None => Ok(()),
                    Some(fault) => Err(domain::Problem::new("config", fault.to_string(), "")),
                }
            });
        }
    };
    html! {
        <li key={account.name.as_str()} data-account={account.name.to_string()}>
            <div>
                <strong>{ account.name.as_str() }</strong>
                <p class="faint">
                    { account.source.to_string() }
                    if let Some(role) = &account.role { { format!(", as {}", role.arn) } }
                </p>
            </div>
            <button class="plain" disabled={locked} title="Takes it out of config.toml; a key in the keychain stays there" onclick={remove}>
                { icon(Icon::Close) }{ "Remove" }
            </button>
        </li>
    }
}
