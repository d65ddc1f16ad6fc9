"""moto's spot price is one constant; AWS's changes, and 90 days of its history can be read.

With a start time, the price that was in effect at that moment is answered as well, with the time of its change:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
The prices are invented, but always the same for a zone, type and day; the control plane sets exact ones (/_curfew/spot-prices).
"""

from __future__ import annotations

import fnmatch
import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from ..world import world

PRODUCTS = {"Linux/UNIX": 1.0, "Red Hat Enterprise Linux": 1.12, "SUSE Linux": 1.1, "Windows": 1.6}
HISTORY = timedelta(days=90)
Change = tuple[datetime, str]


def apply() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.exceptions import EC2ClientError
    from moto.ec2.responses.spot_instances import SpotInstances

    known = {"availability-zone", "instance-type", "product-description", "spot-price", "timestamp"}

    def describe_spot_price_history(self) -> ActionResult:
        self.error_on_dryrun()
        filters = self._filters_from_querystring()
        if unknown := set(filters) - known:
            raise EC2ClientError("InvalidParameterValue", f"The filter '{sorted(unknown)[0]}' is invalid")
        now = world.clock.now()
        start, end = _naive(self._get_param("StartTime")), _naive(self._get_param("EndTime")) or now
        start = max(start or now - HISTORY, now - HISTORY)
        products = [_product(p) for p in self._get_param("ProductDescriptions", [])] or list(PRODUCTS)
        zone = self._get_param("AvailabilityZone")
        history = []
        for kind, location in _offered(self.region, self._get_param("InstanceTypes", []), zone, filters):
            for product in dict.fromkeys(products):
                for at, price in in_effect(self.region, location, kind, product, start, min(end, now)):
                    history.append({
                        "AvailabilityZone": location,
                        "InstanceType": kind,
                        "ProductDescription": product,
                        "SpotPrice": price,
                        "Timestamp": at,
                    })  # fmt: skip
        members = {"product-description": "ProductDescription", "spot-price": "SpotPrice"}
        for name, member in members.items():
            if name in filters:
                wanted = [_product(value) for value in filters[name]]
                history = [h for h in history if any(fnmatch.fnmatchcase(h[member], value) for value in wanted)]
        history.sort(key=lambda change: change["Timestamp"], reverse=True)
        return ActionResult({"SpotPriceHistory": history})

    SpotInstances.describe_spot_price_history = describe_spot_price_history


def in_effect(region: str, zone: str, kind: str, product: str, start: datetime, end: datetime) -> list[Change]:
    """The changes from `start` to `end`, and the last one before `start`."""
    changes = world.spot_prices.get((region, zone, kind, product))
    if changes is None:
        changes = [_of_day(zone, kind, product, start + timedelta(days=n)) for n in range(-2, (end - start).days + 2)]
    changes = sorted(change for change in changes if change[0] <= end)
    before = [change for change in changes if change[0] <= start]
    return before[-1:] + [change for change in changes if change[0] > start]


def _of_day(zone: str, kind: str, product: str, day: datetime) -> Change:
    """One change a day, at a moment and by an amount that the day decides; neighbours differ by a few per cent."""
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = [_number(f"{zone} {kind} {(midnight - timedelta(days=n)).date()}") for n in range(4)]
    swing = 0.8 + 0.4 * sum(numbers) / len(numbers)
    price = _level(kind) * (0.85 + 0.3 * _number(f"{zone} {kind}")) * swing * PRODUCTS[product]
    return midnight + timedelta(seconds=int(86_399 * numbers[0])), f"{max(price, 0.001):.6f}"


@cache
def _level(kind: str) -> float:
    """About a third of what such a machine costs on demand."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    facts = INSTANCE_TYPES.get(kind, {})
    cpus = facts.get("VCpuInfo", {}).get("DefaultVCpus", 2)
    memory = facts.get("MemoryInfo", {}).get("SizeInMiB", 4096) / 1024
    chips = sum(g.get("Count", 1) for g in facts.get("GpuInfo", {}).get("Gpus", []))
    chips += sum(d.get("Count", 1) for d in facts.get("NeuronInfo", {}).get("NeuronDevices", []))
    return 0.009 * cpus + 0.0012 * memory + 0.2 * chips


def _number(text: str) -> float:
    """0 to 1, always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def _offered(region: str, kinds: list[str], zone: str | None, filters: dict[str, list[str]]) -> list[tuple[str, str]]:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    offers = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    pairs = sorted((offer["InstanceType"], offer["Location"]) for offer in offers)
    wanted_kinds = filters.get("instance-type")
    wanted_zones = filters.get("availability-zone")
    return [
        (kind, location)
        for kind, location in pairs
        if (not kinds or kind in kinds)
        and (not zone or location == zone)
        and (wanted_kinds is None or any(fnmatch.fnmatchcase(kind, value) for value in wanted_kinds))
        and (wanted_zones is None or any(fnmatch.fnmatchcase(location, value) for value in wanted_zones))
    ]


def _product(text: str) -> str:
    """In a VPC account both spellings mean the same."""
    return text.removesuffix(" (Amazon VPC)")


def _naive(moment: Any) -> datetime | None:
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment
