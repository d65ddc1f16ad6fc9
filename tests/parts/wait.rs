//! Waiting for something to become true. The one place in the tests that sleeps between two looks;
//! it knows nothing of what is being looked at.

use std::fmt::{Debug, Display};
use std::time::Duration;

use anyhow::{Result, bail};

/// How long to rest between two looks.
const INTERVAL: Duration = Duration::from_millis(25);

/// Looks until the value `holds`, at most for `bound`, and returns that value.
///
/// A look that fails counts as "not yet". The error names `what` was waited for and the last thing
/// seen, be it a value or a failure.
pub async fn until<T: Debug>(
    what: impl Display,
    bound: Duration,
    mut look: impl AsyncFnMut() -> Result<T>,
    holds: impl Fn(&T) -> bool,
) -> Result<T> {
    let mut last = None;
    let looking = async {
        loop {
            match look().await {
                Ok(value) if holds(&value) => return value,
                Ok(value) => last = Some(format!("{value:#?}")),
                Err(failure) => last = Some(format!("{failure:#}")),
            }
            tokio::time::sleep(INTERVAL).await;
        }
    };
    let found = tokio::time::timeout(bound, looking).await;
    match found {
        Ok(value) => Ok(value),
        Err(_) => bail!(
            "waited {bound:?} for {what}; last seen: {}",
            last.as_deref().unwrap_or("nothing, the first look did not come back")
        ),
    }
}

/// Looks until a look succeeds, at most for `bound`, and returns what it found.
///
/// # Errors
/// Names `what` was waited for and the last failure.
pub async fn until_ok<T: Debug>(
    what: impl Display,
    bound: Duration,
    look: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    until(what, bound, look, |_| true).await
}

/// The same for `Drop`, which cannot await: whether the condition came to hold within `bound`.
pub(crate) fn until_blocking(bound: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let looks = bound.as_millis() / INTERVAL.as_millis();
    (0..looks).any(|_| holds() || rest()) || holds()
}

/// Rests once; always false, so that it chains behind a look.
#[expect(clippy::disallowed_methods, reason = "ending processes in Drop has no async timer")]
fn rest() -> bool {
    std::thread::sleep(INTERVAL);
    false
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::{Result, bail};

    use super::until;

    const SHORT: Duration = Duration::from_millis(60);

    #[tokio::test]
    async fn it_returns_the_value_that_holds() -> Result<()> {
        let mut looks = 0;
        let look = async || {
            looks += 1;
            Ok(looks)
        };
        assert_eq!(until("the third look", Duration::from_secs(10), look, |looks| *looks == 3).await?, 3);
        Ok(())
    }

    #[tokio::test]
    async fn the_error_names_what_was_waited_for_and_last_seen() {
        let failure = until("the fifth", SHORT, async || Ok(4), |number| *number == 5).await.unwrap_err();
        assert_eq!(failure.to_string(), "waited 60ms for the fifth; last seen: 4");
        let look = async || -> Result<u8> { bail!("nobody is there") };
        let failure = until("an answer", SHORT, look, |_| true).await.unwrap_err();
        assert_eq!(failure.to_string(), "waited 60ms for an answer; last seen: nobody is there");
    }

    #[tokio::test]
    async fn a_look_that_never_comes_back_is_bounded_too() {
        let look = async || std::future::pending::<Result<u8>>().await;
        let failure = until("an answer", SHORT, look, |_| true).await.unwrap_err();
        assert!(failure.to_string().ends_with("the first look did not come back"), "{failure}");
    }
}
