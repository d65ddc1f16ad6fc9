"""moto fails with 500 on filters it does not know, among them launch-time, instance-lifecycle, client-token and
spot-instance-request-id, and knows no wildcards in most.

Names, and that `*` and `?` match in all values: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html. A name that AWS does not have is
InvalidParameterValue.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

OWN = {
    "client-token": lambda i: i.client_token or "",
    "instance-lifecycle": lambda i: i.lifecycle or "",
    "instance-state-code": lambda i: str(i.state_code),
    "launch-time": lambda i: _time(i.launch_time),
    "spot-instance-request-id": lambda i: getattr(i, "spot_instance_request_id", ""),
    "state-reason-code": lambda i: i.state_reason.code if i.state_reason else "",
    "reason": lambda i: i._reason or "",
    "availability-zone": lambda i: i.availability_zone,
    "availability-zone-id": lambda i: _zone_id(i),
    "platform-details": lambda i: i.platform_details,
    "platform": lambda i: i.platform or "",
    "monitoring-state": lambda i: i.monitoring_state,
    "tenancy": lambda i: i.placement.tenancy,
    "root-device-type": lambda i: i.root_device_type,
    "root-device-name": lambda i: i.root_device_name,
    "hypervisor": lambda i: i.hypervisor,
    "virtualization-type": lambda i: i.virtualization_type,
    "block-device-mapping.volume-id": lambda i: [device.volume_id for _, device in i.get_block_device_mapping],
    "block-device-mapping.device-name": lambda i: [name for name, _ in i.get_block_device_mapping],
    "group-id": lambda i: [group.id for nic in i.network_interfaces for group in nic.group_set],
    "instance.group-id": lambda i: [group.id for nic in i.network_interfaces for group in nic.group_set],
    "instance.group-name": lambda i: [group.name for nic in i.network_interfaces for group in nic.group_set],
}


def apply() -> None:
    import moto.ec2.utils as utils
    from moto.ec2.exceptions import EC2ClientError

    def passes(instance: Any, filters: dict[str, list[str]]) -> bool:
        return all(_matches(_values(instance, name), wanted) for name, wanted in filters.items())

    def _values(instance: Any, name: str) -> list[str]:
        if name in OWN:
            value = OWN[name](instance)
        elif name in utils.filter_dict_attribute_mapping:
            value = utils.get_object_value(instance, utils.filter_dict_attribute_mapping[name])
        elif name.startswith("tag:"):
            value = [tag["value"] for tag in instance.get_tags() if tag["key"] == name[4:]]
        elif name in ("tag-key", "tag-value"):
            value = [tag[name[4:]] for tag in instance.get_tags()]
        else:
            raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
        return [_text(v) for v in value] if isinstance(value, (list, tuple, set)) else [_text(value)]

    utils.passes_filter_dict = passes


def _matches(values: list[str], wanted: list[str]) -> bool:
    patterns = [re.compile(_pattern(text), re.DOTALL) for text in wanted]
    return any(pattern.fullmatch(value) for pattern in patterns for value in values)


def _pattern(text: str) -> str:
    """`*` and `?` are wildcards unless a backslash precedes them."""
    parts = re.findall(r"\\[*?\\]|.", text, re.DOTALL)
    return "".join(
        ".*" if part == "*" else "." if part == "?" else re.escape(part[1:] if len(part) == 2 else part) for part in parts
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _zone_id(instance: Any) -> str:
    zone = instance.ec2_backend.get_zone_by_name(instance.availability_zone)
    return zone.zone_id if zone else ""
