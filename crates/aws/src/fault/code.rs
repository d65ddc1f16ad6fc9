//! AWS's error codes, one by one, as EC2, STS and IAM Identity Center write them.
//!
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.

use domain::FaultKind;

use super::Refusal;

/// Where EC2's message turns into a blob that only `sts:DecodeAuthorizationMessage` reads.
const ENCODED: &str = "Encoded authorization failure message:";

/// What a code means for a call that needs `action`.
pub(super) fn kind(action: &str, refusal: &Refusal<'_>) -> FaultKind {
    match refusal.code {
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" | "ForbiddenException" => {
            FaultKind::Denied { action: lacking(refusal.message).unwrap_or(action).to_owned() }
        }
        // The first spot instance of an account needs a role that AWS makes on the way.
        "AuthFailure.ServiceLinkedRoleCreationNotPermitted" => {
            FaultKind::Denied { action: "iam:CreateServiceLinkedRole".into() }
        }
        "RequestTimeTooSkewed" | "RequestInTheFuture" => FaultKind::ClockOff,
        "SignatureDoesNotMatch" | "InvalidSignatureException" => signature(refusal.message),
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => FaultKind::ExpiredCredentials,
        "AuthFailure"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "UnrecognizedClientException"
        | "MissingAuthenticationToken"
        | "IncompleteSignature" => FaultKind::WrongCredentials,
        "OptInRequired" => FaultKind::NotOptedIn,
        "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "EC2ThrottledException"
        | "TooManyRequestsException"
        | "BandwidthLimitExceeded"
        | "SlowDown" => FaultKind::Throttled,
        "InvalidInstanceID" | "InvalidInstanceID.NotFound" | "InvalidInstanceID.Malformed" => {
            FaultKind::NotFound
        }
        "OperationNotPermitted" => FaultKind::Protected,
        "UnsupportedOperation" | "UnsupportedInstanceAttribute" | "UnsupportedHibernationConfiguration" => {
            FaultKind::Unsupported
        }
        "IncorrectInstanceState"
        | "IncorrectState"
        | "IncorrectSpotRequestState"
        | "IncorrectStateException" => FaultKind::WrongState,
        other => FaultKind::Refused { code: other.to_owned() },
    }
}

/// STS says which of the two is wrong, the secret or the clock.
fn signature(message: &str) -> FaultKind {
    let of_time = ["Signature expired", "Signature not yet current"];
    if of_time.iter().any(|beginning| message.starts_with(beginning)) {
        FaultKind::ClockOff
    } else {
        FaultKind::WrongCredentials
    }
}

/// The action that AWS's message names, which need not be the one that was called: a launch needs several.
fn lacking(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("is not authorized to perform: ")?;
    let action = rest.split_whitespace().next()?;
    let action = action.trim_end_matches(['.', ',']);
    action.contains(':').then_some(action)
}

/// The blob that only `sts:DecodeAuthorizationMessage` reads.
pub(crate) fn encoded(message: &str) -> Option<&str> {
    let (_, blob) = message.split_once(ENCODED)?;
    Some(blob.trim()).filter(|blob| !blob.is_empty())
}

/// AWS's message without the blob.
pub(super) fn readable(message: &str) -> &str {
    message.split(ENCODED).next().unwrap_or(message).trim_end()
}
