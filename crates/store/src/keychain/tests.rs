//! How the keychain's failures are told; the keychain itself is tried by the tests against real parts.

use super::*;

#[test]
fn no_failure_tells_a_secret() {
    let secret = b"not-to-be-seen".to_vec();
    let errors = [
        Error::BadEncoding(secret.clone()),
        Error::BadDataFormat(secret, "reason".into()),
        Error::TooLong("not-a-word-of-this".into(), 2560),
        Error::NoDefaultStore,
    ];
    for error in errors {
        let fault = told(error);
        let all = format!("{fault} {fault:?} {}", fault.hint());
        assert!(!all.contains("not-"), "{all}");
        // Neither as text nor as a list of bytes: "not" is 110, 111, 116.
        assert!(!all.contains("110, 111"), "{all}");
    }
}

#[test]
fn a_dismissed_prompt_is_a_locked_keychain() {
    assert_eq!(told(Error::NoStorageAccess("dismissed".into())).kind, FaultKind::KeychainLocked);
    assert_eq!(told(Error::PlatformFailure("no bus".into())).kind, FaultKind::KeychainAbsent);
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_does_not_answer_is_locked() {
    let never = std::future::pending::<Result<(), CloudFault>>();
    let fault = within(QUIET, never).await.expect_err("it never answers");
    assert_eq!(fault.kind, FaultKind::KeychainLocked);
}
