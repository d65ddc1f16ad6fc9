"""Starts moto in this process, patched, behind `Front`, on 127.0.0.1."""

from __future__ import annotations

import logging
import os
import socket

# moto reads these when it is imported. Regions outside the list are refused by us, in AWS's words.
os.environ.setdefault("MOTO_ALLOW_NONEXISTENT_REGION", "true")
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")

from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server  # noqa: E402

from .front import Front  # noqa: E402
from .patches import apply_all  # noqa: E402
from .world import World  # noqa: E402


class _Quiet(MotoRequestHandler):
    """One line per request is for people; tests read the log of calls."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without the Date and Server of this machine: `Front` says what the service would."""
        self.send_response_only(code, message)

    def setup(self) -> None:
        super().setup()
        # Small answers must not wait for the caller's delayed ACK.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class StandIn(ThreadedMotoServer):
    def __init__(self, world: World, port: int) -> None:
        super().__init__(ip_address="127.0.0.1", port=port, verbose=False)
        self._world = world
        apply_all()

    def _server_entry(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        app = Front(self._world, DomainDispatcherApplication(create_backend_app))
        self._server = make_server(self._ip_address, self._port, app, threaded=True, request_handler=_Quiet)
        self._server.request_queue_size = 256
        self._world.port = self._server.server_address[1]
        self._server_ready_event.set()
        self._server.serve_forever(poll_interval=0.05)
