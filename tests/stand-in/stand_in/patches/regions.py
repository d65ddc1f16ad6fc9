"""moto lists the government and China regions too, and knows no opt-in of an account's own.

DescribeRegions answers the enabled regions, and all of the partition with AllRegions:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
Zones and types: moto has none for the newest regions; here they have three zones and the types of a small region.
"""

from __future__ import annotations

import fnmatch

from ..regions import commercial
from ..world import world


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
    from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

    for region in commercial():
        if region not in RegionsAndZonesBackend.zones:
            RegionsAndZonesBackend.zones[region] = [
                Zone(region_name=region, name=f"{region}{letter}", zone_id=f"{_short(region)}-az{number}")
                for number, letter in enumerate("abc", start=1)
            ]
        _offer_types(region, RegionsAndZonesBackend.zones[region])

    def describe_regions(self) -> ActionResult:
        self.error_on_dryrun()
        account = self.current_account
        every = [_described(account, name) for name in commercial()]
        names = self._get_param("RegionNames", [])
        for name in names:
            if name not in commercial():
                raise EC2ClientError("InvalidParameterValue", f"Invalid region name(s) provided: '{name}'")
        filters = self._filters_from_querystring()
        if names:
            shown = [region for region in every if region["RegionName"] in names]
        elif self._get_param("AllRegions", False):
            shown = every
        else:
            shown = [region for region in every if region["OptInStatus"] != "not-opted-in"]
        return ActionResult({"Regions": [region for region in shown if _passes(region, filters)]})

    def _passes(region: dict, filters: dict) -> bool:
        members = {"region-name": "RegionName", "opt-in-status": "OptInStatus", "endpoint": "Endpoint"}
        for name, values in filters.items():
            if name not in members:
                raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
            if not any(fnmatch.fnmatchcase(region[members[name]], value) for value in values):
                return False
        return True

    AvailabilityZonesAndRegions.describe_regions = describe_regions


def _offer_types(region: str, zones: list) -> None:
    """Where moto has no offerings at all, those of a small region."""
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    by_zone, by_region = INSTANCE_TYPE_OFFERINGS["availability-zone"], INSTANCE_TYPE_OFFERINGS["region"]
    if region in by_zone:
        return
    kinds = sorted({offer["InstanceType"] for offer in by_zone["ca-west-1"]})
    by_region[region] = [{"InstanceType": k, "LocationType": "region", "Location": region} for k in kinds]
    by_zone[region] = [
        {"InstanceType": k, "LocationType": "availability-zone", "Location": zone.name} for zone in zones for k in kinds
    ]


def _described(account: str, name: str) -> dict:
    return {
        "RegionName": name,
        "Endpoint": f"ec2.{name}.amazonaws.com",
        "OptInStatus": world.regions.status(account, name),
    }


def _short(region: str) -> str:
    """`ap-southeast-6` is `apse6` in zone ids."""
    area, place, number = region.split("-")
    letters = {"northeast": "ne", "southeast": "se", "northwest": "nw", "southwest": "sw"}.get(place, place[0])
    return f"{area}{letters}{number}"
