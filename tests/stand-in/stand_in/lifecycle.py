"""The life of an instance: its states, how long each lasts, and who is told of a change.

Patches hook in here (spot requests, Auto Scaling, protection); this module knows none of them.
States: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from moto.ec2.models.instances import InstanceState, StateReason

from .world import world

CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

Hook = Callable[[Any], None]
before_start: list[Hook] = []
before_stop: list[Hook] = []
before_terminate: list[Hook] = []
on_starting: list[Hook] = []
on_stopping: list[Hook] = []
on_stopped: list[Hook] = []
on_terminating: list[Hook] = []
on_terminated: list[Hook] = []


class _Actor(threading.local):
    aws = False


_actor = _Actor()


@contextmanager
def by_aws():
    """What happens inside is done by AWS itself: nothing that only keeps users from acting applies."""
    before, _actor.aws = _actor.aws, True
    try:
        yield
    finally:
        _actor.aws = before


def is_by_aws() -> bool:
    return _actor.aws


def state_of(instance: Any) -> str:
    return instance._state.name


def enter(instance: Any, name: str) -> None:
    """Whatever was to follow the state before this one no longer does."""
    instance._state = InstanceState(name, CODES[name])
    instance.curfew_stay = object()


def leave_after(instance: Any, seconds: float, action: Hook) -> None:
    """Runs `action` unless the instance has left its present state by then."""
    stay = instance.curfew_stay

    def due() -> None:
        if instance.curfew_stay is stay:
            action(instance)

    world.clock.after(seconds, due)


def launched(instance: Any) -> None:
    enter(instance, "pending")
    leave_after(instance, world.periods.pending_s, lambda i: enter(i, "running"))


def start(instance: Any) -> None:
    for nic in instance.nics.values():
        nic.start()
    instance.launch_time = world.clock.now()
    explain(instance, "", "", "")
    launched(instance)
    _tell(on_starting, instance)


def stop(instance: Any, code: str = "Client.UserInitiatedShutdown", message: str = "User initiated shutdown") -> None:
    enter(instance, "stopping")
    explain(instance, _transition_reason(), code, f"{code}: {message}")
    _tell(on_stopping, instance)
    leave_after(instance, world.periods.stopping_s, _stopped)


def terminate(instance: Any, code: str = "Client.UserInitiatedShutdown", message: str = "User initiated shutdown") -> None:
    """Without effect on an instance that is already on its way out, as TerminateInstances is."""
    if state_of(instance) in ("shutting-down", "terminated"):
        return
    enter(instance, "shutting-down")
    explain(instance, _transition_reason(), code, f"{code}: {message}")
    _tell(on_terminating, instance)
    leave_after(instance, world.periods.shutting_down_s, _terminated)


def arrive(instance: Any) -> None:
    """Ends `stopping` or `shutting-down` now."""
    if state_of(instance) == "stopping":
        _stopped(instance)
    elif state_of(instance) == "shutting-down":
        _terminated(instance)


def explain(instance: Any, transition: str, code: str, message: str) -> None:
    instance._reason = transition
    instance.state_reason = StateReason(message, code) if code else None


def forget(instance: Any) -> None:
    """The instance is no longer answered for by any call."""
    backend = instance.ec2_backend
    for reservation in list(backend.reservations.values()):
        if instance in reservation.instances:
            reservation.instances.remove(instance)
            if not reservation.instances:
                del backend.reservations[reservation.id]
    backend.tags.pop(instance.id, None)


# moto's own Instance.terminate, which releases volumes, interfaces and profile; set by patches/transition_times.py.
release: Hook = lambda instance: None  # noqa: E731


def _stopped(instance: Any) -> None:
    enter(instance, "stopped")
    for nic in instance.nics.values():
        nic.stop()
    _tell(on_stopped, instance)


def _terminated(instance: Any) -> None:
    reason, state_reason = instance._reason, instance.state_reason
    release(instance)
    enter(instance, "terminated")
    instance._reason, instance.state_reason = reason, state_reason
    _tell(on_terminated, instance)
    leave_after(instance, world.periods.terminated_visible_s, forget)


def _transition_reason() -> str:
    """Real answers read `User initiated (2023-06-13 07:04:00 GMT)`; an interruption's carries the service's code."""
    who = "Service" if is_by_aws() else "User"
    return f"{who} initiated ({_gmt(world.clock.now())})"


def _gmt(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} GMT"


def _tell(hooks: list[Hook], instance: Any) -> None:
    for hook in hooks:
        hook(instance)
