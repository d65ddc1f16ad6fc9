//! A watchdog such as systemd's.

use std::os::unix::net::UnixDatagram;

use super::{Life, Machine, SOON};

impl Machine {
    /// With a watchdog that bites after 20 ms of silence.
    pub(crate) fn watched(self) -> Self {
        let socket = UnixDatagram::bind(self.path("notify")).expect("a socket");
        socket.set_read_timeout(Some(SOON)).expect("a bound");
        Self { watchdog: Some(socket), ..self }
    }
}

impl Life {
    /// Waits for the next word to the watchdog.
    pub(crate) fn tells_the_watchdog(&self) -> String {
        let mut word = [0; 64];
        let length = self.machine.watchdog.as_ref().expect("one").recv(&mut word).expect("a word in time");
        String::from_utf8_lossy(&word[..length]).into_owned()
    }
}
