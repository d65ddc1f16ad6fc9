//! The content of Curfew's window: Yew over the view types of `domain`, compiled to wasm.
//!
//! `table` and `tick` decide, `state` holds, `components` and `pages` show, `ipc` is the only way out.

mod app;
mod browser;
mod components;
mod ipc;
mod launcher;
mod pages;
mod port;
mod state;
mod table;
mod text;
mod tick;

fn main() {
    // The page holds a sentence for this case, so that the window never just stands still.
    yew::set_custom_panic_hook(Box::new(|_| browser::mark_page("crashed")));
    if let Some(root) = browser::element("app") {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
