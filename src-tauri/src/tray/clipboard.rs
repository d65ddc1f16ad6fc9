//! The clipboard. The tray owns it, for the window too: on X11 the text lives only as long as the process that
//! offers it, and the window may be closed before the text is pasted.
//!
//! arboard, without its image support, speaks X11 itself; a Wayland desktop hands its clipboard on through Xwayland.

use domain::Problem;

/// The clipboard, joined at its first use.
#[derive(Default)]
pub(crate) struct Clipboard {
    joined: Option<arboard::Clipboard>,
}

impl Clipboard {
    /// Offers a text.
    pub(crate) fn put(&mut self, text: String) -> Result<(), Problem> {
        self.try_put(text).map_err(|error| {
            self.joined = None;
            let message = format!("The text was not copied: {error}");
            Problem::new("clipboard", message, "Select it in the window and copy it with the keyboard.")
        })
    }

    fn try_put(&mut self, text: String) -> Result<(), arboard::Error> {
        let clipboard = match &mut self.joined {
            Some(joined) => joined,
            none @ None => none.insert(arboard::Clipboard::new()?),
        };
        clipboard.set_text(text)
    }
}
