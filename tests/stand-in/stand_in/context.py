"""The call being carried out by this thread, for the patches that need what moto does not hand them."""

from __future__ import annotations

import threading
from contextlib import contextmanager

from .credentials import Key
from .request import AwsCall


class _Current(threading.local):
    aws_call: AwsCall | None = None
    key: Key | None = None
    # SpotMarketOptions of the RunInstances being answered; a spot.Options.
    spot_options: object = None
    # Where the RunInstances being answered is to be placed, when it asks for no zone.
    zone: str | None = None

    @contextmanager
    def call(self, aws_call: AwsCall, key: Key | None):
        self.aws_call, self.key, self.spot_options, self.zone = aws_call, key, None, None
        try:
            yield
        finally:
            self.aws_call, self.key, self.spot_options, self.zone = None, None, None, None


current = _Current()
