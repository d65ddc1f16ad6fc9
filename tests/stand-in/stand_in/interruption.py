"""A spot interruption as it is seen from outside the instance.

With `terminate` the request's status says so at once and the instance runs on until the notice ends; with `stop` the
request is marked first: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html (see the note on
instance-terminated-no-capacity there). State reasons:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
"""

from __future__ import annotations

from typing import Any

from . import lifecycle, spot
from .world import world

TERMINATED = "instance-terminated-no-capacity"


def interrupt(instance: Any, seconds: float, marked: bool = False) -> None:
    """`marked` shows marked-for-termination until the instance ends, the other code that is documented. Raises ValueError
    when the instance is no running spot instance."""
    request = spot.request_of(instance)
    if request is None or lifecycle.state_of(instance) != "running":
        raise ValueError(f"{instance.id} is no running spot instance")
    if request.options.behaviour == "terminate":
        if marked and request.state == "active":
            request.set("active", "marked-for-termination")
        else:
            _give_up(request)
        lifecycle.leave_after(instance, seconds, _end)
    else:
        if request.state == "active":
            request.set("active", "marked-for-stop")
        lifecycle.leave_after(instance, seconds, _stop)


def resume(instance: Any) -> None:
    """EC2 has capacity again for an instance that it stopped. Raises ValueError when it stopped none."""
    request = spot.request_of(instance)
    if request is None or request.status["Code"] != "instance-stopped-no-capacity":
        raise ValueError(f"{instance.id} is not stopped by an interruption")
    with lifecycle.by_aws():
        lifecycle.start(instance)


def _give_up(request: spot.Request) -> None:
    if request.state == "active":
        request.set("open" if request.type == "persistent" else "closed", TERMINATED)


def _end(instance: Any) -> None:
    request = spot.request_of(instance)
    _give_up(request)
    with lifecycle.by_aws():
        lifecycle.terminate(instance, "Server.SpotInstanceTermination", "Spot instance termination")
    # AWS gives the code where a person's action would be named.
    instance._reason = "Server.SpotInstanceTermination"
    world.clock.after(world.periods.shutting_down_s, lambda: _reopen(request))


def _reopen(request: spot.Request) -> None:
    """It may have been cancelled meanwhile."""
    if request.state == "open":
        request.reopen()


def _stop(instance: Any) -> None:
    with lifecycle.by_aws():
        lifecycle.stop(instance, "Server.SpotInstanceShutdown", "Instance was stopped by Spot")
    instance._reason = "Server.SpotInstanceShutdown"
