"""moto's instances are known the moment they are made; AWS's API is eventually consistent, and a new instance may be
InvalidInstanceID.NotFound for a while.

https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
For how long is set by `not_found_after_create_s` of the control plane's clock; 0, the default, is never. One unknown or
malformed id fails a whole DescribeInstances:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from .. import launch
from ..world import world
from .instance_states import WELL_FORMED


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError, InvalidInstanceIdError
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.utils import filter_reservations

    def all_reservations(self, filters: Any = None) -> list[Any]:
        shown = []
        for reservation in self.reservations.copy().values():
            visible = [i for i in reservation.instances if _visible(i)]
            if visible:
                seen = copy.copy(reservation)
                seen.instances = visible
                shown.append(seen)
        return shown if filters is None else filter_reservations(shown, filters)

    def get_reservations_by_instance_ids(self, instance_ids: list[str], filters: Any = None) -> list[Any]:
        for instance_id in instance_ids:
            if not WELL_FORMED.match(instance_id):
                raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
        wanted, found = set(instance_ids), []
        for reservation in all_reservations(self):
            reservation.instances = [i for i in reservation.instances if i.id in wanted]
            if reservation.instances:
                found.append(reservation)
        missing = wanted - {i.id for reservation in found for i in reservation.instances}
        if missing:
            raise InvalidInstanceIdError([i for i in dict.fromkeys(instance_ids) if i in missing])
        return found if filters is None else filter_reservations(found, filters)

    def hide(_response: Any, instances: list[Any]) -> None:
        for instance in instances:
            instance.curfew_visible_from = world.clock.now() + timedelta(seconds=world.periods.not_found_after_create_s)

    InstanceBackend.all_reservations = all_reservations
    InstanceBackend.get_reservations_by_instance_ids = get_reservations_by_instance_ids
    launch.finish.append(hide)


def _visible(instance: Any) -> bool:
    since = getattr(instance, "curfew_visible_from", None)
    return since is None or since <= world.clock.now()
