//! What AWS's own bodies become, read by the SDK's own parser.

use aws_credential_types::{Credentials, provider::error::CredentialsError};
use aws_sdk_ec2::{Client, config};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::HttpRequest,
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, retry::RetryConfig};
use domain::time;

use super::*;

const ACTION: &str = "ec2:StopInstances";
const NOW: &str = "2026-11-22T12:00:00Z";
const ON_TIME: &str = "Sun, 22 Nov 2026 12:00:07 GMT";
const AN_HOUR_AHEAD: &str = "Sun, 22 Nov 2026 13:00:00 GMT";

#[tokio::test]
async fn every_code_of_ec2_is_told_apart() {
    let denied = FaultKind::Denied { action: ACTION.into() };
    let refused = |code: &str| FaultKind::Refused { code: code.into() };
    let check = async |status, code: &str, message: &str, kind: FaultKind| {
        let fault = told(Answer::ec2(status, code, message)).await;
        assert_eq!(fault, CloudFault::with_detail(kind, message), "{code}");
    };
    check(401, "AuthFailure", NOT_VALIDATED, FaultKind::WrongCredentials).await;
    check(403, "UnauthorizedOperation", "You are not authorized to perform this operation.", denied).await;
    check(400, "RequestExpired", "Request has expired.", FaultKind::ExpiredCredentials).await;
    check(403, "OptInRequired", "You are not subscribed to this service.", FaultKind::NotOptedIn).await;
    check(503, "RequestLimitExceeded", "Request limit exceeded.", FaultKind::Throttled).await;
    check(400, "Throttling", "Rate exceeded", FaultKind::Throttled).await;
    check(400, "ThrottlingException", "Rate exceeded", FaultKind::Throttled).await;
    check(400, "InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist", FaultKind::NotFound)
        .await;
    check(400, "InvalidInstanceID.Malformed", "Invalid id: \"i-1\"", FaultKind::NotFound).await;
    check(400, "OperationNotPermitted", NOT_TERMINATED, FaultKind::Protected).await;
    check(400, "UnsupportedOperation", ONE_TIME, FaultKind::Unsupported).await;
    check(
        400,
        "IncorrectInstanceState",
        "The instance 'i-1' is not in a state from which it can be started.",
        FaultKind::WrongState,
    )
    .await;
    check(
        400,
        "IncorrectSpotRequestState",
        "You can't start the Spot Instance 'i-1'.",
        FaultKind::WrongState,
    )
    .await;
    check(500, "InternalError", "An internal error has occurred", refused("InternalError")).await;
    check(503, "Unavailable", "The service is unavailable.", refused("Unavailable")).await;
    check(401, "PendingVerification", "Your request is pending.", refused("PendingVerification")).await;
}

#[tokio::test]
async fn the_encoded_blob_is_left_out() {
    let message = "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/ann is not \
                   authorized to perform: ec2:StopInstances because no identity-based policy allows the \
                   ec2:StopInstances action. Encoded authorization failure message: tF0Bc-Q_xJmZ1Vd0aGVyIGJsb2I";
    let fault = told(Answer::ec2(403, "UnauthorizedOperation", message)).await;
    assert!(fault.detail.ends_with("allows the ec2:StopInstances action."), "{}", fault.detail);
    assert_eq!(fault.kind, FaultKind::Denied { action: ACTION.into() });
}

#[tokio::test]
async fn the_permission_that_is_named_is_the_one_that_is_missing() {
    let check = async |code: &str, message: &str, action: &str| {
        let fault = told(Answer::ec2(403, code, message)).await;
        assert_eq!(fault.kind, FaultKind::Denied { action: action.into() }, "{message}");
    };
    let user = "User: arn:aws:iam::123456789012:user/ann is not authorized to perform:";
    let role = "arn:aws:iam::123456789012:role/trainer";
    let message = format!("{user} iam:PassRole on resource: {role} because no policy allows it");
    check("UnauthorizedOperation", &message, "iam:PassRole").await;
    check("AccessDenied", &format!("{user} s3:PutObject."), "s3:PutObject").await;
    check("UnauthorizedOperation", &format!("{user} everything"), ACTION).await;
    let message = "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.";
    check("AuthFailure.ServiceLinkedRoleCreationNotPermitted", message, "iam:CreateServiceLinkedRole").await;
}

#[test]
fn the_encoded_blob_is_found() {
    let message =
        "You are not authorized to perform this operation. Encoded authorization failure message: tF0Bc-Q_x";
    assert_eq!(encoded(message), Some("tF0Bc-Q_x"));
    assert_eq!(encoded("You are not authorized to perform this operation."), None);
}

