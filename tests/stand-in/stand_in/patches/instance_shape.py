"""moto leaves out members that every described instance has on AWS: PlatformDetails and UsageOperation (which decide its
price), CpuOptions and the security groups.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
"""

from __future__ import annotations


def apply() -> None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES
    from moto.ec2.models.instances import Instance, InstanceBackend

    run_instances = InstanceBackend.run_instances

    def platform_details(self) -> str:
        return "Windows" if self.platform == "windows" else "Linux/UNIX"

    def usage_operation(self) -> str:
        return "RunInstances:0002" if self.platform == "windows" else "RunInstances"

    def cpu_options(self) -> dict | None:
        asked = self.__dict__.get("_cpu_options")
        cpu = INSTANCE_TYPES.get(self.instance_type, {}).get("VCpuInfo", {})
        if asked or not cpu:
            return asked
        return {"CoreCount": cpu.get("DefaultCores"), "ThreadsPerCore": cpu.get("DefaultThreadsPerCore")}

    def keep_cpu_options(self, options: dict) -> None:
        self.__dict__["_cpu_options"] = options

    def run(self, *args, **kwargs):
        reservation = run_instances(self, *args, **kwargs)
        for instance in reservation.instances:
            # Those of the primary interface, the default group among them; moto keeps only those that were named.
            instance.security_groups = list(instance.nics[0].group_set)
        return reservation

    Instance.platform_details = property(platform_details)
    Instance.usage_operation = property(usage_operation)
    Instance.cpu_options = property(cpu_options, keep_cpu_options)
    Instance.ena_support = True
    InstanceBackend.run_instances = run
