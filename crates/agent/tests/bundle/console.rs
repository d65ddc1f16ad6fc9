//! A terminal to be a machine's console, and what was written on it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The near end of a terminal.
pub(crate) struct Console {
    far_end: PathBuf,
    /// Keeps the terminal open when nobody has its far end.
    _held: File,
    page: Arc<Page>,
}

#[derive(Default)]
struct Page {
    text: Mutex<String>,
    turned: Condvar,
}

impl Console {
    pub(crate) fn open() -> Self {
        let near_end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&near_end).and_then(|()| unlockpt(&near_end)).expect("a terminal of our own");
        let name =
            ptsname(&near_end, Vec::new()).expect("its name").into_string().expect("its name is plain");
        let held = File::options().read(true).write(true).open(&name).expect("its far end");
        let page = Arc::new(Page::default());
        let written = Arc::clone(&page);
        thread::spawn(move || read(&mut near_end.into(), &written));
        Self { far_end: name.into(), _held: held, page }
    }

    pub(crate) fn far_end(&self) -> &Path {
        &self.far_end
    }

    /// All that was written so far.
    pub(crate) fn text(&self) -> String {
        self.page.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until something was written.
    pub(crate) fn wait_for(&self, words: &str, bound: Duration) {
        let text = self.page.text.lock().unwrap_or_else(PoisonError::into_inner);
        let lacks = |text: &mut String| !text.contains(words);
        let (text, waited) =
            self.page.turned.wait_timeout_while(text, bound, lacks).unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "{words:?} did not appear on the console within {bound:?}:\n{text}");
    }
}

fn read(near_end: &mut File, page: &Page) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = near_end.read(&mut bytes) {
        let text = String::from_utf8_lossy(&bytes[..length]);
        page.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
        page.turned.notify_all();
    }
}
