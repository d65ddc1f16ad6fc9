//! Every error of the SDK as a [`CloudFault`]: what AWS said, or why it could not be asked.
//!
//! AWS's own words go into `detail`, never the SDK's debug output, which holds whole requests. Knows error codes,
//! not what the engine does about them.

mod code;
mod keys;

use std::{error::Error, time::Duration};

use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::DispatchFailure};
use aws_smithy_types::date_time::{DateTime, Format};
use domain::{CloudFault, FaultKind, Timestamp};

use crate::http::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT};

pub(crate) use code::encoded;
pub(crate) use keys::of_credentials;

/// How far a clock may be off before AWS refuses its signatures.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>.
const SIGNATURES_HOLD: Duration = Duration::from_secs(5 * 60);
/// Enough of somebody else's words to know what they mean.
const LONGEST_DETAIL: usize = 500;

/// A refusal as it came over the wire.
struct Refusal<'a> {
    code: &'a str,
    message: &'a str,
    /// AWS's clock when it answered.
    date: Option<Timestamp>,
}

/// What a failed call means. `action` is the IAM action that the call needs; `now` is this computer's clock.
pub(crate) fn of<E>(action: &str, error: &SdkError<E>, now: Timestamp) -> CloudFault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let date = date(service.raw());
            match meta.code() {
                Some(code) => {
                    let message = meta.message().unwrap_or_default();
                    refused(action, &Refusal { code, message, date }, now)
                }
                None => not_aws(service.raw()),
            }
        }
        SdkError::TimeoutError(_) => CloudFault::new(FaultKind::TimedOut { after: ATTEMPT_TIMEOUT }),
        SdkError::DispatchFailure(failure) => not_sent(failure, error),
        SdkError::ResponseError(_) => CloudFault::with_detail(FaultKind::Unreachable, last_words(error)),
        // `SdkError` may grow.
        SdkError::ConstructionFailure(_) | _ => carried(error),
    }
}

/// Whether nobody on this network knows the endpoint's name.
pub(crate) fn is_unknown_name(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|cause| cause.to_string().starts_with("dns error"))
}

/// The text cut to what a person reads.
pub(crate) fn detail(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST_DETAIL) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn refused(action: &str, refusal: &Refusal<'_>, now: Timestamp) -> CloudFault {
    let kind = code::kind(action, refusal);
    let about_keys = matches!(kind, FaultKind::WrongCredentials | FaultKind::ExpiredCredentials);
    let kind = if about_keys && is_clock_off(refusal, now) { FaultKind::ClockOff } else { kind };
    CloudFault::with_detail(kind, detail(code::readable(refusal.message)))
}

/// AWS says only that it cannot validate the signature; how late it is here and there says why.
fn is_clock_off(refusal: &Refusal<'_>, now: Timestamp) -> bool {
    refusal.date.is_some_and(|theirs| theirs.duration_since(now).unsigned_abs() > SIGNATURES_HOLD)
}

fn date(answer: &HttpResponse) -> Option<Timestamp> {
    let date = DateTime::from_str(answer.headers().get("date")?, Format::HttpDate).ok()?;
    Timestamp::from_second(date.secs()).ok()
}

/// Every refusal of AWS's has a code; what has none came from something in between.
fn not_aws(answer: &HttpResponse) -> CloudFault {
    let status = answer.status().as_u16();
    let content = answer.headers().get("content-type").unwrap_or("no content type");
    CloudFault::with_detail(FaultKind::Garbled, detail(&format!("HTTP status {status}, {content}")))
}

fn not_sent(failure: &DispatchFailure, error: &(dyn Error + 'static)) -> CloudFault {
    if failure.is_timeout() {
        return CloudFault::new(FaultKind::TimedOut { after: CONNECT_TIMEOUT });
    }
    if failure.is_io() {
        // A certificate that nobody vouches for: a captive portal or a proxy has taken AWS's place.
        let foreign = chain(error).any(|cause| cause.to_string().contains("invalid peer certificate"));
        let kind = if foreign { FaultKind::Garbled } else { FaultKind::Unreachable };
        return CloudFault::with_detail(kind, last_words(error));
    }
    carried(error)
}

/// A fault of ours that travelled through the SDK, or credentials that could not be had; else nothing answered.
fn carried(error: &(dyn Error + 'static)) -> CloudFault {
    if let Some(fault) = chain(error).find_map(|cause| cause.downcast_ref::<CloudFault>()) {
        return fault.clone();
    }
    CloudFault::with_detail(FaultKind::Unreachable, last_words(error))
}

/// The innermost cause, which is the one that says something: "Connection refused (os error 111)".
fn last_words(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(|cause| detail(&cause.to_string())).unwrap_or_default()
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests;
