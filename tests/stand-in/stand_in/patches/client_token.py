"""moto launches again for a client token it has seen; AWS answers with the instances that the token launched.

Different parameters: IdempotentParameterMismatch. An instance of it terminated: IdempotentInstanceTerminated. The token
is good for each region by itself and for 24 hours after the termination; at most 64 ASCII characters:
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .. import lifecycle
from ..context import current
from ..world import world

VALID_AFTER_TERMINATION = timedelta(hours=24)


@dataclass
class Used:
    parameters: dict
    reservation: Any
    instances: list[Any]
    ended_at: datetime | None = None


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instances import Reservation
    from moto.ec2.responses.instances import InstanceResponse

    launch_anew = InstanceResponse.run_instances

    def run_instances(self):
        token = self._get_param("ClientToken")
        if not token:
            return _without_token(launch_anew(self))
        if len(token) > 64 or not token.isascii():
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ({token}) for parameter clientToken is invalid. Token must be <= 64 ASCII characters",
            )
        where = (self.current_account, self.region, token)
        used = world.client_tokens.get(where)
        if used is None or _expired(used) or self._get_param("DryRun", False):
            result = launch_anew(self)
            made = result.result
            world.client_tokens[where] = Used(_parameters(), made, list(made.instances))
            return result
        if used.parameters != _parameters():
            raise EC2ClientError(
                "IdempotentParameterMismatch",
                "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
            )
        if any(lifecycle.state_of(instance) == "terminated" for instance in used.instances):
            raise EC2ClientError(
                "IdempotentInstanceTerminated",
                "The request to launch an instance uses the same client token as a previous request for which the "
                "instance has been terminated.",
            )
        again = Reservation(used.reservation.id, used.reservation.owner_id)
        again.instances = used.instances
        return ActionResult(again)

    def ended(instance: Any) -> None:
        for used in world.client_tokens.values():
            if instance in used.instances:
                used.ended_at = world.clock.now()

    InstanceResponse.run_instances = run_instances
    lifecycle.on_terminated.append(ended)


def _without_token(result: Any) -> Any:
    """moto invents the token ABCDE."""
    for instance in result.result.instances:
        instance.client_token = ""
    return result


def _expired(used: Used) -> bool:
    return used.ended_at is not None and world.clock.now() - used.ended_at > VALID_AFTER_TERMINATION


def _parameters() -> dict:
    return {k: v for k, v in current.aws_call.parameters.items() if k not in ("ClientToken", "DryRun")}
