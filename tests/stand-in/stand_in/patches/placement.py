"""moto launches in the region's first zone and always has room; AWS launches in a zone that has the type and capacity.

No zone asked for: one of those that offer the type and have capacity. No capacity: InsufficientInstanceCapacity (500) with
the zones that have some; for spot in fewer words. Which pools are empty is set by /_curfew/capacity. Starting a stopped
instance needs capacity in its zone too: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html.
The words: commonwarexyz/monorepo#2859, runs-on/runs-on#73; for spot aws/karpenter-provider-aws (pkg/errors). A DryRun asks
for permission only. A spot price below the present one is SpotMaxPriceTooLow: aws/aws-parallelcluster-node#415.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import launch, lifecycle, spot
from ..capacity import zones_offering
from ..context import current
from ..wire import Refusal
from ..world import world
from .spot_prices import in_effect


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instances import InstanceBackend

    run_instances = InstanceBackend.run_instances

    def check(response: Any) -> None:
        current.zone = None
        kind, zone = launch.parameter(response, "InstanceType"), launch.zone(response)
        if kind is None or not zones_offering(response.region, kind):
            return
        market = launch.parameter(response, "InstanceMarketOptions", {}).get("MarketType") or "on-demand"
        room = with_room(response.region, kind, market)
        if not response._get_param("DryRun", False):
            if (zone is None and not room) or (zone is not None and zone not in room):
                raise insufficient(kind, zone, room, market)
            if market == "spot":
                check_price(response.region, kind, [zone] if zone else room)
        if zone is None and not launch.parameter(response, "NetworkInterfaces", []):
            current.zone = next(iter(room), None)

    def check_price(region: str, kind: str, zones: list[str]) -> None:
        limit = current.spot_options.max_price if current.spot_options else None
        if limit is None:
            return
        lowest = min(_price(region, zone, kind) for zone in zones)
        if float(limit) < lowest:
            raise EC2ClientError(
                "SpotMaxPriceTooLow",
                f"Your Spot request price of {limit} is lower than the minimum required Spot request fulfillment price of "
                f"{lowest:g}.",
            )

    def run(self, *args, **kwargs):
        if current.zone and not kwargs.get("placement") and not kwargs.get("subnet_id"):
            kwargs["placement"] = current.zone
        return run_instances(self, *args, **kwargs)

    def startable(instance: Any) -> None:
        if lifecycle.state_of(instance) != "stopped" or lifecycle.is_by_aws():
            return
        region, zone, kind = instance.ec2_backend.region_name, instance.availability_zone, instance.instance_type
        market = "spot" if spot.request_of(instance) else "on-demand"
        if not world.capacity.has(region, zone, kind, market):
            raise insufficient(kind, zone, with_room(region, kind, market), market)

    InstanceBackend.run_instances = run
    launch.checks.append(check)
    lifecycle.before_start.append(startable)


def _price(region: str, zone: str, kind: str) -> float:
    now = world.clock.now()
    changes = in_effect(region, zone, kind, "Linux/UNIX", now - timedelta(days=1), now)
    return float(changes[-1][1]) if changes else 0.0


def insufficient(kind: str, zone: str | None, elsewhere: list[str], market: str) -> Refusal:
    provisioning = "Our system will be working on provisioning additional capacity."
    if market == "spot":
        text = "There is no Spot capacity available that matches your request."
    elif zone is None:
        text = f"We currently do not have sufficient {kind} capacity in zones with support for 'gp3' volumes. {provisioning}"
    else:
        instead = f" You can currently get {kind} capacity by not specifying an Availability Zone in your request or choosing {', '.join(elsewhere)}."  # fmt: skip
        text = (
            f"We currently do not have sufficient {kind} capacity in the Availability Zone you requested ({zone}). "
            f"{provisioning}{instead if elsewhere else ''}"
        )
    return Refusal(500, "InsufficientInstanceCapacity", text)


def with_room(region: str, kind: str, market: str) -> list[str]:
    return [zone for zone in zones_offering(region, kind) if world.capacity.has(region, zone, kind, market)]
