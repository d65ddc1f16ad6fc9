//! Which permission a launch lacks: RunInstances needs several, and says which one only in a blob that STS reads.

use domain::{CloudFault, FaultKind, Region};
use serde::Deserialize;

use crate::{account::Account, fault};

/// What the blob says, of which more is in it.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>.
#[derive(Deserialize)]
struct Decoded {
    context: Context,
}

#[derive(Deserialize)]
struct Context {
    action: String,
    resource: Option<String>,
}

/// The fault with the action that is really missing and what it was tried on, as far as STS may be asked.
pub(super) async fn explained(
    account: &Account,
    region: &Region,
    fault: CloudFault,
    message: Option<&str>,
) -> CloudFault {
    let denied = matches!(fault.kind, FaultKind::Denied { .. });
    let Some(blob) = message.and_then(fault::encoded).filter(|_| denied) else { return fault };
    match decode(account, region, blob).await {
        Some(Context { action, resource }) => {
            let on =
                resource.map(|resource| format!(" {action} was tried on {resource}.")).unwrap_or_default();
            let detail = format!("{}{on}", fault.detail);
            CloudFault::with_detail(FaultKind::Denied { action }, detail)
        }
        None => fault,
    }
}

/// Nothing if that is not permitted either: then the fault stays as it is.
async fn decode(account: &Account, region: &Region, blob: &str) -> Option<Context> {
    let sts = aws_sdk_sts::Client::new(&account.sdk_in(region));
    let answer = sts.decode_authorization_message().encoded_message(blob).send().await.ok()?;
    let decoded: Decoded = serde_json::from_str(answer.decoded_message()?).ok()?;
    Some(decoded.context)
}
