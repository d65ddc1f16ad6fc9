//! The hash of an object whose pieces come in any order, taken while the others still come: a large file is not read again
//! from its beginning, which by then may be out of memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::io::aws::Fault;
use crate::io::http::Deadline;
use crate::io::sign::hash::{Hasher, Sha256};

const BUFFER: usize = 256 * 1024;

/// Grows as pieces land.
#[derive(Default)]
pub(super) struct InOrder(Mutex<State>);

struct State {
    /// Not here while somebody hashes.
    hasher: Option<Hasher>,
    /// Where the next piece to hash begins.
    next: u64,
    /// Where the pieces that lie ready begin and end.
    ready: BTreeMap<u64, u64>,
}

impl Default for State {
    fn default() -> Self {
        Self { hasher: Some(Hasher::default()), next: 0, ready: BTreeMap::new() }
    }
}

impl InOrder {
    /// A piece is in the file. Whoever brings the one that all others wait for hashes as far as they lie ready; nobody waits.
    ///
    /// # Errors
    /// The file cannot be read back, or no time is left.
    pub(super) fn landed(
        &self,
        what: &str,
        file: &File,
        piece: Range<u64>,
        deadline: &Deadline,
    ) -> Result<(), Fault> {
        let mut state = self.lock();
        state.ready.insert(piece.start, piece.end);
        let Some(mut hasher) = state.hasher.take() else { return Ok(()) };
        while let Some(piece) = state.take_next() {
            drop(state);
            if deadline.left().is_none() {
                return Err(Fault::out_of_time(what, deadline));
            }
            hash(&mut hasher, file, piece.clone()).map_err(|error| Fault::local(what, &error))?;
            state = self.lock();
            state.next = piece.end;
        }
        state.hasher = Some(hasher);
        Ok(())
    }

    /// Of all that landed without a gap, and how long that is.
    pub(super) fn finish(self) -> (Sha256, u64) {
        let State { hasher, next, .. } = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        (hasher.unwrap_or_default().finish(), next)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_next(&mut self) -> Option<Range<u64>> {
        self.ready.remove(&self.next).map(|end| self.next..end)
    }
}

fn hash(hasher: &mut Hasher, file: &File, piece: Range<u64>) -> io::Result<()> {
    let (mut buffer, mut at) = (vec![0; BUFFER], piece.start);
    while at < piece.end {
        let wanted = usize::try_from(piece.end - at).map_or(BUFFER, |left| left.min(BUFFER));
        file.read_exact_at(&mut buffer[..wanted], at)?;
        hasher.update(&buffer[..wanted]);
        at += wanted as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::io::sign::hash::sha256;

    fn soon() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    fn file(content: &[u8]) -> File {
        let file = tempfile::tempfile().expect("a file");
        file.write_all_at(content, 0).expect("written");
        file
    }

    proptest! {
        #[test]
        fn in_any_order_and_by_many_it_is_the_hash_of_the_whole(
            content in proptest::collection::vec(any::<u8>(), 1..5_000),
            size in 1_usize..900,
            order in any::<prop::sample::Index>(),
        ) {
            let file = file(&content);
            let mut pieces: Vec<_> = (0..content.len()).step_by(size)
                .map(|from| from as u64..(from + size).min(content.len()) as u64).collect();
            let turn = order.index(pieces.len());
            pieces.rotate_left(turn);
            pieces.reverse();
            let hashed = InOrder::default();
            let (hashed_by_all, file) = (&hashed, &file);
            thread::scope(|scope| {
                for pieces in pieces.chunks(pieces.len().div_ceil(3)) {
                    scope.spawn(move || for piece in pieces {
                        hashed_by_all.landed("read it", file, piece.clone(), &soon()).expect("hashed");
                    });
                }
            });
            prop_assert_eq!(hashed.finish(), (sha256(&content), content.len() as u64));
        }
    }

    #[test]
    fn a_gap_is_seen_and_so_is_a_file_that_is_cut() {
        let file = file(b"0123456789");
        let hashed = InOrder::default();
        hashed.landed("read it", &file, 0..3, &soon()).expect("hashed");
        hashed.landed("read it", &file, 5..10, &soon()).expect("not yet");
        assert_eq!(hashed.finish(), (sha256(b"012"), 3));
        let cut = InOrder::default().landed("read it", &file, 0..11, &soon());
        assert_eq!(cut.expect_err("too short").kind, crate::io::aws::Kind::Local);
        let late = InOrder::default().landed("read it", &file, 0..3, &Deadline::after(Duration::ZERO));
        assert!(late.is_err());
    }
}
