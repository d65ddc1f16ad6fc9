//! The present, given to whatever ticks. Only components that ask for it are rendered every second.

use domain::Timestamp;
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::{browser, tick::FleetClock};

const SECOND_MS: u32 = 1_000;

/// What time it is in the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    pub(crate) fleet: Timestamp,
    /// Seconds of the fleet's time per second of the window's.
    pub(crate) pace: u32,
}

#[derive(Properties, PartialEq)]
pub(crate) struct TickingProps {
    /// None before the first update: the time is then of no use to anybody.
    pub(crate) clock: Option<FleetClock>,
    pub(crate) children: Html,
}

/// Renders whatever below it uses the present once a second.
#[component]
pub(crate) fn Ticking(props: &TickingProps) -> Html {
    let tick = use_force_update();
    use_effect_with((), move |()| {
        let interval = Interval::new(SECOND_MS, move || tick.force_update());
        move || drop(interval)
    });
    let now = props.clock.map_or(Now { fleet: Timestamp::UNIX_EPOCH, pace: 1 }, |clock| Now {
        fleet: clock.at(browser::now()),
        pace: clock.pace,
    });
    html! { <ContextProvider<Now> context={now}>{ props.children.clone() }</ContextProvider<Now>> }
}

/// The present, and a rendering with every second of it.
#[hook]
pub(crate) fn use_now() -> Now {
    use_context().expect("App ticks around everything below it")
}
