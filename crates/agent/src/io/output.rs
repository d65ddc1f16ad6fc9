//! What the command prints, on its way to journal, file and cloud: read at once, so that the command never waits for a slow
//! disk or network. What does not fit is dropped and counted; knows nothing of where the lines go.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The most that waits for its writer, in bytes.
const WAITING: usize = 1 << 20;
/// A longer line is cut into lines of this many bytes.
const LINE: u64 = 16 << 10;

/// Which of its two streams a command printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A line without its end. The command may print what is no text: that is for the reader to bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it was printed.
    pub stream: Stream,
    /// What.
    pub text: Vec<u8>,
}

/// What was dropped since it was asked last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Lines.
    pub lines: u64,
    /// Bytes of them.
    pub bytes: u64,
}

/// What a writer gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order in which they were read.
    pub lines: Vec<Line>,
    /// What had no room before them.
    pub dropped: Dropped,
    /// Nothing follows: every reader is done.
    pub is_last: bool,
}

/// A bounded queue of lines with several readers at one end and one writer at the other.
#[derive(Clone, Debug, Default)]
pub struct Queue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<Line>,
    bytes: usize,
    dropped: Dropped,
    readers: usize,
}

impl Queue {
    /// Reads a stream to its end, in the calling thread. The queue counts as open from [`Queue::reader`] on.
    pub fn read(&self, reader: Reader, stream: Stream, from: impl Read) -> io::Result<()> {
        let mut from = BufReader::new(from);
        let mut text = Vec::new();
        while from.by_ref().take(LINE).read_until(b'\n', &mut text)? > 0 {
            if text.ends_with(b"\n") {
                text.pop();
            }
            self.push(Line { stream, text: std::mem::take(&mut text) });
        }
        drop(reader);
        Ok(())
    }

    /// Announces a reader; its end is announced when it is dropped.
    pub fn reader(&self) -> Reader {
        self.state().readers += 1;
        Reader(self.clone())
    }

    fn push(&self, line: Line) {
        let mut state = self.state();
        let size = line.text.len() + 1;
        if state.bytes + size > WAITING {
            state.dropped.lines += 1;
            state.dropped.bytes += size as u64;
        } else {
            state.bytes += size;
            state.lines.push_back(line);
        }
        self.0.changed.notify_all();
    }

    /// Everything that waits; at most for `bound` if nothing does.
    pub fn take(&self, bound: Duration) -> Batch {
        let empty =
            |state: &mut State| state.lines.is_empty() && state.dropped.lines == 0 && state.readers > 0;
        let waited = self.0.changed.wait_timeout_while(self.state(), bound, empty);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.bytes = 0;
        Batch {
            lines: std::mem::take(&mut state.lines).into(),
            dropped: std::mem::take(&mut state.dropped),
            is_last: state.readers == 0,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who may still put lines into a queue.
#[derive(Debug)]
pub struct Reader(Queue);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.state().readers -= 1;
        self.0.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Batch {
        let queue = Queue::default();
        let reader = queue.reader();
        queue.read(reader, Stream::Out, bytes).expect("memory can be read");
        queue.take(Duration::ZERO)
    }

    #[test]
    fn lines_come_whole_also_the_last_without_its_end() {
        let batch = read(b"epoch 1\n\nepoch 2");
        let texts: Vec<_> = batch.lines.iter().map(|line| line.text.as_slice()).collect();
        assert_eq!(texts, [b"epoch 1".as_slice(), b"", b"epoch 2"]);
        assert!(batch.is_last);
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let batch = read(&vec![b'x'; 40_000]);
        assert_eq!(batch.lines.len(), 3);
        assert_eq!(batch.lines.iter().map(|line| line.text.len()).sum::<usize>(), 40_000);
    }

    #[test]
    fn what_nobody_fetches_is_dropped_and_counted() {
        let batch = read(&b"0123456789\n".repeat(200_000));
        let kept = batch.lines.len() as u64;
        assert_eq!(kept + batch.dropped.lines, 200_000);
        assert!(kept * 11 <= WAITING as u64, "{kept} lines were kept");
        assert_eq!(batch.dropped.bytes, batch.dropped.lines * 11);
    }
}
