"""Refusals of AWS by their code alone: the status and the words that came with it where it was seen.

A fault that names one of these codes needs neither. Sources:
- InsufficientInstanceCapacity: runs-on/runs-on#73; 500: sourcegraph/sourcegraph-public-snapshot#46617; for spot
  aws/karpenter-provider-aws (pkg/errors)
- VcpuLimitExceeded: xlang-ai/OSWorld#366; SpotMaxPriceTooLow: aws/aws-parallelcluster-node#415
- the others of EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
- S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
Refusals for want of permission are `{"unauthorized": true}`: see `stand_in.permissions`.
"""

from __future__ import annotations

from .request import AwsCall
from .wire import Refusal

_CONTACT = "Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."

# code -> (status, words); {type}, {zone}, {id} and {price} are the call's own.
KNOWN = {
    "InsufficientInstanceCapacity": (
        500,
        "We currently do not have sufficient {type} capacity in the Availability Zone you requested ({zone}). Our system "
        "will be working on provisioning additional capacity. You can currently get {type} capacity by not specifying an "
        "Availability Zone in your request or choosing another one.",
    ),
    "VcpuLimitExceeded": (
        400,
        "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the "
        f"specified instance type belongs to. {_CONTACT}",
    ),
    "MaxSpotInstanceCountExceeded": (400, "Max spot instance count exceeded"),
    "SpotMaxPriceTooLow": (
        400,
        "Your Spot request price of {price} is lower than the minimum required Spot request fulfillment price of 0.5.",
    ),
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "InstanceLimitExceeded": (
        400,
        "You have requested more instances (1) than your current instance limit of 0 allows for the specified instance "
        f"type. {_CONTACT}",
    ),
    "InsufficientFreeAddressesInSubnet": (
        400,
        "There are not enough free addresses in the subnet to satisfy the requested number of instances.",
    ),
    "InvalidInstanceID.NotFound": (400, "The instance ID '{id}' does not exist"),
    "PendingVerification": (
        400,
        "Your account is currently being verified. Verification normally takes less than 2 hours. Until your account is "
        "verified, you may not be able to launch additional instances or create additional volumes.",
    ),
    "AuthFailure.ServiceLinkedRoleCreationNotPermitted": (
        403,
        "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances.",
    ),
    "Unsupported": (
        400,
        "The requested configuration is currently not supported. Please check the documentation for supported configurations.",
    ),
    "InternalError": (500, "An internal error has occurred"),
    "Unavailable": (503, "The service is unavailable. Please try again shortly."),
    "ConditionalRequestConflict": (
        409,
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
    ),
    "SlowDown": (503, "Please reduce your request rate."),
    "ServiceUnavailable": (503, "Service is unable to handle request."),
}
_SPOT_CAPACITY = "There is no Spot capacity available that matches your request."


def refusal(error: dict, call: AwsCall) -> Refusal:
    """`error` has a code, and a status and message where a test wants others than AWS's."""
    status, words = KNOWN.get(error["code"], (400, "The request has failed."))
    if error["code"] == "InsufficientInstanceCapacity" and call.parameters.get("InstanceMarketOptions.MarketType") == "spot":
        words = _SPOT_CAPACITY
    return Refusal(int(error.get("status", status)), error["code"], error.get("message") or _filled(words, call))


def _filled(words: str, call: AwsCall) -> str:
    given = call.parameters
    own = {
        "type": given.get("InstanceType") or "the requested",
        "zone": given.get("Placement.AvailabilityZone") or f"{call.region}a",
        "id": given.get("InstanceId.1") or given.get("InstanceId") or "i-0123456789abcdef0",
        "price": given.get("InstanceMarketOptions.SpotOptions.MaxPrice") or "0.001",
    }
    return words.format(**own)
