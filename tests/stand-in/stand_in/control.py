"""The control plane: what tests ask of the stand-in beside AWS's own calls, as JSON under /_curfew/.

Every answer is JSON; a fault of the caller's is 400 with `{"error": "..."}`.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from . import fleet, interruption, spot
from .clock import real_now
from .credentials import Key, Role
from .wire import Answer
from .world import World


class Missing(ValueError):
    """What the caller names is not there."""


def answer(world: World, environ: dict) -> Answer:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/_curfew/").rstrip("/")
    handler = ROUTES.get((method, path))
    if handler is None:
        return _json(404, {"error": f"nothing answers {method} /_curfew/{path}", "routes": sorted(map(" ".join, ROUTES))})
    try:
        body = _body(environ)
        if handler in _WITHOUT_LOCK:
            return _json(200, handler(world, body))
        with world.lock:
            world.clock.run_due()
            return _json(200, handler(world, body))
    except Missing as fault:
        return _json(404, {"error": str(fault)})
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        text = f"{fault.args[0]!r} is missing" if isinstance(fault, KeyError) and fault.args else str(fault)
        return _json(400, {"error": text})
    except Exception as fault:  # moto's own refusals, and faults of ours, which must be seen
        traceback.print_exc()
        return _json(500, {"error": f"{type(fault).__name__}: {fault}"})


def reset(world: World, _: dict) -> dict:
    world.reset()
    return {}


def make_fleet(world: World, body: Any) -> dict:
    made = fleet.make(world, body if isinstance(body, list) else body["instances"])
    return {"ids": [instance["id"] for instance in made], "instances": made}


def age(world: World, body: dict) -> dict:
    at = fleet.moment(body["launched_at"]) if "launched_at" in body else None
    if at is None:
        at = world.clock.now() - timedelta(seconds=float(body["launched_ago_s"]))
    fleet.set_launch_time(_instance(body), at, first_launch=body.get("first_launch", True))
    return {}


def tag(world: World, body: dict) -> dict:
    """Sets tags as CreateTags does; those that are not named stay."""
    _instance(body).add_tags(body["tags"])
    return {}


def instance(world: World, query: dict) -> dict:
    return _described(_instance(query))


def instances(world: World, query: dict) -> dict:
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[query.get("account", DEFAULT_ACCOUNT)][query["region"]]
    return {"instances": [_described(i) for r in backend.reservations.values() for i in r.instances]}


def image(world: World, query: dict) -> dict:
    """A Linux image that can be launched: DescribeImages of all there are takes moto most of a second."""
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[query.get("account", DEFAULT_ACCOUNT)][query["region"]]
    return {"id": fleet.linux_image(backend, query.get("architecture", "x86_64"))}


def calls(world: World, query: dict) -> dict:
    return {"calls": world.calls.listed(**{k: v for k, v in query.items() if k in CALL_FIELDS})}


def clear_calls(world: World, _: dict) -> dict:
    world.calls.clear()
    return {}


def add_faults(world: World, body: Any) -> dict:
    world.faults.add(body if isinstance(body, list) else body.get("rules", [body]))
    return {"rules": world.faults.listed()}


def list_faults(world: World, _: dict) -> dict:
    return {"rules": world.faults.listed()}


def clear_faults(world: World, _: dict) -> dict:
    world.faults.clear()
    return {}


def set_clock(world: World, body: dict) -> dict:
    world.periods.update(body)
    return asdict(world.periods)


def show_clock(world: World, _: dict) -> dict:
    return {"now": world.clock.now().isoformat() + "Z", **asdict(world.periods)}


def advance(world: World, body: dict) -> dict:
    world.clock.advance(float(body["seconds"]))
    return {"now": world.clock.now().isoformat() + "Z"}


def interrupt(world: World, body: dict) -> dict:
    seconds = float(body["seconds"]) if "seconds" in body else 60 * float(body.get("minutes", 2))
    interruption.interrupt(_instance(body), seconds, marked=body.get("status") == "marked-for-termination")
    return {}


def resume(world: World, body: dict) -> dict:
    interruption.resume(_instance(body))
    return {}


def set_regions(world: World, body: dict) -> dict:
    world.regions.configure(body.get("account", DEFAULT_ACCOUNT), body.get("enabled", []), body.get("not_opted_in", []))
    return {}


def add_credentials(world: World, body: dict) -> dict:
    """`expires_in_s` of 0 or less makes keys that have expired."""
    account = body["account"]
    expires = world.clock.now() + timedelta(seconds=float(body["expires_in_s"])) if "expires_in_s" in body else None
    world.credentials.add(Key(
        access_key=body["access_key"],
        secret_key=body["secret_key"],
        account=account,
        arn=body.get("arn", f"arn:aws:iam::{account}:user/{body.get('user', 'curfew')}"),
        user_id=body.get("user_id", "AIDACKCEVSQ6C2EXAMPLE"),
        session_token=body.get("session_token"),
        expires_at=expires,
        administrator=True,
    ))  # fmt: skip
    return {}


def remove_credentials(world: World, body: dict) -> dict:
    if not world.credentials.remove(body["access_key"]):
        raise Missing(f"no access key {body['access_key']!r}")
    return {}


def add_role(world: World, body: dict) -> dict:
    role = Role(body["arn"], bool(body.get("mfa")), body.get("external_id"), bool(body.get("denied")))
    world.credentials.roles[role.arn] = role
    return {}


def deny(world: World, body: dict) -> dict:
    world.permissions.deny(body.get("account", DEFAULT_ACCOUNT), body["actions"])
    return {}


def set_quotas(world: World, body: dict) -> dict:
    """Without a region for all regions; those that are not named stay."""
    world.quotas.configure(body.get("account", DEFAULT_ACCOUNT), body.get("region"), body["quotas"])
    return {}


def set_capacity(world: World, body: dict | list) -> dict:
    """`{"region", "zone", "type", "market", "available"}`; what is left out stands for every one."""
    for pool in body if isinstance(body, list) else [body]:
        world.capacity.set({k: v for k, v in pool.items() if k != "available"}, pool.get("available", False))
    return {}


def fail_stack(world: World, body: dict | list) -> dict:
    """`{"reason", "resource" or "nth", "stack", "region", "on", "times"}`: the next stack that makes it fails there."""
    for failure in body if isinstance(body, list) else [body]:
        world.stack_failures.add(failure)
    return {}


def set_alarm(world: World, body: dict) -> dict:
    """The alarm comes into a state, as if its metric had said so; what it does about it, it does."""
    from moto.cloudwatch.models import cloudwatch_backends

    backend = cloudwatch_backends[body.get("account", DEFAULT_ACCOUNT)][body["region"]]
    if body["name"] not in backend.alarms:
        raise Missing(f"no alarm {body['name']!r} in {body['region']}")
    backend.set_alarm_state(body["name"], body.get("reason", "Threshold Crossed"), "{}", body.get("state", "ALARM"))
    return {}


def bucket_everywhere(world: World, body: dict) -> dict:
    """For tests that make redirects of their own: the bucket answers in whatever region it is asked."""
    world.everywhere.add(body["bucket"])
    return {}


def set_spot_prices(world: World, body: dict) -> dict:
    """Replaces the history of one zone, type and product."""
    points = []
    for point in body["points"]:
        at = fleet.moment(point["at"]) if "at" in point else world.clock.now() - timedelta(seconds=float(point["ago_s"]))
        points.append((at, f"{float(point['price']):.6f}"))
    where = (body["region"], body["zone"], body["type"], body.get("product", "Linux/UNIX"))
    world.spot_prices[where] = sorted(points)
    return {}


def health(world: World, _: dict) -> dict:
    return {"now": real_now().isoformat() + "Z", "port": world.port}


DEFAULT_ACCOUNT = "123456789012"
CALL_FIELDS = {"account", "region", "service", "action", "status", "error"}

ROUTES: dict[tuple[str, str], Callable[[World, Any], dict]] = {
    ("GET", "health"): health,
    ("POST", "reset"): reset,
    ("POST", "fleet"): make_fleet,
    ("POST", "age"): age,
    ("POST", "tags"): tag,
    ("GET", "instance"): instance,
    ("GET", "instances"): instances,
    ("GET", "image"): image,
    ("GET", "calls"): calls,
    ("POST", "calls/clear"): clear_calls,
    ("GET", "faults"): list_faults,
    ("POST", "faults"): add_faults,
    ("DELETE", "faults"): clear_faults,
    ("GET", "clock"): show_clock,
    ("POST", "clock"): set_clock,
    ("POST", "advance"): advance,
    ("POST", "interrupt"): interrupt,
    ("POST", "resume"): resume,
    ("POST", "regions"): set_regions,
    ("POST", "credentials"): add_credentials,
    ("DELETE", "credentials"): remove_credentials,
    ("POST", "roles"): add_role,
    ("POST", "deny"): deny,
    ("POST", "spot-prices"): set_spot_prices,
    ("POST", "quotas"): set_quotas,
    ("POST", "capacity"): set_capacity,
    ("POST", "stack-failures"): fail_stack,
    ("POST", "alarm"): set_alarm,
    ("POST", "bucket-everywhere"): bucket_everywhere,
}
# These must answer while a call holds the lock.
_WITHOUT_LOCK = {health, calls, clear_calls, list_faults, add_faults, clear_faults}


def _instance(wanted: dict) -> Any:
    from moto.ec2.models import ec2_backends

    account = wanted.get("account", DEFAULT_ACCOUNT)
    found = ec2_backends[account][wanted["region"]].get_instance_by_id(wanted["id"])
    if found is None:
        raise Missing(f"no instance {wanted['id']} in {account} {wanted['region']}")
    return found


def _described(i: Any) -> dict:
    """The instance as it is, not as an eventually consistent call may show it."""
    request = spot.request_of(i)
    return {
        "id": i.id,
        "state": i.state,
        "type": i.instance_type,
        "zone": i.availability_zone,
        "image": i.image_id,
        "launched_at": i.launch_time.isoformat() + "Z",
        "state_transition_reason": i._reason,
        "state_reason": i.state_reason.code if i.state_reason else None,
        "lifecycle": i.lifecycle,
        "protected": bool(i.disable_api_termination),
        "client_token": i.client_token,
        "user_data": None if i.user_data is None else str(i.user_data),
        "tags": {tag["key"]: tag["value"] for tag in i.get_tags()},
        "public_ip": i.public_ip,
        "volumes": [device.volume_id for _, device in i.get_block_device_mapping],
        "spot_request": request
        and {"id": request.id, "state": request.state, "status": request.status["Code"], "type": request.type},
    }


def _body(environ: dict) -> Any:
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if raw:
        return json.loads(raw)
    return dict(parse_qsl(environ.get("QUERY_STRING", "")))


def _json(status: int, value: Any) -> Answer:
    return Answer(status, [("Content-Type", "application/json")], json.dumps(value).encode())
