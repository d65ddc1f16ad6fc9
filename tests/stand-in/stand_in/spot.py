"""Spot requests: what RunInstances, RequestSpotInstances and the control plane open, and what becomes of them.

States and status codes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.ec2.models.spot_requests import LaunchSpecification, SpotInstanceRequest
from moto.ec2.utils import random_spot_request_id

from . import lifecycle
from .world import world

MESSAGES = {
    "pending-evaluation": "Your Spot request has been submitted for review, and is pending evaluation.",
    "fulfilled": "Your Spot request is fulfilled.",
    "marked-for-stop": "Your Spot Instance is marked for stopping.",
    "marked-for-termination": "Your Spot Instance is marked for termination.",
    "instance-stopped-by-user": "Your instance was stopped because a user stopped the instance or ran the shutdown command from the instance.",
    "instance-stopped-no-capacity": "Your instance was stopped due to EC2 capacity management needs.",
    "instance-terminated-by-user": "Spot Instance terminated due to user-initiated termination.",
    "instance-terminated-by-service": "Your instance was terminated from a stopped state.",
    "instance-terminated-no-capacity": "Your instance was terminated due to standard capacity management processes.",
    "canceled-before-fulfillment": "Your Spot request is canceled before it was fulfilled.",
    "request-canceled-and-instance-running": "Your Spot request is canceled, but your instance is still running.",
}


@dataclass(frozen=True)
class Options:
    """`SpotMarketOptions` of RunInstances. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html"""

    kind: str = "one-time"
    behaviour: str = "terminate"
    max_price: str | None = None
    valid_until: datetime | None = None


class Request(SpotInstanceRequest):
    """In place of moto's, whose times are fixed and which ends with its instance."""

    def __init__(self, backend: Any, options: Options, relaunch: Callable[[], Any], tags: dict[str, str]) -> None:
        self.ec2_backend = backend
        self.id = random_spot_request_id()
        self.options = options
        self.type = options.kind
        self.price = f"{float(options.max_price):.6f}" if options.max_price else None
        self.instance_interruption_behaviour = options.behaviour
        self.valid_from = None
        self.valid_until = options.valid_until
        self.launch_group = self.availability_zone_group = self.spot_fleet_id = self.launch_spec = None
        self.opened_at = world.clock.now()
        self.instance = None
        self.launched_availability_zone = None
        self.launch_specification = None
        self._relaunch = relaunch
        self.set("open", "pending-evaluation")
        self.add_tags(tags)
        backend.spot_instance_requests[self.id] = self

    def set(self, state: str, code: str) -> None:
        self.state = state
        self._status_code, self.status_message = code, MESSAGES[code]
        self.status_at = world.clock.now()

    def fulfil(self, instance: Any) -> None:
        self.instance = instance
        instance.lifecycle = "spot"
        instance.spot_instance_request_id = self.id
        instance.curfew_spot_request = self
        self.launched_availability_zone = instance.availability_zone
        self.launch_specification = _specification(instance)
        self.set("active", "fulfilled")

    def reopen(self) -> None:
        """A persistent request whose instance ended launches a new one, unless it is cancelled before."""
        self.set("open", "pending-evaluation")
        self.instance = None
        world.clock.after(world.periods.spot_reopen_s, self._launch_again)

    def _launch_again(self) -> None:
        if self.state == "open":
            self.fulfil(self._relaunch())

    def cancel(self) -> None:
        """Cancelling leaves a running instance alone, and ends a stopped one, which could never start again."""
        if self.state == "open":
            self.set("cancelled", "canceled-before-fulfillment")
        elif self.state == "active":
            self.set("cancelled", "request-canceled-and-instance-running")
        elif self.state == "disabled":
            self.set("cancelled", "instance-terminated-by-service")
            with lifecycle.by_aws():
                lifecycle.terminate(self.instance)

    @property
    def instance_id(self) -> str | None:
        return self.instance.id if self.instance else None

    @property
    def create_time(self) -> datetime:
        return self.opened_at

    @property
    def status(self) -> dict[str, Any]:
        return {"Code": self._status_code, "Message": self.status_message, "UpdateTime": self.status_at}

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        values = {
            "state": self.state,
            "type": self.type,
            "status-code": self._status_code,
            "status-message": self.status_message,
            "spot-instance-request-id": self.id,
            "instance-id": self.instance_id or "",
            "spot-price": self.price or "",
            "launched-availability-zone": self.launched_availability_zone or "",
            "product-description": self.product_description,
        }
        if filter_name in values:
            return values[filter_name]
        return super().get_filter_value(filter_name, method_name)


def open_for(instance: Any, options: Options, relaunch: Callable[[], Any], tags: dict[str, str]) -> Request:
    request = Request(instance.ec2_backend, options, relaunch, tags)
    request.fulfil(instance)
    return request


def request_of(instance: Any) -> Request | None:
    return getattr(instance, "curfew_spot_request", None)


def _specification(instance: Any) -> LaunchSpecification:
    made = LaunchSpecification(
        kernel_id=None,
        ramdisk_id=None,
        image_id=instance.image_id,
        key_name=instance.key_name,
        instance_type=instance.instance_type,
        placement=instance.availability_zone,
        monitored=instance.monitored,
        subnet_id=instance.subnet_id,
    )
    made.groups = list(instance.security_groups)
    return made
