"""Auto Scaling groups for instances that the control plane made."""

from __future__ import annotations

from typing import Any


def adopt(account: str, region: str, name: str, instances: list[Any]) -> None:
    """Makes the group if there is none of the name (minimum 0, so that it can be scaled in) and gives it the instances."""
    from moto.autoscaling.models import InstanceState, autoscaling_backends

    backend = autoscaling_backends[account][region]
    first = instances[0]
    if name not in backend.autoscaling_groups:
        _create(backend, name, first)
    group = backend.autoscaling_groups[name]
    group.instance_states += [InstanceState(instance, autoscaling_group=group) for instance in instances]
    group.desired_capacity = len(group.instance_states)
    group.max_size = max(group.max_size, group.desired_capacity)
    for instance in instances:
        instance.autoscaling_group = group
        instance.add_tags({"aws:autoscaling:groupName": name})


def _create(backend: Any, name: str, first: Any) -> None:
    template = backend.ec2_backend.create_launch_template(
        name,
        "made by the control plane",
        {"ImageId": first.image_id, "InstanceType": first.instance_type},
        {},
    )
    backend.create_auto_scaling_group(
        name=name,
        availability_zones=[zone.name for zone in backend.ec2_backend.describe_availability_zones()],
        desired_capacity=0,
        max_size=1,
        min_size=0,
        launch_config_name=None,
        launch_template={"LaunchTemplateId": template.id, "Version": "$Latest"},
        vpc_zone_identifier=None,
        default_cooldown=None,
        health_check_period=None,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=[],
        tags=[],
        capacity_rebalance=False,
        new_instances_protected_from_scale_in=False,
        instance_id=None,
        mixed_instances_policy=None,
    )
