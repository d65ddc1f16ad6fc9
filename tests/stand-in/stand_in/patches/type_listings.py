"""moto describes every instance type in every region, and takes no wildcard in what is offered where.

A type that the region does not offer is InvalidInstanceType there, as one that does not exist; the filters of
DescribeInstanceTypeOfferings are location and instance-type, with wildcards; a zone says whether it was opted in to:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
What is offered is what RunInstances launches (`instance_types`): both read moto's data, which were taken from AWS.
"""

from __future__ import annotations

import fnmatch
from typing import Any


def apply() -> None:
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.availability_zones_and_regions import Zone
    from moto.ec2.models.instance_types import (
        INSTANCE_TYPE_OFFERINGS,
        InstanceTypeBackend,
        InstanceTypeOfferingBackend,
    )
    from moto.ec2.responses.instances import InstanceResponse

    describe_types, describe = InstanceTypeBackend.describe_instance_types, InstanceResponse.describe_instance_type_offerings

    def describe_instance_types(self, instance_types: list[str] | None = None, filters: Any = None) -> list[Any]:
        offered = {o["InstanceType"] for o in INSTANCE_TYPE_OFFERINGS["region"].get(self.region_name, [])}
        if missing := sorted(set(instance_types or []) - offered):
            raise EC2ClientError(
                "InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(missing)}]"
            )
        return [kind for kind in describe_types(self, instance_types, filters) if kind["InstanceType"] in offered]

    def describe_offerings(self) -> Any:
        for name in self._filters_from_querystring():
            if name not in ("location", "instance-type"):
                raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
        kind = self._get_param("LocationType") or "region"
        if kind not in INSTANCE_TYPE_OFFERINGS:
            raise EC2ClientError("InvalidParameterValue", f"Invalid value '{kind}' for LocationType.")
        return describe(self)

    def matches(self, offering: dict, filters: dict, location_type: str) -> bool:
        members = {"location": "Location", "instance-type": "InstanceType"}
        return all(any(fnmatch.fnmatchcase(offering[members[n]], v) for v in values) for n, values in filters.items())

    offerings = InstanceTypeOfferingBackend.describe_instance_type_offerings

    def describe_by_location(self, location_type: str | None = None, filters: dict | None = None) -> list[dict]:
        if location_type != "availability-zone-id":
            return offerings(self, location_type, filters)
        # An account's zone names are its own; moto's data are of another account than its zones.
        ids = {zone.name: zone.zone_id for zone in self.describe_availability_zones()}
        named = offerings(self, "availability-zone", {})
        found = [{**o, "LocationType": location_type, "Location": ids[o["Location"]]} for o in named if o["Location"] in ids]
        return [o for o in found if matches(self, o, filters or {}, location_type)]

    InstanceTypeOfferingBackend.describe_instance_type_offerings = describe_by_location
    InstanceTypeBackend.describe_instance_types = describe_instance_types
    InstanceTypeOfferingBackend.matches_filters = matches
    InstanceResponse.describe_instance_type_offerings = describe_offerings
    Zone.opt_in_status = "opt-in-not-required"
    Zone.group_name = property(lambda self: f"{self.region_name}-zg-1")
    Zone.network_border_group = property(lambda self: self.region_name)
