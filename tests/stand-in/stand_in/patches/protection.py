"""moto ignores DisableApiTermination at launch and lets spot instances be protected.

Protected: OperationNotPermitted; of several instances, those in a zone with a protected one are not terminated, the
others are: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
Spot instances cannot be protected: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
(UnsupportedOperation at ModifyInstanceAttribute, as in cloud-custodian/cloud-custodian#2083; the code of RunInstances is
not documented and taken to be the same).
"""

from __future__ import annotations

from typing import Any

from .. import launch, lifecycle, spot


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.responses.instances import InstanceResponse

    terminate_instances, modify = InstanceBackend.terminate_instances, InstanceResponse.modify_instance_attribute

    def terminate(self, instance_ids: list[str]):
        if lifecycle.is_by_aws():
            return terminate_instances(self, instance_ids)
        instances = self.curfew_named(instance_ids)
        protected = [i for i in instances if i.disable_api_termination and lifecycle.state_of(i) != "terminated"]
        if not protected:
            return terminate_instances(self, instance_ids)
        zones = {i.availability_zone for i in protected}
        elsewhere = [i.id for i in instances if i.availability_zone not in zones]
        if elsewhere:
            terminate_instances(self, elsewhere)
        raise EC2ClientError(
            "OperationNotPermitted",
            f"The instance '{protected[0].id}' may not be terminated. Modify its 'disableApiTermination' instance "
            "attribute and try again.",
        )

    def check(response: Any) -> None:
        market = launch.parameter(response, "InstanceMarketOptions", {})
        if launch.parameter(response, "DisableApiTermination", False) and market.get("MarketType") == "spot":
            raise EC2ClientError(
                "UnsupportedOperation", "Setting 'disableApiTermination' is not supported for spot instances."
            )

    def keep(response: Any, instances: list[Any]) -> None:
        for instance in instances:
            instance.disable_api_termination = bool(launch.parameter(response, "DisableApiTermination", False))

    def modify_instance_attribute(self):
        if (
            self._get_param("DisableApiTermination.Value") is not None
            or self._get_param("Attribute") == "disableApiTermination"
        ):
            instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
            if spot.request_of(instance) is not None:
                raise EC2ClientError(
                    "UnsupportedOperation", "Modifying 'disableApiTermination' is not supported for spot instances."
                )
        return modify(self)

    InstanceBackend.terminate_instances = terminate
    InstanceResponse.modify_instance_attribute = modify_instance_attribute
    launch.checks.append(check)
    launch.finish.append(keep)
