//! Which part of a scrolling element is in sight, told only when it has moved by several rows.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    browser::{Listener, SizeWatch},
    table::scroll::{ROW, Sight},
};

/// A rendering follows only every few rows of scrolling; the spare rows bridge what lies between.
const GRAIN: u32 = 4 * ROW;

/// What of `node` is in sight.
#[hook]
pub(crate) fn use_sight(node: NodeRef) -> Sight {
    let sight = use_state_eq(|| Sight { top: 0, height: 0 });
    use_effect_with((), {
        let sight = sight.setter();
        move |()| {
            let watched = node.cast::<HtmlElement>().map(|element| watch(element, sight));
            move || drop(watched)
        }
    });
    *sight
}

fn watch(element: HtmlElement, sight: UseStateSetter<Sight>) -> (Listener, SizeWatch) {
    let look = {
        let element = element.clone();
        move || sight.set(coarse(exact(&element)))
    };
    let scrolled = Listener::new(element.clone().into(), "scroll", {
        let look = look.clone();
        move |_| look()
    });
    (scrolled, SizeWatch::new(&element, look))
}

/// What of an element is in sight, to the pixel.
pub(crate) fn exact(element: &HtmlElement) -> Sight {
    let pixels = |value: i32| u32::try_from(value).unwrap_or(0);
    Sight { top: pixels(element.scroll_top()), height: pixels(element.client_height()) }
}

fn coarse(sight: Sight) -> Sight {
    let top = sight.top / GRAIN * GRAIN;
    Sight { top, height: (sight.height + GRAIN).div_ceil(GRAIN) * GRAIN }
}
