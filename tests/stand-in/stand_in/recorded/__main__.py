"""`python -m stand_in.recorded`: prints `{"port": N}` when it listens; ends on SIGTERM and when its standard input closes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading

from ..regions import ENABLED_BY_DEFAULT, commercial
from .server import Answers, Connection


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m stand_in.recorded", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--instances", type=int, default=10_000, help="in all regions together")
    parser.add_argument("--regions", type=int, default=34)
    parser.add_argument("--delay-ms", type=int, default=0, help="wait this long before every AWS answer")
    options = parser.parse_args()
    names = [*ENABLED_BY_DEFAULT, *(name for name in commercial() if name not in ENABLED_BY_DEFAULT)]
    if not 1 <= options.regions <= len(names):
        parser.error(f"there are {len(names)} regions")
    asyncio.run(_serve(Answers(options.instances, names[: options.regions]), options))
    return 0


async def _serve(answers: Answers, options: argparse.Namespace) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, ended.set)
    server = await loop.create_server(
        lambda: Connection(answers, options.delay_ms / 1000), "127.0.0.1", options.port, backlog=512
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    await ended.wait()
    # Connections may be kept open by their callers.
    os._exit(0)


def _end_with_stdin() -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
