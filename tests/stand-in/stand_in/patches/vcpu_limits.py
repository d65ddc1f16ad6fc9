"""moto runs as many instances as are asked for; AWS as many as the account's vCPU quota allows.

On-demand: VcpuLimitExceeded, when running and new vCPUs together would exceed the quota; starting a stopped instance
counts as running it. Spot: MaxSpotInstanceCountExceeded; running instances and open requests count. A DryRun asks for
permission only. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html; the words as in xlang-ai/OSWorld#366 and in
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. That an instance counts with its type's
default vCPUs, whatever its CPU options, is the user guide's too.
"""

from __future__ import annotations

from typing import Any

from .. import launch, lifecycle, spot
from ..quotas import quota_for
from ..world import world

COUNTED = ("pending", "running")


def apply() -> None:
    from moto.ec2.responses.spot_instances import SpotInstances

    def check(response: Any) -> None:
        if response._get_param("DryRun", False):
            return
        market = launch.parameter(response, "InstanceMarketOptions", {})
        kind = launch.parameter(response, "InstanceType", "m1.small")
        count = int(response._get_param("MinCount", 1))
        refuse(response.ec2_backend, kind, count, market.get("MarketType") == "spot")

    def startable(instance: Any) -> None:
        if lifecycle.state_of(instance) == "stopped" and not lifecycle.is_by_aws():
            refuse(instance.ec2_backend, instance.instance_type, 1, _is_spot(instance))

    request_spot_instances = SpotInstances.request_spot_instances

    def request(self):
        wanted = self._get_param("LaunchSpecification", {})
        refuse(self.ec2_backend, wanted.get("InstanceType", "m1.small"), int(self._get_param("InstanceCount", 1)), True)
        return request_spot_instances(self)

    SpotInstances.request_spot_instances = request
    launch.checks.append(check)
    lifecycle.before_start.append(startable)


def _is_spot(instance: Any) -> bool:
    return spot.request_of(instance) is not None


def _running(backend: Any) -> list[Any]:
    every = (i for reservation in backend.reservations.values() for i in reservation.instances)
    return [i for i in every if lifecycle.state_of(i) in COUNTED]


def vcpus(kind: str) -> int:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    return INSTANCE_TYPES.get(kind, {}).get("VCpuInfo", {}).get("DefaultVCpus", 1)


def refuse(backend: Any, kind: str, count: int, is_spot: bool) -> None:
    """Raises when `count` more of the type would exceed the account's quota."""
    from moto.ec2.exceptions import EC2ClientError

    quota = quota_for(kind, is_spot)
    if quota is None:
        return
    limit = world.quotas.limit(backend.account_id, backend.region_name, quota)
    running = sum(vcpus(i.instance_type) for i in _running(backend) if quota_for(i.instance_type, _is_spot(i)) == quota)
    if running + count * vcpus(kind) <= limit:
        return
    if is_spot:
        raise EC2ClientError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    raise EC2ClientError(
        "VcpuLimitExceeded",
        f"You have requested more vCPU capacity than your current vCPU limit of {limit:.0f} allows for the instance "
        "bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request "
        "to request an adjustment to this limit.",
    )
