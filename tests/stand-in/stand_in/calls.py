"""The log of AWS calls received: what a test asks to see that a call was made, and how often."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass

# Enough for a long test; the oldest fall out.
KEPT = 50_000


@dataclass(frozen=True)
class Call:
    """`time` is the machine's time in UTC, RFC 3339; `status` is None when no answer was sent."""

    time: str
    account: str | None
    region: str | None
    service: str
    action: str
    parameters: dict
    status: int | None
    error: str | None


class CallLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def listed(self, **wanted: str) -> list[dict]:
        """Oldest first; `wanted` are exact values of fields."""
        with self._lock:
            calls = list(self._calls)
        return [asdict(c) for c in calls if all(str(getattr(c, k)) == v for k, v in wanted.items())]
