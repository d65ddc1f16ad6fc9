"""A small HTTP/1.1 server on one event loop: it knows pages by region, action and place, and when to hand them out."""

from __future__ import annotations

import asyncio
import json
import re
from functools import lru_cache
from urllib.parse import parse_qsl

from . import pages

_CREDENTIAL = re.compile(rb"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
LARGEST = {"DescribeInstances": 1000, "DescribeVolumes": 500, "DescribeSpotInstanceRequests": 1000}

# Names of filters with the values that each may have.
Filters = tuple[tuple[str, frozenset[str]], ...]


class Answers:
    def __init__(self, instances: int, regions: list[str]) -> None:
        self.names = regions
        self.regions = pages.fleet(instances, regions)
        self._page = lru_cache(maxsize=None)(self._written)
        for name in regions:
            for action in pages.SETS:
                self._all_pages(name, action)

    def aws(self, region: str, service: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        action = parameters.get("Action", "")
        if service == "sts":
            return 200, pages.identity_answer()
        if action == "DescribeRegions":
            return 200, pages.regions_answer(self.names)
        if action in pages.SETS:
            return self._listed(region, action, parameters)
        if action.startswith("Describe"):
            return 200, pages.answer(action, "")
        return 400, _error("InvalidAction", f"The action {action} is not recorded")

    def change(self, region: str, instance_id: str, state: str) -> None:
        """One instance from now on in another state, for the caller's own figures of a small change."""
        machine = next(m for m in self.regions[region].machines if m.id == instance_id)
        pages.CODES[state]  # a KeyError for a state that does not exist
        machine.state = state
        self._page.cache_clear()

    def _listed(self, region: str, action: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        if region not in self.regions:
            return 401, _error("AuthFailure", "AWS was not able to validate the provided access credentials")
        try:
            filters = _filters(action, parameters)
        except KeyError as unknown:
            return 400, _error("InvalidParameterValue", f"The filter {unknown} is not recorded")
        if "InstanceId.1" in parameters or "VolumeId.1" in parameters:
            return 400, _error("InvalidParameterValue", "Answers for single ids are not recorded")
        size = min(int(parameters.get("MaxResults", LARGEST[action])), LARGEST[action])
        return 200, self._page(region, action, filters, int(parameters.get("NextToken") or 0), size)

    def _written(self, region: str, action: str, filters: Filters, first: int, size: int) -> bytes:
        items = self.regions[region].items(action, filters)
        token = str(first + size) if first + size < len(items) else None
        return pages.page(action, items[first : first + size], token)

    def _all_pages(self, region: str, action: str) -> None:
        count = len(self.regions[region].items(action))
        for first in range(0, max(count, 1), LARGEST[action]):
            self._page(region, action, (), first, LARGEST[action])


def _filters(action: str, parameters: dict[str, str]) -> Filters:
    """Raises KeyError with the name of one that is not recorded."""
    read = []
    for key, name in parameters.items():
        if key.startswith("Filter.") and key.endswith(".Name"):
            pages.FILTERS[action][name]
            values = key.removesuffix("Name") + "Value."
            read.append((name, frozenset(v for k, v in parameters.items() if k.startswith(values))))
    return tuple(read)


class Connection(asyncio.Protocol):
    def __init__(self, answers: Answers, delay_s: float) -> None:
        self._answers, self._delay_s = answers, delay_s
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end]
            found = re.search(rb"\r\ncontent-length:\s*(\d+)", head, re.IGNORECASE)
            length = int(found[1]) if found else 0
            if len(self._received) < end + 4 + length:
                return
            body = self._received[end + 4 : end + 4 + length]
            self._received = self._received[end + 4 + length :]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        if path.startswith(b"/_curfew/"):
            self._send(*self._control(method, path, body), kind="application/json")
            return
        scope = _CREDENTIAL.search(head)
        region, service = (scope[1].decode(), scope[2].decode()) if scope else ("", "")
        parameters = dict(parse_qsl(body.decode()))
        answer = self._answers.aws(region, service, parameters)
        asyncio.get_running_loop().call_later(self._delay_s, self._send, *answer)

    def _control(self, method: bytes, path: bytes, body: bytes) -> tuple[int, bytes]:
        if (method, path) == (b"GET", b"/_curfew/fleet"):
            fleet = {
                name: [{"id": m.id, "state": m.state, "type": m.kind} for m in region.machines]
                for name, region in self._answers.regions.items()
            }
            return 200, json.dumps(fleet).encode()
        if (method, path) == (b"POST", b"/_curfew/change"):
            try:
                self._answers.change(**json.loads(body))
            except (StopIteration, KeyError, TypeError, ValueError):
                return 400, b'{"error": "change takes region, instance_id and state, all of which must exist"}'
            return 200, b"{}"
        return 404, b'{"error": "there are GET /_curfew/fleet and POST /_curfew/change"}'

    def _send(self, status: int, body: bytes, kind: str = "text/xml;charset=UTF-8") -> None:
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}\r\nContent-Type: {kind}\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        self._transport.write(body)


def _error(code: str, message: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>'
        "</Error></Errors><RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>"
    ).encode()
