"""Faults that a test asks for: which calls they meet, and what happens to those calls instead of, or around, the answer.

A fault stands in the way of one call at a time and knows nothing of what the call means.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from dataclasses import dataclass

from .errors import refusal
from .request import AwsCall
from .wire import Answer

KINDS = {"error", "delay_ms", "hang", "garbage", "html", "cut", "refuse", "throttle", "clock_skew_s", "unauthorized"}
MATCHES = {"region", "service", "action", "id", "parameters"}

PORTAL = b"""<!DOCTYPE html>
<html><head><title>Welcome to Airport WiFi</title></head>
<body><h1>Please accept the terms to go online</h1><form action="/accept"><button>Accept</button></form></body></html>
"""


class Dropped(Exception):
    """The connection is closed without an answer."""


@dataclass
class Rule:
    match: dict
    fault: dict
    left: int | None

    def meets(self, call: AwsCall) -> bool:
        for name in ("region", "service", "action"):
            wanted = self.match.get(name)
            if wanted is not None and wanted != getattr(call, name):
                return False
        wanted = self.match.get("parameters", {})
        if any(str(value) not in _at(call.parameters, name) for name, value in wanted.items()):
            return False
        return "id" not in self.match or self.match["id"] in call.values()


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._lifted = threading.Event()

    def add(self, rules: list[dict]) -> None:
        """Raises ValueError naming what is wrong with a rule; none is added then."""
        checked = [_checked(rule) for rule in rules]
        with self._lock:
            self._rules.extend(checked)

    def clear(self) -> None:
        """Also lets go of the calls that hang: they are closed without an answer."""
        with self._lock:
            self._rules.clear()
            self._lifted.set()
            self._lifted = threading.Event()

    def listed(self) -> list[dict]:
        with self._lock:
            return [{"match": r.match, "fault": r.fault, "times": r.left} for r in self._rules]

    def take(self, call: AwsCall) -> dict:
        """The fault for this call, delays of several rules added up; the first other fault wins. Counts its use."""
        taken: dict = {}
        with self._lock:
            for rule in self._rules:
                if rule.left == 0 or not rule.meets(call):
                    continue
                only_delay = set(rule.fault) == {"delay_ms"}
                if not only_delay and any(kind != "delay_ms" for kind in taken):
                    continue
                if rule.left is not None:
                    rule.left -= 1
                delay = taken.get("delay_ms", 0) + rule.fault.get("delay_ms", 0)
                taken.update(rule.fault)
                if delay:
                    taken["delay_ms"] = delay
            self._rules = [rule for rule in self._rules if rule.left != 0]
        return taken

    def hang(self, connection: socket.socket) -> None:
        """Until the caller gives up or the faults are cleared."""
        lifted = self._lifted
        while not lifted.is_set():
            readable, _, _ = select.select([connection], [], [], 0.1)
            if readable and not _alive(connection):
                break
        raise Dropped


def _at(parameters: dict, name: str) -> list[str]:
    """What stands at a dotted name, as EC2's own parameters are spelt; into the objects of a JSON service, and into
    each of a list."""
    if name in parameters:
        value = parameters[name]
        return [str(v) for v in value] if isinstance(value, list) else [str(value)]
    first, _, rest = name.partition(".")
    inner = parameters.get(first)
    inners = inner if isinstance(inner, list) else [inner]
    return [value for i in inners if rest and isinstance(i, dict) for value in _at(i, rest)]


def before(fault: dict, call: AwsCall, faults: Faults, connection: socket.socket) -> Answer | None:
    """What happens before the call is carried out; an Answer stands in for carrying it out."""
    if fault.get("delay_ms"):
        time.sleep(fault["delay_ms"] / 1000)
    if fault.get("refuse"):
        raise Dropped
    if fault.get("hang"):
        faults.hang(connection)
    if fault.get("garbage"):
        return Answer(200, [("Content-Type", "application/octet-stream")], os.urandom(512))
    if fault.get("html"):
        return Answer(200, [("Content-Type", "text/html; charset=utf-8")], PORTAL)
    if "error" in fault:
        raise refusal(fault["error"], call)
    return None


def _alive(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except OSError:
        return False


def _checked(rule: dict) -> Rule:
    match, fault, times = rule.get("match", {}), rule.get("fault"), rule.get("times")
    if not isinstance(fault, dict) or not fault:
        raise ValueError(f"a rule needs a fault: one of {', '.join(sorted(KINDS))}")
    if unknown := set(fault) - KINDS:
        raise ValueError(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(KINDS))}")
    if unknown := set(match) - MATCHES:
        raise ValueError(f"a rule cannot match on {', '.join(sorted(unknown))}; only on {', '.join(sorted(MATCHES))}")
    if not isinstance(match.get("parameters", {}), dict):
        raise ValueError("parameters must be an object of names and values")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError(f"times must be a whole number from 1, not {times!r}")
    if "error" in fault and "code" not in fault["error"]:
        raise ValueError("an error fault needs a code")
    return Rule(match, fault, times)
