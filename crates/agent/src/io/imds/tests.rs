//! What it says, in whatever form.

use super::*;

#[test]
fn a_sign_of_the_end_is_not_lost_to_its_form() {
    let read = |text: &str| Notice::read(text);
    let notice = read(r#"{"action":"terminate","time":"2026-01-02T03:04:05Z"}"#).expect("a notice");
    assert_eq!((notice.action, notice.fault), (Action::Terminate, None));
    assert_eq!(notice.at, Some("2026-01-02T03:04:05Z".parse().expect("a time")));

    let odd = read(r#"{"action":"explode","time":"soon"}"#).expect("a notice");
    assert_eq!((odd.action.as_str(), odd.at), ("explode", None));
    assert_eq!(odd.fault.as_deref(), Some(r#"action "explode" is not known, time "soon" cannot be read"#));

    let bare = read("{}").expect("a notice");
    assert_eq!(bare.action, Action::Other("unknown".into()));

    for garbage in ["", "<html></html>", "[]", "terminate", "{\"action\":"] {
        assert!(read(garbage).is_err(), "{garbage}");
    }
}

#[test]
fn the_other_answers_are_read() {
    assert_eq!(Lifecycle::read("InService\n"), Ok(Lifecycle::InService));
    assert_eq!(Lifecycle::read("Warmed:Stopped"), Ok(Lifecycle::Warmed("Warmed:Stopped".into())));
    assert_eq!(Lifecycle::read("New"), Ok(Lifecycle::Other("New".into())));
    assert!(Rebalance::read(r#"{"noticeTime":"2026-01-02T03:04:05Z"}"#).expect("one").at.is_some());
    assert!(Rebalance::read(r#"{"noticeTime":7}"#).expect("one").at.is_none());
    assert!(Identity::read(r#"{"instanceId":"i-0f09e5bb081e72ae1"}"#).is_err());
    assert!(answers::credentials(r#"{"Code":"AssumeRoleUnauthorizedAccess"}"#).is_err());
    assert!(
        answers::credentials(r#"{"Code":"Success","AccessKeyId":"A","SecretAccessKey":"","Token":"t"}"#)
            .is_err()
    );
}

#[test]
fn a_page_is_no_token() {
    assert!(is_token("AQAEAGxy-1=="));
    for wrong in ["", "<html>", "a b", &"x".repeat(2000)] {
        assert!(!is_token(wrong), "{wrong}");
    }
}
