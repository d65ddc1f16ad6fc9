//! Which part of a scrolling element is in sight, told only when it has moved by several rows.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{
    browser::{Listener, SizeWatch},
    table::scroll::{ROW, Sight},
};

/// A rendering follows only every few rows of scrolling; the spare rows bridge what lies between.
const GRAIN: u32 = 4 * ROW;

/// What is in sight, and how much room there is across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) sight: Sight,
    /// A class of the style sheet, which leaves columns out where there is no room for them.
    pub(crate) room: Option<&'static str>,
}

/// What of `node` is in sight.
#[hook]
pub(crate) fn use_view(node: NodeRef) -> View {
    let view = use_state_eq(|| View { sight: Sight { top: 0, height: 0 }, room: None });
    use_effect_with((), {
        let view = view.setter();
        move |()| {
            let watched = node.cast::<HtmlElement>().map(|element| watch(element, view));
            move || drop(watched)
        }
    });
    *view
}

fn watch(element: HtmlElement, view: UseStateSetter<View>) -> (Listener, SizeWatch) {
    let look = {
        let element = element.clone();
        move || view.set(View { sight: coarse(exact(&element)), room: room(element.client_width()) })
    };
    let scrolled = Listener::new(element.clone().into(), "scroll", {
        let look = look.clone();
        move |_| look()
    });
    (scrolled, SizeWatch::new(&element, look))
}

fn room(width: i32) -> Option<&'static str> {
    match width {
        ..984 => Some("slim"),
        984..1130 => Some("narrow"),
        1130.. => None,
    }
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