#[tokio::test]
async fn sts_names_its_refusals_differently() {
    let check = async |status, code: &str, message: &str, kind: FaultKind| {
        assert_eq!(whoami(Answer::sts(status, code, message)).await.kind, kind, "{code}: {message}");
    };
    check(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        FaultKind::WrongCredentials,
    )
    .await;
    check(
        403,
        "ExpiredToken",
        "The security token included in the request is expired",
        FaultKind::ExpiredCredentials,
    )
    .await;
    check(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided.",
        FaultKind::WrongCredentials,
    )
    .await;
    check(
        403,
        "SignatureDoesNotMatch",
        "Signature expired: 20261122T110000Z is now earlier than 20261122T115500Z",
        FaultKind::ClockOff,
    )
    .await;
    check(
        403,
        "SignatureDoesNotMatch",
        "Signature not yet current: 20261122T130000Z is still later than",
        FaultKind::ClockOff,
    )
    .await;
    check(
        403,
        "AccessDenied",
        "User: arn:aws:iam::1:user/a is not authorized",
        FaultKind::Denied { action: ACTION.into() },
    )
    .await;
}

#[tokio::test]
async fn a_clock_that_is_off_is_seen_by_the_date_of_the_answer() {
    let check = async |code: &str, date: &str, kind: FaultKind| {
        let answer = Answer::ec2(401, code, NOT_VALIDATED).dated(date);
        assert_eq!(told(answer).await.kind, kind, "{code} at {date}");
    };
    check("AuthFailure", AN_HOUR_AHEAD, FaultKind::ClockOff).await;
    check("AuthFailure", "Sun, 22 Nov 2026 11:54:00 GMT", FaultKind::ClockOff).await;
    check("AuthFailure", "Sun, 22 Nov 2026 11:55:30 GMT", FaultKind::WrongCredentials).await;
    check("AuthFailure", "the day before yesterday", FaultKind::WrongCredentials).await;
    check("RequestExpired", AN_HOUR_AHEAD, FaultKind::ClockOff).await;
    check("RequestExpired", ON_TIME, FaultKind::ExpiredCredentials).await;
    check("RequestTimeTooSkewed", ON_TIME, FaultKind::ClockOff).await;
    check("OperationNotPermitted", AN_HOUR_AHEAD, FaultKind::Protected).await;
}

#[tokio::test]
async fn what_is_not_awss_is_garbled() {
    let portal = "<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>";
    let check = async |status, content: &'static str, body: &'static str, detail: &str| {
        let fault = told(Answer { status, content, body: body.into(), date: None }).await;
        assert_eq!(fault, CloudFault::with_detail(FaultKind::Garbled, detail));
    };
    check(200, "text/html", portal, "HTTP status 200, text/html").await;
    check(302, "text/html", "", "HTTP status 302, text/html").await;
    check(502, "text/html", portal, "HTTP status 502, text/html").await;
    check(407, "text/plain", "who are you?", "HTTP status 407, text/plain").await;
    check(200, "application/octet-stream", "\u{1}\u{2}<<<&&&", "HTTP status 200, application/octet-stream")
        .await;
    check(200, "text/xml", "", "HTTP status 200, text/xml").await;
    check(200, "text/xml", "<Other/>", "HTTP status 200, text/xml").await;
}

#[tokio::test]
async fn a_call_that_was_not_answered_says_the_innermost_cause() {
    let lost = |cause: &str| Lost(cause.into(), None);
    let io = |error: Lost| Broken(|error| ConnectorError::io(error.into()), error);
    let fault =
        told(io(Lost("tcp connect error".into(), Some(Box::new(lost("Connection refused (os error 111)"))))))
            .await;
    assert_eq!(fault, CloudFault::with_detail(FaultKind::Unreachable, "Connection refused (os error 111)"));
    let fault = told(io(lost("invalid peer certificate: UnknownIssuer"))).await;
    assert_eq!(fault.kind, FaultKind::Garbled);
    let fault = told(Broken(|error| ConnectorError::timeout(error.into()), lost("too late"))).await;
    assert_eq!(fault, CloudFault::new(FaultKind::TimedOut { after: CONNECT_TIMEOUT }));
    let fault = told(Broken(|error| ConnectorError::other(error.into(), None), lost("cut off"))).await;
    assert_eq!(fault, CloudFault::with_detail(FaultKind::Unreachable, "cut off"));
}

#[test]
fn a_name_that_nobody_knows_is_seen() {
    let inner = Lost("failed to lookup address information: Name or service not known".into(), None);
    assert!(is_unknown_name(&Lost("dns error".into(), Some(Box::new(inner)))));
    assert!(!is_unknown_name(&Lost("tcp connect error".into(), None)));
}

#[tokio::test]
async fn a_fault_of_ours_comes_through_the_sdk_as_it_was() {
    let locked = CloudFault::with_detail(FaultKind::KeychainLocked, "it asks for a password");
    let client = Client::from_conf(
        configured(Answer::ec2(500, "Unused", "")).credentials_provider(Refusing(locked.clone())).build(),
    );
    let error = client.stop_instances().instance_ids("i-1a2b3c4d").send().await.unwrap_err();
    assert_eq!(of(ACTION, &error, now()), locked);
}

