"""Makes many instances at once, straight on moto's backends, with the pasts that tests need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from . import lifecycle, spot
from .world import World

KEYS = {
    "account", "region", "zone", "count", "type", "market", "name", "tags", "state", "launched_ago_s", "launched_at",
    "protected", "group", "public_ip", "volumes", "interruption", "max_price", "user_data",
}  # fmt: skip
MARKETS = ("on-demand", "spot", "spot-persistent")


def make(world: World, wanted: list[dict]) -> list[dict]:
    """Returns `{account, region, id}` in the order asked for. Raises ValueError before anything is made."""
    for number, group in enumerate(wanted):
        _check(number, group)
    made = []
    for group in wanted:
        made += _make_group(world, group)
    return made


def moment(text: str) -> datetime:
    """RFC 3339 to moto's naive UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC).replace(tzinfo=None)


def set_launch_time(instance: Any, at: datetime, first_launch: bool = True) -> None:
    """The primary interface's attach time is what tells the first launch from a later start."""
    instance.launch_time = at
    if first_launch:
        instance.nics[0].attach_time = at
        for _, device in instance.get_block_device_mapping:
            device.attach_time = at
            volume = instance.ec2_backend.volumes[device.volume_id]
            volume.create_time = at
            volume.attachment.attach_time = at


def linux_image(backend: Any, architecture: str = "x86_64") -> str:
    """Raises ValueError where there is none of the architecture."""
    for image in backend.amis.values():
        if image.platform != "windows" and image.architecture == architecture:
            return image.id
    raise ValueError(f"{backend.region_name} has no Linux image for {architecture}")


def _check(number: int, group: dict) -> None:
    where = f"entry {number}"
    if unknown := set(group) - KEYS:
        raise ValueError(f"{where}: no key is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(KEYS))}")
    if group.get("market", "on-demand") not in MARKETS:
        raise ValueError(f"{where}: market must be one of {', '.join(MARKETS)}, not {group['market']!r}")
    if group.get("state", "running") not in lifecycle.CODES:
        raise ValueError(f"{where}: state must be one of {', '.join(lifecycle.CODES)}, not {group['state']!r}")
    from .regions import commercial

    if group.get("region", "us-east-1") not in commercial():
        raise ValueError(f"{where}: there is no commercial region {group['region']!r}")


def _make_group(world: World, group: dict) -> list[dict]:
    from moto.ec2.models import ec2_backends

    account, region = group.get("account", "123456789012"), group.get("region", "us-east-1")
    backend = ec2_backends[account][region]
    zones = [zone.name for zone in backend.describe_availability_zones()]
    image = linux_image(backend)
    made = []
    for index in range(int(group.get("count", 1))):
        zone = group.get("zone") or zones[index % len(zones)]
        made.append(_make_one(world, backend, group, index, image, zone))
    if group.get("group"):
        from .groups import adopt

        adopt(account, region, group["group"], made)
    return [{"account": account, "region": region, "id": instance.id} for instance in made]


def _make_one(world: World, backend: Any, group: dict, index: int, image: str, zone: str) -> Any:
    root = backend.amis[image].root_device_name

    def launch() -> Any:
        return backend.run_instances(
            image,
            1,
            group.get("user_data"),
            [],
            instance_type=group.get("type", "t3.micro"),
            # moto would look through all that the region offers; a fleet may have any type anywhere.
            is_instance_type_default=True,
            region_name=backend.region_name,
            placement=zone,
            client_token="",
            tags={"instance": _tags(group, index)},
            block_device_mappings=[_mapping(root, n, volume) for n, volume in enumerate(group.get("volumes", [{}]))],
        ).instances[0]

    instance = launch()
    lifecycle.enter(instance, "running")
    set_launch_time(instance, _launched_at(world, group))
    if not group.get("public_ip", True):
        instance.nics[0].public_ip_auto_assign = False
        instance.nics[0].public_ip = None
    instance.disable_api_termination = bool(group.get("protected", False))
    if group.get("market", "on-demand") != "on-demand":
        _make_spot(instance, group, launch)
    _bring_to(instance, group.get("state", "running"))
    return instance


def _tags(group: dict, index: int) -> dict[str, str]:
    tags = dict(group.get("tags", {}))
    if "name" in group:
        tags["Name"] = group["name"].replace("{n}", str(index))
    return tags


def _mapping(root: str, number: int, volume: dict) -> dict:
    """The defaults are those of today's images: an 8 GiB gp3 root."""
    return {
        "DeviceName": root if number == 0 else f"/dev/sd{chr(ord('f') + number - 1)}",
        "NoDevice": None,
        "Ebs": {
            "VolumeSize": volume.get("gib", 8),
            "VolumeType": volume.get("kind", "gp3"),
            "Iops": volume.get("iops"),
            "Throughput": volume.get("throughput"),
            "Encrypted": False,
            "DeleteOnTermination": volume.get("delete_on_termination", True),
        },
    }


def _launched_at(world: World, group: dict) -> datetime:
    if "launched_at" in group:
        return moment(group["launched_at"])
    return world.clock.now() - timedelta(seconds=float(group.get("launched_ago_s", 0)))


def _make_spot(instance: Any, group: dict, launch: Any) -> None:
    persistent = group["market"] == "spot-persistent"
    options = spot.Options(
        kind="persistent" if persistent else "one-time",
        behaviour=group.get("interruption", "stop" if persistent else "terminate"),
        max_price=group.get("max_price"),
    )
    request = spot.open_for(instance, options, launch, {})
    request.opened_at = request.status_at = instance.launch_time


def _bring_to(instance: Any, state: str) -> None:
    """A passing state given here lasts until the instance is acted on: tests of being stuck need that."""
    if state in ("stopping", "stopped"):
        lifecycle.stop(instance)
    elif state in ("shutting-down", "terminated"):
        lifecycle.terminate(instance)
    if state in ("stopped", "terminated"):
        lifecycle.arrive(instance)
    else:
        lifecycle.enter(instance, state)
