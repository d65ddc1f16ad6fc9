"""moto drops the tags that RunInstances asks for on network interfaces.

TagSpecification of RunInstances: instance, volume, network-interface, spot-instances-request and elastic-gpu:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html; those of a launch template count as well.
"""

from __future__ import annotations

from typing import Any

from .. import launch


def apply() -> None:
    from moto.ec2.utils import convert_tag_spec

    def keep(response: Any, instances: list[Any]) -> None:
        wanted = convert_tag_spec(launch.parameter(response, "TagSpecifications", []) or [])
        if tags := wanted.get("network-interface"):
            for instance in instances:
                for interface in instance.nics.values():
                    interface.add_tags(tags)

    launch.finish.append(keep)
