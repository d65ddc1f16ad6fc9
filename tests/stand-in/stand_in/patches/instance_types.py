"""moto launches any instance type anywhere; AWS knows its types and the zones that have them.

An unknown type is InvalidParameterValue, a type that the zone does not have is Unsupported:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from .. import launch


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES

    def check(response: Any) -> None:
        kind = launch.parameter(response, "InstanceType")
        if kind is None:
            return
        if kind not in INSTANCE_TYPES:
            raise EC2ClientError("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
        offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(response.region, [])
        zones = sorted(offer["Location"] for offer in offered if offer["InstanceType"] == kind)
        zone = _zone(response)
        if not zones:
            raise EC2ClientError(
                "Unsupported", "The requested configuration is currently not supported. Please check the documentation for supported configurations."
            )  # fmt: skip
        if zone and zone not in zones:
            raise EC2ClientError(
                "Unsupported",
                f"Your requested instance type ({kind}) is not supported in your requested Availability Zone ({zone}). "
                f"Please retry your request by not specifying an Availability Zone or choosing {', '.join(zones)}.",
            )

    launch.checks.append(check)


def _zone(response: Any) -> str | None:
    interfaces = launch.parameter(response, "NetworkInterfaces", [])
    subnet = launch.parameter(response, "SubnetId") or next((i["SubnetId"] for i in interfaces if i.get("SubnetId")), None)
    if subnet:
        return response.ec2_backend.get_subnet(subnet).availability_zone
    return launch.parameter(response, "Placement.AvailabilityZone")
