"""moto drops CpuOptions; AWS checks them against the type, keeps them and describes them.

Both members are needed (MissingParameter), and the values must be among the type's ValidCores and ValidThreadsPerCore:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-optimize-cpu.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CpuOptionsRequest.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import launch


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    def check(response: Any) -> None:
        wanted = launch.parameter(response, "CpuOptions", {})
        if not wanted:
            return
        cores, threads = wanted.get("CoreCount"), wanted.get("ThreadsPerCore")
        if cores is None or threads is None:
            raise EC2ClientError(
                "MissingParameter", "When specifying CpuOptions you must specify both CoreCount and ThreadsPerCore."
            )
        kind = launch.parameter(response, "InstanceType")
        if int(cores) not in _valid(kind, "Cores") or int(threads) not in _valid(kind, "ThreadsPerCore"):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"The specified CpuOptions (CoreCount {cores}, ThreadsPerCore {threads}) are not supported by the instance "
                f"type '{kind}'.",
            )

    def _valid(kind: str, what: str) -> Iterable[int]:
        """Where moto's data name no valid values, all up to the default."""
        cpu = INSTANCE_TYPES.get(kind, {}).get("VCpuInfo", {})
        return cpu.get(f"Valid{what}") or range(1, cpu.get(f"Default{what}", 1) + 1)

    def keep(response: Any, instances: list[Any]) -> None:
        wanted = launch.parameter(response, "CpuOptions", {})
        for instance in instances:
            if wanted:
                instance.cpu_options = {
                    "CoreCount": int(wanted["CoreCount"]),
                    "ThreadsPerCore": int(wanted["ThreadsPerCore"]),
                }

    launch.checks.append(check)
    launch.finish.append(keep)
