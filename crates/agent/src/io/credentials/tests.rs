//! When they are renewed, and that they are not shown.

use super::*;

fn held(expires: Option<&str>, asked: Option<u64>, refused: bool) -> (Held, Credentials) {
    let credentials = Credentials {
        access_key: "ASIA".into(),
        secret: "very secret".into(),
        token: None,
        expires: expires.map(|at| at.parse().expect("a time")),
    };
    (Held { credentials: None, asked: asked.map(Duration::from_secs), refused }, credentials)
}

#[test]
fn credentials_are_renewed_five_minutes_before_their_end_or_when_refused() {
    let wall = "2026-01-01T12:00:00Z".parse().expect("a time");
    let check = |expires, asked, refused, due| {
        let (held, credentials) = held(expires, asked, refused);
        assert_eq!(
            held.is_due(&credentials, wall, Duration::from_secs(1000)),
            due,
            "{expires:?} {asked:?} {refused}"
        );
    };
    check(Some("2026-01-01T12:05:01Z"), Some(0), false, false);
    check(Some("2026-01-01T12:05:00Z"), Some(0), false, true);
    check(Some("2025-01-01T00:00:00Z"), Some(0), false, true);
    // A wall clock that is years ahead: the role is not asked for every call.
    check(Some("2025-01-01T00:00:00Z"), Some(995), false, false);
    check(Some("2025-01-01T00:00:00Z"), Some(995), true, true);
    check(None, None, false, false);
}

#[test]
fn the_environment_has_a_key_or_none_and_no_secret_is_shown() {
    let of = |pairs: &'static [(&str, &str)]| {
        Credentials::from_environment(|name| {
            pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned())
        })
    };
    assert_eq!(of(&[("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "")]), None);
    let key = of(&[
        ("AWS_ACCESS_KEY_ID", "A"),
        ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ("AWS_SESSION_TOKEN", "veiled"),
    ]);
    let key = key.expect("a key");
    assert_eq!(key.token.as_deref(), Some("veiled"));
    let shown = format!("{key:?}");
    assert!(!shown.contains("hidden") && !shown.contains("veiled"), "{shown}");
}
