//! Kinds, words and sentences.

use super::*;

fn call<'a>() -> Call<'a> {
    Call {
        what: "write s3://b/k",
        needs: "s3:PutObject",
        ..Call::new(Api::S3, "us-east-1", "PUT", "http://x")
    }
}

#[test]
fn answers_have_a_kind() {
    let check = |status, code, region, kind| {
        assert_eq!(classify(status, code, region, &call()), kind, "{status} {code} {region:?}");
    };
    check(404, "NoSuchKey", None, Kind::NotFound);
    check(404, "NoSuchBucket", None, Kind::NoBucket);
    check(404, "", None, Kind::NotFound);
    check(403, "AccessDenied", Some("eu-west-1"), Kind::Denied);
    check(403, "", Some("eu-west-1"), Kind::Denied);
    check(403, "ExpiredToken", None, Kind::Expired);
    check(400, "ExpiredToken", None, Kind::Expired);
    check(403, "RequestTimeTooSkewed", None, Kind::Expired);
    check(409, "ConditionalRequestConflict", None, Kind::Conflict);
    check(412, "PreconditionFailed", None, Kind::PreconditionFailed);
    check(301, "PermanentRedirect", Some("eu-west-1"), Kind::WrongRegion);
    check(301, "", Some("eu-west-1"), Kind::WrongRegion);
    check(400, "AuthorizationHeaderMalformed", Some("eu-west-1"), Kind::WrongRegion);
    check(400, "", Some("eu-west-1"), Kind::WrongRegion);
    check(400, "", Some("us-east-1"), Kind::Refused);
    check(400, "InvalidArgument", None, Kind::Refused);
    check(503, "SlowDown", None, Kind::Throttled);
    check(503, "", None, Kind::Throttled);
    check(400, "ThrottlingException", None, Kind::Throttled);
    check(500, "InternalError", None, Kind::Unreachable);
    check(400, "RequestTimeout", None, Kind::Unreachable);
    check(400, "XAmzContentSHA256Mismatch", None, Kind::Garbled);
    check(400, "InvalidInstanceID.NotFound", None, Kind::NotFound);
    check(400, "ResourceNotFoundException", None, Kind::NotFound);
}

#[test]
fn words_are_read_from_each_protocol() {
    let code = |body: &str| Said::read(body.as_bytes()).code;
    assert_eq!(
        code("<Error><Code>NoSuchKey</Code><Message>m</Message></Error>").as_deref(),
        Some("NoSuchKey")
    );
    let ec2 = "<Response><Errors><Error><Code>UnsupportedOperation</Code></Error></Errors></Response>";
    assert_eq!(code(ec2).as_deref(), Some("UnsupportedOperation"));
    let query =
        "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code></Error></ErrorResponse>";
    assert_eq!(code(query).as_deref(), Some("ValidationError"));
    assert_eq!(
        code(r#"{"__type":"com.amazonaws#ThrottlingException"}"#).as_deref(),
        Some("ThrottlingException")
    );
    for odd in ["", "<html>Sign in</html>", "{", "\u{0}", "<Error><Code></Code></Error>", "<Error><Code>X"] {
        assert_eq!(code(odd), None, "{odd}");
    }
    assert_eq!(Said::read(&[0xff, 0xfe]).code, None);
}

#[test]
fn a_sentence_says_what_failed_why_and_what_helps() {
    assert_eq!(hint(Kind::Denied, &call(), None).as_deref(), Some("the role needs s3:PutObject"));
    let fault = Fault::new(Kind::Denied, call().what, "S3 says AccessDenied");
    assert_eq!(fault.to_string(), "cannot write s3://b/k: S3 says AccessDenied");
    assert_eq!(trimmed("Access Denied. "), "Access Denied");
}
