"""moto launches a group's members all of the template's type, on demand, in one subnet and without fail, and counts a mixed
group's members wrong where a percentage does not come out even.

Types in the order of the overrides, on-demand base and percentage (rounded up for on-demand), in the zones and subnets that
have room: https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html. What cannot be launched is a
failed activity with EC2's words, and is tried again:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html and
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html
A capacity outside minimum and maximum is refused:
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html; a group that has instances is deleted only
by force: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html; a second one of a name,
which moto puts in the place of the first, is refused:
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
"""

from __future__ import annotations

import math
import uuid
from typing import Any

from .. import lifecycle, spot
from ..wire import Refusal
from ..world import world
from .placement import insufficient, with_room
from .vcpu_limits import refuse

RETRY_S = 60


def apply() -> None:
    from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
    from moto.autoscaling.responses import AutoScalingResponse
    from moto.core.responses import ActionResult, EmptyResult

    def set_desired_capacity(self, new_capacity: int | None) -> None:
        self.desired_capacity = self.min_size if new_capacity is None else new_capacity
        active = self.active_instances()
        surplus = [s for s in active if not s.protected_from_scale_in][: max(0, len(active) - self.desired_capacity)]
        if surplus:
            self.autoscaling_backend.ec2_backend.terminate_instances([s.instance.id for s in surplus])
            self.instance_states = [s for s in self.instance_states if s not in surplus]
        fill(self)

    def fill(group: Any) -> None:
        """Launches what is missing, or says why not and comes back to it."""
        while len(group.active_instances()) < group.desired_capacity:
            try:
                instance = _launch(group)
            except Exception as refused:  # EC2's refusals, whatever class moto has for them
                words = f"{getattr(refused, 'message', None) or refused} Launching EC2 instance failed."
                _note(group, "Launching a new EC2 instance.", "Failed", words)
                world.clock.after(RETRY_S, lambda: fill(group) if _is_there(group) else None)
                return
            instance.autoscaling_group = group
            group.instance_states.append(InstanceState(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in))  # fmt: skip
            _note(group, f"Launching a new EC2 instance: {instance.id}", "Successful")

    def replace(self, count_needed: int, propagated_tags: dict[str, str]) -> None:
        fill(self)

    def checked(self, group_name: str, desired_capacity: int | None) -> None:
        group = self.autoscaling_groups.get(group_name)
        if group is None:
            raise _invalid(f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found")
        for word, beyond, limit in (
            ("above max", desired_capacity > group.max_size, group.max_size),
            ("below min", desired_capacity < group.min_size, group.min_size),
        ):
            if beyond:
                raise _invalid(
                    f"New SetDesiredCapacity value {desired_capacity} is {word} value {limit} for the AutoScalingGroup."
                )
        group.set_desired_capacity(desired_capacity)

    def describe_scaling_activities(self) -> ActionResult:
        name = self._get_param("AutoScalingGroupName")
        groups = self.autoscaling_backend.autoscaling_groups.values()
        noted = [a for g in groups if name in (None, g.name) for a in getattr(g, "curfew_activities", [])]
        return ActionResult({"Activities": sorted(noted, key=lambda a: a["StartTime"], reverse=True)})

    update_group = FakeAutoScalingGroup.update

    def update(self, *args, **kwargs) -> None:
        # moto forgets what an update does not name.
        kept = self.mixed_instances_policy
        if kept and not kwargs.get("mixed_instances_policy") and not kwargs.get("launch_template"):
            # It may be named by id or by name, and moto has written both.
            kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
            kwargs["mixed_instances_policy"] = kept
        update_group(self, *args, **kwargs)

    of_moto = AutoScalingResponse.delete_auto_scaling_group

    def delete_auto_scaling_group(self) -> EmptyResult:
        group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
        if group is not None and group.instance_states and not self._get_bool_param("ForceDelete", False):
            raise Refusal(
                400,
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in "
                "the group.",
            )
        return of_moto(self)

    create = AutoScalingBackend.create_auto_scaling_group

    def create_auto_scaling_group(self, name: str, *args, **kwargs) -> Any:
        if name in self.autoscaling_groups:
            words = f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
            raise Refusal(400, "AlreadyExists", words)
        return create(self, name, *args, **kwargs)

    AutoScalingBackend.create_auto_scaling_group = create_auto_scaling_group
    FakeAutoScalingGroup.set_desired_capacity = set_desired_capacity
    FakeAutoScalingGroup.update = update
    FakeAutoScalingGroup.replace_autoscaling_group_instances = replace
    AutoScalingBackend.set_desired_capacity = checked
    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities
    AutoScalingResponse.delete_auto_scaling_group = delete_auto_scaling_group
    lifecycle.on_terminating.append(_note_the_end)


def _invalid(words: str) -> Refusal:
    return Refusal(400, "ValidationError", words)


def _is_there(group: Any) -> bool:
    return group.autoscaling_backend.autoscaling_groups.get(group.name) is group


def _launch(group: Any) -> Any:
    """Raises EC2's own refusal, that of the last type tried."""
    market = _next_market(group)
    refused: Exception | None = None
    for kind in _types(group):
        try:
            return _launch_one(group, kind, market)
        except Exception as fault:  # EC2's refusals, whatever class moto has for them
            refused = fault
    raise refused or ValueError("the group names no instance type")


def _types(group: Any) -> list[str]:
    overrides = (group.mixed_instances_policy or {}).get("LaunchTemplate", {}).get("Overrides", [])
    return [o["InstanceType"] for o in overrides if o.get("InstanceType")] or [group.instance_type]


def _next_market(group: Any) -> str:
    if not group.mixed_instances_policy:
        return _template(group).get("InstanceMarketOptions", {}).get("MarketType") or "on-demand"
    distribution = group.mixed_instances_policy.get("InstancesDistribution", {})
    base = int(distribution.get("OnDemandBaseCapacity") or 0)
    percent = int(distribution.get("OnDemandPercentageAboveBaseCapacity", 100))
    above = max(0, group.desired_capacity - base)
    wanted = min(base, group.desired_capacity) + math.ceil(above * percent / 100)
    on_demand = sum(spot.request_of(s.instance) is None for s in group.active_instances())
    return "on-demand" if on_demand < wanted else "spot"


def _template(group: Any) -> dict:
    if group.ec2_launch_template is None:
        return {}
    return group.ec2_launch_template.get_version(group.launch_template_version).data


def _launch_one(group: Any, kind: str, market: str) -> Any:
    backend = group.autoscaling_backend.ec2_backend
    zone, subnet = _place(group, kind, market)
    refuse(backend, kind, 1, market == "spot")
    template, tags = _template(group), {**group.get_propagated_tags(), "aws:autoscaling:groupName": group.name}
    interfaces = template.get("NetworkInterfaces", [])
    groups = template.get("SecurityGroupIds") or [g for i in interfaces for g in i.get("Groups", [])]
    made = backend.run_instances(
        group.image_id,
        1,
        group.user_data,
        group.security_groups if group.launch_config else [],
        instance_type=kind,
        is_instance_type_default=False,
        region_name=backend.region_name,
        tags={"instance": {**tags, **group.instance_tags}},
        placement=zone,
        subnet_id=subnet,
        key_name=template.get("KeyName"),
        security_group_ids=list(groups),
        launch_config=group.launch_config,
        launch_template={"LaunchTemplateId": group.ec2_launch_template.id} if group.ec2_launch_template else None,
        instance_initiated_shutdown_behavior=template.get("InstanceInitiatedShutdownBehavior"),
        instance_market_options="spot" if market == "spot" else {},
        metadata_options=template.get("MetadataOptions", {}),
        client_token=str(uuid.uuid4()),
    ).instances[0]  # fmt: skip
    if profile := template.get("IamInstanceProfile"):
        backend.associate_iam_instance_profile(
            instance_id=made.id,
            iam_instance_profile_name=profile.get("Name"),
            iam_instance_profile_arn=profile.get("Arn"),
        )
    return made


def _place(group: Any, kind: str, market: str) -> tuple[str, str | None]:
    """The zone of the group that has room and the fewest members."""
    backend = group.autoscaling_backend.ec2_backend
    subnets = {}
    for subnet_id in (group.vpc_zone_identifier or "").split(","):
        if subnet_id:
            subnets[backend.get_subnet(subnet_id).availability_zone] = subnet_id
    room = with_room(backend.region_name, kind, market)
    members = [s.instance.availability_zone for s in group.active_instances()]
    zones = [zone for zone in subnets or group.availability_zones if zone in room]
    if not zones:
        raise insufficient(kind, next(iter(subnets or group.availability_zones)), room, market)
    zone = min(zones, key=members.count)
    return zone, subnets.get(zone)


def _note(group: Any, description: str, status: str, words: str | None = None) -> None:
    now = world.clock.now()
    if not hasattr(group, "curfew_activities"):
        group.curfew_activities = []
    group.curfew_activities.append({
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": description,
        "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} the group's capacity and its instances differed.",
        "StartTime": now,
        "EndTime": now,
        "StatusCode": status,
        "StatusMessage": words,
        "Progress": 100,
    })  # fmt: skip


def _note_the_end(instance: Any) -> None:
    group = getattr(instance, "autoscaling_group", None)
    if group is not None:
        _note(group, f"Terminating EC2 instance: {instance.id}", "Successful")
