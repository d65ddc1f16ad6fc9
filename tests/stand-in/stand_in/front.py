"""The WSGI application in front of moto: every AWS call passes faults, credentials, regions and permissions, as on AWS,
is carried out by moto, and is written to the log of calls."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

from . import control, faults, presigned, subjects
from .calls import Call
from .clock import real_now
from .context import current
from .credentials import Key
from .permissions import action_of
from .request import AwsCall, read
from .wire import Answer, Refusal, error_answer, throttled
from .world import World

_ERROR_CODE = re.compile(rb'<Code>([^<]+)</Code>|"__type"\s*:\s*"([^"]+)"')

# What may be called without a signature, because the real caller has none.
_UNSIGNED_ACTIONS = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}


class Front:
    def __init__(self, world: World, moto_app: Callable) -> None:
        self._world = world
        self._moto = moto_app

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_curfew/"):
            return _send(control.answer(self._world, environ), start_response, environ)
        if path.startswith(("/moto-api", "/latest/")):
            return self._moto(environ, start_response)
        call = read(environ)
        try:
            answer = self._aws(call, environ)
        except faults.Dropped:
            _close(environ["werkzeug.socket"])
            raise ConnectionAbortedError("closed without an answer, as a fault asks") from None
        return _send(answer, start_response, environ)

    def _aws(self, call: AwsCall, environ: dict) -> Answer:
        received, fault = real_now(), self._world.faults.take(call)
        skew_s = float(fault.get("clock_skew_s", 0))
        key: Key | None = None
        answer: Answer | None = None
        try:
            if self._world.delay_ms:
                time.sleep(self._world.delay_ms / 1000)
            answer = faults.before(fault, call, self._world.faults, environ["werkzeug.socket"])
            if answer is None:
                if fault.get("throttle"):
                    raise throttled(call.protocol)
                key = self._admit(call, skew_s)
                if fault.get("unauthorized"):
                    raise self._unauthorized(call, key)
                answer = self._carry_out(call, key, environ)
        except Refusal as refusal:
            answer = error_answer(call.protocol, refusal)
        finally:
            sent = None if fault.get("cut") else answer
            self._log(call, key, received, sent)
        if fault.get("cut"):
            raise faults.Dropped
        answer.headers.append(("Date", _http_date(real_now() + timedelta(seconds=skew_s))))
        return answer

    def _admit(self, call: AwsCall, skew_s: float) -> Key | None:
        """The key that signed, or None where no signature is needed; raises Refusal."""
        if call.access_key is None and (call.action in _UNSIGNED_ACTIONS or call.service == "unsigned"):
            return None
        if call.service == "s3" and call.is_unsigned and not self._world.strict_iam:
            # A door for tests, to make a bucket; moto keeps its objects private.
            return None
        if call.presigned:
            known = self._world.credentials.find(call.access_key)
            key = presigned.check(call, known, self._world.clock, skew_s)
        else:
            key = self._world.credentials.authenticate(call, skew_s)
        if not self._world.regions.usable(key.account, call.region):
            raise self._no_such_region(call)
        self._world.permissions.check(call, key, self._world.strict_iam)
        return key

    def _unauthorized(self, call: AwsCall, key: Key) -> Refusal:
        arn = subjects.arns(call, key.account)[0]
        return self._world.permissions.refusal(call, key, action_of(call), arn)

    def _no_such_region(self, call: AwsCall) -> Refusal:
        """A key is not known in a region that its account has not opted in to, so the answer is that of an unknown key."""
        if call.service == "ec2":
            return Refusal(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        return Refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.")

    def _carry_out(self, call: AwsCall, key: Key | None, environ: dict) -> Answer:
        status, headers = "500", []

        def start(got_status: str, got_headers: list, _exc_info: object = None) -> None:
            nonlocal status, headers
            status, headers = got_status, list(got_headers)

        with self._world.lock, current.call(call, key):
            self._world.clock.run_due()
            try:
                body = b"".join(self._moto(environ, start))
            except Refusal:
                raise
            except Exception:  # moto has a fault of its own: AWS's answer to one, and the trace for the test's log
                traceback.print_exc(file=sys.stderr)
                raise Refusal(500, "InternalError", "An internal error has occurred") from None
        kept = [(k, v) for k, v in headers if k.lower() not in ("date", "connection")]
        return Answer(int(status.split(" ", 1)[0]), kept, body)

    def _log(self, call: AwsCall, key: Key | None, received: datetime, answer: Answer | None) -> None:
        error = None
        if answer is not None and answer.status >= 400 and (found := _ERROR_CODE.search(answer.body)):
            error = (found[1] or found[2]).decode()
        known = key or self._world.credentials.find(call.access_key)
        self._world.calls.add(Call(
            time=received.isoformat(timespec="milliseconds") + "Z",
            account=known.account if known else None,
            region=call.region,
            service=call.service,
            action=call.action,
            parameters=call.parameters,
            status=answer.status if answer else None,
            error=error,
        ))  # fmt: skip


def _send(answer: Answer, start_response: Callable, environ: dict) -> Iterable[bytes]:
    headers = answer.headers
    # The length in the answer to a HEAD is that of what GET would send.
    if environ["REQUEST_METHOD"] != "HEAD":
        headers = [(k, v) for k, v in headers if k.lower() != "content-length"]
        headers.append(("Content-Length", str(len(answer.body))))
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    start_response(f"{answer.status} {phrase}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _close(connection: socket.socket) -> None:
    # The caller may have been faster.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.replace(tzinfo=UTC), usegmt=True)
