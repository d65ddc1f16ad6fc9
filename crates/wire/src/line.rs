//! Messages as lines: one JSON value and a line feed. Knows nothing of what they say.

use std::{io, time::Duration};

use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    time::timeout,
};

/// The longest ask, in bytes.
pub(crate) const MOST_ASKED: usize = 1 << 20;

/// The longest answer, in bytes: a fleet of ten thousand instances takes about ten MiB.
pub(crate) const MOST_ANSWERED: usize = 128 << 20;

/// How long a reader may leave a message lying before it counts as gone.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// What reading a line came to when it was no line.
#[derive(Debug)]
pub(crate) enum NoLine {
    /// The other end closed, having said nothing more.
    Ended,
    /// The other end closed in the middle of a line.
    Torn,
    /// More bytes than allowed without a line feed.
    TooLong,
    /// The connection failed.
    Broken(io::Error),
}

/// Reads lines of bounded length. What was read of a line is kept when [`Lines::next`] is dropped half-way.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    most: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(crate) fn new(reader: R, most: usize) -> Self {
        Self { reader: BufReader::new(reader), line: Vec::new(), most }
    }

    /// What the lines came from; what was read ahead of it is lost.
    pub(crate) fn into_inner(self) -> R {
        self.reader.into_inner()
    }

    /// The next line, without its line feed.
    pub(crate) async fn next(&mut self) -> Result<Vec<u8>, NoLine> {
        loop {
            let chunk = self.reader.fill_buf().await.map_err(NoLine::Broken)?;
            if chunk.is_empty() {
                return Err(if self.line.is_empty() { NoLine::Ended } else { NoLine::Torn });
            }
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.line.len() + part.len() > self.most {
                return Err(NoLine::TooLong);
            }
            self.line.extend_from_slice(part);
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(std::mem::take(&mut self.line));
            }
        }
    }
}

/// A message as its line.
pub(crate) fn line(message: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// Writes a line, or gives up on a reader that does not take it.
pub(crate) async fn write(to: &mut (impl AsyncWrite + Unpin), line: &[u8]) -> io::Result<()> {
    let writing = async {
        to.write_all(line).await?;
        to.flush().await
    };
    timeout(WRITE_WITHIN, writing).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
