"""CloudWatch alarms that act on the instance they are about: stop, terminate, reboot.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html. An alarm acts when it comes into a
state, if its actions are enabled; what cannot be done (a one-time spot instance cannot stop) fails, and is only to be seen
in the alarm's history.
"""

from __future__ import annotations

import re
from typing import Any

from . import lifecycle

ACTION = re.compile(r"arn:aws:(?:automate:([a-z0-9-]+):ec2:|swf:[^:]*:\d*:action/actions/AWS_EC2\.InstanceId\.)(\w+)")


def kind_of(action: str) -> str | None:
    """stop, terminate, reboot or recover; None for an action that is not EC2's."""
    found = ACTION.match(action)
    return found[2].lower().split("/")[0] if found else None


def instance_of(alarm: Any) -> str | None:
    return next((d.value for d in alarm.dimensions if d.name == "InstanceId"), None)


def entered(alarm: Any, account: str, before: str) -> None:
    """The alarm's state was `before` and is another now."""
    of_state = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions, "INSUFFICIENT_DATA": alarm.insufficient_data_actions}
    if alarm.state_value == before or not alarm.actions_enabled:
        return
    for action in of_state[alarm.state_value] or []:
        kind = kind_of(action)
        if kind is not None:
            _act(alarm, account, kind)


def _act(alarm: Any, account: str, kind: str) -> None:
    from moto.ec2.models import ec2_backends

    instance = ec2_backends[account][alarm.region_name].get_instance_by_id(instance_of(alarm))
    if instance is None:
        return
    state = lifecycle.state_of(instance)
    try:
        if kind == "stop" and state == "running":
            for hook in lifecycle.before_stop:
                hook(instance)
            lifecycle.stop(instance)
        elif kind == "terminate" and state not in ("shutting-down", "terminated") and not instance.disable_api_termination:
            for hook in lifecycle.before_terminate:
                hook(instance)
            lifecycle.terminate(instance)
    except Exception as refused:  # EC2's refusals, whatever class moto has for them
        alarm.history.append(("Action", f"Failed to execute action {kind}: {refused}", "{}", alarm.state_value, None))
