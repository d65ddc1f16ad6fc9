"""Which pools of machines are empty, as tests have said: a pool is a type in a zone, for one market.

`Capacity` knows what is empty; `zones_offering` which zones have the type at all (moto's data, taken from AWS).
"""

from __future__ import annotations

from dataclasses import dataclass

MARKETS = ("on-demand", "spot")


@dataclass(frozen=True)
class Pool:
    """None stands for every one."""

    region: str | None
    zone: str | None
    type: str | None
    market: str | None

    def holds(self, region: str, zone: str, kind: str, market: str) -> bool:
        pairs = ((self.region, region), (self.zone, zone), (self.type, kind), (self.market, market))
        return all(own is None or own == asked for own, asked in pairs)


class Capacity:
    def __init__(self) -> None:
        self._empty: list[Pool] = []

    def set(self, pool: dict, available: bool) -> None:
        """Raises ValueError for a key or market that does not exist. What is made available must be named as it was
        when it was emptied; `{}` makes everything available."""
        if unknown := set(pool) - {"region", "zone", "type", "market"}:
            raise ValueError(f"a pool has no {', '.join(sorted(unknown))}; only region, zone, type, market")
        if pool.get("market") not in (None, *MARKETS):
            raise ValueError(f"market must be one of {', '.join(MARKETS)}, not {pool['market']!r}")
        named = Pool(pool.get("region"), pool.get("zone"), pool.get("type"), pool.get("market"))
        if available:
            self._empty = [p for p in self._empty if pool and p != named]
        else:
            self._empty.append(named)

    def has(self, region: str, zone: str, kind: str, market: str) -> bool:
        return not any(pool.holds(region, zone, kind, market) for pool in self._empty)


def zones_offering(region: str, kind: str) -> list[str]:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    return sorted(offer["Location"] for offer in offered if offer["InstanceType"] == kind)
