//! AssumeRole, with a code of the second factor where the role wants one: the SDK's own way knows no codes.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sdk_sts::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    operation::assume_role::AssumeRoleError,
    types,
};
use aws_types::SdkConfig;
use domain::{CloudFault, FaultKind, Timestamp, account::AssumeRole};

use crate::fault;

/// What the session is called in the account's logs.
const SESSION_NAME: &str = "curfew";
/// How STS begins when a code or its device is wrong.
const WRONG_CODE: &str = "MultiFactorAuthentication failed";

/// A role to assume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) arn: String,
    /// The device whose code is asked for.
    pub(crate) mfa_serial: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) session_name: Option<String>,
    /// How long the session lasts, where the user says it; one hour else.
    pub(crate) seconds: Option<i32>,
}

impl From<&AssumeRole> for Role {
    fn from(role: &AssumeRole) -> Self {
        Self {
            arn: role.arn.clone(),
            mfa_serial: role.mfa_serial.clone(),
            external_id: None,
            session_name: None,
            seconds: None,
        }
    }
}

/// Assumes a role with `keys`, and with a code where one was given.
pub(crate) async fn assume(
    sdk: &SdkConfig,
    keys: Credentials,
    role: &Role,
    code: Option<&str>,
    now: Timestamp,
) -> Result<Credentials, CloudFault> {
    if code.is_some_and(|code| !is_code(code)) {
        return Err(CloudFault::with_detail(FaultKind::WrongCode, "A code is six digits."));
    }
    let client = Client::from_conf(Builder::from(sdk).credentials_provider(keys).build());
    let call = client
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.seconds)
        .set_serial_number(code.and(role.mfa_serial.clone()))
        .set_token_code(code.map(str::to_owned));
    let answer = call.send().await.map_err(|error| refused(&error, now))?;
    answer.credentials.and_then(keys_of).ok_or_else(|| CloudFault::new(FaultKind::Garbled))
}

/// Source: `TokenCode` in <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn refused(error: &SdkError<AssumeRoleError>, now: Timestamp) -> CloudFault {
    let fault = fault::of("sts:AssumeRole", error, now);
    let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
    if message.starts_with(WRONG_CODE) {
        return CloudFault { kind: FaultKind::WrongCode, ..fault };
    }
    fault
}

fn keys_of(session: types::Credentials) -> Option<Credentials> {
    let ends = SystemTime::try_from(session.expiration).ok()?;
    let token = Some(session.session_token);
    Some(Credentials::new(session.access_key_id, session.secret_access_key, token, Some(ends), "AssumeRole"))
}
