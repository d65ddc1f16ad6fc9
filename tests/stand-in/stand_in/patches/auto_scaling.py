"""moto replaces a group's instance when TerminateInstances names it, but not when it is stopped or interrupted, and lets
a group shrink below its minimum.

A group replaces whatever is not running, however it came to be so, unless its processes are suspended:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
TerminateInstanceInAutoScalingGroup with decrement is refused at the minimum size:
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
Termination protection does not keep a group from terminating:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
"""

from __future__ import annotations

from typing import Any

from .. import lifecycle


def apply() -> None:
    from moto.autoscaling.exceptions import AutoscalingClientError
    from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup

    terminate_instance, set_desired = AutoScalingBackend.terminate_instance, FakeAutoScalingGroup.set_desired_capacity

    def terminate(self, instance_id: str, should_decrement: bool) -> Any:
        group = _group_of(self, instance_id)
        if group is None:
            raise AutoscalingClientError(
                "ValidationError", f"Instance Id not found - No managed instance found for instance ID: {instance_id}"
            )
        if should_decrement and group.desired_capacity <= group.min_size:
            raise AutoscalingClientError(
                "ValidationError",
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size.",
            )
        with lifecycle.by_aws():
            return terminate_instance(self, instance_id, should_decrement)

    def set_desired_capacity(self, new_capacity: int | None) -> None:
        self.curfew_scaling = True
        try:
            with lifecycle.by_aws():
                set_desired(self, new_capacity)
        finally:
            self.curfew_scaling = False

    AutoScalingBackend.terminate_instance = terminate
    FakeAutoScalingGroup.set_desired_capacity = set_desired_capacity
    lifecycle.on_terminating.append(_replace)
    lifecycle.on_stopped.append(_retire)


def _group_of(backend: Any, instance_id: str) -> Any:
    for group in backend.autoscaling_groups.values():
        if any(state.instance.id == instance_id for state in group.instance_states):
            return group
    return None


def _backend(instance: Any) -> Any:
    from moto.autoscaling.models import autoscaling_backends

    return autoscaling_backends[instance.owner_id][instance.ec2_backend.region_name]


def _replace(instance: Any) -> None:
    if not hasattr(instance, "autoscaling_group"):
        return
    backend = _backend(instance)
    group = _group_of(backend, instance.id)
    # moto takes those that a smaller capacity ends out of the group only afterwards.
    scaling = group is not None and getattr(group, "curfew_scaling", False)
    if group is not None and not scaling and "Launch" not in group._suspended_processes:
        backend.notify_terminate_instances([instance.id])


def _retire(instance: Any) -> None:
    """A stopped member is unhealthy: the group terminates it, which then replaces it."""
    if not hasattr(instance, "autoscaling_group"):
        return
    group = _group_of(_backend(instance), instance.id)
    suspended = set(group._suspended_processes) if group else set()
    if group is not None and not suspended & {"HealthCheck", "ReplaceUnhealthy", "Terminate"}:
        with lifecycle.by_aws():
            lifecycle.terminate(instance)
