//! A launch on its way: its steps, the pre-flight, what was refused, and the button that spends the money.

use domain::{
    LaunchId, Problem,
    launch::{Estimate, Launch, Stage},
    view::{
        fmt,
        launcher::{Step, StepState, cost_in_words, headline, launch_label, steps},
    },
};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::checks::{Checks, RefusedPlaces};
use crate::{
    browser,
    components::{
        icon::{Icon, icon},
        now::use_now,
    },
};

/// What a person answers a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Launch what was checked.
    Yes,
    /// Call it off.
    Cancel,
    /// Put it away.
    Dismiss,
    /// See it in the fleet.
    Fleet,
}

#[derive(Properties, PartialEq)]
pub(crate) struct PanelProps {
    pub(crate) id: LaunchId,
    pub(crate) launch: Launch,
    /// Whether a launch is to follow the check, if the person says yes.
    pub(crate) wanted: bool,
    pub(crate) onreply: Callback<(LaunchId, Reply)>,
}

#[component]
pub(crate) fn Panel(props: &PanelProps) -> Html {
    let PanelProps { id, launch, wanted, onreply } = props;
    let reply = |reply: Reply| {
        let id = id.clone();
        onreply.reform(move |_: MouseEvent| (id.clone(), reply))
    };
    let asks = *wanted && launch.stage == Stage::Checked;
    let heading = format!("launch-{id}");
    // What was looked at is of interest until something is there; afterwards it can be opened.
    let open = launch.dry_run || matches!(launch.stage, Stage::Checking | Stage::Failed(_));
    html! {
        <section class={classes!("launching", tone(launch))} data-launch={id.to_string()} data-stage={stage(&launch.stage)} aria-labelledby={heading.clone()}>
            <header>
                <h2 id={heading}>{ fmt::one_line(&launch.profile, 64) }</h2>
                <span class="badge">{ if !launch.dry_run { "launch" } else if *wanted { "before the launch" } else { "check" } }</span>
                <Since launch={launch.clone()} />
                <span class="gap" />
                { way_out(launch, asks, &reply) }
            </header>
            <ol class="steps">{ for steps(launch).iter().filter(|_| !launch.dry_run).map(step) }</ol>
            <p class="headline" role="status">{ if asks { "All is well. Nothing has been spent yet.".to_owned() } else { headline(launch) } }</p>
            if let Some(problem) = launch.stage.problem() { { trouble(problem) } }
            if asks { <Confirm launch={launch.clone()} onyes={reply(Reply::Yes)} onno={reply(Reply::Dismiss)} /> }
            if let (false, Some(estimate)) = (launch.dry_run, &launch.estimate) { <p class="faint">{ price(estimate) }</p> }
            <RefusedPlaces refused={launch.refused.clone()} places={launch.places} />
            if !launch.checks.is_empty() {
                <details open={open}>
                    <summary>{ format!("What was looked at ({})", launch.checks.len()) }</summary>
                    <Checks checks={launch.checks.clone()} />
                </details>
            }
        </section>
    }
}

/// `About $0.45/h: $1.81 for 4h, at most $2.72`.
fn price(estimate: &Estimate) -> String {
    let cost = cost_in_words(estimate);
    estimate.hourly.map_or_else(|| cost.clone(), |hourly| format!("About {hourly}: {cost}"))
}

fn tone(launch: &Launch) -> &'static str {
    match &launch.stage {
        Stage::Failed(_) => "bad",
        Stage::Launched { remark: Some(_), .. } | Stage::Grown { remark: Some(_), .. } => "doubtful",
        Stage::Launched { followed: false, .. } | Stage::Grown { followed: false, .. } | Stage::Checked => {
            "good"
        }
        Stage::Launched { followed: true, .. }
        | Stage::Grown { followed: true, .. }
        | Stage::Checking
        | Stage::Requesting { .. }
        | Stage::Cancelling => "busy",
        Stage::Cancelled => "quiet",
    }
}

fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Checking => "checking",
        Stage::Checked => "checked",
        Stage::Requesting { .. } => "requesting",
        Stage::Launched { .. } | Stage::Grown { .. } => "launched",
        Stage::Cancelling => "cancelling",
        Stage::Cancelled => "cancelled",
        Stage::Failed(_) => "failed",
    }
}

fn step(step: &Step) -> Html {
    let (class, said) = match step.state {
        StepState::Ahead => ("ahead", "to come"),
        StepState::Now => ("now", "under way"),
        StepState::Done => ("done", "done"),
        StepState::Failed => ("failed", "failed"),
    };
    let picture = match step.state {
        StepState::Ahead => Html::default(),
        StepState::Now => html! { <span class="spinner" /> },
        StepState::Done => icon(Icon::Check),
        StepState::Failed => icon(Icon::Close),
    };
    html! {
        <li class={class} aria-current={(step.state == StepState::Now).then_some("step")}>
            <span class="mark">{ picture }</span>
            { &step.label }<span class="said">{ format!(", {said}") }</span>
        </li>
    }
}

fn trouble(problem: &Problem) -> Html {
    html! { <p class="trouble" role="alert"><strong>{ &problem.message }</strong><span>{ &problem.hint }</span></p> }
}

/// The buttons of the panel's head: what is under way can be called off, what is over put away.
fn way_out(launch: &Launch, asks: bool, reply: &impl Fn(Reply) -> Callback<MouseEvent>) -> Html {
    let fleet = html! { <button class="plain" data-reply="fleet" onclick={reply(Reply::Fleet)}>{ "See it in Fleet" }</button> };
    let cancel = |label: &'static str| html! { <button class="plain" data-reply="cancel" onclick={reply(Reply::Cancel)}>{ label }</button> };
    let dismiss = html! {
        <button class="small" data-reply="dismiss" aria-label="Put away" title="Put away" onclick={reply(Reply::Dismiss)}>{ icon(Icon::Close) }</button>
    };
    match &launch.stage {
        Stage::Checking | Stage::Requesting { .. } => cancel("Cancel"),
        Stage::Launched { followed: true, .. } => html! { <>{ fleet }{ cancel("Cancel and terminate") }</> },
        Stage::Grown { followed: true, .. } => html! { <>{ fleet }{ cancel("Cancel and remove it") }</> },
        Stage::Launched { followed: false, .. } | Stage::Grown { followed: false, .. } => {
            html! { <>{ fleet }{ dismiss }</> }
        }
        Stage::Cancelling => Html::default(),
        Stage::Checked if asks => Html::default(),
        Stage::Checked | Stage::Cancelled | Stage::Failed(_) => dismiss,
    }
}

#[derive(Properties, PartialEq)]
struct ConfirmProps {
    launch: Launch,
    onyes: Callback<MouseEvent>,
    onno: Callback<MouseEvent>,
}

/// The question before money is spent. The safe answer has the focus.
#[component]
fn Confirm(props: &ConfirmProps) -> Html {
    let ConfirmProps { launch, onyes, onno } = props;
    let no = use_node_ref();
    use_effect_with((), {
        let no = no.clone();
        move |()| {
            if let Some(button) = no.cast::<HtmlElement>() {
                browser::focus(&button);
                button.scroll_into_view_with_bool(false);
            }
        }
    });
    html! {
        <div class="confirm">
            <button class="solid" data-reply="yes" onclick={onyes}>{ icon(Icon::Play) }{ launch_label(launch.estimate.as_ref()) }</button>
            <button ref={no} class="plain" data-reply="no" onclick={onno}>{ "Not now" }</button>
            if let Some(estimate) = &launch.estimate { <span class="faint">{ cost_in_words(estimate) }</span> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SinceProps {
    launch: Launch,
}

/// With whose credentials, and since when.
#[component]
fn Since(props: &SinceProps) -> Html {
    let now = use_now();
    let Launch { account, begun, .. } = &props.launch;
    html! { <span class="faint">{ format!("account {account}, {}", fmt::ago(now.fleet, *begun)) }</span> }
}
