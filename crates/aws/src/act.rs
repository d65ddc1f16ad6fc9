//! The steps of an action: one call about one instance each. Decides nothing; the engine keeps the order.

use std::error::Error;

use aws_sdk_ec2::{
    error::{ProvideErrorMetadata, SdkError},
    types::InstanceAttributeName,
};
use domain::{CloudFault, FaultKind, InstanceId, Region, SpotRequestId, action::Step};

use crate::account::Account;

/// Carries out one step.
pub(crate) async fn carry_out(
    account: &Account,
    region: &Region,
    id: &InstanceId,
    step: &Step,
) -> Result<(), CloudFault> {
    let call = Call { account, region };
    match step {
        Step::CheckProtection => call.check_protection(id).await,
        Step::CancelSpotRequest(request) => call.cancel(request).await,
        Step::Stop => call.stop(id).await,
        Step::Start => call.start(id).await,
        Step::Terminate => call.terminate(id).await,
    }
}

struct Call<'a> {
    account: &'a Account,
    region: &'a Region,
}

impl Call<'_> {
    async fn check_protection(&self, id: &InstanceId) -> Result<(), CloudFault> {
        let call = self
            .account
            .ec2(self.region)
            .describe_instance_attribute()
            .instance_id(id.as_str())
            .attribute(InstanceAttributeName::DisableApiTermination);
        let answer = self.checked("ec2:DescribeInstanceAttribute", call.send().await).await?;
        match answer.disable_api_termination.and_then(|attribute| attribute.value) {
            Some(true) => Err(CloudFault::new(FaultKind::Protected)),
            Some(false) => Ok(()),
            // Not knowing is no leave to go on.
            None => Err(CloudFault::with_detail(FaultKind::Garbled, "no value of disableApiTermination")),
        }
    }

    async fn cancel(&self, request: &SpotRequestId) -> Result<(), CloudFault> {
        let call = self.account.ec2(self.region).cancel_spot_instance_requests();
        let answer = call.spot_instance_request_ids(request.as_str()).send().await;
        self.checked("ec2:CancelSpotInstanceRequests", answer).await.map(drop)
    }

    async fn stop(&self, id: &InstanceId) -> Result<(), CloudFault> {
        let answer = self.account.ec2(self.region).stop_instances().instance_ids(id.as_str()).send().await;
        self.checked("ec2:StopInstances", answer).await.map(drop)
    }

    async fn start(&self, id: &InstanceId) -> Result<(), CloudFault> {
        let answer = self.account.ec2(self.region).start_instances().instance_ids(id.as_str()).send().await;
        self.checked("ec2:StartInstances", answer).await.map(drop)
    }

    async fn terminate(&self, id: &InstanceId) -> Result<(), CloudFault> {
        let answer =
            self.account.ec2(self.region).terminate_instances().instance_ids(id.as_str()).send().await;
        self.checked("ec2:TerminateInstances", answer).await.map(drop)
    }

    async fn checked<T, E>(&self, action: &str, answer: Result<T, SdkError<E>>) -> Result<T, CloudFault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match answer {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.account.fault_in(self.region, action, error).await),
        }
    }
}
