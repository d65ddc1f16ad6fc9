"""Failures of a stack's resources that a test asks for, beside those that moto's models have themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Failure:
    """A failure that a test asks for: of the resource of that logical id, or of the nth that the stack makes."""

    reason: str
    stack: str | None = None
    region: str | None = None
    resource: str | None = None
    nth: int | None = None
    on: str = "create"
    left: int | None = 1


class Failures:
    def __init__(self) -> None:
        self._asked: list[Failure] = []

    def add(self, body: dict) -> None:
        """Raises ValueError or TypeError for what cannot be asked."""
        wanted = dict(body)
        failure = Failure(left=wanted.pop("times", 1), **wanted)
        if failure.on not in ("create", "update", "delete"):
            raise ValueError(f"on must be create, update or delete, not {failure.on!r}")
        if failure.resource is None and failure.nth is None:
            raise ValueError("a failure needs a resource (its logical id) or nth (from 1)")
        self._asked.append(failure)

    def take(self, stack: Any, resource: str, nth: int, on: str) -> str | None:
        """The reason, if this is to fail."""
        for asked in self._asked:
            pairs = (
                (asked.stack, stack.name),
                (asked.region, stack.region_name),
                (asked.resource, resource),
                (asked.nth, nth),
            )
            if asked.left == 0 or asked.on != on or any(own is not None and own != seen for own, seen in pairs):
                continue
            if asked.left is not None:
                asked.left -= 1
            return asked.reason
        return None
