"""Reads a seed file: the control plane's own bodies under the names of their routes, in one JSON object."""

from __future__ import annotations

import json

from . import control
from .world import World

# In this order, whatever the file's: a fleet may lie in a region that has to be opted in to first.
ROUTES = ("clock", "regions", "credentials", "roles", "fleet", "spot-prices", "quotas", "capacity", "deny", "faults")


def plant(world: World, path: str) -> None:
    """Raises OSError when the file cannot be read and ValueError when it is not what it should be."""
    with open(path, encoding="utf-8") as file:
        seed = json.load(file)
    if unknown := set(seed) - set(ROUTES):
        raise ValueError(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(ROUTES)}")
    for route in ROUTES:
        if route not in seed:
            continue
        bodies = (
            seed[route] if isinstance(seed[route], list) and route not in ("fleet", "faults", "capacity") else [seed[route]]
        )
        for body in bodies:
            try:
                control.ROUTES["POST", route](world, body)
            except KeyError as missing:
                raise ValueError(f"{route}: {missing} is missing") from None
