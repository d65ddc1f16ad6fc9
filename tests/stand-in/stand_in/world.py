"""Everything the stand-in knows beside moto's own backends, in one place that `reset` empties."""

from __future__ import annotations

import threading

from .calls import CallLog
from .capacity import Capacity
from .clock import Clock, Periods
from .credentials import Credentials
from .faults import Faults
from .permissions import Permissions
from .quotas import Quotas
from .regions import Regions
from .stack_failures import Failures


class World:
    def __init__(self) -> None:
        # Held for every call that touches a backend: moto's own structures are not safe for threads, and tests
        # want one order of events.
        self.lock = threading.RLock()
        self.clock = Clock()
        self.calls = CallLog()
        self.strict_iam = False
        self.delay_ms = 0
        self.port = 0
        self._start_empty()

    def reset(self) -> None:
        """Empties moto and this object; the options of the command line stay."""
        with self.lock:
            _reset_moto()
            self.faults.clear()
            self.clock.reset()
            self.calls.clear()
            self._start_empty()

    def _start_empty(self) -> None:
        self.periods = Periods()
        self.credentials = Credentials()
        self.faults = Faults()
        self.permissions = Permissions()
        self.regions = Regions()
        self.quotas = Quotas()
        self.capacity = Capacity()
        self.stack_failures = Failures()
        # Buckets that answer in every region; see patches/bucket_regions.py
        self.everywhere: set[str] = set()
        # (account, region, client token) -> what the token launched; see patches/client_token.py
        self.client_tokens: dict = {}
        # (region, zone, type, product) -> [(datetime, Decimal)]; see patches/spot_prices.py
        self.spot_prices: dict = {}


def _reset_moto() -> None:
    """As moto's own reset, which makes every backend once more before it drops it: 40 ms for each region of EC2. Only
    backends that have something of their own to put away are asked to."""
    from moto.core.base_backend import BackendDict, BaseBackend
    from moto.core.model_instances import reset_model_data

    for service in list(BackendDict._instances):
        for account in list(service.values()):
            for backend in list(account.values()):
                if type(backend).reset is not BaseBackend.reset:
                    backend.reset()
            account.clear()
        service.clear()
    BackendDict._instances.clear()
    reset_model_data()


world = World()
