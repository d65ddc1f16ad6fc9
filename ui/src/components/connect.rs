//! The ways to give Curfew an account: an access key into the keychain, an AWS profile, the environment.
//! A secret lies in its password field until it is sent, then nowhere in the page.

use std::future::Future;

use domain::{Problem, command::SettingsEdit, config::ConfigFault};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::ipc::{self, AccessKey};

#[derive(Properties, PartialEq)]
pub(crate) struct ConnectProps {
    /// Set apart the fields of two forms on one page.
    pub(crate) id: &'static str,
    /// The AWS profiles found on this computer.
    #[prop_or_default]
    pub(crate) profiles: Vec<String>,
    /// An account was added.
    pub(crate) ondone: Callback<()>,
}

/// How an attempt to connect stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Attempt {
    Idle,
    Trying,
    Failed(Vec<String>),
}

/// Asks for an access key and puts it into the keychain.
#[component]
pub(crate) fn KeyForm(props: &ConnectProps) -> Html {
    let attempt = use_state_eq(|| Attempt::Idle);
    let [name, id, secret, token] = [use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref()];
    let onsubmit = {
        let fields = [name.clone(), id.clone(), secret.clone(), token.clone()];
        let (attempt, ondone) = (attempt.setter(), props.ondone.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let [name, id, secret, token] = &fields;
            let session_token = Some(taken(token)).filter(|token| !token.is_empty());
            let key = AccessKey {
                name: text(name),
                access_key_id: text(id),
                secret_access_key: taken(secret),
                session_token,
            };
            try_it(
                async move { ipc::connect_key(key).await.map(|()| Vec::new()) },
                attempt.clone(),
                ondone.clone(),
            );
        }
    };
    html! {
        <form class="connect" {onsubmit} autocomplete="off">
            { labelled(props.id, "Account name", html! { <input ref={name} id={format!("{}-name", props.id)} value="personal" required=true maxlength="64" pattern="[A-Za-z0-9._\\-]+" title="Letters, digits, dashes, dots and underscores" /> }, "name") }
            { labelled(props.id, "Access key id", html! { <input ref={id} id={format!("{}-key", props.id)} placeholder="AKIA…" required=true spellcheck="false" /> }, "key") }
            { labelled(props.id, "Secret access key", html! { <input ref={secret} id={format!("{}-secret", props.id)} type="password" required=true autocomplete="off" /> }, "secret") }
            { labelled(props.id, "Session token (temporary keys only)", html! { <input ref={token} id={format!("{}-token", props.id)} type="password" autocomplete="off" /> }, "token") }
            { end(&attempt, "Connect", false) }
        </form>
    }
}

/// Lets a person pick one of the AWS profiles of this computer.
#[component]
pub(crate) fn ProfileForm(props: &ConnectProps) -> Html {
    let attempt = use_state_eq(|| Attempt::Idle);
    let (profile, role, serial) = (use_node_ref(), use_node_ref(), use_node_ref());
    let onsubmit = {
        let (profile, role, serial) = (profile.clone(), role.clone(), serial.clone());
        let (attempt, ondone) = (attempt.setter(), props.ondone.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let Some(profile) = profile.cast::<HtmlSelectElement>().map(|list| list.value()) else { return };
            let filled = |field: &NodeRef| Some(text(field)).filter(|text| !text.is_empty());
            let edit = SettingsEdit::PutAccount {
                name: account_name(&profile),
                source: format!("profile:{profile}"),
                assume_role: filled(&role),
                mfa_serial: filled(&serial),
            };
            try_it(put(edit), attempt.clone(), ondone.clone());
        }
    };
    let option = |(at, name): (usize, &String)| html! { <option value={name.clone()} selected={at == 0}>{ name }</option> };
    let none = props.profiles.is_empty();
    html! {
        <form class="connect" {onsubmit}>
            if none {
                <p class="faint">{ "No profile was found in ~/.aws/config or ~/.aws/credentials." }</p>
            } else {
                { labelled(props.id, "Profile", html! { <div class="select"><select ref={profile} id={format!("{}-profile", props.id)}>{ for props.profiles.iter().enumerate().map(option) }</select>{ icon(Icon::Chevron) }</div> }, "profile") }
                <details class="more-fields">
                    <summary>{ "Assume a role" }</summary>
                    { labelled(props.id, "Role ARN", html! { <input ref={role} id={format!("{}-role", props.id)} placeholder="arn:aws:iam::123456789012:role/NAME" spellcheck="false" /> }, "role") }
                    { labelled(props.id, "Second factor, if the role asks for one", html! { <input ref={serial} id={format!("{}-serial", props.id)} placeholder="arn:aws:iam::123456789012:mfa/NAME" spellcheck="false" /> }, "serial") }
                </details>
            }
            { end(&attempt, "Use this profile", none) }
        </form>
    }
}

