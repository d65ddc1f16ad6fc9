"""One virtual clock, and the agenda of what AWS does later by itself.

Virtual time is real time plus an offset, so tests advance hours without sleeping. Everything that happens
"some seconds later" on AWS (a state transition, an interruption) is an entry of the agenda; entries fall
due in order before the next call is answered, and while one runs the clock shows the moment it was due.
This module knows nothing of AWS.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta


@dataclass
class Periods:
    """How long AWS takes, in seconds. The defaults are short, so that every state is really passed through
    although a test that watches in real time is not held up; a test sets what it is about."""

    pending_s: float = 2.0
    stopping_s: float = 3.0
    shutting_down_s: float = 3.0
    not_found_after_create_s: float = 0.0
    terminated_visible_s: float = 3600.0
    spot_reopen_s: float = 5.0
    stack_resource_s: float = 0.2

    def update(self, changes: dict[str, float]) -> None:
        """Raises ValueError for a period that does not exist or is negative; nothing is changed then."""
        known = {f.name for f in fields(self)}
        for name, seconds in changes.items():
            if name not in known:
                raise ValueError(f"no period is called {name!r}; there are {', '.join(sorted(known))}")
            if not isinstance(seconds, (int, float)) or seconds < 0:
                raise ValueError(f"{name} must be a number of seconds, not {seconds!r}")
        for name, seconds in changes.items():
            setattr(self, name, float(seconds))


@dataclass(order=True)
class _Entry:
    due: datetime
    order: int
    action: Callable[[], None] = field(compare=False)


class Clock:
    """`now()` is naive UTC, as moto's own times are."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        self._agenda: list[_Entry] = []
        self._order = itertools.count()
        # When, by the machine's clock, and by how many seconds it was advanced.
        self._advances: list[tuple[datetime, float]] = []

    def now(self) -> datetime:
        if self._frozen is not None:
            return self._frozen
        return real_now() + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock and runs what has fallen due by then."""
        self._offset += timedelta(seconds=seconds)
        self._advances.append((real_now(), seconds))
        self.run_due()

    def age(self, moment: datetime) -> timedelta:
        """How long ago a moment of the machine's own clock is, with what the clock was advanced since."""
        since = sum(seconds for at, seconds in self._advances if at >= moment)
        return real_now() - moment + timedelta(seconds=since)

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self.at(self.now() + timedelta(seconds=seconds), action)

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, _Entry(due, next(self._order), action))

    def run_due(self) -> None:
        while self._agenda and self._agenda[0].due <= self.now():
            entry = heapq.heappop(self._agenda)
            with self._at_moment(entry.due):
                entry.action()

    def reset(self) -> None:
        self._offset = timedelta(0)
        self._agenda.clear()
        self._advances.clear()

    @contextmanager
    def _at_moment(self, moment: datetime):
        before, self._frozen = self._frozen, moment
        try:
            yield
        finally:
            self._frozen = before


def real_now() -> datetime:
    """The machine's own time: what signatures are checked against."""
    return datetime.now(UTC).replace(tzinfo=None)
