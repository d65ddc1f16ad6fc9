"""`python -m stand_in`: prints `{"port": N}` when it listens; ends on SIGTERM, and when its standard input closes, so
that a test that died does not leave it behind."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading

ENDING = {signal.SIGTERM, signal.SIGINT}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--seed", metavar="FILE.json", help="what to start with: see `Seed file` in the README")
    parser.add_argument("--delay-ms", type=int, default=0, help="wait this long before every AWS answer")
    parser.add_argument("--strict-iam", action="store_true", help="apply IAM policies to keys made through IAM and STS")
    options = parser.parse_args()

    # Before any thread is made, so that all of them leave these to `sigwait` below.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    # After the arguments, so that a wrong one is answered at once: moto takes a second to import.
    from .seed import plant
    from .server import StandIn
    from .world import world

    world.delay_ms, world.strict_iam = options.delay_ms, options.strict_iam
    server = StandIn(world, options.port)
    if options.seed:
        try:
            plant(world, options.seed)
        except (OSError, ValueError) as fault:
            print(f"stand_in: {options.seed}: {fault}", file=sys.stderr)
            return 2
    server.start()
    print(json.dumps({"port": world.port}), flush=True)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    signal.sigwait(ENDING)
    # Calls may hang on purpose; nobody waits for their threads.
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
