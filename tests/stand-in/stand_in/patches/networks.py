"""moto looks at subnet and security groups only after DryRun has answered; AWS before.

InvalidSubnetID.NotFound, InvalidGroup.NotFound: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import Any

from .. import launch


def apply() -> None:
    from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError

    def check(response: Any) -> None:
        interfaces = launch.parameter(response, "NetworkInterfaces", [])
        subnets = [launch.parameter(response, "SubnetId"), *(i.get("SubnetId") for i in interfaces)]
        for subnet in filter(None, subnets):
            # Raises when there is none.
            response.ec2_backend.get_subnet(subnet)
        groups = list(launch.parameter(response, "SecurityGroupIds", []))
        for interface in interfaces:
            groups += interface.get("Groups", [])
        for group in groups:
            if response.ec2_backend.get_security_group_from_id(group) is None:
                raise InvalidSecurityGroupNotFoundError(group)

    launch.checks.append(check)
