"""moto opens no request for a spot instance launched by RunInstances, forgets cancelled requests, and lets one-time
spot instances stop.

Requests, their states and their codes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html
Stopping: only under a persistent request that is not cancelled; a persistent request reopens when its instance is
terminated; cancelling a disabled request ends its stopped instance:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html
Only EC2 starts an instance that it interrupted:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/interruption-behavior.html
"""

from __future__ import annotations

import copy
from typing import Any

from .. import lifecycle, spot
from ..context import current


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.models.spot_requests import SpotRequestBackend
    from moto.ec2.responses.spot_instances import SpotInstances
    from moto.ec2.utils import generic_filter

    run_instances = InstanceBackend.run_instances

    def run(self, image_id, count, user_data, security_group_names, **kwargs):
        # moto takes things out of the arguments it is given.
        again = copy.copy(kwargs)
        reservation = run_instances(self, image_id, count, user_data, security_group_names, **kwargs)
        if kwargs.get("instance_market_options"):
            again["instance_market_options"] = {}

            def relaunch() -> Any:
                arguments = copy.copy(again)
                return run_instances(self, image_id, 1, user_data, security_group_names, **arguments).instances[0]

            tags = (again.get("tags") or {}).get("spot-instances-request", {})
            for instance in reservation.instances:
                spot.open_for(instance, current.spot_options or spot.Options(), relaunch, tags)
        return reservation

    def request_spot_instances(self, price, image_id, count, spot_instance_type, valid_from, valid_until, launch_group,
                               availability_zone_group, key_name, security_groups, user_data, instance_type, placement,
                               kernel_id, ramdisk_id, monitoring_enabled, subnet_id, tags=None, spot_fleet_id=None,
                               instance_interruption_behaviour=None, launch_spec=None):  # fmt: skip
        tags = tags or {}
        options = spot.Options(
            kind=spot_instance_type or "one-time",
            behaviour=instance_interruption_behaviour or "terminate",
            max_price=price,
            valid_until=valid_until,
        )

        def launch() -> Any:
            groups = [self.get_security_group_by_name_or_id(name) for name in security_groups or ["default"]]
            return run_instances(
                self, image_id, 1, user_data, [],
                instance_type=instance_type, is_instance_type_default=not instance_type, region_name=self.region_name,
                placement=placement, subnet_id=subnet_id, key_name=key_name,
                security_group_ids=[group for group in groups if group], spot_fleet_id=spot_fleet_id, tags=copy.copy(tags),
                client_token="",
            ).instances[0]  # fmt: skip

        made = []
        for _ in range(count):
            request = spot.open_for(launch(), options, launch, tags.get("spot-instances-request", {}))
            request.spot_fleet_id, request.launch_spec, request.valid_from = spot_fleet_id, launch_spec, valid_from
            made.append(request)
        return made

    def known(self, request_ids: list[str]) -> list[Any]:
        missing = [i for i in request_ids if i not in self.spot_instance_requests]
        if missing:
            raise EC2ClientError(
                "InvalidSpotInstanceRequestID.NotFound",
                f"The spot instance request ID '{missing[0]}' does not exist",
            )
        return [self.spot_instance_requests[i] for i in request_ids]

    def describe(self, filters: Any = None, spot_instance_ids: list[str] | None = None) -> list[Any]:
        wanted = known(self, spot_instance_ids) if spot_instance_ids else list(self.spot_instance_requests.values())
        return generic_filter(filters, wanted)

    def cancel_spot_instance_requests(self, request_ids: list[str]) -> list[Any]:
        requests = known(self, request_ids)
        for request in requests:
            request.cancel()
        return requests

    def respond_to_cancel(self) -> ActionResult:
        request_ids = self._get_param("SpotInstanceRequestIds", [])
        self.error_on_dryrun()
        requests = self.ec2_backend.cancel_spot_instance_requests(request_ids)
        shown = [{"SpotInstanceRequestId": r.id, "State": r.state} for r in requests]
        return ActionResult({"CancelledSpotInstanceRequests": shown})

    InstanceBackend.run_instances = run
    SpotRequestBackend.request_spot_instances = request_spot_instances
    SpotRequestBackend.cancel_spot_instance_requests = cancel_spot_instance_requests
    SpotRequestBackend.describe_spot_instance_requests = describe
    SpotInstances.cancel_spot_instance_requests = respond_to_cancel
    _follow_the_instance(EC2ClientError)


def _follow_the_instance(EC2ClientError) -> None:
    def stoppable(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is None:
            return
        if instance._spot_fleet_id or instance._fleet_id:
            why = "it is in a fleet, which does not support stop."
        elif request.type == "one-time":
            why = (
                "it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated "
                "with persistent Spot Instance requests."
            )
        elif request.state == "cancelled":
            why = "the associated Spot Instance request is cancelled."
        else:
            return
        raise EC2ClientError("UnsupportedOperation", f"You can't stop the Spot Instance '{instance.id}' because {why}")

    def startable(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is None or lifecycle.state_of(instance) != "stopped":
            return
        if (request.state, request.status["Code"]) != ("disabled", "instance-stopped-by-user"):
            raise EC2ClientError(
                "IncorrectSpotRequestState",
                f"You can't start the Spot Instance '{instance.id}' because the associated Spot Instance request is not "
                "in an appropriate state to support start.",
            )

    def stopping(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is not None and request.state == "active":
            request.set("active", "marked-for-stop")

    def stopped(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is not None and request.state == "active":
            interrupted = instance.state_reason and instance.state_reason.code == "Server.SpotInstanceShutdown"
            request.set("disabled", f"instance-stopped-{'no-capacity' if interrupted else 'by-user'}")

    def starting(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is not None:
            request.set("active", "fulfilled")

    def terminating(instance: Any) -> None:
        request = spot.request_of(instance)
        if request is None or request.instance is not instance or request.state not in ("active", "disabled"):
            return
        if request.type == "persistent":
            request.reopen()
        else:
            request.set("closed", "instance-terminated-by-user")

    lifecycle.before_stop.append(stoppable)
    lifecycle.before_start.append(startable)
    lifecycle.on_stopping.append(stopping)
    lifecycle.on_stopped.append(stopped)
    lifecycle.on_starting.append(starting)
    lifecycle.on_terminating.append(terminating)
