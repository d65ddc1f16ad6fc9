//! The asking end: the window's and the command line's. Every wait is bounded, except for a watch's next answer.

use std::{io::ErrorKind, time::Duration};

use tokio::time::timeout;

use crate::{
    Address, Answer, Ask, WireFault,
    line::{self, Lines, MOST_ANSWERED, MOST_ASKED, NoLine},
    os::{self, Connected},
};

/// How long a tray may take to take a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// How long a tray may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Asks the tray of one address. Holds no connection: each ask makes its own.
#[derive(Clone, Debug)]
pub struct Client {
    address: Address,
}

/// A stream of answers: [`Answer::Update`] and [`Answer::Raise`].
#[derive(Debug)]
pub struct Watch {
    lines: Lines<Connected>,
}

impl Client {
    /// Asks the tray that listens there, if one does.
    pub fn new(address: Address) -> Self {
        Self { address }
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`WireFault::NobodyListens`] when no tray runs; anything else means that one does, or did a moment ago.
    pub async fn ask(&self, ask: &Ask) -> Result<Answer, WireFault> {
        let mut lines = self.begin(ask).await?;
        let line = timeout(ANSWER_WITHIN, lines.next()).await.map_err(|_| WireFault::TimedOut)?;
        read_answer(&line.map_err(no_answer)?)
    }

    /// Watches the window's state. After the stream's end, watch anew: the first update is the whole state.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn watch(&self) -> Result<Watch, WireFault> {
        let lines = self.begin(&Ask::Watch).await?;
        Ok(Watch { lines })
    }

    async fn begin(&self, ask: &Ask) -> Result<Lines<Connected>, WireFault> {
        let line = line::line(ask).map_err(WireFault::Garbled)?;
        if line.len() > MOST_ASKED {
            return Err(WireFault::TooLong);
        }
        let connecting = timeout(CONNECT_WITHIN, os::connect(&self.address));
        let mut connection = connecting.await.map_err(|_| WireFault::TimedOut)??;
        if !os::is_ours(&connection) {
            return Err(WireFault::NotOurs);
        }
        match line::write(&mut connection, &line).await {
            // A tray that refuses to hear more may have said why: reading tells.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.map_err(WireFault::Broken)?,
        }
        Ok(Lines::new(connection, MOST_ANSWERED))
    }
}

impl Watch {
    /// The next answer, however long it takes; `None` when the stream has ended. May be dropped half-way.
    pub async fn next(&mut self) -> Option<Result<Answer, WireFault>> {
        match self.lines.next().await {
            Ok(line) => Some(read_answer(&line)),
            Err(NoLine::Ended) => None,
            Err(fault) => Some(Err(no_answer(fault))),
        }
    }
}

fn read_answer(line: &[u8]) -> Result<Answer, WireFault> {
    serde_json::from_slice(line).map_err(WireFault::Garbled)
}

fn no_answer(fault: NoLine) -> WireFault {
    match fault {
        NoLine::Ended | NoLine::Torn => WireFault::Broken(ErrorKind::UnexpectedEof.into()),
        NoLine::TooLong => WireFault::TooLong,
        NoLine::Broken(error) => WireFault::Broken(error),
    }
}
