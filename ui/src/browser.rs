//! What only the browser knows: the time of day, the time zone, what has the focus. No decisions here.

use domain::Timestamp;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{FocusOptions, HtmlElement};

use crate::tick::Moment;

/// The browser's clock.
pub(crate) fn now() -> Moment {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds since 1970 are whole and far below 2^53"
    )]
    let millis = js_sys::Date::now() as i64;
    Moment(millis)
}

/// Sixty-four random bits: enough that no launch has another's name.
pub(crate) fn random() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to below 2^32")]
    let half = || (js_sys::Math::random() * 4_294_967_296.0) as u32;
    u64::from(half()) << 32 | u64::from(half())
}

/// `2026-11-22 14:03:05 UTC+01:00`: a time where the person is.
pub(crate) fn local_time(time: Timestamp) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any real date are below 2^53")]
    let date = js_sys::Date::new(&JsValue::from_f64(time.as_millisecond() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "an offset is less than a day's minutes")]
    let offset = -date.get_timezone_offset() as i32;
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02} UTC{sign}{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
        minutes / 60,
        minutes % 60,
    )
}

/// Whether the page's address asks to count how often each row is rendered.
pub(crate) fn counts_renders() -> bool {
    let query = web_sys::window().and_then(|window| window.location().search().ok());
    query.is_some_and(|query| query.trim_start_matches('?').split('&').any(|word| word == "count"))
}

/// Gives an element the focus without scrolling to it.
pub(crate) fn focus(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // An element that cannot be focused any more leaves the focus where it is.
    drop(element.focus_with_options(&options));
}

/// Whether the focus is in an element that `selector` names, or in none at all.
pub(crate) fn focus_is_within(selector: &str) -> bool {
    let active =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    active.is_none_or(|element| {
        element.tag_name() == "BODY" || element.closest(selector).is_ok_and(|found| found.is_some())
    })
}

/// Whether a key pressed in `target` is text for a field.
pub(crate) fn is_typing(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
}

/// The element of the page with this id.
pub(crate) fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// Puts a class on the page as a whole.
pub(crate) fn mark_page(class: &str) {
    let page =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(page) = page {
        drop(page.class_list().add_1(class));
    }
}

/// Listens to an event until dropped.
pub(crate) struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    heard: Closure<dyn Fn(web_sys::Event)>,
}

impl Listener {
    pub(crate) fn new(
        target: web_sys::EventTarget,
        event: &'static str,
        heard: impl Fn(web_sys::Event) + 'static,
    ) -> Self {
        let heard = Closure::new(heard);
        drop(target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref()));
        Self { target, event, heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        drop(self.target.remove_event_listener_with_callback(self.event, heard));
    }
}

/// Watches an element's size until dropped.
pub(crate) struct SizeWatch {
    observer: Option<web_sys::ResizeObserver>,
    _changed: Closure<dyn Fn()>,
}

impl SizeWatch {
    pub(crate) fn new(element: &web_sys::Element, changed: impl Fn() + 'static) -> Self {
        let changed = Closure::new(changed);
        let observer = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _changed: changed }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
