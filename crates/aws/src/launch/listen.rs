//! What the agent says of itself, in the state file that it leaves in the bucket.

use domain::{CloudFault, InstanceId, launch::AgentWord};
use launch::order::Home;
use protocol::{Phase, SystemState};

use super::{absent_if, bucket, garbled};
use crate::{account::Account, fault};

/// What it said last; nothing before it has, and nothing of another instance's.
pub(super) async fn word(
    account: &Account,
    home: &Home,
    instance: &InstanceId,
) -> Result<Option<AgentWord>, CloudFault> {
    let Some(json) = file(account, home).await? else { return Ok(None) };
    let state = SystemState::parse(&json).map_err(|error| garbled(&fault::detail(&error.to_string())))?;
    let is_its = state.instance_id.as_ref().is_some_and(|id| id.as_str() == instance.as_str());
    Ok(is_its.then(|| AgentWord {
        run: state.run_id.to_string(),
        phase: state.status.name().to_owned(),
        settled: is_settled(state.status),
    }))
}

async fn file(account: &Account, home: &Home) -> Result<Option<Vec<u8>>, CloudFault> {
    let call =
        bucket::s3(account, &home.region, &home.bucket).get_object().bucket(&home.bucket).key(&home.key);
    let answer = match call.send().await {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {
            return Ok(None);
        }
        Err(error) => {
            let fault = account.fault_in(&home.region, "s3:GetObject", error).await;
            let what = format!("bucket {}", home.bucket);
            return Err(absent_if(fault, &["NoSuchBucket"], &what, "It was there when the launch began."));
        }
    };
    let cut = |error: aws_sdk_s3::primitives::ByteStreamError| {
        CloudFault::with_detail(domain::FaultKind::Unreachable, fault::detail(&error.to_string()))
    };
    answer.body.collect().await.map(|body| Some(body.to_vec())).map_err(cut)
}

/// Whether the work itself has begun, or is over.
fn is_settled(phase: Phase) -> bool {
    match phase {
        Phase::Initialization | Phase::DataSync => false,
        Phase::Training | Phase::ResultsSync | Phase::Cleanup | Phase::Failed | Phase::Killed => true,
    }
}
