//! The first page of all, as long as Curfew knows no account: three ways to begin.

use domain::view::settings::Settings;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    app::Page,
    components::{
        connect::{EnvironmentForm, KeyForm, ProfileForm},
        icon::{Icon, icon},
    },
    ipc,
    port::use_port,
};

#[derive(Properties, PartialEq)]
pub(crate) struct FirstRunProps {
    pub(crate) turn: Callback<Page>,
}

#[component]
pub(crate) fn FirstRun(props: &FirstRunProps) -> Html {
    let port = use_port();
    let settings = use_state_eq(|| None::<Settings>);
    use_effect_with((), {
        let settings = settings.setter();
        // Without settings the profiles are missing, and the Settings page says why.
        move |()| spawn_local(async move { settings.set(ipc::settings().await.ok()) })
    });
    let profiles = settings.as_ref().map(|settings| settings.profiles.clone()).unwrap_or_default();
    let done = props.turn.reform(|()| Page::Fleet);
    let demo = move |_: MouseEvent| port.ask(ipc::demo(true));
    html! {
        <main class="first-run">
            <div class="welcome">
                <img src="moon.svg" alt="" />
                <h1>{ "What is still running?" }</h1>
                <p>{ "Curfew watches your EC2 instances, says what they cost, and stops what should be off by now. Where should it look?" }</p>
            </div>
            if settings.as_ref().is_some_and(|settings| !settings.faults.is_empty()) {
                <p class="fault" role="alert">
                    { "config.toml has faults, so nothing can be written to it. " }
                    <button class="plain" onclick={props.turn.reform(|_: MouseEvent| Page::Settings)}>{ "See them in Settings" }</button>
                </p>
            }
            <div class="ways">
                { way(Icon::Key, "Connect an access key", "It is kept in this computer's keychain and nowhere else.", html! { <KeyForm id="key" ondone={done.clone()} /> }) }
                { way(Icon::Person, "Use an AWS profile", "SSO, roles and credential processes work as in the AWS CLI.", html! {
                    <>
                        <ProfileForm id="profile" {profiles} ondone={done.clone()} />
                        <hr />
                        <p class="faint">{ "Or whatever the environment has: AWS_PROFILE, AWS_ACCESS_KEY_ID, a container's role." }</p>
                        <EnvironmentForm id="environment" ondone={done} />
                    </>
                }) }
                { way(Icon::Play, "Try the demo fleet", "A simulated fleet on a fast clock: a warning, a critical and a spot interruption within two minutes. No AWS account, no cost.", html! {
                    <button class="solid" onclick={demo}>{ "Start the demo" }</button>
                }) }
            </div>
        </main>
    }
}

fn way(picture: Icon, title: &'static str, words: &'static str, form: Html) -> Html {
    html! {
        <section class="way">
            <span class="picture">{ icon(picture) }</span>
            <h2>{ title }</h2>
            <p class="faint">{ words }</p>
            { form }
        </section>
    }
}
