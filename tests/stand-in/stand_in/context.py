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
    # OnFailure of the CreateStack being answered.
    on_failure: str = "ROLLBACK"

    @contextmanager
    def call(self, aws_call: AwsCall, key: Key | None):
        self.__dict__.clear()
        self.aws_call, self.key = aws_call, key
        try:
            yield
        finally:
            # What is not set is as the class says.
            self.__dict__.clear()


current = _Current()