#[test]
fn providers_of_credentials_say_what_they_lack() {
    let check = |error: CredentialsError, kind: FaultKind, detail: &str| {
        assert_eq!(of_credentials(&error, now()), CloudFault::with_detail(kind, detail));
    };
    check(
        CredentialsError::not_loaded("profile `gpu` was not defined"),
        FaultKind::NoCredentials,
        "profile `gpu` was not defined",
    );
    check(CredentialsError::not_loaded_no_source(), FaultKind::NoCredentials, "");
    let inner = CredentialsError::provider_error("external process exited with code 1");
    check(
        CredentialsError::provider_error(inner),
        FaultKind::NoCredentials,
        "external process exited with code 1",
    );
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    check(CredentialsError::provider_error(refused), FaultKind::Unreachable, "connection refused");
    let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
    check(CredentialsError::provider_error(gone), FaultKind::NoCredentials, "entity not found");
    let after = Duration::from_secs(7);
    check(CredentialsError::provider_timed_out(after), FaultKind::TimedOut { after }, "");
}

#[test]
fn long_words_are_cut_between_characters() {
    assert_eq!(detail("  short  "), "short");
    let cut = detail(&"é".repeat(2 * LONGEST_DETAIL));
    assert_eq!(cut.chars().count(), LONGEST_DETAIL + 1);
    assert!(cut.ends_with("é…"));
}

const NOT_VALIDATED: &str = "AWS was not able to validate the provided access credentials";
const NOT_TERMINATED: &str = "The instance 'i-1a2b3c4d' may not be terminated. Modify its 'disableApiTermination' instance \
                              attribute and try again.";
const ONE_TIME: &str = "You can't stop the Spot Instance 'i-1a2b3c4d' because it is associated with a one-time Spot \
                        Instance request. You can only stop Spot Instances associated with persistent Spot Instance \
                        requests.";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// What stopping an instance fails with when it is answered like this.
async fn told(answer: impl HttpConnector + Clone + 'static) -> CloudFault {
    let client = Client::from_conf(configured(answer).build());
    let error = client.stop_instances().instance_ids("i-1a2b3c4d").send().await.unwrap_err();
    let debug = format!("{error:?}");
    let fault = of(ACTION, &error, now());
    assert!(!fault.detail.contains("SdkError") && fault.detail.len() < debug.len());
    fault
}

async fn whoami(answer: Answer) -> CloudFault {
    let conf = aws_sdk_sts::config::Builder::from(&sdk(answer)).build();
    let error = aws_sdk_sts::Client::from_conf(conf).get_caller_identity().send().await.unwrap_err();
    of(ACTION, &error, now())
}

fn configured(answer: impl HttpConnector + Clone + 'static) -> config::Builder {
    config::Builder::from(&sdk(answer))
}

fn sdk(answer: impl HttpConnector + Clone + 'static) -> aws_types::SdkConfig {
    let http = http_client_fn(move |_, _| SharedHttpConnector::new(answer.clone()));
    let keys =
        Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None);
    aws_types::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .region(aws_config::Region::from_static("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(keys))
        .http_client(http)
        .build()
}

/// An answer to whatever is asked.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    content: &'static str,
    body: String,
    date: Option<String>,
}

impl Answer {
    fn ec2(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}\
             </Message></Error></Errors><RequestID>59dbff89-35bd-4eac-99ed-be587EXAMPLE</RequestID></Response>"
        );
        Self { status, content: "text/xml;charset=UTF-8", body, date: Some(ON_TIME.into()) }
    }

    fn sts(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}\
             </Code><Message>{message}</Message></Error><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\
             </ErrorResponse>"
        );
        Self { status, content: "text/xml", body, date: Some(ON_TIME.into()) }
    }

    fn dated(self, date: &str) -> Self {
        Self { date: Some(date.into()), ..self }
    }
}

impl HttpConnector for Answer {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = self.status.try_into().expect("tests use statuses that exist");
        let mut response = HttpResponse::new(status, SdkBody::from(self.body.as_str()));
        response.headers_mut().insert("content-type", self.content);
        if let Some(date) = &self.date {
            response.headers_mut().insert("date", date.clone());
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A connection that fails.
#[derive(Clone, Debug)]
struct Broken(fn(Lost) -> ConnectorError, Lost);

impl HttpConnector for Broken {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(self.0(self.1.clone())))
    }
}

#[derive(Clone, Debug)]
struct Lost(String, Option<Box<Lost>>);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Lost {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|inner| inner as _)
    }
}

/// A provider that passes on a fault of ours.
#[derive(Debug)]
struct Refusing(CloudFault);

impl aws_credential_types::provider::ProvideCredentials for Refusing {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let error = CredentialsError::provider_error(self.0.clone());
        aws_credential_types::provider::future::ProvideCredentials::ready(Err(error))
    }
}

#[test]
fn the_times_of_the_tests_are_what_they_say() {
    let ahead = DateTime::from_str(AN_HOUR_AHEAD, Format::HttpDate).unwrap();
    let ahead = Timestamp::from_second(ahead.secs()).unwrap();
    assert_eq!(time::elapsed(ahead, now()), Duration::from_secs(3600));
}
