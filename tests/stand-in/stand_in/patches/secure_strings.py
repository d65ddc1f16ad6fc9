"""moto answers with a SecureString in the clear to one who did not ask for it to be decrypted.

Without WithDecryption the value is the ciphertext, base64:
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any


def apply() -> None:
    from moto.ssm.models import Parameter

    response_object = Parameter.response_object

    def respond(self, decrypt: bool = False, region: str | None = None) -> dict[str, Any]:
        shown = response_object(self, decrypt, region)
        if self.parameter_type == "SecureString" and not decrypt:
            # As long and as opaque as KMS's, and always the same for the same value.
            blocks = b"".join(hashlib.sha256(f"{n}{self.value}".encode()).digest() for n in range(6))
            shown["Value"] = "AQICAH" + base64.b64encode(blocks).decode()
        return shown

    Parameter.response_object = respond
