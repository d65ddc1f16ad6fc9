//! One window at a time: the first holds a lock, and the system lets go of it however the process ends.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use tokio::time::{sleep, timeout};

/// Between two tries while the lock is another's.
const AGAIN: Duration = Duration::from_millis(50);

/// Held as long as this is the window.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock; `None` when another window has it.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let file = File::create(folder.join("window.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock if it is let go of in this time: a window that was closed or killed holds it until the system
    /// has cleared it away.
    pub(crate) async fn take_within(folder: &Path, time: Duration) -> io::Result<Option<Self>> {
        let taking = async {
            loop {
                if let Some(lock) = Self::take(folder)? {
                    return Ok(Some(lock));
                }
                sleep(AGAIN).await;
            }
        };
        timeout(time, taking).await.unwrap_or(Ok(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_lock_at_a_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = Lock::take(folder.path()).expect("a temporary folder");
        assert!(first.is_some());
        assert!(Lock::take(folder.path()).expect("a temporary folder").is_none());
        drop(first);
        assert!(Lock::take(folder.path()).expect("a temporary folder").is_some());
    }
    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_going_is_waited_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut going = Lock::take(folder.path()).expect("a temporary folder");
        let late = Lock::take_within(folder.path(), 10 * AGAIN);
        let goes = async {
            sleep(5 * AGAIN).await;
            going.take()
        };
        let (late, gone) = tokio::join!(late, async { goes.await.map(drop) });
        assert!(gone.is_some());
        let stays = late.expect("a temporary folder");
        assert!(stays.is_some());
        assert!(Lock::take_within(folder.path(), 10 * AGAIN).await.expect("a temporary folder").is_none());
    }
}
