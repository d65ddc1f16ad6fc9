"""moto changes type and user data of an instance in any state; AWS only of a stopped one.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html (IncorrectInstanceState)
"""

from __future__ import annotations

from .. import lifecycle

ONLY_WHILE_STOPPED = ("InstanceType", "UserData", "Kernel", "Ramdisk", "EbsOptimized", "EnaSupport")


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.responses.instances import InstanceResponse

    modify = InstanceResponse.modify_instance_attribute

    def modify_instance_attribute(self):
        changed = [name for name in ONLY_WHILE_STOPPED if self._get_param(f"{name}.Value") is not None]
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        if changed and lifecycle.state_of(instance) != "stopped":
            raise EC2ClientError("IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state.")
        return modify(self)

    InstanceResponse.modify_instance_attribute = modify_instance_attribute
