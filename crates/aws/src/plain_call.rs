//! One call of a service whose SDK would cost every build minutes for a single question: SSM, Service Quotas, IAM,
//! Auto Scaling.
//!
//! Signed, sent, timed out and refused by the SDK's own runtime, as all other calls are. Knows how a question is
//! written on the wire and a refusal read from it, not what is asked.

mod answer;
mod endpoint;

use aws_runtime::auth::{
    SigV4OperationSigningConfig,
    sigv4::{self, SigV4AuthScheme},
};
use aws_sdk_ec2::error::SdkError;
use aws_smithy_runtime::client::{
    identity::IdentityCache,
    orchestrator::operation::{Operation, OperationBuilder},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{AuthSchemeOptionResolverParams, static_resolver::StaticAuthSchemeOptionResolver},
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError, SensitiveOutput},
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::StaticRuntimePlugin,
        stalled_stream_protection::StalledStreamProtectionConfig,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::Layer};
use aws_types::{
    SdkConfig, SigningName,
    region::{Region, SigningRegion},
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use answer::Refusal;

/// One of AWS's services, by its names.
#[derive(Debug)]
pub(crate) struct Api {
    /// As the SDK's variables and files write it: `AWS_ENDPOINT_URL_SERVICE_QUOTAS`.
    pub(crate) id: &'static str,
    /// As hosts and signatures write it.
    pub(crate) name: &'static str,
    /// Where requests go and what they are signed for.
    pub(crate) place: Place,
}

/// Where a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In every region.
    Regional,
    /// Once in each partition.
    Global,
}

/// A question.
pub(crate) struct Question<T> {
    /// The operation's name.
    action: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
    read: Read<T>,
}

/// Reads an answer.
type Read<T> = Box<dyn Fn(&HttpResponse) -> Result<T, Refusal> + Send + Sync>;

impl<T: DeserializeOwned + 'static> Question<T> {
    /// In AWS JSON 1.1; `target` is the prefix of the operation's name.
    pub(crate) fn json(target: &str, action: &'static str, input: &impl Serialize) -> Self {
        let headers = vec![
            ("content-type", "application/x-amz-json-1.1".into()),
            ("x-amz-target", format!("{target}.{action}")),
        ];
        let body = serde_json::to_string(input).expect("a question is made of strings and numbers");
        Self { action, headers, body, read: Box::new(answer::json) }
    }
}

impl<T: 'static> Question<T> {
    /// In the Query protocol, with what is read of the answer's XML; nothing if it is not the answer.
    pub(crate) fn query(
        version: &str,
        action: &'static str,
        parameters: &[(&str, &str)],
        read: fn(&str) -> Option<T>,
    ) -> Self {
        let pair = |(name, value): &(&str, &str)| format!("&{name}={}", encoded(value));
        let parameters: String = parameters.iter().map(pair).collect();
        let body = format!("Action={action}&Version={version}{parameters}");
        let headers = vec![("content-type", "application/x-www-form-urlencoded".into())];
        Self { action, headers, body, read: Box::new(move |answer| answer::query(answer, read)) }
    }
}

/// Asks once; `sdk` names the region.
pub(crate) async fn ask<T>(
    sdk: &SdkConfig,
    api: &'static Api,
    question: Question<T>,
) -> Result<T, SdkError<Refusal>>
where
    T: std::fmt::Debug + Send + Sync + 'static,
{
    let (url, region) = endpoint::of(sdk, api);
    let Question { action, headers, body, read } = question;
    let operation = connected(sdk)
        .service_name(api.id)
        .operation_name(action)
        .endpoint_url(&url)
        .runtime_plugin(signed(sdk, api, region))
        .serializer(move |()| request(&headers, &body))
        .deserializer(move |answer: &HttpResponse| read(answer).map_err(OrchestratorError::operation))
        .build();
    operation.invoke(()).await
}

/// As a form writes it: all but letters, digits and a few marks in hexadecimal.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

fn request(headers: &[(&'static str, String)], body: &str) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.clone());
    }
    Ok(request)
}

/// What the SDK's own clients are configured with too.
fn connected(sdk: &SdkConfig) -> OperationBuilder {
    let mut builder = Operation::builder()
        .no_retry()
        .timeout_config(sdk.timeout_config().cloned().unwrap_or_else(crate::http::timeouts))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(version) = sdk.behavior_version() {
        builder = builder.behavior_version(version);
    }
    if let Some(client) = sdk.http_client() {
        builder = builder.http_client(client);
    }
    if let Some(sleep) = sdk.sleep_impl() {
        builder = builder.sleep_impl(sleep);
    }
    if let Some(time) = sdk.time_source() {
        builder = builder.time_source(time);
    }
    builder
}

fn signed(sdk: &SdkConfig, api: &Api, region: Region) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    // A parameter of SSM may be a private key: nothing of an answer goes into a log.
    layer.store_put(SensitiveOutput);
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(region)),
        name: Some(SigningName::from_static(api.name)),
        ..SigV4OperationSigningConfig::default()
    });
    let mut components = RuntimeComponentsBuilder::new("signing")
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID])))
        .with_identity_cache(Some(IdentityCache::no_cache()));
    if let Some(credentials) = sdk.credentials_provider() {
        components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
    }
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

#[cfg(test)]
mod tests;
