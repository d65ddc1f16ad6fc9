//! The tray's end: one socket, one ask to a connection, answered by the host's closure.
//!
//! Decides who may ask, how long an ask may be and how long anything may take; what is answered is the host's. No
//! reader, however slow, holds the host up.

use std::{sync::Arc, time::Duration};

use domain::Problem;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    Address, Answer, Ask, BindFault,
    line::{self, Lines, MOST_ASKED, NoLine},
    os::{self, Accepted, Socket},
};

/// How long a connection may take to say what it asks.
const ASK_WITHIN: Duration = Duration::from_secs(5);

/// How long answers that are under way have when the tray ends.
const FINISH_WITHIN: Duration = Duration::from_secs(1);

/// How many connections are served at a time: a window, a few command lines, and room.
const MOST_CONNECTIONS: usize = 64;

/// How many answers of a stream may wait for their reader.
const MOST_WAITING: usize = 32;

/// A socket that nobody else can bind as long as it lives.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
}

/// What the host says to an ask.
#[derive(Debug)]
pub enum Reply {
    /// One answer, and the connection ends.
    Once(Box<Answer>),
    /// Answers until the [`Feed`] is dropped or the reader leaves.
    Stream(mpsc::Receiver<Answer>),
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Once(Box::new(answer))
    }
}

/// The host's end of a stream.
#[derive(Debug)]
pub struct Feed {
    to: mpsc::Sender<Answer>,
}

/// The stream has no reader any more, or one that is too slow: drop its feed. Who still reads sees the stream end,
/// and asks for a new one, which begins with the whole state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody reads this stream fast enough")]
pub struct Ended;

/// A stream's two ends: one to push into, one to answer with.
pub fn feed() -> (Feed, Reply) {
    let (to, from) = mpsc::channel(MOST_WAITING);
    (Feed { to }, Reply::Stream(from))
}

impl Feed {
    /// Queues an answer. Never waits.
    pub fn push(&self, answer: Answer) -> Result<(), Ended> {
        self.to.try_send(answer).map_err(|_| Ended)
    }

    /// Waits until the reader is gone.
    pub async fn closed(&self) {
        self.to.closed().await;
    }
}

impl Listener {
    /// Takes the socket. Needs a running tokio runtime.
    ///
    /// # Errors
    /// [`BindFault::AlreadyRunning`] when another process of this user has it. What a dead one left is replaced.
    pub fn bind(address: &Address) -> Result<Self, BindFault> {
        Socket::bind(address).map(|socket| Self { socket })
    }

    /// Answers until `stop`; then nobody new gets in, and what is under way has a second to end.
    pub async fn serve<F, Answering>(mut self, stop: impl Future<Output = ()>, answer: F)
    where
        F: Fn(Ask) -> Answering + Send + Sync + 'static,
        Answering: Future<Output = Reply> + Send + 'static,
    {
        let answer = Arc::new(answer);
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut conversations = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let connection = tokio::select! {
                () = &mut stop => break,
                connection = accept(&mut self.socket) => connection,
            };
            let Ok(seat) = Arc::clone(&room).try_acquire_owned() else { continue };
            let answer = Arc::clone(&answer);
            conversations.spawn(async move {
                converse(connection, answer.as_ref()).await;
                drop(seat);
            });
            while conversations.try_join_next().is_some() {}
        }
        drop(self);
        let ending = async { while conversations.join_next().await.is_some() {} };
        if timeout(FINISH_WITHIN, ending).await.is_err() {
            tracing::debug!("a connection was cut off");
        }
    }
}

/// The next connection. A failing `accept` (too many open files, say) fails again at once: it is given time.
async fn accept(socket: &mut Socket) -> Accepted {
    loop {
        match socket.accept().await {
            Ok(connection) => return connection,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse<F, Answering>(connection: Accepted, answer: &F)
where
    F: Fn(Ask) -> Answering,
    Answering: Future<Output = Reply>,
{
    let ours = os::is_ours(&connection);
    let (from, mut to) = tokio::io::split(connection);
    let mut lines = Lines::new(from, MOST_ASKED);
    let reply = if ours {
        match read_ask(&mut lines).await {
            Some(Ok(ask)) => answer(ask).await,
            Some(Err(problem)) => Answer::Refused(problem).into(),
            None => return,
        }
    } else {
        tracing::warn!("another user tried to ask");
        Answer::Refused(not_ours()).into()
    };
    match reply {
        Reply::Once(answer) => {
            if let Err(error) = say(&mut to, &answer).await {
                tracing::debug!(%error, "who asked did not wait for the answer");
            }
        }
        Reply::Stream(answers) => stream(lines.into_inner(), &mut to, answers).await,
    }
}

/// The one ask of a connection. `None` for one that ended without a word, as a probe does.
async fn read_ask<R: AsyncRead + Unpin>(lines: &mut Lines<R>) -> Option<Result<Ask, Problem>> {
    let refused = |what: &str| Some(Err(garbled(what)));
    match timeout(ASK_WITHIN, lines.next()).await {
        Ok(Ok(line)) => Some(serde_json::from_slice(&line).map_err(|error| garbled(&error.to_string()))),
        Ok(Err(NoLine::Ended | NoLine::Broken(_))) => None,
        Ok(Err(NoLine::Torn)) => refused("it broke off in the middle"),
        Ok(Err(NoLine::TooLong)) => refused("it is longer than 1 MiB"),
        Err(_) => refused("it did not come within 5 s"),
    }
}

/// Passes answers on until there are no more, or nobody to read them.
async fn stream(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    mut answers: mpsc::Receiver<Answer>,
) {
    let mut nothing = [0; 1];
    loop {
        // The reader says nothing more: whatever comes from it, its end above all, ends the stream.
        let answer = tokio::select! {
            answer = answers.recv() => answer,
            _ = from.read(&mut nothing) => None,
        };
        let Some(answer) = answer else { return };
        if say(to, &answer).await.is_err() {
            return;
        }
    }
}

async fn say(to: &mut (impl AsyncWrite + Unpin), answer: &Answer) -> std::io::Result<()> {
    let line = line::line(answer)?;
    line::write(to, &line).await
}

fn garbled(what: &str) -> Problem {
    Problem::new(
        "garbled-ask",
        format!("Curfew was asked something that it does not understand: {what}"),
        "The tray and what asked it may be of different versions: quit Curfew and start it again.",
    )
}

fn not_ours() -> Problem {
    Problem::new(
        "socket-not-ours",
        "this Curfew belongs to another user",
        "Run this as the user who runs Curfew.",
    )
}

#[cfg(all(test, unix))]
mod tests;
