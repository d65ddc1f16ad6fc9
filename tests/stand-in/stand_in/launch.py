"""RunInstances in three steps that patches hook into: replay of a known client token, checks, and what is done to the
new instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Each raises EC2ClientError to refuse; nothing has been made by then.
checks: list[Callable[[Any], None]] = []
# Each gets the response object and the new instances.
finish: list[Callable[[Any, list[Any]], None]] = []


def parameter(response: Any, name: str, default: Any = None) -> Any:
    """The request's own value, or that of the launch template it names."""
    value = response._get_param(name)
    if value is not None:
        return value
    template = response._get_param("LaunchTemplate", {})
    if not template:
        return default
    value: Any = response.ec2_backend._get_template_from_args(template).data
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return default if value is None else value


def zone(response: Any) -> str | None:
    """The zone that is asked for, by name or by the subnet's; None leaves it to EC2."""
    interfaces = parameter(response, "NetworkInterfaces", [])
    subnet = parameter(response, "SubnetId") or next((i["SubnetId"] for i in interfaces if i.get("SubnetId")), None)
    if subnet:
        return response.ec2_backend.get_subnet(subnet).availability_zone
    return parameter(response, "Placement.AvailabilityZone")
