"""moto's alarms do nothing, start as OK and take any EC2 action.

A new alarm is INSUFFICIENT_DATA, one that is put again keeps its state; an alarm that comes into ALARM does what its EC2
actions say (`stand_in.alarms`), through SetAlarmState or /_curfew/alarm; evaluation cannot span more than a day:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html. An EC2 action needs an InstanceId
dimension and its own region: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html (the
words of those two refusals are guesses).
"""

from __future__ import annotations

from typing import Any

from .. import alarms
from ..wire import Refusal

DAY_S = 86_400


def apply() -> None:
    from moto.cloudwatch.models import CloudWatchBackend

    put_metric_alarm, set_alarm_state = CloudWatchBackend.put_metric_alarm, CloudWatchBackend.set_alarm_state

    def put(self, *args, **kwargs) -> Any:
        _check(self.region_name, kwargs)
        before = self.alarms.get(kwargs["name"])
        alarm = put_metric_alarm(self, *args, **kwargs)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        alarm.history = before.history if before else []
        return alarm

    def set_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        known = self.alarms.get(alarm_name)
        before = known.state_value if known else ""
        set_alarm_state(self, alarm_name, reason, reason_data, state_value)
        alarms.entered(self.alarms[alarm_name], self.account_id, before)

    CloudWatchBackend.put_metric_alarm = put
    CloudWatchBackend.set_alarm_state = set_state


def _check(region: str, asked: dict) -> None:
    period, evaluations = int(asked.get("period") or 0), int(asked.get("evaluation_periods") or 1)
    if period * evaluations > DAY_S:
        raise Refusal(
            400,
            "ValidationError",
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        )
    if period and period not in (10, 20, 30) and period % 60:
        raise Refusal(400, "ValidationError", "Invalid period")
    for action in asked.get("alarm_actions") or []:
        kind = alarms.kind_of(action)
        if kind is None:
            continue
        if not any(d["Name"] == "InstanceId" for d in asked.get("dimensions") or []):
            words = f"Invalid use of EC2 '{kind.capitalize()}' action. The alarm needs an InstanceId dimension."
            raise Refusal(400, "ValidationError", words)
        if f":{region}:" not in action:
            raise Refusal(
                400, "ValidationError", f"Invalid region {action.split(':')[3]} specified. Only {region} is supported."
            )
