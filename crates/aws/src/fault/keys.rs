//! Why credentials could not be had, from what the SDK's providers of credentials say.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::{
    error::SdkError,
    operation::{
        assume_role::AssumeRoleError, assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
    },
};
use domain::{CloudFault, FaultKind, Timestamp};

use super::{chain, detail, last_words, of};

/// What a provider's failure means.
pub(crate) fn of_credentials(error: &CredentialsError, now: Timestamp) -> CloudFault {
    if let Some(fault) = refused_by_sts(error, now) {
        return fault;
    }
    if let CredentialsError::ProviderTimedOut(timeout) = error {
        return CloudFault::new(FaultKind::TimedOut { after: timeout.timeout_duration() });
    }
    if is_network(error) {
        return CloudFault::with_detail(FaultKind::Unreachable, last_words(error));
    }
    CloudFault::with_detail(FaultKind::NoCredentials, words(error))
}

/// STS was asked on the way and said no: its words are the ones that matter.
fn refused_by_sts(error: &CredentialsError, now: Timestamp) -> Option<CloudFault> {
    chain(error).find_map(|cause| {
        let role = cause.downcast_ref::<SdkError<AssumeRoleError>>();
        let web = cause.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError>>();
        role.map(|error| of("sts:AssumeRole", error, now))
            .or_else(|| web.map(|error| of("sts:AssumeRoleWithWebIdentity", error, now)))
    })
}

/// A file that is missing is no fault of the network's.
fn is_network(error: &CredentialsError) -> bool {
    use std::io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable,
    };
    let kinds = [ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable];
    chain(error).any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| kinds.contains(&io.kind())) || cause.to_string().starts_with("dns error")
    })
}

/// What the provider says under its own generic sentence: the file or the program that it names.
fn words(error: &CredentialsError) -> String {
    let said: Vec<String> = chain(error)
        .skip(1)
        .filter(|cause| !cause.is::<CredentialsError>())
        .map(ToString::to_string)
        .collect();
    detail(&said.join(": "))
}