/// Takes whatever credentials the environment has.
#[component]
pub(crate) fn EnvironmentForm(props: &ConnectProps) -> Html {
    let attempt = use_state_eq(|| Attempt::Idle);
    let onsubmit = {
        let (attempt, ondone) = (attempt.setter(), props.ondone.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let edit = SettingsEdit::PutAccount {
                name: "environment".into(),
                source: "environment".into(),
                assume_role: None,
                mfa_serial: None,
            };
            try_it(put(edit), attempt.clone(), ondone.clone());
        }
    };
    html! { <form class="connect" {onsubmit}>{ end(&attempt, "Use the environment", false) }</form> }
}

fn labelled(form: &str, label: &'static str, field: Html, name: &str) -> Html {
    html! { <div class="field"><label for={format!("{form}-{name}")}>{ label }</label>{ field }</div> }
}

fn end(attempt: &Attempt, label: &'static str, disabled: bool) -> Html {
    let (trying, faults) = match attempt {
        Attempt::Idle => (false, &[][..]),
        Attempt::Trying => (true, &[][..]),
        Attempt::Failed(faults) => (false, faults.as_slice()),
    };
    html! {
        <>
            { for faults.iter().map(|fault| html! { <p class="fault" role="alert">{ fault }</p> }) }
            <button class="solid" disabled={disabled || trying}>{ if trying { "Connecting…" } else { label } }</button>
        </>
    }
}

fn text(field: &NodeRef) -> String {
    field.cast::<HtmlInputElement>().map(|input| input.value().trim().to_owned()).unwrap_or_default()
}

/// A secret's text; its field is empty from now on.
fn taken(field: &NodeRef) -> String {
    let text = text(field);
    if let Some(input) = field.cast::<HtmlInputElement>() {
        input.set_value("");
    }
    text
}

async fn put(edit: SettingsEdit) -> Result<Vec<ConfigFault>, Problem> {
    ipc::edit(vec![edit]).await
}

fn try_it(
    attempted: impl Future<Output = Result<Vec<ConfigFault>, Problem>> + 'static,
    attempt: UseStateSetter<Attempt>,
    ondone: Callback<()>,
) {
    attempt.set(Attempt::Trying);
    spawn_local(async move {
        let faults = match attempted.await {
            Ok(faults) => faults.into_iter().map(|fault| fault.message).collect(),
            Err(problem) => vec![format!("{}. {}", problem.message, problem.hint)],
        };
        if faults.is_empty() {
            attempt.set(Attempt::Idle);
            ondone.emit(());
        } else {
            attempt.set(Attempt::Failed(faults));
        }
    });
}

/// A name that `config.toml` takes for an account, made from a profile's.
fn account_name(profile: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    profile.chars().map(|c| if good(c) { c } else { '-' }).take(64).collect()
}

#[cfg(test)]
mod tests {
    use domain::config;

    use super::*;

    #[test]
    fn a_profile_s_name_becomes_an_account_s() {
        let check = |profile: &str, account: &str| {
            assert_eq!(account_name(profile), account);
            assert!(config::account_name(account).is_ok(), "{account}");
        };
        check("default", "default");
        check("work.eu_1", "work.eu_1");
        check("AdministratorAccess 12/34", "AdministratorAccess-12-34");
        check("größe", "gr--e");
        check(&"x".repeat(90), &"x".repeat(64));
    }
}
