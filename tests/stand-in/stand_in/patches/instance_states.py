"""moto starts, stops and reboots an instance in any state; AWS refuses with IncorrectInstanceState.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors (IncorrectInstanceState),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html. Nothing is done to any of several
instances when one of them is refused. Terminating is idempotent:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
The answers carry the state that was reached, where moto always says stopping, pending, shutting-down.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from .. import lifecycle

WELL_FORMED = re.compile(r"^i-([0-9a-f]{8}|[0-9a-f]{17})$")


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError, InvalidInstanceIdError
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.responses.instances import InstanceResponse

    def named(self, instance_ids: list[str]) -> list[Any]:
        if not instance_ids:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter InstanceId")
        for instance_id in instance_ids:
            if not WELL_FORMED.match(instance_id):
                raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        by_id = {i.id: i for reservation in self.all_reservations() for i in reservation.instances}
        if missing := [i for i in instance_ids if i not in by_id]:
            raise InvalidInstanceIdError(missing)
        return [by_id[i] for i in dict.fromkeys(instance_ids)]

    def acting(checks: list, act, idle: tuple[str, ...]):
        def change(self, instance_ids: list[str]) -> list[tuple[Any, Any]]:
            instances = named(self, instance_ids)
            if not lifecycle.is_by_aws():
                for instance in instances:
                    for check in checks:
                        check(instance)
            before = [(instance, copy.copy(instance._state)) for instance in instances]
            for instance in instances:
                if lifecycle.state_of(instance) not in idle:
                    act(instance)
            return before

        return change

    def startable(instance: Any) -> None:
        if lifecycle.state_of(instance) not in ("stopped", "running", "pending"):
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{instance.id}' is not in a state from which it can be started.",
            )

    def stoppable(instance: Any) -> None:
        if instance.disable_api_stop:
            raise EC2ClientError(
                "OperationNotPermitted",
                f"The instance '{instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
            )
        if lifecycle.state_of(instance) not in ("running", "stopping", "stopped"):
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"This instance '{instance.id}' is not in a state from which it can be stopped.",
            )

    def reboot_instances(self, instance_ids: list[str]) -> list[Any]:
        instances = named(self, instance_ids)
        for instance in instances:
            if lifecycle.state_of(instance) != "running":
                raise EC2ClientError(
                    "IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'running' state."
                )
        return instances

    lifecycle.before_start.append(startable)
    lifecycle.before_stop.append(stoppable)
    InstanceBackend.start_instances = acting(lifecycle.before_start, lambda i: lifecycle.start(i), ("pending", "running"))
    InstanceBackend.stop_instances = acting(lifecycle.before_stop, lambda i: lifecycle.stop(i), ("stopping", "stopped"))
    InstanceBackend.terminate_instances = acting(
        lifecycle.before_terminate, lambda i: lifecycle.terminate(i), ("shutting-down", "terminated")
    )
    InstanceBackend.reboot_instances = reboot_instances
    InstanceBackend.curfew_named = named

    def answering(member: str, action: str):
        def respond(self) -> ActionResult:
            instance_ids = self._get_param("InstanceIds", [])
            self.error_on_dryrun()
            changed = getattr(self.ec2_backend, action)(instance_ids)
            return ActionResult({member: [_change(instance, previous) for instance, previous in changed]})

        return respond

    InstanceResponse.start_instances = answering("StartingInstances", "start_instances")
    InstanceResponse.stop_instances = answering("StoppingInstances", "stop_instances")
    InstanceResponse.terminate_instances = answering("TerminatingInstances", "terminate_instances")


def _change(instance: Any, previous: Any) -> dict:
    now = instance._state
    return {
        "InstanceId": instance.id,
        "CurrentState": {"Code": now.code, "Name": now.name},
        "PreviousState": {"Code": previous.code, "Name": previous.name},
    }
