"""moto launches any instance type anywhere; AWS knows its types and the zones that have them.

An unknown type is InvalidParameterValue, a type that the zone does not have is Unsupported:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from .. import launch
from ..capacity import zones_offering


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    def check(response: Any) -> None:
        kind = launch.parameter(response, "InstanceType")
        if kind is None:
            return
        if kind not in INSTANCE_TYPES:
            raise EC2ClientError("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
        zones = zones_offering(response.region, kind)
        zone = launch.zone(response)
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
